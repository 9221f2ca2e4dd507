"""The child process is real; what stands in for `ingest` is a package that does what a test needs."""

from __future__ import annotations

import asyncio
import os
import textwrap
from pathlib import Path
from typing import Any

import pytest

from bot.operations.ingest_subprocess import IngestFailed, IngestRun, RefreshSchedule


def program(path: Path, text: str) -> None:
    path.write_text("import json, os, sys, time\n" + textwrap.dedent(text), encoding="utf-8")


async def test_a_run_hands_on_its_flags_who_asked_and_its_report_but_never_the_token(
    package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "secret")
    program(
        package,
        """
        print(json.dumps({"stage": "embedding", "done": 3, "total": 9}), file=sys.stderr)
        print("a warning", file=sys.stderr)
        print(json.dumps({"arguments": sys.argv[1:], "token": os.environ.get("DISCORD_TOKEN")}))
    """,
    )
    run = IngestRun(Path("config.toml"), ("--remove", "abc"), by="ann (1)")
    assert [step async for step in run.steps()] == [("embedding", 3, 9)]
    assert run.report == {
        "arguments": ["--json", "--progress", "--config", "config.toml", "--by=ann (1)", "--remove", "abc"],
        "token": None,
    }


async def test_a_failure_carries_the_sentence_and_what_can_be_acted_on(package: Path) -> None:
    program(
        package,
        """
        print(json.dumps({"outcome": "failed", "error": "30 of 40 would go.", "removals": {"removed": 30}}))
        sys.exit(1)
    """,
    )
    with pytest.raises(IngestFailed, match=r"30 of 40 would go\.") as caught:
        await IngestRun(Path("config.toml")).finish()
    assert caught.value.report["removals"] == {"removed": 30}


async def test_a_crash_without_a_word_is_told_by_its_status(package: Path) -> None:
    program(package, "os._exit(7)")
    with pytest.raises(IngestFailed, match="status 7"):
        await IngestRun(Path("config.toml")).finish()


async def test_cancelling_the_one_who_waits_ends_the_child(package: Path, tmp_path: Path) -> None:
    program(
        package,
        """
        open("pid", "w").write(str(os.getpid()))
        print(json.dumps({"stage": "reading", "done": 0, "total": 1}), file=sys.stderr, flush=True)
        time.sleep(60)
    """,
    )
    waiting = asyncio.create_task(IngestRun(Path("config.toml")).finish())
    while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


async def test_the_schedule_runs_again_and_again_and_speaks_only_of_changes() -> None:
    reports = [{"added": 0}, {"added": 2}, {"added": 0, "removed": 1}]
    told: list[dict[str, Any]] = []
    ran = asyncio.Event()

    async def run(config: Path) -> dict[str, Any]:
        if len(reports) == 1:
            ran.set()
        return reports.pop(0) if reports else {}

    async def changed(report: dict[str, Any]) -> None:
        told.append(report)

    schedule = RefreshSchedule(Path("config.toml"), 0.0005, changed=changed, run=run)
    schedule.start()
    async with asyncio.timeout(5):
        await ran.wait()
        while len(told) < 2:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert schedule.next_at is not None
    await schedule.close()
    assert schedule.next_at is None
    assert told == [{"added": 2}, {"added": 0, "removed": 1}]


async def test_a_run_that_fails_does_not_end_the_schedule(caplog: pytest.LogCaptureFixture) -> None:
    again = asyncio.Event()
    failures = [IngestFailed("busy", {"running": {}}), ValueError("a fault of our own")]

    async def run(config: Path) -> dict[str, Any]:
        if failures:
            raise failures.pop(0)
        again.set()
        return {}

    schedule = RefreshSchedule(Path("config.toml"), 0.0005, run=run)
    schedule.start()
    async with asyncio.timeout(5):
        await again.wait()
    await schedule.close()
    assert "a fault of our own" in caplog.text
    assert "busy" not in caplog.text  # another run at work is nothing to warn of


async def test_the_child_of_the_schedule_says_that_it_is_the_clock(package: Path) -> None:
    program(package, """print(json.dumps({"added": 1, "arguments": sys.argv[1:]}))""")
    told: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()

    async def changed(report: dict[str, Any]) -> None:
        if not told.done():
            told.set_result(report)

    schedule = RefreshSchedule(Path("config.toml"), 0.0005, changed=changed)
    schedule.start()
    async with asyncio.timeout(20):
        report = await told
    await schedule.close()
    assert report["arguments"][-3:] == ["--by=schedule", "--refresh", "--scheduled"]


async def test_without_minutes_nothing_is_scheduled() -> None:
    schedule = RefreshSchedule(Path("config.toml"), 0)
    schedule.start()
    assert schedule.next_at is None
    await schedule.close()
