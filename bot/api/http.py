"""The API over HTTP: requests in, JSON or server-sent events out."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.api.access import Access, NoToken, TooMany
from bot.api.desk import Desk
from bot.api.failures import Stopping, explained
from bot.api.operations import ASK, OPERATIONS, Operation, openapi
from bot.api.requests import from_json, from_query
from bot.api.schemas import Question, Shape
from bot.qa.sanitising import one_line
from ingest.errors import UserFacingError

HEADERS = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
_LONG = 20_000  # characters of an article from which on its JSON is written in a thread

Endpoint = Callable[[Request], Awaitable[Response]]


def api_routes(desk: Desk, access: Access) -> list[Route]:
    document = openapi()

    async def described(_request: Request) -> Response:
        return json_response(document)

    async def health(_request: Request) -> Response:
        try:
            generation = await desk.read(lambda index: index.generation)
        except UserFacingError:
            return json_response({"ok": False, "generation": None}, 503)
        return json_response({"ok": True, "generation": generation})

    return [
        Route("/openapi.json", answering(described)),
        Route("/healthz", answering(health)),
        *(
            Route(_greedy(one.path), answering(_endpoint(one, desk, access)), methods=[one.method])
            for one in OPERATIONS
        ),
    ]


def answering(endpoint: Endpoint) -> Endpoint:
    """The endpoint, with whatever goes wrong in it turned into a JSON failure."""

    async def guarded(request: Request) -> Response:
        try:
            return await endpoint(request)
        except (
            asyncio.CancelledError
        ):  # by the server alone, at its end; this is the outermost of the request
            return failure(Stopping())
        except Exception as error:
            return failure(error)

    return guarded


@dataclass(frozen=True)
class Admitting:
    """An ASGI application that only programs with a token reach."""

    app: ASGIApp
    access: Access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            self.access.admit_program(Request(scope))
        except UserFacingError as error:
            await failure(error)(scope, receive, send)
        else:
            await self.app(scope, receive, send)


def failure(error: Exception) -> Response:
    status, text = explained(error)
    response = json_response({"outcome": "failed", "error": text}, status)
    if isinstance(error, NoToken):
        response.headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(error.seconds)
    return response


def json_response(shape: Shape, status: int = 200) -> Response:
    return Response(_encoded(shape), status, HEADERS, "application/json")


def _endpoint(one: Operation, desk: Desk, access: Access) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        access.admit_program(request)
        given = await _given(one, request)
        if one is ASK and "text/event-stream" in request.headers.get("accept", ""):
            assert isinstance(given, Question)
            one_line(given.question)  # refused by a status while there is one to give
            return StreamingResponse(_events(desk, given), headers=HEADERS, media_type="text/event-stream")
        shape = await one.work(desk, given)
        if len(shape.get("body", "")) > _LONG:
            encoded = await asyncio.to_thread(_encoded, shape)
            return Response(encoded, 200, HEADERS, "application/json")
        return json_response(shape)

    return endpoint


async def _given(one: Operation, request: Request) -> BaseModel:
    if one.method == "POST":
        return await from_json(request, one.takes)
    return from_query(request, one.takes)


async def _events(desk: Desk, given: Question) -> AsyncIterator[bytes]:
    """Server-sent events: each with its name and one line of JSON; a failure is the last of them."""
    asked = desk.ask(given.question, given.exclude, given.follows)
    try:
        async with aclosing(asked) as events:  # type: ignore[type-var]
            async for name, shape in events:
                yield b"event: " + name.encode() + b"\ndata: " + _encoded(shape) + b"\n\n"
    except Exception as error:
        _, text = explained(error)
        yield b"event: failed\ndata: " + _encoded({"outcome": "failed", "error": text}) + b"\n\n"


_dumps = partial(json.dumps, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _encoded(shape: Shape) -> bytes:
    return _dumps(shape).encode("utf-8", "replace")


def _greedy(path: str) -> str:
    """A name in a path may be an URL, with slashes in it."""
    return path.replace("}", ":path}")
