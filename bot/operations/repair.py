"""Remake an index that the library found damaged, while questions are answered by words or the one before."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from bot.operations.ingest_subprocess import IngestFailed, IngestRun

log = logging.getLogger(__name__)

BUSY = 30.0  # seconds until it is tried again while another run holds the lock
APART = 3_600.0  # seconds between two repairs: what breaks again at once is not mended by doing it again


class IndexRepair:
    """Runs `python -m ingest --rebuild` in the background, once for what is reported. `working` while it does."""

    def __init__(
        self,
        config: Path,
        *,
        run: Callable[[Path], Awaitable[dict[str, Any]]] | None = None,
        busy: float = BUSY,
        apart: float = APART,
    ) -> None:
        self._config = config
        self._run = run or _rebuild
        self._busy = busy
        self._apart = apart
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._reported = False
        self._wanted = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.working = False

    def report(self, generation: str) -> None:
        """This generation has to be remade. May be called from any thread, and before `start`."""
        log.warning("generation %s is damaged; it is remade", generation)
        with self._lock:
            self._reported = True
            loop = self._loop
        if loop is not None:
            with suppress(RuntimeError):  # the loop is closed: the bot ends
                loop.call_soon_threadsafe(self._wanted.set)

    def start(self) -> None:
        """Begin, in the running event loop, with what was reported so far."""
        with self._lock:
            self._loop = asyncio.get_running_loop()
            if self._reported:
                self._wanted.set()
        if self._task is None:
            self._task = asyncio.create_task(self._keep_mending(), name="index repair")

    async def close(self) -> None:
        """Stop, and end a repair that is under way; the old index stays."""
        task, self._task = self._task, None
        with self._lock:
            self._loop = None
        if task is not None:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _keep_mending(self) -> None:
        ended = float("-inf")
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            if time.monotonic() - ended < self._apart:
                log.error(
                    "The index broke again soon after it was remade. Run `python -m bot doctor` to see why."
                )
                continue
            self.working = True
            try:
                await self._mend()
            finally:
                self.working = False
            ended = time.monotonic()

    async def _mend(self) -> None:
        """One repair, after whatever else changes the corpus. What goes wrong is logged: answers go on."""
        while True:
            try:
                await self._run(self._config)
                log.info("the index has been remade")
            except IngestFailed as error:
                if "running" in error.report:
                    await asyncio.sleep(self._busy)
                    continue
                log.error("The index could not be remade, so answers rest on what is whole of it: %s", error)
            except Exception:
                log.exception("remaking the index")
            return


async def _rebuild(config: Path) -> dict[str, Any]:
    return await IngestRun(config, ("--rebuild",), by="repair").finish()
