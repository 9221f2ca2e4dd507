"""The HTTP client of the answering model: how much of a response is read, and where a question may go."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import openai

from ingest.errors import ConfigError

LONGEST_RESPONSE = 8 * 1024**2
"""Bytes of one reply, with the JSON around each of its pieces."""
LONGEST_EVENT = 256 * 1024
"""Bytes of one piece of a streamed reply; parsed it takes up to twenty times as many."""
LONGEST_ERROR = 64 * 1024
"""Bytes read of an error; its status says enough."""

_PIECE = 4 * 1024
_OPENAI = "https://api.openai.com/v1"


def make_client(base_url: str = "", key_variable: str = "OPENAI_API_KEY") -> openai.AsyncOpenAI:
    """The one client of the process. The key comes from the environment; a compatible endpoint may do without."""
    key = os.environ.get(key_variable, "").strip()
    if not key and not base_url:
        raise ConfigError(
            f'[answering] provider = "openai" needs a key: set {key_variable} in the environment or in .env, '
            'or go back to provider = "quoting".'
        )
    logging.getLogger("httpx2").setLevel(logging.WARNING)  # below that it logs the endpoint's own words
    # retries are ours, because only we know the deadline; the address is given even when it is the default, because
    # the environment must not send questions elsewhere
    return openai.AsyncOpenAI(
        api_key=key or "none", base_url=base_url or _OPENAI, max_retries=0, http_client=BoundedClient()
    )


class BoundedClient(openai.DefaultAsyncHttpxClient):
    """Follows no redirect, for a question goes to the configured host or nowhere, and reads no more than the limits.

    An error is cut at its limit; a reply past its own raises `httpx2.ReadError` while it is read.
    """

    def __init__(self) -> None:
        super().__init__(follow_redirects=False)

    async def send(self, request: httpx2.Request, *, stream: bool = False, **options: Any) -> httpx2.Response:
        # compressed, a small response could unpack to any size
        request.headers["Accept-Encoding"] = "identity"
        response = await super().send(request, stream=True, **options)
        if response.headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity"):
            await response.aclose()
            raise httpx2.ReadError("a compressed response, which was not asked for", request=request)
        assert isinstance(response.stream, httpx2.AsyncByteStream)
        limits = _Cut if response.status_code >= 300 else _Bounded
        response.stream = limits(response.stream)
        if not stream:
            await response.aread()
        return response


class _Bounded(httpx2.AsyncByteStream):
    """A reply that ends in a ReadError where it, or one event of it, is too long."""

    def __init__(self, stream: httpx2.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = event = 0
        tail = b""
        async for piece in _pieces(self._stream):
            size += len(piece)
            joined = tail + piece  # the end of an event may lie across two pieces
            end = max(joined.rfind(sign) for sign in (b"\n\n", b"\r\r", b"\r\n\r\n"))
            event = len(joined) - end if end >= 0 else event + len(piece)
            if size > LONGEST_RESPONSE or event > LONGEST_EVENT:
                raise httpx2.ReadError("the reply is too long")
            tail = joined[-3:]
            yield piece

    async def aclose(self) -> None:
        await self._stream.aclose()


class _Cut(_Bounded):
    """The beginning of an error's body."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        left = LONGEST_ERROR
        async for piece in _pieces(self._stream):
            yield piece[:left]
            left -= len(piece)
            if left <= 0:
                return


async def _pieces(stream: httpx2.AsyncByteStream) -> AsyncIterator[bytes]:
    """What arrives, in small pieces, so that others get their turn between hundreds of events sent at once."""
    async for chunk in stream:
        for start in range(0, len(chunk), _PIECE):
            await asyncio.sleep(0)
            yield chunk[start : start + _PIECE]
