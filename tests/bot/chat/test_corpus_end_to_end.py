"""The corpus run from Discord with nothing stood in for but Discord: real files, a real ingest, real answers."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import discord
import pytest
import simcord
from stage import shown
from whole_bot import GUILD, whole_bot, write_config
from wire import check_request

HARVEST = """---
title: Frost ruins the apricot harvest
url: https://example.org/harvest
date: 2021-05-12
---

Growers in the Wachau lost most of their apricots to three nights of frost in April. Farmer Josef Leitner told the
Valley Courier that only a tenth of his trees still bear fruit.
"""
BRIDGE = b"""# Mayor opens the Linden Bridge

The Linden Bridge was opened on Monday after three years of work. Mayor Ilse Brandt said the bridge cost forty
million euros. Cyclists had asked for a separate lane, which was built on the northern side.
"""
COST = "How much did the Linden Bridge cost?"


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "harvest.md").write_text(HARVEST, "utf-8")
    return write_config(tmp_path, monkeypatch)


@pytest.fixture
async def simcord_bot(config: Path) -> AsyncIterator[discord.Client]:
    async with whole_bot(config) as client:
        yield client


def button_of(result: simcord.InteractionResult, action: str) -> str:
    assert result.response is not None
    (found,) = re.findall(rf"bylinecorpus:{action}:[\w.-]+", str(result.response.components))
    return str(found)


@pytest.mark.simcord(settle_timeout=120)
async def test_add_ask_remove_refresh_and_roll_back(simcord_env: simcord.Env, config: Path) -> None:
    guild = simcord_env.create_guild(id=GUILD)
    channel = guild.create_text_channel("news")
    admins = guild.create_role("admins", permissions=discord.Permissions(manage_guild=True))
    ann = guild.add_member(simcord_env.create_user("ann"), roles=[admins])

    async def answer() -> str:
        return shown(await ann.slash(channel, "ask", question=COST))

    assert "forty million" not in await answer()
    added = await ann.slash(channel, "corpus add", file=("../../bridge.md", BRIDGE))
    assert "**Mayor opens the Linden Bridge** is in the corpus" in shown(added)
    assert "forty million euros" in await answer()
    again = await ann.slash(channel, "corpus add", file=("copy.md", BRIDGE))
    assert "Nothing new" in shown(again)
    assert [path.name for path in config.parent.iterdir() if "bridge" in path.name] == []

    (choice,) = await ann.autocomplete(channel, "corpus remove", "article", "Linden")
    asked = await ann.slash(channel, "corpus remove", article=choice["value"])
    assert "forty million euros" in await answer()  # nothing goes before it is confirmed
    await ann.click(asked.response, custom_id=button_of(asked, "remove"))
    assert "is out of the corpus" in shown(asked)
    assert "forty million" not in await answer()

    refreshed = await ann.slash(channel, "corpus refresh")
    assert "0 added, 0 changed, 0 removed, 1 unchanged" in shown(refreshed)
    assert "forty million" not in await answer()

    undo = await ann.slash(channel, "corpus rollback")
    await ann.click(undo.response, custom_id=button_of(undo, "rollback"))
    assert "2 articles" in shown(undo)
    assert "forty million euros" in await answer()

    status = shown(await ann.slash(channel, "corpus status"))
    assert "2 articles" in status
    assert "Last run: `rollback` by ann" in status
    log = shown(await ann.slash(channel, "corpus log"))
    assert [*re.findall(r"`(\w+)` [+]\d", log)][:3] == ["rollback", "remove", "add"]
    assert f"**ann \\({ann.id})**".replace("\\", "") in log.replace("\\", "")
    assert "Linden Bridge" in log

    for request in simcord_env.http_requests:
        check_request(request.method, request.path, request.json, request.params)


@pytest.mark.simcord(settle_timeout=120)
async def test_private_addresses_and_empty_files_are_refused_and_change_nothing(
    simcord_env: simcord.Env, config: Path
) -> None:
    guild = simcord_env.create_guild(id=GUILD)
    channel = guild.create_text_channel("news")
    admins = guild.create_role("admins", permissions=discord.Permissions(manage_guild=True))
    ann = guild.add_member(simcord_env.create_user("ann"), roles=[admins])
    private = shown(await ann.slash(channel, "corpus add", url="http://127.0.0.1:1/latest/meta-data"))
    assert "Nothing was added." in private
    assert "Nothing was added." in shown(
        await ann.slash(channel, "corpus add", file=("empty.pdf", b"%PDF-1.4"))
    )
    assert "1 article " in shown(await ann.slash(channel, "corpus status"))
