from __future__ import annotations

import asyncio
import shutil
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from bot.operations.index_pool import Library
from bot.operations.ingest_subprocess import IngestFailed
from bot.operations.repair import IndexRepair
from ingest.embedding.factory import Embedder
from ingest.index.generations import Generations
from ingest.settings import load_ingest_settings

CONFIG = Path("config.toml")
ROOT = Path(__file__).resolve().parents[3]


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


async def until(reached: Callable[[], bool], seconds: float = 5.0) -> None:
    async with asyncio.timeout(seconds):
        while not reached():  # noqa: ASYNC110
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


async def test_a_broken_index_is_remade_while_questions_are_answered_by_words(
    newsroom: Path, embedder: Embedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    shutil.copytree(newsroom.parent, tmp_path, dirs_exist_ok=True)
    settings = load_ingest_settings(tmp_path / newsroom.name)
    generations = Generations(settings.index.directory)
    broken = generations.require_current()
    shutil.rmtree(generations.path(broken) / "chroma")

    library = Library(settings.index, embedder.identity.key)
    with library.lease() as index:
        assert index.vectors_fault is not None
        assert index.find_articles("bridge")
    repair = IndexRepair(tmp_path / newsroom.name)
    library.tell_when_broken(repair.report)  # found broken before anybody listened
    repair.start()
    await until(lambda: generations.current() != broken, 60)
    await repair.close()

    def mended() -> bool:
        with library.lease() as index:
            return index.generation != broken and index.vectors_fault is None

    assert await asyncio.to_thread(mended)
    await asyncio.to_thread(library.close)
