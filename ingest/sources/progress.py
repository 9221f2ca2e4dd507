"""How far an ingest is, told to a terminal, to another program, or to nobody."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

Report = Callable[[str, int, int], None]
"""Called with the stage ("fetching", "reading", "embedding", "indexing"), what is done of it, and the total (0:
unknown).
"""


def silent(stage: str, done: int, total: int) -> None:
    """Progress that nobody watches."""


def json_lines(every: float = 0.5) -> Report:
    """One JSON object a line on standard error, for the program that started this one; seconds between two."""
    last = float("-inf")

    def report(stage: str, done: int, total: int) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= every or (total and done >= total):
            last = now
            print(json.dumps({"stage": stage, "done": done, "total": total}), file=sys.stderr, flush=True)

    return report


@contextmanager
def progress_bars() -> Iterator[Report]:
    """A bar a stage with rate and time left, where standard error is a terminal; else nothing."""
    console = Console(stderr=True)
    bars = Progress(
        SpinnerColumn(),
        TextColumn("{task.description:<9}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]:>9}"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
    )
    tasks: dict[str, TaskID] = {}

    def report(stage: str, done: int, total: int) -> None:
        if stage not in tasks:
            tasks[stage] = bars.add_task(stage, total=total or None, rate="")
        speed = bars.tasks[tasks[stage]].speed
        bars.update(tasks[stage], completed=done, total=total or None, rate=f"{speed:.0f}/s" if speed else "")

    with bars:
        yield report
