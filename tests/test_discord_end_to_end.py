"""From a folder of articles to answers in Discord, with nothing stood in for but Discord itself."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import discord
import pytest
import simcord
from stage import shown
from whole_bot import GUILD, ROOT, whole_bot, write_config

SCRAPED = ROOT.parent / "shared" / "articles" / "putin-tehran-visit.txt"

BRIDGE = """---
title: Mayor opens the Linden Bridge
source: Town Paper
date: 2016-02-01
---

The Linden Bridge was opened on Monday after three years of work. Mayor Ilse Brandt said the bridge cost
forty million euros. Cyclists had asked for a separate lane, which was built on the northern side.
"""


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    if not SCRAPED.exists():
        pytest.skip(f"the scraped article is not at {SCRAPED}")
    (tmp_path / "articles").mkdir()
    shutil.copy(SCRAPED, tmp_path / "articles")
    return write_config(tmp_path, monkeypatch)


@pytest.fixture
async def simcord_bot(config: Path) -> AsyncIterator[discord.Client]:
    async with whole_bot(config) as client:
        yield client


@pytest.mark.simcord(settle_timeout=120)
async def test_a_new_article_can_be_asked_about_after_a_refresh_from_discord(
    simcord_env: simcord.Env, config: Path
) -> None:
    guild = simcord_env.create_guild(id=GUILD)
    channel = guild.create_text_channel("news")
    editors = guild.create_role("editors", permissions=discord.Permissions(manage_guild=True))
    editor = guild.add_member(simcord_env.create_user("editor"), roles=[editors])

    answer = shown(await editor.slash(channel, "ask", question="what did Sanaei claim?"))
    assert "Mehdi Sanaei claimed" in answer
    assert "\\[1\\]" in answer
    assert "Exit mobile version" not in answer

    choices = await editor.autocomplete(channel, "summary", "article", "Putin")
    assert len(choices) == 1
    summary = shown(await editor.slash(channel, "summary", article=choices[0]["value"]))
    assert choices[0]["name"][:30] in summary
    assert "\\[1\\]" in summary

    cost = "How much did the Linden Bridge cost?"
    assert "forty million" not in shown(await editor.slash(channel, "ask", question=cost))
    (config.parent / "articles" / "bridge.md").write_text(BRIDGE, "utf-8")
    report = shown(await editor.slash(channel, "corpus refresh"))
    assert "1 added, 0 changed, 0 removed, 1 unchanged" in report
    answer = shown(await editor.slash(channel, "ask", question=cost))
    assert "forty million euros" in answer
    assert "2 articles" in shown(await editor.slash(channel, "corpus status"))


@pytest.mark.simcord(settle_timeout=120)
async def test_a_member_without_rights_cannot_refresh_the_corpus(
    simcord_env: simcord.Env, config: Path
) -> None:
    guild = simcord_env.create_guild(id=GUILD)
    channel = guild.create_text_channel("news")
    member = guild.add_member(simcord_env.create_user("member"))
    (config.parent / "articles" / "bridge.md").write_text(BRIDGE, "utf-8")

    command = simcord_env.backend.find_command("corpus", None, type=1)
    assert command is not None
    guild.set_command_permissions(int(command["id"]), {member: True})  # as a server's admins may

    result = await member.slash(channel, "corpus refresh")
    assert result.ephemeral
    assert "`[discord] admin_roles = [ROLE_ID]`" in shown(result)
    assert "1 article" in shown(await member.slash(channel, "corpus status"))
    assert simcord_env.errors  # the refusal, which the client's handler showed
