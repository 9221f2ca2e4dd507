"""A connected bot from its start to its end: what it needs around the client, the login, and SIGTERM."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, contextmanager
from typing import Any

import aiohttp
import discord

from bot.chat.client import BylineClient, make_client
from bot.chat.services import Answers, Embed, Services
from bot.operations.index_pool import Library
from bot.operations.ingest_subprocess import RefreshSchedule
from bot.operations.metrics import Metrics
from bot.operations.monitoring import monitoring_app
from bot.operations.records import Records
from bot.operations.repair import IndexRepair
from bot.operations.stopping import cancelled_by_sigterm
from bot.qa.timeline.topics import Topics
from bot.settings import Settings
from bot.web.server import serve, serve_reader
from bot.web.signed_links import ReaderAddresses
from ingest.errors import ConfigError, UserFacingError

log = logging.getLogger(__name__)

OpenApi = Callable[
    [Records, Metrics, asyncio.Semaphore, ReaderAddresses | None], AbstractAsyncContextManager[object]
]
"""Serves the API, over the bot's own records, figures and slots, for as long as the context lasts."""


async def _refreshed(report: dict[str, Any]) -> None:
    counts = (report.get(name, 0) for name in ("added", "changed", "removed"))
    log.info("scheduled refresh: %s added, %s changed, %s removed", *counts)


async def run_bot(
    settings: Settings,
    library: Library,
    answers: Answers,
    token: str,
    embed: Embed | None = None,
    api: OpenApi | None = None,
    topics: Topics | None = None,
) -> None:
    """Log in and stay connected until cancelled. Raises UserFacingError when Discord lets no one in.

    `embed` turns texts into unit vectors; with it, unanswered questions are grouped by meaning. `api` opens the doors
    beside Discord; `topics` gives timelines.
    """
    logging.getLogger("bot.chat").setLevel(logging.INFO)  # who logged in, and where from to invite
    with cancelled_by_sigterm() as stopped:
        try:
            await _connected(settings, library, answers, token, embed, api, topics)
        except asyncio.CancelledError:
            if not stopped.is_set():
                raise


async def _connected(
    settings: Settings,
    library: Library,
    answers: Answers,
    token: str,
    embed: Embed | None,
    api: OpenApi | None,
    topics: Topics | None,
) -> None:
    """Everything that a connected bot needs, from the records to the client, and its end in reverse order."""
    async with AsyncExitStack() as stack:
        records = await asyncio.to_thread(Records, settings.records.path)
        stack.push_async_callback(asyncio.to_thread, records.close)
        services = Services(settings, answers, library, records, settings.config, embed, topics)
        services.repair = repair = IndexRepair(settings.config)
        stack.push_async_callback(repair.close)
        minutes = settings.ingest.corpus.refresh_minutes
        services.schedule = schedule = RefreshSchedule(settings.config, minutes, changed=_refreshed)
        stack.push_async_callback(schedule.close)
        services.addresses = await serve_reader(settings, library, records, stack)
        if api is not None:
            await stack.enter_async_context(
                api(records, services.metrics, services.slots, services.addresses)
            )
        with _login_explained():
            granted = await _message_content_granted(token)
            client = await stack.enter_async_context(make_client(services, message_content=granted))
            if settings.metrics.address:
                await _serve_metrics(services, client, stack)
            library.tell_when_broken(repair.report)
            repair.start()
            schedule.start()
            await client.start(token)


async def _serve_metrics(services: Services, client: BylineClient, stack: AsyncExitStack) -> None:
    app = monitoring_app(services.metrics, client.health)
    try:
        stack.push_async_callback((await serve(app, services.settings.metrics.address)).cleanup)
    except UserFacingError as error:
        log.warning("no metrics: %s", error)  # the bot is worth more than its figures


async def _message_content_granted(token: str) -> bool:
    """Whether the application has that intent: asking for one that was not granted stops the login."""
    async with discord.Client(intents=discord.Intents(guilds=True)) as probe:
        await probe.login(token)
        flags = probe.application_flags
    return flags.gateway_message_content or flags.gateway_message_content_limited


@contextmanager
def _login_explained() -> Iterator[None]:
    """Turn what Discord or the network refuse into a UserFacingError."""
    try:
        yield
    except discord.LoginFailure:
        raise ConfigError(
            "Discord does not accept DISCORD_TOKEN. Copy it anew from the application's Bot page "
            "(https://discord.com/developers/applications)."
        ) from None
    except discord.PrivilegedIntentsRequired:
        raise ConfigError(
            "Discord refused an intent. Switch Message Content on or off on the application's Bot page, "
            "and start again."
        ) from None
    except (
        TimeoutError,
        OSError,
        aiohttp.ClientError,
        discord.HTTPException,
        discord.ConnectionClosed,
    ) as error:
        raise UserFacingError(
            f"Discord cannot be reached ({type(error).__name__}). Check the network, and start again."
        ) from error
