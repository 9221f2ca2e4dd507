"""What the worst replies of a model's endpoint cost the bot: `python -m benchmarks.hostile_replies`.

A process of its own assembles the bot over the articles of this repository and asks one question for each reply; the
endpoint is in the parent. The table has seconds, memory at the peak over idle, and the longest that the event loop
stood still while the process worked: the lesser of time and processor time, so that other programs do not count.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path
from urllib.request import urlopen

from aiohttp import web

from bot.__main__ import Parts, assembled
from bot.qa.answering import final_answer
from bot.settings import load_settings
from ingest.__main__ import main as ingest
from ingest.errors import UserFacingError
from ingest.system.memory import limit_heaps

ARTICLES = Path(__file__).resolve().parents[1] / "articles"
QUESTION = "How did Lee Sedol win the fourth game against AlphaGo?"
DEADLINE = 10.0
CONFIG = """
[corpus]
paths = ["articles"]
[index]
directory = "index"
[records]
path = "records.sqlite"
[answering]
provider = "openai"
model = "m"
base_url = "{url}/v1"
deadline_seconds = {deadline}
"""
SENTENCE = '{"text": "%s", "quotes": [{"passage": 1, "quote": "%s"}]},'


def event(text: str) -> bytes:
    return b"data: " + json.dumps({"choices": [{"index": 0, "delta": {"content": text}}]}).encode() + b"\n\n"


def pieces(text: str, size: int = 4_000) -> Callable[[], AsyncIterator[bytes]]:
    async def sent() -> AsyncIterator[bytes]:
        for start in range(0, len(text), size):
            yield event(text[start : start + size])
        yield b"data: [DONE]\n\n"

    return sent


def endless(piece: bytes, pause: float = 0.0) -> Callable[[], AsyncIterator[bytes]]:
    async def sent() -> AsyncIterator[bytes]:
        while True:
            yield piece
            await asyncio.sleep(pause)

    return sent


def once(body: bytes) -> Callable[[], AsyncIterator[bytes]]:
    async def sent() -> AsyncIterator[bytes]:
        yield body

    return sent


LONG = "".join(
    SENTENCE % ("The game of Go was won by AlphaGo " * 110, "won the third game " * 30) for _ in range(60)
)
HONEST = SENTENCE[:-1] % ("Lee won the fourth game with a move.", "He won the fourth game with a move")
# name: status, headers, body
REPLIES: dict[str, tuple[int, dict[str, str], Callable[[], AsyncIterator[bytes]]]] = {
    "an honest one": (200, {}, pieces('{"sentences": [' + HONEST + "]}")),
    "an error without end": (400, {}, endless(b"x" * 65_536)),
    "a busy sign without end": (503, {}, endless(b"x" * 65_536)),
    "a line without end": (200, {}, endless(b"x" * 65_536)),
    "one event of 100 MB": (200, {}, once(event("x" * 100_000_000))),
    "events without end": (200, {}, endless(event("word " * 800))),
    "empty lines without end": (200, {}, endless(b"\n" * 65_536)),
    "a million events at once": (200, {}, once(event("a") * 1_000_000)),
    "`{\"sentences\":[` 15,000 times, in one": (200, {}, pieces('{"sentences":[' * 15_000, 200_000)),
    "`{\"sentences\":[` 15,000 times, bit by bit": (200, {}, pieces('{"sentences":[' * 15_000, 14)),
    "200,000 brackets": (200, {}, pieces("[" * 200_000)),
    "200,000 quotation marks": (200, {}, pieces("“" * 200_000, 200_000)),
    "`[1]` 60,000 times": (200, {}, pieces("[1]" * 60_000)),
    "sixty sentences of 4,000 signs with quotes": (200, {}, pieces('{"sentences": [' + LONG)),
    "1 GB in 1 MB": (200, {"Content-Encoding": "gzip"}, once(gzip.compress(b" " * 1_000_000_000, 1))),
    "a length too long": (200, {"Content-Length": "1000000"}, once(event("AlphaGo won."))),
    "a byte a second": (200, {}, endless(b"x", 1.0)),
    "no answer at all": (200, {}, endless(b"", 1.0)),
}  # fmt: skip


async def serve() -> tuple[web.AppRunner, str]:
    current = ["an honest one"]

    async def choose(request: web.Request) -> web.Response:
        current[0] = list(REPLIES)[int(request.match_info["number"])]
        return web.Response()

    async def reply(request: web.Request) -> web.StreamResponse:
        status, headers, body = REPLIES[current[0]]
        response = web.StreamResponse(status=status, headers={"Content-Type": "text/event-stream", **headers})
        await response.prepare(request)
        with suppress(ConnectionError):
            async for piece in body():
                await response.write(piece)
        return response

    app = web.Application()
    app.add_routes([web.get("/choose/{number}", choose), web.post("/v1/chat/completions", reply)])
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}"


def memory(field: str) -> float:
    """In MB."""
    lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(lines[field].split()[0]) / 1024


def memory_from_here() -> float:
    """What is resident, from which the peak is counted anew."""
    Path("/proc/self/clear_refs").write_text("5")
    return memory("VmRSS")


async def ask(parts: Parts) -> tuple[str, float, float]:
    """Who answered, in how many seconds, and the longest block of the loop."""
    longest = 0.0

    async def tick() -> None:
        nonlocal longest
        while True:
            wall, worked = time.monotonic(), time.process_time()
            await asyncio.sleep(0.005)
            longest = max(longest, min(time.monotonic() - wall, time.process_time() - worked) - 0.005)

    ticking, started = asyncio.create_task(tick()), time.monotonic()
    answer = await final_answer(parts.answerer.answer(QUESTION))
    ticking.cancel()
    return answer.generator.partition(":")[0], time.monotonic() - started, longest


async def measure(config: Path, url: str) -> None:
    async with assembled(load_settings(config)) as parts:
        with suppress(
            UserFacingError
        ):  # the first takes longer, and on a busy computer longer than the deadline
            await ask(parts)
        for number, name in enumerate(REPLIES):
            await asyncio.to_thread(urlopen, f"{url}/choose/{number}")
            idle = memory_from_here()
            who, seconds, block = await ask(parts)
            peak = memory("VmHWM") - idle
            print(f"| {name} | {who} | {seconds:.1f} | {peak:.0f} | {block:.3f} |", flush=True)


async def run(home: Path) -> int:
    runner, url = await serve()
    (home / "config.toml").write_text(CONFIG.format(url=url, deadline=DEADLINE))
    if await asyncio.to_thread(ingest, ["--config", str(home / "config.toml"), "--json"]):
        return 1
    print(
        f"\n| reply, deadline {DEADLINE:.0f} s | answered by | s | MB over idle | loop, s |\n|---|---|---|---|---|",
        flush=True,
    )
    command = [sys.executable, "-m", "benchmarks.hostile_replies", str(home / "config.toml"), url]
    child = await asyncio.create_subprocess_exec(*command)
    code = await child.wait()
    await runner.cleanup()
    return code


def main() -> int:
    limit_heaps()
    if len(sys.argv) > 1:
        asyncio.run(measure(Path(sys.argv[1]), sys.argv[2]))
        return 0
    with tempfile.TemporaryDirectory(prefix="replies-") as name:
        shutil.copytree(ARTICLES, Path(name) / "articles")
        return asyncio.run(run(Path(name)))


if __name__ == "__main__":
    sys.exit(main())
