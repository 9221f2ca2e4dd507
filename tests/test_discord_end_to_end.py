"""From a folder of articles to answers in Discord, with nothing stood in for but Discord itself."""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import discord
import pytest
import simcord

from bot.chat.client import make_client
from bot.chat.services import Services
from bot.records import Records
from bot.settings import load_settings
from ingest.errors import ModelFilesMissing

ROOT = Path(__file__).resolve().parents[1]
SCRAPED = ROOT.parent / "shared" / "articles" / "putin-tehran-visit.txt"
GUILD = 111_222_333

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
    path = tmp_path / "config.toml"
    path.write_text(
        f'[corpus]\npaths = ["articles"]\n[discord]\nhome_servers = [{GUILD}]\ncooldown_seconds = 0\n',
        "utf-8",
    )
    monkeypatch.setenv("PYTHONPATH", str(ROOT))  # for the child that a refresh starts
    return path


@pytest.fixture
async def simcord_bot(config: Path) -> AsyncIterator[discord.Client]:
    from bot.__main__ import assembled

    ingest = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "ingest", "--config", str(config), cwd=ROOT
    )
    assert await ingest.wait() == 0
    settings = load_settings(config)
    records = Records(settings.records.path)
    try:
        async with assembled(settings) as parts:
            yield make_client(Services(settings, parts.answerer, parts.library, records, config))
    except ModelFilesMissing as error:
        pytest.skip(str(error))
    finally:
        records.close()


def text_of(result: simcord.InteractionResult) -> str:
    found: list[str] = []

    def walk(components: list[dict[str, object]]) -> None:
        for component in components:
            if "content" in component:
                found.append(str(component["content"]))
            walk(component.get("components", []))  # type: ignore[arg-type]

    for message in [result.response, *result.followups]:
        if message is not None:
            walk(message.components)
    return "\n".join(found)


@pytest.mark.simcord(settle_timeout=120)
async def test_a_new_article_can_be_asked_about_after_a_refresh_from_discord(
    simcord_env: simcord.Env, config: Path
) -> None:
    guild = simcord_env.create_guild(id=GUILD)
    channel = guild.create_text_channel("news")
    editors = guild.create_role("editors", permissions=discord.Permissions(manage_guild=True))
    editor = guild.add_member(simcord_env.create_user("editor"), roles=[editors])

    answer = text_of(await editor.slash(channel, "ask", question="what did Sanaei claim?"))
    assert "Mehdi Sanaei claimed" in answer
    assert "\\[1\\]" in answer
    assert "Exit mobile version" not in answer

    choices = await editor.autocomplete(channel, "summary", "article", "Putin")
    assert len(choices) == 1
    summary = text_of(await editor.slash(channel, "summary", article=choices[0]["value"]))
    assert choices[0]["name"][:30] in summary
    assert "\\[1\\]" in summary

    cost = "How much did the Linden Bridge cost?"
    assert "forty million" not in text_of(await editor.slash(channel, "ask", question=cost))
    (config.parent / "articles" / "bridge.md").write_text(BRIDGE, "utf-8")
    report = text_of(await editor.slash(channel, "corpus refresh"))
    assert "1 added, 0 changed, 0 removed, 1 unchanged" in report
    answer = text_of(await editor.slash(channel, "ask", question=cost))
    assert "forty million euros" in answer
    assert "2 articles" in text_of(await editor.slash(channel, "corpus status"))


@pytest.mark.simcord(settle_timeout=120)
async def test_a_member_without_rights_cannot_refresh_the_corpus(
    simcord_env: simcord.Env, config: Path
) -> None:
    guild = simcord_env.create_guild(id=GUILD)
    channel = guild.create_text_channel("news")
    member = guild.add_member(simcord_env.create_user("member"))
    (config.parent / "articles" / "bridge.md").write_text(BRIDGE, "utf-8")

    result = await member.slash(channel, "corpus refresh")
    assert result.ephemeral
    assert "`[discord] admin_roles = [ROLE_ID]`" in text_of(result)
    assert "1 article" in text_of(await member.slash(channel, "corpus status"))
    assert simcord_env.errors  # the refusal, which the client's handler showed
