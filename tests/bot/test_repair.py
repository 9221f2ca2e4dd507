from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from bot.refresh import IngestFailed
from bot.repair import IndexRepair

CONFIG = Path("config.toml")


def counting(*outcomes: Exception | None) -> tuple[list[Path], Callable[[Path], Awaitable[dict[str, Any]]]]:
    """A run that ends as told, one outcome after the other, and the list of its calls."""
    calls: list[Path] = []

    async def run(config: Path) -> dict[str, Any]:
        calls.append(config)
        outcome = outcomes[len(calls) - 1] if len(calls) <= len(outcomes) else None
        if outcome is not None:
            raise outcome
        return {}

    return calls, run


async def until(reached: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not reached():
            await asyncio.sleep(0.005)


async def test_a_report_from_any_thread_starts_one_rebuild() -> None:
    calls, run = counting()
    repair = IndexRepair(CONFIG, run=run)
    repair.start()
    thread = threading.Thread(target=repair.report, args=("g1",))
    thread.start()
    await until(lambda: bool(calls))
    thread.join()
    await repair.close()
    assert calls == [CONFIG]


async def test_what_was_reported_before_the_bot_ran_is_not_forgotten() -> None:
    calls, run = counting()
    repair = IndexRepair(CONFIG, run=run)
    repair.report("g1")
    assert calls == []
    repair.start()
    await until(lambda: bool(calls))
    await repair.close()


async def test_a_repair_waits_for_the_run_that_holds_the_lock() -> None:
    calls, run = counting(IngestFailed("busy", {"running": {}}), IngestFailed("busy", {"running": {}}))
    repair = IndexRepair(CONFIG, run=run, busy=0.01)
    repair.start()
    repair.report("g1")
    await until(lambda: len(calls) == 3)
    await until(lambda: not repair.working)
    await repair.close()


async def test_an_index_that_breaks_again_at_once_is_not_remade_for_ever(
    caplog: pytest.LogCaptureFixture,
) -> None:
    calls, run = counting()
    repair = IndexRepair(CONFIG, run=run)
    repair.start()
    repair.report("g1")
    await until(lambda: len(calls) == 1 and not repair.working)
    repair.report("g2")
    await until(lambda: "broke again" in caplog.text)
    await repair.close()
    assert len(calls) == 1


async def test_a_failed_repair_is_told_and_the_next_one_still_comes(caplog: pytest.LogCaptureFixture) -> None:
    calls, run = counting(IngestFailed("The disk is full.", {}))
    repair = IndexRepair(CONFIG, run=run, apart=0.0)
    repair.start()
    repair.report("g1")
    await until(lambda: "The disk is full." in caplog.text)
    repair.report("g2")
    await until(lambda: len(calls) == 2)
    await repair.close()


async def test_closing_ends_a_repair_that_is_under_way() -> None:
    ended = asyncio.Event()

    async def run(config: Path) -> dict[str, Any]:
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()
        return {}

    repair = IndexRepair(CONFIG, run=run)
    repair.start()
    repair.report("g1")
    await until(lambda: repair.working)
    await repair.close()
    assert ended.is_set()
    repair.report("g2")  # a thread that is late does no harm
