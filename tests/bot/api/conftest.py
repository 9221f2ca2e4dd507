"""The newsroom behind the API's doors: real index, real answers, a real server on loopback."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.__main__ import assembled
from bot.operations.metrics import Metrics
from bot.operations.records import Records
from bot.settings import load_settings

TOKEN, SLOW = "a-token-for-a-program-1", "a-token-that-may-little"

Start = Callable[..., Awaitable[str]]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk(newsroom: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Any]:
    pytest.importorskip("mcp", reason="the extra `api` is not installed")
    from bot.api.desk import Desk

    records = Records(tmp_path_factory.mktemp("records") / "records.sqlite")
    async with assembled(load_settings(newsroom)) as parts:
        yield Desk(parts.answerer, parts.library, records, Metrics(), asyncio.Semaphore(4), 30.0)
    records.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def start(desk: Any) -> AsyncIterator[Start]:
    """Starts a server with these tokens (name → token, requests a minute) and returns its address."""
    from bot.api.access import Access
    from bot.api.serving import application, running
    from bot.api.tokens import load_tokens

    async with AsyncExitStack() as stack:

        async def started(tokens: dict[str, tuple[str, int]] | None = None, **options: Any) -> str:
            known = [
                one
                for name, (token, per_minute) in (tokens or {}).items()
                for one in load_tokens(None, f"{name}:{token}", per_minute)
            ]
            listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
            app = application(options.pop("desk", desk), Access(known, b"k" * 32, **options))
            await stack.enter_async_context(running(app, listener, 1.0))
            return f"http://127.0.0.1:{listener.getsockname()[1]}"

        yield started


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def address(start: Start) -> str:
    """A server that anybody on this computer may ask."""
    return await start()
