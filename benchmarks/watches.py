"""How long a round over many watches takes after an ingest, and which part of it.

    python -m benchmarks.watches CONFIG [--watches 1000] [--fresh 100]

Over the index of CONFIG: some of its articles, drawn at random, count as added by the last ingest. The watches are the
titles of all its articles as questions, asked in several ways. Nothing is sent to Discord. Prints seconds by step, how
many watches each step let through, and which watches cite a fresh article though they were let go (`--all` asks all).
"""

from __future__ import annotations

import argparse
import asyncio
import random
import time
from pathlib import Path
from typing import Any, cast

from bot.__main__ import assembled
from bot.chat.services import Services
from bot.chat.watching.rounds import Rounds
from bot.operations.records import Records
from bot.operations.watch_records import Watch
from bot.qa.answering import final_answer
from bot.settings import load_settings
from bot.watching.changes import Changes, evidence_of

_WAYS = ("{}", "What about {}?", "What is known of {}?", "Who said {}?", "When was {}?", "Why {}?")


class Counted(Rounds):
    """A round that notes what it let through, and tells nobody."""

    def __init__(self, services: Services) -> None:
        super().__init__(services, cast("Any", None), cast("Any", None), cast("Any", None))
        self.asked: list[str] = []

    async def _touched(self, questions: Any, changes: Changes) -> list[bool]:
        started = time.perf_counter()
        near = await super()._touched(questions, changes)
        print(f"by vectors and names: {time.perf_counter() - started:6.1f} s, {sum(near)} of {len(near)}")
        return near

    async def _ask_watch(self, watch: Watch, changes: Changes) -> None:
        self.asked.append(watch.question)
        await super()._ask_watch(watch, changes)

    async def _tell(self, *_: Any, **__: Any) -> None:
        pass


async def measure(config: Path, count: int, fresh: int, folder: Path, *, everything: bool) -> None:
    settings = load_settings(config)
    async with assembled(settings) as parts:
        records = Records(folder / "records.sqlite")
        services = Services(
            settings, parts.answerer, parts.library, records, config, parts.embedder.embed_passages
        )
        await services.warm_up()
        draw = random.Random(0)
        with parts.library.lease() as index:
            articles = index.catalogue.newest(100_000)
        changes = Changes(frozenset(one.id for one in draw.sample(articles, fresh)), frozenset())
        questions = [way.format(one.title) for way in _WAYS for one in draw.sample(articles, len(articles))]
        for question in list(dict.fromkeys(questions))[:count]:
            watch = Watch(0, 1, None, None, "en", question, 0.0, frozenset())
            await services.watches.add(watch, count, count)
        round_ = Counted(services)
        started, busy = time.perf_counter(), time.process_time()
        await round_._watches(changes)
        took, busy = time.perf_counter() - started, time.process_time() - busy
        print(f"of {len(articles)} articles; asked again: {len(round_.asked)} of {count} watches")
        print(f"the round: {took:.1f} s, {busy:.1f} s of processor")
        if everything:
            await _missed(services, round_, changes)
        records.close()


async def _missed(services: Services, round_: Counted, changes: Changes) -> None:
    asked = set(round_.asked)
    for watch in await services.watches.watches():
        if watch.question not in asked:
            answer = await final_answer(services.answers.answer(watch.question))
            if any(article in changes.fresh for article, _ in evidence_of(answer)):
                print(f"missed: {watch.question}")


def main() -> None:
    import tempfile

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("config", type=Path)
    parser.add_argument("--watches", type=int, default=1_000)
    parser.add_argument("--fresh", type=int, default=100)
    parser.add_argument("--all", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(
            measure(options.config, options.watches, options.fresh, Path(folder), everything=options.all)
        )


if __name__ == "__main__":
    main()
