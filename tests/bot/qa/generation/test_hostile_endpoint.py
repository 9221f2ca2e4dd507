"""Whatever an endpoint sends, the reader gets an error that says what to do, and the bot keeps its memory."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import ModelUnavailable
from bot.qa.drafts import Refused
from bot.qa.generation.bounded_client import make_client
from bot.qa.generation.budget import DailyBudget
from bot.qa.generation.chat_model import ChatModel
from bot.qa.generation.prompts import DRAFT_SCHEMA, Message
from tests.loop_time import pauses_of_the_loop

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
KEY = "sk-hush-0123456789"
MEGABYTE = 1024**2


def messages(_structured: bool) -> list[Message]:
    return [{"role": "user", "content": "the question"}]


@asynccontextmanager
async def endpoint(handler: Handler) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_post("/v1/chat/completions", handler)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    finally:
        await runner.cleanup()


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)


async def reply_of(handler: Handler, **options: Any) -> list[Any]:
    async with endpoint(handler) as url:
        model = ChatModel(make_client(url), "m", count_tokens=len, **{"deadline": 20.0, **options})
        try:
            async with aclosing(model.stream(messages, DRAFT_SCHEMA)) as events:
                return [event async for event in events]
        finally:
            await model.aclose()


def fixed(body: bytes, status: int = 200, **headers: str) -> Handler:
    async def handler(_request: web.Request) -> web.Response:
        return web.Response(
            body=body, status=status, headers={"Content-Type": "text/event-stream", **headers}
        )

    return handler


def event(**fields: Any) -> bytes:
    return b"data: " + json.dumps(fields).encode() + b"\n\n"


def text_event(text: str) -> bytes:
    return event(choices=[{"index": 0, "delta": {"content": text}}])


def pouring(piece: bytes, status: int = 200, megabytes: int = 60) -> Handler:
    """A body that goes on for as long as somebody reads it."""

    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(status=status, headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        with suppress(ConnectionError):
            for _ in range(megabytes * MEGABYTE // len(piece)):
                await response.write(piece)
        return response

    return handler


async def inflating(request: web.Request) -> web.StreamResponse:
    """60 MB of line ends in 60 kB."""
    packer = zlib.compressobj(wbits=31)
    response = web.StreamResponse(headers={"Content-Encoding": "gzip"})
    await response.prepare(request)
    with suppress(ConnectionError):
        for _ in range(60):
            await response.write(packer.compress(b"\n" * MEGABYTE))
    return response


@pytest.mark.parametrize(
    "handler",
    [pouring(b"x" * 65_536, 400), pouring(b"x" * 65_536, 503), pouring(b"x" * 65_536), inflating],
    ids=["error", "error-tried-again", "event", "compressed"],
)
async def test_no_reply_takes_more_memory_than_its_limit(handler: Handler) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(ModelUnavailable):
            await reply_of(handler)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 30 * MEGABYTE


async def test_reply_without_an_end_is_cut_at_the_longest_that_is_read() -> None:
    events = await reply_of(pouring(text_event("x" * 10_000), megabytes=5))
    assert 200_000 <= sum(len(piece) for piece in events if isinstance(piece, str)) < 220_000


@pytest.mark.parametrize("piece", [b"data: {}\n\n", b"\n", text_event("[1]")])
async def test_many_pieces_at_once_leave_the_loop_to_others(piece: bytes) -> None:
    async with pauses_of_the_loop() as pauses:

        async def handler(_request: web.Request) -> web.Response:
            pauses.clear()
            return web.Response(body=piece * (100_000 // len(piece)))

        with suppress(ModelUnavailable):
            await reply_of(handler)
    assert max(pauses) < 0.1


@pytest.mark.parametrize(
    "fields",
    [
        {"choices": "x"},
        {"choices": ["x"]},
        {"choices": [None]},
        {"choices": {"0": 1}},
        {"choices": [{"delta": "x"}]},
        {"choices": [{"delta": {"content": 7, "refusal": ["no"]}}]},
        {"choices": 5, "usage": "much"},
    ],
)
async def test_reply_of_another_shape_says_nothing(fields: dict[str, Any]) -> None:
    with pytest.raises(ModelUnavailable, match="nothing"):
        await reply_of(fixed(event(**fields) + b"data: [DONE]\n\n"))


@pytest.mark.parametrize("tokens", [10**30, -5, 1e300, "9", None, True])
async def test_usage_that_cannot_be_is_counted_by_ourselves(tokens: object, tmp_path: Path) -> None:
    budget = DailyBudget(tmp_path / "budget.sqlite", 100_000)
    usage = event(choices=[], usage={"prompt_tokens": tokens, "completion_tokens": tokens})
    events = await reply_of(fixed(text_event("Well.") + usage + b"data: [DONE]\n\n"), budget=budget)
    assert events[0] == "Well."
    assert await budget.spent() == len("the question") + 4 + len("Well.")


@pytest.mark.parametrize(
    "date",
    ["²", "Mon, 99 Foo 99999 99:99:99 +9999", "Fri, 31 Dec 9999 23:59:59 -9999", "nan", "1e999", "," * 60,
     "Mon, 01 Jan 0001 00:00:00", "Mon, 01 Jan 2024 00:00:00 +999999999999"],
)  # fmt: skip
async def test_odd_retry_after_never_escapes_as_an_error(date: str) -> None:
    with pytest.raises(ModelUnavailable):
        await reply_of(fixed(b"{}", status=429, **{"Retry-After": date}), deadline=0.3)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_question_does_not_follow_a_redirect_to_another_host(status: int) -> None:
    bodies = []

    async def elsewhere(request: web.Request) -> web.StreamResponse:
        bodies.append(await request.text())
        return web.Response(body=text_event("Gotcha."))

    async with endpoint(elsewhere) as url:
        target = url.replace("127.0.0.1", "localhost") + "/chat/completions"
        with pytest.raises(ModelUnavailable, match="base_url"):
            await reply_of(fixed(b"", status=status, Location=target))
    assert bodies == []


async def test_log_holds_neither_the_key_nor_raw_signs_of_what_an_endpoint_writes(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG, "bot")
    code = f"bad\x1b[2J\nWARNING forged {KEY}" + "x" * 5_000
    with pytest.raises(ModelUnavailable) as caught:
        await reply_of(fixed(json.dumps({"error": {"message": code, "code": code}}).encode(), status=418))
    refused = await reply_of(fixed(event(choices=[{"delta": {"refusal": f"No.\x1b\n{KEY}"}}])))
    assert Refused("No. [key]") in refused
    for line in [*caplog.messages, str(caught.value)]:
        assert KEY not in line
        assert not re.search(r"[\x1b\n]", line)
        assert len(line) < 400
    assert any("418" in line for line in caplog.messages)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["id", "choices", "delta", "content", "refusal", "usage", "prompt_tokens", "completion_tokens",
                 "finish_reason", "error", "message", "code", "object"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)  # fmt: skip
EVENT = JSON.map(lambda value: b"data: " + json.dumps(value).encode() + b"\n\n")
STATUS = st.sampled_from([200, 200, 200, 204, 307, 400, 401, 404, 418, 422, 429, 500])


@settings(max_examples=25, deadline=None)
@given(st.lists(EVENT | st.binary(max_size=40), max_size=4).map(b"".join), STATUS)
def test_no_response_raises_anything_but_what_the_answering_side_knows(body: bytes, status: int) -> None:
    async def run() -> None:
        with suppress(ModelUnavailable):
            await reply_of(fixed(body, status=status, **{"Retry-After": "600"}), deadline=0.5)

    asyncio.run(run())
