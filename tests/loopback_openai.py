"""An endpoint on loopback that speaks the OpenAI API over real HTTP, and fails in every way it is told to.

    async with LoopbackOpenAI() as endpoint:
        endpoint.replies = [draft(sentence("It opened in May.", (1, "opened to traffic in May")))]
        client = AsyncOpenAI(api_key="test", base_url=endpoint.url, max_retries=0)

Each request takes the next of `faults` (None: no fault) and the next of `replies`; the last of each stays. A reply is a
text, or a function from the request's body to one. `requests` keeps the bodies that arrived.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import re
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from aiohttp import web

Reply = str | Callable[[dict[str, Any]], str]

FAULTS = (
    "slow",  # waits `delay` seconds before the first sign
    "stall",  # begins, and goes silent in the middle
    "cut",  # drops the connection in the middle
    "end",  # ends the stream in the middle as if all was said
    "429",  # with Retry-After, `retry_after` seconds
    "quota",  # 429 that no wait can mend
    "500",
    "503",
    "401",
    "404",
    "refuse-connection",
    "invalid-json",  # a body that is no JSON, as JSON
    "invalid-event",  # an event that is no JSON
    "error-event",  # an error in the middle of the stream
    "html",  # a proxy's page
    "empty-choices",
    "empty-text",
    "refusal",
    "content-filter",
    "no-usage",
    "no-schema",  # 400: response_format json_schema is not supported
    "no-formats",  # 400: no response_format at all
    "no-stream-options",
    "no-temperature",
    "context-length",
)


def sentence(text: str, *quotes: tuple[int, str], role: str = "answer") -> dict[str, Any]:
    return {
        "text": text,
        "role": role,
        "quotes": [{"passage": passage, "quote": quote} for passage, quote in quotes],
    }


def draft(*sentences: dict[str, Any], not_covered: Sequence[str] = ()) -> str:
    """A reply as the schema wants it."""
    return json.dumps({"sentences": list(sentences), "not_covered": list(not_covered)}, ensure_ascii=False)


def passages_of(body: dict[str, Any]) -> list[str]:
    """The passages of a request, as the model sees them: for replies that have to quote."""
    text = "\n".join(message["content"] for message in body["messages"] if message["role"] == "user")
    return [
        match.group(1).strip()
        for match in re.finditer(r"<<<passage \d+ \w+>>>\n.*?\n\n(.*?)\n<<<end \w+>>>", text, re.DOTALL)
    ]


@dataclass
class LoopbackOpenAI:
    """`pace` is seconds between pieces of `piece` characters; `finished` is when the last sign of a stream left."""

    replies: list[Reply] = field(default_factory=lambda: [draft()])
    faults: list[str | None] = field(default_factory=lambda: [None])
    delay: float = 30.0
    retry_after: str = "0"
    pace: float = 0.0
    piece: int = 12
    dimensions: int = 8
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    url: str = ""
    _runner: web.AppRunner | None = None

    async def __aenter__(self) -> LoopbackOpenAI:
        app = web.Application(client_max_size=64 * 1024**2)
        app.router.add_post("/v1/chat/completions", self._chat)
        app.router.add_post("/v1/embeddings", self._embeddings)
        app.router.add_get("/v1/models", self._models)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = self._runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{port}/v1"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.requests.append(body)
        self.headers.append(dict(request.headers))
        fault = self.faults.pop(0) if len(self.faults) > 1 else self.faults[0]
        early = self._status_fault(fault, body)
        if early is not None:
            return early
        if fault == "refuse-connection":
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        if fault == "slow":
            await asyncio.sleep(self.delay)
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        text = reply(body) if callable(reply) else reply
        if fault == "empty-text":
            text = ""
        if body.get("stream"):
            return await self._stream(request, body, text, fault)
        return web.json_response(_completion(body, text))

    def _status_fault(self, fault: str | None, body: dict[str, Any]) -> web.Response | None:
        form = (body.get("response_format") or {}).get("type")
        match fault:
            case "429":
                return _error(
                    429, "Rate limit reached", "rate_limit_exceeded", {"Retry-After": self.retry_after}
                )
            case "quota":
                return _error(429, "You exceeded your current quota", "insufficient_quota")
            case "500":
                return _error(500, "The server had an error", None)
            case "503":
                return _error(503, "Overloaded", None)
            case "401":
                return _error(401, "Incorrect API key provided", "invalid_api_key")
            case "404":
                return _error(404, "The model does not exist", "model_not_found")
            case "invalid-json":
                return web.Response(text='{"id": "x", "choices": [', content_type="application/json")
            case "html":
                return web.Response(text="<html><h1>Proxy</h1></html>", content_type="text/html")
            case "no-schema" if form == "json_schema":
                return _error(
                    400, "Invalid parameter: 'response_format' of type 'json_schema' is not supported", None
                )
            case "no-formats" if form is not None:
                return _error(400, "Unknown field: response_format", None)
            case "no-stream-options" if "stream_options" in body:
                return _error(400, "Unrecognized request argument supplied: stream_options", None)
            case "no-temperature" if "temperature" in body:
                return _error(
                    400, "Unsupported value: 'temperature' does not support 0 with this model.", None
                )
            case "context-length":
                return _error(
                    400, "This model's maximum context length is 4096 tokens.", "context_length_exceeded"
                )
            case _:
                return None

    async def _stream(
        self, request: web.Request, body: dict[str, Any], text: str, fault: str | None
    ) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)

        async def send(data: object) -> None:
            line = data if isinstance(data, str) else json.dumps(data)
            await response.write(f"data: {line}\n\n".encode())

        if fault == "empty-choices":
            await send({**_chunk(body), "choices": []})
            await send("[DONE]")
            return response
        if fault == "refusal":
            await send(_chunk(body, {"role": "assistant", "refusal": "I'm sorry, I can't help with that."}))
            await send(_chunk(body, {}, finish="stop"))
            await send("[DONE]")
            return response
        if fault == "content-filter":
            await send(_chunk(body, {"role": "assistant", "content": ""}))
            await send(_chunk(body, {}, finish="content_filter"))
            await send("[DONE]")
            return response
        await send(_chunk(body, {"role": "assistant", "content": ""}))
        pieces = [text[at : at + self.piece] for at in range(0, len(text), self.piece)]
        for number, piece in enumerate(pieces):
            if number == len(pieces) // 2:
                if fault == "cut":
                    assert request.transport is not None
                    request.transport.abort()
                    return response
                if fault == "end":
                    return response
                if fault == "stall":
                    await asyncio.sleep(self.delay)
                if fault == "invalid-event":
                    await send('{"id": "x", "choi')
                if fault == "error-event":
                    await send({"error": {"message": "The server had an error", "type": "server_error"}})
            await send(_chunk(body, {"content": piece}))
            if self.pace:
                await asyncio.sleep(self.pace)
        await send(_chunk(body, {}, finish="stop"))
        if (body.get("stream_options") or {}).get("include_usage") and fault != "no-usage":
            await send({**_chunk(body), "choices": [], "usage": _usage(body, text)})
        await send("[DONE]")
        return response

    async def _embeddings(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.requests.append(body)
        self.headers.append(dict(request.headers))
        fault = self.faults.pop(0) if len(self.faults) > 1 else self.faults[0]
        early = self._status_fault(fault, body)
        if early is not None:
            return early
        if fault == "slow":
            await asyncio.sleep(self.delay)
        inputs = body["input"] if isinstance(body["input"], list) else [body["input"]]
        data = []
        for index, text in enumerate(inputs):
            vector = _vector(str(text), self.dimensions)
            packed = base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()
            data.append(
                {
                    "object": "embedding",
                    "index": index,
                    "embedding": packed if body.get("encoding_format") == "base64" else vector,
                }
            )
        tokens = sum(len(str(text)) // 4 + 1 for text in inputs)
        return web.json_response(
            {
                "object": "list",
                "model": body.get("model"),
                "data": data,
                "usage": {"prompt_tokens": tokens, "total_tokens": tokens},
            }
        )

    async def _models(self, request: web.Request) -> web.Response:
        return web.json_response({"object": "list", "data": [{"id": "test-model", "object": "model"}]})


def _vector(text: str, dimensions: int) -> list[float]:
    """The same text always has the same vector; texts that share words lie close."""
    totals = [0.0] * dimensions
    for word in re.findall(r"\w+", text.lower()) or [""]:
        digest = hashlib.sha256(word.encode()).digest()
        for index in range(dimensions):
            totals[index] += digest[index % 32] / 127.5 - 1.0
    norm = sum(value * value for value in totals) ** 0.5 or 1.0
    return [value / norm for value in totals]


def _usage(body: dict[str, Any], text: str) -> dict[str, int]:
    sent = sum(len(message["content"]) for message in body["messages"]) // 4
    received = len(text) // 4
    return {"prompt_tokens": sent, "completion_tokens": received, "total_tokens": sent + received}


def _chunk(
    body: dict[str, Any], delta: dict[str, Any] | None = None, finish: str | None = None
) -> dict[str, Any]:
    return {
        "id": "chatcmpl-loopback",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": body.get("model"),
        "choices": [{"index": 0, "delta": delta or {}, "finish_reason": finish}],
    }


def _completion(body: dict[str, Any], text: str) -> dict[str, Any]:
    return {
        "id": "chatcmpl-loopback",
        "object": "chat.completion",
        "created": 1,
        "model": body.get("model"),
        "choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}],
        "usage": _usage(body, text),
    }


def _error(
    status: int, message: str, code: str | None, headers: dict[str, str] | None = None
) -> web.Response:
    return web.json_response(
        {"error": {"message": message, "type": "error", "param": None, "code": code}},
        status=status,
        headers=headers,
    )
