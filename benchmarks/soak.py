"""Ten thousand questions, two hundred at once, while the index is exchanged fifty times: `python -m benchmarks.soak`.

The articles of this repository, the real embedder, cross-encoder and Chroma, and `python -m ingest` as a child process
for each exchange. It prints a table: what failed, and memory, threads and file handles as the exchanges go by.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bot.__main__ import Parts, assembled
from bot.operations.ingest_subprocess import IngestRun
from bot.qa.answering import final_answer
from bot.settings import load_settings
from ingest.system.memory import limit_heaps
from ingest.text.sentences import sentence_spans

ARTICLES = Path(__file__).resolve().parents[1] / "articles"
CONFIG = """
[corpus]
paths = ["articles"]
[index]
directory = "index"
[records]
path = "records.sqlite"
[retrieval]
passages = {passages}
[answering]
deadline_seconds = {deadline}
"""


@dataclass
class Soak:
    """What a run has seen so far."""

    questions: int
    swaps: int
    outcomes: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    generations: set[str] = field(default_factory=set)
    slowest: float = 0.0
    block: float = 0.0
    samples: list[tuple[int, float, int, int]] = field(default_factory=list)

    @property
    def answered(self) -> int:
        return self.outcomes.total() + len(self.failures)

    @property
    def done(self) -> bool:
        return self.answered >= self.questions and len(self.samples) > self.swaps


def resident() -> tuple[float, int, int]:
    """The process's own memory in MB (pages that no file backs), its threads and its file handles."""
    status = Path("/proc/self/status").read_text()
    named = dict(line.split(":", 1) for line in status.splitlines())
    handles = sum(1 for _ in Path("/proc/self/fd").iterdir())
    return int(named["RssAnon"].split()[0]) / 1024, int(named["Threads"]), handles


def write_article(home: Path, number: int) -> None:
    """One article that every exchange changes."""
    text = (
        f"The harbour master counted {number} barges on Monday. The bridge at Ostrow opened {number} times."
    )
    (home / "articles" / "changing.md").write_text(f"# Harbour report {number}\n\n{text}\n")


async def questions_of(parts: Parts) -> list[str]:
    """Questions with the words of the articles' own sentences, so that something is found for most."""
    chance, out = random.Random(11), []
    with parts.library.lease() as index:
        for header in index.find_articles("", 1_000):
            article = index.article(header.id)
            assert article is not None
            for start, end in sentence_spans(article.body):
                words = [word for word in article.body[start:end].split() if len(word) > 4]
                if len(words) > 4:
                    out.append(f"What about {' '.join(chance.sample(words, 4))}?")
    chance.shuffle(out)
    return out


async def ask(soak: Soak, parts: Parts, questions: Iterator[str]) -> None:
    while not soak.done:
        started = time.monotonic()
        try:
            answer = await final_answer(parts.answerer.answer(next(questions)))
        except Exception as error:  # whatever it is, a question failed
            soak.failures.append(f"{type(error).__name__}: {error}")
            print(soak.failures[-1], file=sys.stderr, flush=True)
        else:
            soak.outcomes[answer.outcome] += 1
            soak.generations.add(answer.generation)
        soak.slowest = max(soak.slowest, time.monotonic() - started)


async def swap(soak: Soak, home: Path) -> None:
    """Exchange the index evenly over the questions."""
    while not soak.done:
        due = len(soak.samples) * soak.questions // (soak.swaps + 1)
        if soak.answered < due:
            await asyncio.sleep(0.05)
            continue
        soak.samples.append((soak.answered, *resident()))
        print(*soak.samples[-1], len(soak.failures), file=sys.stderr, flush=True)
        if len(soak.samples) <= soak.swaps:
            write_article(home, len(soak.samples))
            await IngestRun(home / "config.toml", by="soak").finish()


async def watch_loop(soak: Soak) -> None:
    """The longest that anything kept the event loop, in seconds of this thread's processor time."""
    last = time.thread_time()
    while not soak.done:
        await asyncio.sleep(0.005)
        now = time.thread_time()
        soak.block, last = max(soak.block, now - last), now


def forever(listed: list[str]) -> Iterator[str]:
    while True:
        yield from listed


async def run(soak: Soak, home: Path, at_once: int) -> None:
    write_article(home, 0)
    await IngestRun(home / "config.toml", by="soak").finish()
    async with assembled(load_settings(home / "config.toml")) as parts:
        questions = forever(await questions_of(parts))
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(swap(soak, home))
            tasks.create_task(watch_loop(soak))
            for _ in range(at_once):
                tasks.create_task(ask(soak, parts, questions))


def table(soak: Soak, at_once: int, seconds: float) -> str:
    told = ", ".join(f"{count} {name}" for name, count in soak.outcomes.most_common())
    rows = [
        f"| questions, {at_once} at once | {soak.answered} ({told}) in {seconds:.0f} s |",
        f"| exchanges of the index; generations answered from | {soak.swaps}; {len(soak.generations)} |",
        f"| questions failed | {len(soak.failures)} |",
        f"| slowest question, s | {soak.slowest:.1f} |",
        f"| longest block of the event loop, s of processor | {soak.block:.3f} |",
    ]
    every = max(1, soak.swaps // 5)
    for place in range(0, len(soak.samples), every):
        asked, memory, threads, handles = soak.samples[place]
        rows.append(f"| after {place} exchanges ({asked} questions): own memory, threads, handles "
                    f"| {memory:.0f} MB, {threads}, {handles} |")  # fmt: skip
    counts = [f"- {count} × {text[:200]}" for text, count in Counter(soak.failures).most_common(5)]
    return "\n".join(["| soak | |", "|---|---|", *rows, "", *counts])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=10_000)
    parser.add_argument("--swaps", type=int, default=50)
    parser.add_argument("--at-once", type=int, default=200)
    parser.add_argument("--passages", type=int, default=2, help="that are read of each; fewer take less time")
    # two hundred wait for each other, and longer on a computer that does other work too
    parser.add_argument("--deadline", type=float, default=300.0, help="[answering] deadline_seconds")
    options = parser.parse_args()
    limit_heaps()
    soak, started = Soak(options.questions, options.swaps), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="soak-") as name:
        home = Path(name)
        shutil.copytree(ARTICLES, home / "articles")
        (home / "config.toml").write_text(CONFIG.format(passages=options.passages, deadline=options.deadline))
        asyncio.run(run(soak, home, options.at_once))
    print(table(soak, options.at_once, time.monotonic() - started))
    return 1 if soak.failures else 0


if __name__ == "__main__":
    sys.exit(main())
