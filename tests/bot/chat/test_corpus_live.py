"""A run that goes on while it is watched, on discord.py's own transport and clock: a bar, Cancel, a second asker."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from ingest_stand_in import asked, program, saying
from loopback_discord import LoopbackDiscord, until
from stage import REPORT, ScriptedAnswers, ShelfLibrary, labels, settings, texts
from wire import check_request

from bot.chat.connection import run_bot
from bot.chat.corpus import run_display
from bot.chat.corpus import runs as corpus_runs
from bot.settings import MetricsSettings
from ingest.settings import CorpusSettings

LONG = (
    "tell('reading', 12, 12); tell('embedding', 30, 120); pathlib.Path('pid').write_text(str(os.getpid()))\n"
)
UNTIL_GO = "while not os.path.exists('go'): time.sleep(0.01)\n"


@pytest.fixture
async def discord_(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[LoopbackDiscord]:
    made = LoopbackDiscord()
    runner = await made.start(monkeypatch)
    monkeypatch.setattr(corpus_runs, "EDIT_EVERY", 0.05)
    yield made
    await runner.cleanup()
    for method, path, body in made.requests:
        check_request(method, path.removeprefix("/api/v10"), body, {})


@pytest.fixture
async def bot(discord_: LoopbackDiscord, package: Path, tmp_path: Path) -> AsyncIterator[asyncio.Task[None]]:
    made = settings(tmp_path, shutdown_seconds=0.1).model_copy(
        update={"metrics": MetricsSettings(address="")}
    )
    running = asyncio.create_task(run_bot(made, ShelfLibrary(), ScriptedAnswers(), "a.good.token"))  # type: ignore[arg-type]
    await until(lambda: discord_.ops(2))
    yield running
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


def shown(discord_: LoopbackDiscord, number: int) -> str:
    """What stands in the answer to interaction `number` by now."""
    bodies = discord_.bodies("PATCH", f"token{number}")
    return texts(bodies[-1]["components"]) if bodies else ""


def cancel_button(discord_: LoopbackDiscord, number: int) -> str:
    (row,) = [one for one in discord_.bodies("PATCH", f"token{number}")[-1]["components"] if one["type"] == 1]
    return str(row["components"][0]["custom_id"])


def lives(pid: Path) -> bool:
    try:
        os.kill(int(pid.read_text()), 0)
    except ProcessLookupError:
        return False
    return True


async def test_a_running_refresh_shows_a_bar_and_a_button_that_stops_it(
    discord_: LoopbackDiscord, bot: object, package: Path, tmp_path: Path
) -> None:
    program(package, LONG + UNTIL_GO)
    await discord_.command(1, "corpus refresh")
    await until(lambda: "25 %" in shown(discord_, 1))
    assert "`█████░░░░░░░░░░░░░░░` 25 %" in shown(discord_, 1)
    assert "Articles: 12 of 12 files · Passages: 30 of 120" in shown(discord_, 1)
    assert labels(discord_.bodies("PATCH", "token1")[-1]["components"]) == ["Cancel"]
    button = cancel_button(discord_, 1)
    await discord_.press(2, button)
    await until(lambda: "Stopped by ann (3). The articles stay" in shown(discord_, 1).replace("\\", ""))
    assert labels(discord_.bodies("PATCH", "token1")[-1]["components"]) == []
    assert not lives(tmp_path / "pid")
    await discord_.press(3, button)
    await until(lambda: discord_.bodies("POST", "/1003/token3/callback"))
    assert "That run is over." in str(discord_.bodies("POST", "/1003/token3/callback")[0])


async def test_a_second_asker_is_told_who_runs_it_and_how_far_it_is(
    discord_: LoopbackDiscord, bot: object, package: Path, tmp_path: Path
) -> None:
    program(package, LONG + UNTIL_GO + saying(REPORT))
    await discord_.command(1, "corpus refresh")
    await until(lambda: "25 %" in shown(discord_, 1))
    await discord_.command(2, "corpus add", [{"name": "url", "type": 3, "value": "https://example.org"}])
    await until(lambda: "25 %" in shown(discord_, 2))
    assert "ann (3) started a run (`refresh`) <t:" in shown(discord_, 2).replace("\\", "")
    (tmp_path / "go").touch()
    await until(lambda: "2 added, 0 changed, 1 removed" in shown(discord_, 1))
    assert len(asked(package)) == 1


async def test_edits_keep_their_distance_and_repeat_nothing(
    discord_: LoopbackDiscord, bot: object, package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(corpus_runs, "EDIT_EVERY", 0.3)
    program(package, "for n in range(60): tell('embedding', n, 60); time.sleep(0.02)\n" + saying(REPORT))
    started = time.monotonic()
    await discord_.command(1, "corpus refresh")
    await until(lambda: "2 added" in shown(discord_, 1))
    bodies = discord_.bodies("PATCH", "token1")
    assert 3 <= len(bodies) <= (time.monotonic() - started) / 0.3 + 2
    assert len({texts(body["components"]) for body in bodies}) == len(bodies)


async def test_a_run_that_outlives_its_token_goes_on_in_a_message_and_can_still_be_stopped(
    discord_: LoopbackDiscord, bot: object, package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_display, "TOKEN_LASTS", 0.0)
    program(package, LONG + UNTIL_GO)
    await discord_.command(1, "corpus refresh")
    await until(lambda: discord_.bodies("PATCH", "/channels/5/messages/9"))
    assert "goes on in a message of its own" in shown(discord_, 1)
    assert len(discord_.bodies("POST", "/channels/5/messages")) == 1
    body = discord_.bodies("PATCH", "/channels/5/messages/9")[-1]
    (row,) = [one for one in body["components"] if one["type"] == 1]
    await discord_.press(2, row["components"][0]["custom_id"])

    def said() -> str:
        return texts(discord_.bodies("PATCH", "/channels/5/messages/9")[-1]["components"])

    await until(lambda: "Stopped by ann" in said())


async def test_a_shutdown_ends_the_run_and_says_so(
    discord_: LoopbackDiscord, bot: asyncio.Task[None], package: Path, tmp_path: Path
) -> None:
    program(package, LONG + UNTIL_GO)
    await discord_.command(1, "corpus refresh")
    await until(lambda: "25 %" in shown(discord_, 1))
    bot.cancel()
    await asyncio.gather(bot, return_exceptions=True)
    assert "I am being restarted; the articles stay as they were." in shown(discord_, 1)
    assert not lives(tmp_path / "pid")


async def test_the_clock_refreshes_and_a_broken_index_is_remade_while_the_bot_runs(
    discord_: LoopbackDiscord, package: Path, tmp_path: Path
) -> None:
    program(package, saying({"added": 0}))
    made = settings(tmp_path, shutdown_seconds=0.1)
    made.ingest.corpus = CorpusSettings(refresh_minutes=0.002)  # type: ignore[misc]
    library: Any = ShelfLibrary()
    running = asyncio.create_task(run_bot(
        made.model_copy(update={"metrics": MetricsSettings(address="")}), library, ScriptedAnswers(), "a.good.token",  # type: ignore[arg-type]
    ))  # fmt: skip
    await until(lambda: ["--by=schedule", "--refresh", "--scheduled"] in asked(package))
    await asyncio.to_thread(library.told, "g1")
    await until(lambda: ["--by=repair", "--rebuild"] in asked(package))
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    before = len(asked(package))
    await asyncio.sleep(0.4)
    assert len(asked(package)) == before  # nothing goes on once the bot has ended
