"""Bring the corpus up to date from within the bot: `python -m ingest` as a child process, by hand or by the clock."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import random
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ingest.errors import UserFacingError

log = logging.getLogger(__name__)

Step = tuple[str, int, int]  # stage, what is done of it, the total (0: unknown)

_NOT_FOR_THE_CHILD = ("DISCORD_TOKEN", "BYLINE_API_TOKENS")
_SECONDS_TO_END = 10.0
_LONGEST_LINE = 2**24
_NICE = 10


class IngestFailed(UserFacingError):
    """The child ended badly; the text is what it said. `report` is its JSON object, perhaps with `running` (another
    run, which holds the lock) or `removals` (what `--allow-removals` would allow).
    """

    def __init__(self, text: str, report: dict[str, Any]) -> None:
        super().__init__(text)
        self.report = report


@dataclass
class IngestRun:
    """One run of `python -m ingest --json`. Its crash cannot take the bot down, and ending it loses nothing."""

    config: Path
    arguments: Sequence[str] = ()
    by: str = ""
    report: dict[str, Any] = field(default_factory=dict)

    async def steps(self) -> AsyncIterator[Step]:
        """Yield the progress; afterwards `report` is ingest's own. Raises IngestFailed.

        The child is ended when the caller stops listening: close the iterator, or cancel the task.
        """
        child = await self._started()
        assert child.stdout is not None
        assert child.stderr is not None
        output = asyncio.create_task(child.stdout.read())
        said: list[str] = []
        try:
            async for line in child.stderr:
                text = line.decode("utf-8", "replace").strip()
                if (step := _step(text)) is not None:
                    yield step
                elif text:
                    said = [*said, text][-5:]
            printed = await output
            code = await child.wait()
        finally:
            output.cancel()
            await _end(child)
        self.report = _last_object(printed.decode("utf-8", "replace"))
        if code != 0:
            told = str(self.report.get("error") or " ".join(said[-1:]))
            fallback = f"python -m ingest ended with status {code}. Run it by hand to see why."
            raise IngestFailed(told or fallback, self.report)

    async def finish(self) -> dict[str, Any]:
        """Run it to its end without watching, and return its report."""
        async with aclosing(self.steps()) as steps:  # type: ignore[type-var]
            async for _ in steps:
                pass
        return self.report

    async def _started(self) -> asyncio.subprocess.Process:
        by = (f"--by={self.by}",) if self.by else ()  # one word: a name may begin with a dash
        environment = {name: value for name, value in os.environ.items() if name not in _NOT_FOR_THE_CHILD}
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "ingest", "--json", "--progress", "--config", str(self.config), *by, *self.arguments,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=environment,
            limit=_LONGEST_LINE,
        )  # fmt: skip
        # embedding takes every core it gets; people who ask meanwhile come first
        with suppress(OSError, AttributeError):
            os.setpriority(os.PRIO_PROCESS, child.pid, _NICE)
        return child


class RefreshSchedule:
    """Refreshes every so many minutes, spread by a tenth so that many bots do not ask one site at once.

    `changed` is called with the report of a run that changed something; one that changed nothing, or found another at
    work, is quiet. `next_at` is when it runs next.
    """

    def __init__(
        self,
        config: Path,
        minutes: float,
        *,
        changed: Callable[[dict[str, Any]], Awaitable[None]] | None = None,
        jitter: float = 0.1,
        run: Callable[[Path], Awaitable[dict[str, Any]]] | None = None,
    ) -> None:
        self._config = config
        self._minutes = minutes
        self._changed = changed
        self._jitter = jitter
        self._run = run or _scheduled_run
        self._task: asyncio.Task[None] | None = None
        self.next_at: datetime | None = None

    def start(self) -> None:
        """Begin, in the running event loop; with no minutes set there is nothing to begin."""
        if self._minutes > 0 and self._task is None:
            self._task = asyncio.create_task(self._keep_refreshing(), name="scheduled refresh")

    async def close(self) -> None:
        """Stop, and end a run that is under way."""
        task, self._task, self.next_at = self._task, None, None
        if task is not None:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _keep_refreshing(self) -> None:
        while True:
            seconds = self._minutes * 60 * random.uniform(1 - self._jitter, 1 + self._jitter)  # noqa: S311
            self.next_at = datetime.now(UTC) + timedelta(seconds=seconds)
            await asyncio.sleep(seconds)
            await self._refresh()

    async def _refresh(self) -> None:
        """One run; whatever goes wrong in it is logged, and the next one comes in its time."""
        try:
            report = await self._run(self._config)
            if self._changed is not None and any(
                report.get(name) for name in ("added", "changed", "removed")
            ):
                await self._changed(report)
        except IngestFailed as error:
            level = logging.INFO if "running" in error.report else logging.WARNING
            log.log(level, "scheduled refresh: %s", error)
        except Exception:
            log.exception("scheduled refresh")


async def _scheduled_run(config: Path) -> dict[str, Any]:
    return await IngestRun(config, ("--refresh", "--scheduled"), by="schedule").finish()


async def _end(child: asyncio.subprocess.Process) -> None:
    """End a child that still runs, by force when it does not listen."""
    if child.returncode is not None:
        return
    with suppress(ProcessLookupError):
        child.terminate()
    try:
        await asyncio.wait_for(asyncio.shield(child.wait()), _SECONDS_TO_END)
    except TimeoutError:
        with suppress(ProcessLookupError):
            child.kill()
        await child.wait()


def _last_object(output: str) -> dict[str, Any]:
    """The JSON object that ingest ends with; an empty one where it did not get that far."""
    lines = output.strip().splitlines()
    try:
        found = json.loads(lines[-1]) if lines else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _step(line: str) -> Step | None:
    """A line of progress, as ingest writes it to standard error beside --json; None for anything else."""
    if not line.startswith("{"):
        return None
    try:
        step = json.loads(line)
        return str(step["stage"]), int(step["done"]), int(step["total"])
    except (ValueError, KeyError, TypeError):
        return None
