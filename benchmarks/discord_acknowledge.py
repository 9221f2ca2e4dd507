"""How long a person waits for the first sign of life while the bot is as busy as it gets.

    python -m benchmarks.discord_acknowledge [--rounds 5] [--people 30]

Thirty people ask at once, five times over, while another process ingests a few hundred articles. Discord is
simulated in the same process (simcord), so what is measured is the bot: from the interaction's arrival to its
acknowledgement. The promise is 300 ms at the 95th percentile.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import statistics
import sys
import tempfile
import time
from contextlib import aclosing
from pathlib import Path

import simcord
from simcord.enums import InteractionType
from simcord.interactions import base_payload

from bot.__main__ import assembled
from bot.chat.client import make_client
from bot.chat.services import Services
from bot.operations.ingest_subprocess import IngestRun
from bot.operations.records import Records
from bot.settings import load_settings

ROOT = Path(__file__).resolve().parents[1]
TOPICS = (
    "bridge",
    "river",
    "election",
    "harbour",
    "museum",
    "railway",
    "hospital",
    "drought",
    "festival",
    "school",
)


def write_articles(folder: Path, count: int, seed: int) -> None:
    """Made-up articles of about 400 words; their text does not matter here, their number does."""
    draw = random.Random(seed)
    folder.mkdir(parents=True)
    for number in range(count):
        topic = draw.choice(TOPICS)
        sentences = [
            f"The {draw.choice(TOPICS)} of district {draw.randrange(1000)} was discussed by the {topic} council "
            f"on day {draw.randrange(365)}."
            for _ in range(30)
        ]
        (folder / f"{number}.md").write_text(f"# The {topic} of {number}\n\n{' '.join(sentences)}\n", "utf-8")


def write_config(folder: Path, count: int, seed: int) -> Path:
    write_articles(folder / "articles", count, seed)
    config = folder / "config.toml"
    config.write_text('[corpus]\npaths = ["articles"]\n[discord]\ncooldown_seconds = 0\n', "utf-8")
    return config


async def ingest(config: Path) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "ingest", "--json", "--config", str(config),
        cwd=ROOT, stdout=asyncio.subprocess.DEVNULL,
    )  # fmt: skip


async def refreshed(config: Path) -> None:
    async with aclosing(IngestRun(config).steps()) as steps:
        async for _ in steps:
            pass


async def unfinished(records: Records, asked: int) -> bool:
    return sum(one.outcome != "running" for one in await records.asked_since(0)) < asked


async def measure(folder: Path, rounds: int, people: int) -> dict[str, object]:
    config = write_config(folder / "small", 60, seed=1)
    assert await (await ingest(config)).wait() == 0
    # as /corpus refresh starts it, and for as long as the questions last
    large = write_config(folder / "large", 600, seed=2)
    busy = asyncio.create_task(refreshed(large))
    settings = load_settings(config)
    records = Records(settings.records.path)
    waits: list[float] = []
    slowest: list[float] = []
    answers = 0
    async with assembled(settings) as parts:
        client = make_client(Services(settings, parts.answerer, parts.library, records, config))
        async with simcord.run(client, settle_timeout=300) as env:
            guild = env.create_guild()
            channel = guild.create_text_channel("general")
            members = [guild.add_member(env.create_user(f"p{number}")) for number in range(people)]
            command = env.backend.find_command("ask", None, type=1)
            assert command is not None
            for turn in range(rounds):
                waiting = []
                for number, member in enumerate(members):
                    question = f"What did the {TOPICS[number % len(TOPICS)]} council discuss on day {turn}?"
                    options = [{"name": "question", "type": 3, "value": question}]
                    record, payload = base_payload(
                        env.backend, type=InteractionType.APPLICATION_COMMAND, channel_id=channel.id,
                        guild_id=guild.id, user_id=member.id,
                        data={"id": command["id"], "name": "ask", "type": 1, "options": options},
                    )  # fmt: skip
                    waiting.append((record, time.monotonic()))
                    env.backend.emit("INTERACTION_CREATE", payload)
                while waiting:
                    await asyncio.sleep(0.001)
                    now = time.monotonic()
                    waits += [now - since for record, since in waiting if record.responded]
                    waiting = [one for one in waiting if not one[0].responded]
                slowest.append(round(max(waits[-people:]) * 1000, 1))
                while await unfinished(records, people * (turn + 1)):  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
            answers = sum(
                asked.outcome in {"answered", "not_found"} for asked in await records.asked_since(0)
            )
            still_busy = not busy.done()
    records.close()
    busy.cancel()
    await asyncio.gather(busy, return_exceptions=True)
    waits.sort()
    return {
        "interactions": len(waits),
        "answers": answers,
        "ingest_ran_throughout": still_busy,
        "p50_ms": round(statistics.median(waits) * 1000, 1),
        "p95_ms": round(waits[int(len(waits) * 0.95)] * 1000, 1),
        "max_ms": round(waits[-1] * 1000, 1),
        "slowest_ms_by_round": slowest,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--people", type=int, default=30)
    options = parser.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "2")
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(asyncio.run(measure(Path(folder), options.rounds, options.people)), indent=2))


if __name__ == "__main__":
    main()
