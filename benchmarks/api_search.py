"""How /search keeps up: so many requests a second at the API, each with another question, and what they wait.

    python -m benchmarks.api_search CONFIG QUESTIONS.jsonl [--rate 100] [--seconds 20]

The server is `python -m bot serve` in a process of its own, asked over loopback; requests leave by the clock, whether
or not the ones before have come back, so that a server that falls behind shows it. QUESTIONS are objects with a
`question`. The processor time of the server says what a request costs where other work keeps the machine busy.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import httpx

from bot.settings import load_settings

HOME = Path(__file__).resolve().parents[1]
WARM = 30  # requests before anything is measured


def own_config(config: Path, folder: Path) -> Path:
    """The same index behind a port and records of its own, without a rate."""
    ingest = load_settings(config).ingest
    path = folder / "config.toml"
    path.write_text(
        f'[index]\ndirectory = "{ingest.index.directory}"\n[records]\npath = "{folder / "records.sqlite"}"\n'
        f'[metrics]\naddress = ""\n[api]\naddress = "127.0.0.1:0"\nper_minute = 0\n',
        "utf-8",
    )
    return path


async def measure(config: Path, questions: Sequence[str], rate: float, seconds: float) -> dict[str, object]:
    server = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        "serve",
        "--config",
        str(config),
        cwd=HOME,
        stdout=asyncio.subprocess.PIPE,
    )
    assert server.stdout is not None
    address = (await server.stdout.readline()).decode().split()[2]
    limits = httpx.Limits(max_connections=400, max_keepalive_connections=400)
    async with httpx.AsyncClient(base_url=address, timeout=30, limits=limits) as client:
        for question in questions[:WARM]:
            await client.get("/search", params={"query": question})
        waits: list[float] = []
        failed = 0

        async def ask(number: int, due: float) -> None:
            nonlocal failed
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            try:
                reply = await client.get("/search", params={"query": questions[number % len(questions)]})
                failed += reply.status_code != 200
            except httpx.HTTPError:
                failed += 1
            waits.append(time.monotonic() - due)

        busy, began = cpu_seconds(server.pid), time.monotonic()
        count = round(rate * seconds)
        await asyncio.gather(*(ask(number, began + number / rate) for number in range(count)))
        took, busy = time.monotonic() - began, cpu_seconds(server.pid) - busy
    server.terminate()
    await server.wait()
    waits.sort()
    return {
        "requests": count,
        "errors": failed,
        "asked_per_second": rate,
        "answered_per_second": round(count / took, 1),
        **{f"p{share}_ms": round(waits[int(count * share / 100)] * 1e3, 1) for share in (50, 95, 99)},
        "server_cpu_ms_per_request": round(busy / count * 1e3, 1),
        "load_average": os.getloadavg()[0],
        "cores": os.cpu_count(),
    }


def cpu_seconds(process: int) -> float:
    """Processor time of all threads of a process (Linux)."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("config", type=Path)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--rate", type=float, default=100)
    parser.add_argument("--seconds", type=float, default=20)
    options = parser.parse_args()
    lines = options.questions.read_text(encoding="utf-8").splitlines()
    questions = [json.loads(line)["question"] for line in lines if line.strip()]
    with tempfile.TemporaryDirectory() as folder:
        config = own_config(options.config, Path(folder))
        print(json.dumps(asyncio.run(measure(config, questions, options.rate, options.seconds)), indent=2))


if __name__ == "__main__":
    main()
