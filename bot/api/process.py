"""`python -m bot serve` and `python -m bot mcp`: what a process without Discord needs around the doors."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace

from bot.api.desk import Desk
from bot.api.mcp_tools import mcp_server
from bot.api.serving import serving
from bot.operations.index_pool import Library
from bot.operations.ingest_subprocess import RefreshSchedule
from bot.operations.metrics import Metrics
from bot.operations.monitoring import monitoring_app
from bot.operations.records import Records
from bot.operations.repair import IndexRepair
from bot.operations.stopping import cancelled_by_sigterm
from bot.qa.answering import Answerer
from bot.settings import Settings
from bot.web.server import serve as listen
from bot.web.server import serve_reader
from ingest.errors import UserFacingError

TIDY_SECONDS = 6 * 3_600

log = logging.getLogger(__name__)


async def serve(
    settings: Settings, library: Library, answerer: Answerer, announce: Callable[[str], None]
) -> None:
    """Serve until cancelled or told to stop. Raises UserFacingError where it cannot listen."""
    with cancelled_by_sigterm() as stopped:
        try:
            async with _upkept(settings, library, answerer) as desk, AsyncExitStack() as stack:
                reader = await serve_reader(settings, library, desk.records, stack)
                await _serve_metrics(settings, desk, stack)
                address = await stack.enter_async_context(serving(settings, replace(desk, addresses=reader)))
                announce(
                    f"Listening at {address} (the page), {address}/openapi.json (the API), {address}/mcp (MCP)"
                )
                await asyncio.Event().wait()
        except asyncio.CancelledError:
            if not stopped.is_set():
                raise


async def serve_stdio(settings: Settings, library: Library, answerer: Answerer) -> None:
    """MCP over standard input and output, until the input ends."""
    async with _upkept(settings, library, answerer) as desk:
        await mcp_server(desk).run_stdio_async()


@asynccontextmanager
async def _upkept(settings: Settings, library: Library, answerer: Answerer) -> AsyncIterator[Desk]:
    """The desk with its records, while the index is mended and refreshed and old records go, as beside Discord."""
    async with AsyncExitStack() as stack:
        records = await asyncio.to_thread(Records, settings.records.path)
        stack.push_async_callback(asyncio.to_thread, records.close)
        repair = IndexRepair(settings.config)
        stack.push_async_callback(repair.close)
        schedule = RefreshSchedule(settings.config, settings.ingest.corpus.refresh_minutes)
        stack.push_async_callback(schedule.close)
        library.tell_when_broken(repair.report)
        repair.start()
        schedule.start()
        tidying = asyncio.create_task(_keep_tidy(records, settings.records.keep_days), name="keep tidy")
        stack.callback(tidying.cancel)
        slots = asyncio.Semaphore(settings.discord.at_once)
        yield Desk(answerer, library, records, Metrics(), slots, settings.answering.deadline_seconds)


async def _serve_metrics(settings: Settings, desk: Desk, stack: AsyncExitStack) -> None:
    if not settings.metrics.address:
        return
    app = monitoring_app(desk.metrics, lambda: {"ok": True})
    try:
        stack.push_async_callback((await listen(app, settings.metrics.address)).cleanup)
    except UserFacingError as error:
        log.warning("no metrics: %s", error)  # answers are worth more than their figures


async def _keep_tidy(records: Records, keep_days: int) -> None:
    """Delete what is older than [records] keep_days, now and then; 0 keeps everything."""
    while keep_days:
        try:
            await records.delete_before(time.time() - keep_days * 86_400)
        except UserFacingError as error:
            log.error("old records stay for now: %s", error)
        await asyncio.sleep(TIDY_SECONDS)
