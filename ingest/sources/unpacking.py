"""The body of an answer, unpacked within limits: a small answer may hold gigabytes."""

from __future__ import annotations

import zlib
from collections.abc import Callable

import aiohttp


class FetchFailed(Exception):
    """Nothing came; the message is a sentence for a reject's reason. `gone`: the site says that it is no more."""

    def __init__(self, reason: str, *, gone: bool = False) -> None:
        super().__init__(reason)
        self.gone = gone


async def unpacked(content: aiohttp.StreamReader, encoding: str, largest: int, cut: bool) -> bytes:
    """The body unpacked, at most `largest` bytes both packed and unpacked; `cut` takes the first of a larger one."""
    unpack = _unpacker(encoding)
    taken, received = bytearray(), 0
    async for chunk in content.iter_any():
        received += len(chunk)
        try:
            taken += unpack(chunk, largest + 1 - len(taken))
        except zlib.error:
            raise FetchFailed("What the site sent cannot be unpacked.") from None
        if len(taken) > largest or received > largest:
            if cut:
                return bytes(taken[:largest])
            raise FetchFailed(f"It is larger than {largest / 1_000_000:g} MB.")
    return bytes(taken)


def _unpacker(encoding: str) -> Callable[[bytes, int], bytes]:
    """A function from packed bytes, and the most to give, to unpacked ones."""
    name = encoding.strip().lower()
    if name in ("", "identity"):
        return lambda chunk, most: chunk[:most]
    if name not in ("gzip", "x-gzip", "deflate"):
        raise FetchFailed(f"The site packs it in a way that was not asked for ({name[:40]}).")
    machine = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)
    raw = False

    def unpack(chunk: bytes, most: int) -> bytes:
        nonlocal machine, raw
        try:
            return machine.decompress(chunk, most)
        except zlib.error:
            if raw or name != "deflate":
                raise
            raw = True  # "deflate" without its wrapping is common
            machine = zlib.decompressobj(wbits=-zlib.MAX_WBITS)
            return machine.decompress(chunk, most)

    return unpack
