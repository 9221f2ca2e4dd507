"""Two hundred HTTP answers that no honest site gives, each from a host of its own on loopback, and some honest ones."""

from __future__ import annotations

import asyncio
import gzip
import queue
import socket
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from itertools import product

Step = bytes | float
"""Bytes that are sent, or seconds that nothing is."""

TEXT = "The mayor said on Monday that the new bridge over the river will be opened in May, after two years of work."
PAGE = f"<html><head><title>The bridge</title></head><body><article><p>{TEXT}</p></article></body></html>".encode()
HEADERS = (
    "ETag",
    "Last-Modified",
    "Retry-After",
    "Content-Type",
    "Content-Encoding",
    "Location",
    "Link",
    "X-Robots-Tag",
)
VALUES = (
    b'"\xff"', b"\xe9", "²".encode(), b"Fri, 31 Dec 99999 23:59:59 +9999", b"Mon, 01 Jan 0001 00:00:00 -2359", b"nan",
    b"1e999", b"-1", b"9" * 400, b"\x00", b"a\x1b[2Jb", b"text/html; charset=\xff", b"text/html; charset=utf-7",
    b"\t", b"javascript:alert(1)", b"," * 3_000, b"'; DROP TABLE pages; --", b"gzip, gzip, gzip",
)  # fmt: skip
STATUSES = (
    "0", "99 x", "101 Switching Protocols", "204 No", "206 Part", "299 x", "300 Many", "304 Not", "401 x", "402 x",
    "404 x", "410 x", "418 x", "451 x", "500 x", "600 x", "999 x", "abc", "200", "-200 OK",
)  # fmt: skip


def answer(body: bytes = PAGE, status: str = "200 OK", *headers: bytes, length: object = None) -> bytes:
    size = len(body) if length is None else length
    kind = (
        ()
        if any(one.lower().startswith(b"content-type") for one in headers)
        else (b"Content-Type: text/html",)
    )
    lines = [f"HTTP/1.1 {status}".encode(), f"Content-Length: {size}".encode(), *kind, *headers]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def chunked(*parts: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n" + b"".join(
        parts
    )


def bomb(size: int) -> bytes:
    return gzip.compress(b" " * size)


def answers() -> Iterator[list[Step]]:
    """What each hostile host says to whoever asks it for a page."""
    for name, value in product(HEADERS, VALUES):
        status = "503 Later" if name == "Retry-After" else "302 Found" if name == "Location" else "200 OK"
        yield [answer(PAGE, status, name.encode() + b": " + value)]
    for status in STATUSES:
        yield [answer(PAGE, status)]
    for length in (10**9, 3, -1, 10**400, "0x10", "1, 2", "", "٣"):
        yield [answer(PAGE, length=length)]
    packed = b"Content-Encoding: gzip"
    yield [answer(bomb(200_000_000), "200 OK", packed)]
    yield [answer(gzip.compress(bomb(100_000_000)), "200 OK", packed)]
    yield [answer(gzip.compress(PAGE)[:-9], "200 OK", packed)]
    yield [answer(b"\x1f\x8b" + b"\xff" * 500, "200 OK", packed)]
    yield [answer(gzip.compress(PAGE) * 2, "200 OK", packed)]
    yield [answer(zlib.compress(PAGE)[2:-4], "200 OK", b"Content-Encoding: deflate")]
    yield [chunked(b"zz\r\nabc\r\n0\r\n\r\n")]
    yield [chunked(b"FFFFFFFFFFFFFFFF\r\n", PAGE)]
    yield [chunked(b"5\r\nabc", b"")]
    yield [chunked(*(b"1\r\n \r\n" for _ in range(20_000)), b"0\r\n" + b"X: y\r\n" * 20_000)]
    yield [answer(PAGE, "302 Found", b"Location: /round"), answer(PAGE, "302 Found", b"Location: /and-round")]
    for target in (
        b"/same",
        b"//",
        b"http://127.0.0.1:1/",
        b"file:///etc/passwd",
        b"\\\\x",
        b"http://[",
        b"?" * 5_000,
    ):
        yield [answer(b"", "307 x", b"Location: " + target)]
    yield [b"HTTP/1.1 200 OK\r\n" + b"X-Y: z\r\n" * 20_000 + b"\r\n" + PAGE]
    yield [b"HTTP/1.1 200 " + b"O" * 200_000]
    yield [b"X" * 100_000]
    yield [PAGE]
    yield [b"\x00" * 5_000]
    yield [b""]
    yield [b"HTTP/1.1 200 OK\r\n\r\n", *([b"<p>" * 20_000] * 400)]
    yield [600.0]  # never
    yield [step for byte in answer()[:300] for step in (bytes([byte]), 1.0)]
    yield [answer(length=10_000), *(step for _ in range(300) for step in (b"x", 1.0))]
    yield [b"HTTP/1.1 100 Continue\r\n\r\n" * 2_000, answer()]
    for body in (
        b"<div>" * 200_000,
        b"<a " * 300_000,
        b"<!--" * 100_000,
        b"\xff\xfe" + b"\0" * 9_999,
        b"<table><tr>" * 60_000,
    ):
        yield [answer(body)]


@contextmanager
def strangers() -> Iterator[tuple[list[str], list[str]]]:
    """The addresses of hostile pages and of honest ones, while their hosts answer."""
    said = list(answers())
    hostile = {f"127.0.{1 + place // 200}.{1 + place % 200}": steps for place, steps in enumerate(said)}
    honest = {f"127.0.9.{place}": [answer(PAGE.replace(b"May", b"May %d" % place))] for place in range(1, 11)}
    scripts: dict[str, list[Step]] = hostile | honest
    ready: queue.SimpleQueue[tuple[int, Callable[[], None]]] = queue.SimpleQueue()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with (
            closing(writer),
            suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError),
        ):
            asked = await reader.readuntil(b"\r\n\r\n")
            robots = asked.startswith(b"GET /robots.txt")
            steps = [answer(b"", "404 x")] if robots else scripts[writer.get_extra_info("sockname")[0]]
            for step in steps:
                if isinstance(step, bytes):
                    writer.write(step)
                    await writer.drain()
                else:
                    await asyncio.sleep(step)

    async def serve() -> None:
        ended, loop = asyncio.Event(), asyncio.get_running_loop()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        async with await asyncio.start_server(talk, list(scripts), port) as server:
            ready.put((port, lambda: loop.call_soon_threadsafe(ended.set) and None))
            await ended.wait()
            server.close()
            for task in asyncio.all_tasks() - {asyncio.current_task()}:
                task.cancel()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    port, end = ready.get(timeout=60)
    try:
        yield [f"http://{host}:{port}/" for host in hostile], [f"http://{host}:{port}/" for host in honest]
    finally:
        end()
        thread.join()
