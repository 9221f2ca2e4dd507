"""The server around the doors: one application, one socket, an orderly end."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from mcp.server.transport_security import TransportSecuritySettings
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.api.access import Access, check_address
from bot.api.desk import Desk
from bot.api.failures import Refused
from bot.api.http import Admitting, api_routes, failure
from bot.api.mcp_tools import mcp_server
from bot.api.requests import LONGEST_BODY
from bot.api.tokens import VARIABLE, load_tokens
from bot.api.web_page import page_routes
from bot.settings import Settings, secret
from bot.web.signed_links import reader_key
from ingest.errors import ConfigError, UserFacingError

ADDRESS = "127.0.0.1:8082"
_LAST_WORDS = 5.0  # seconds
_MOST_AT_ONCE = 500  # requests under way; above it callers are told 503 at once

log = logging.getLogger(__name__)


def application(desk: Desk, access: Access) -> Starlette:
    """API, MCP and page as one ASGI application."""
    server = mcp_server(desk)
    mcp = server.streamable_http_app(
        stateless_http=True,
        json_response=True,
        max_request_body_size=LONGEST_BODY,
        # `access` looks at Host and Origin for all doors
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
    )
    mcp_routes = [Route(one.path, Admitting(one.app, access)) for one in mcp.routes if isinstance(one, Route)]
    return Starlette(
        routes=[*api_routes(desk, access), *page_routes(desk, access), *mcp_routes],
        exception_handlers={HTTPException: _no_such_thing},
        lifespan=lambda _: server.session_manager.run(),
    )


@asynccontextmanager
async def serving(settings: Settings, desk: Desk) -> AsyncIterator[str]:
    """Listen at [api] address until the block ends; yields the address that people open. Raises UserFacingError."""
    api = settings.api
    host, port = _parts(api.address or ADDRESS)
    tokens = load_tokens(api.tokens, secret(VARIABLE), api.per_minute)
    check_address(host, tokens)
    key = await asyncio.to_thread(reader_key, settings.records.path.with_name("reader.key"))
    app = application(desk, Access(tokens, key, api.per_minute, api.open_page))
    with _listening(host, port) as listener:
        async with running(app, listener, settings.discord.shutdown_seconds):
            shown = f"[{host}]" if ":" in host else host
            yield f"http://{shown}:{listener.getsockname()[1]}"


@asynccontextmanager
async def running(app: Starlette, listener: socket.socket, grace: float) -> AsyncIterator[None]:
    """Serve `app` at the socket; at the end, requests under way have `grace` seconds."""
    server = _Server(
        uvicorn.Config(
            app,
            http="h11",
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,  # a log of questions would be a record that nobody can ask to be forgotten
            server_header=False,
            limit_concurrency=_MOST_AT_ONCE,
            timeout_graceful_shutdown=max(1, round(grace)),
        )
    )
    task = asyncio.create_task(server.serve(sockets=[listener]), name="api")
    try:
        while not (server.started or task.done()):  # noqa: ASYNC110  # uvicorn has no event for it
            await asyncio.sleep(0.01)
        yield
    finally:
        server.should_exit = True
        await asyncio.wait([task])
        if left := server.server_state.tasks:  # cancelled, and about to note that
            await asyncio.wait(left, timeout=_LAST_WORDS)


class _Server(uvicorn.Server):
    """Leaves the signals to the program around it."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=512)
    except OSError as error:
        raise UserFacingError(
            f"Cannot listen at {host}, port {port} ({error.strerror or error}). Is another program using it? "
            "Set another [api] address in config.toml."
        ) from error
    with listener:
        yield listener


def _parts(address: str) -> tuple[str, int]:
    host, _, port = address.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or int(port) > 65_535:
        raise ConfigError(f"[api] address {address!r} is not an address; write it as {ADDRESS}.")
    return host.strip("[]"), int(port)


async def _no_such_thing(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    text = (
        "This address takes another method."
        if error.status_code == 405
        else "There is nothing at this address."
    )
    return failure(Refused(f"{text} /openapi.json lists what there is.", error.status_code))
