"""How long `/said` takes over many articles, and what the ledger costs an ingest.

    python -m benchmarks.said                         # 100,000 made-up articles of four statements each, in a catalogue
    python -m benchmarks.said --ingest PAGES.jsonl    # one ingest of real pages with the ledger, and one without

Look-ups: the median and the slowest of each kind, in milliseconds. Ingests: processor seconds, the model's included;
vectors are random and cost nothing (`--embed`: the local model makes them, as in a first ingest).
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from unittest import mock

from bot.qa.steps.statements import Lookup, statements_by
from ingest.articles.article import Article
from ingest.index.catalogue import Catalogue
from ingest.statements.statement import Statement

SPEAKERS = 40_000
AN_ARTICLE = 4
TURNS = 30
_SUBJECTS = "bridge harvest tram budget school flood museum election council railway hospital stadium".split()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--ingest", type=Path, metavar="PAGES.jsonl")
    parser.add_argument("--embed", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if options.ingest:
            measure_ingest(Path(folder), options.ingest, embed=options.embed)
        else:
            measure_lookups(Path(folder) / "catalogue.sqlite", options.articles)


def measure_lookups(path: Path, articles: int) -> None:
    draw = random.Random(0)
    fill(path, articles, draw)
    with closing(Catalogue(path, readonly=True)) as catalogue:
        index = cast("Any", SimpleNamespace(
            catalogue=catalogue, headers=catalogue.headers,
            frequencies=lambda words: dict.fromkeys(words, 1000),
        ))  # fmt: skip
        often, seldom = "Given0 Family0", "Given9 Family30009"
        row("all of who speaks often", lambda: statements_by(index, Lookup(often)))
        row("… about a matter", lambda: statements_by(index, Lookup(often, about="the school budget")))
        row(
            "… of one outlet and year",
            lambda: statements_by(index, Lookup(often, source="Paper 3", since="2020-06-01")),
        )
        row("all of who speaks seldom", lambda: statements_by(index, Lookup(seldom)))
        row("autocomplete, a letter", lambda: catalogue.statements.speakers("f", 25))
        row("autocomplete, a name", lambda: catalogue.statements.speakers("Given9 Fam", 25))


def row(name: str, work: Callable[[], list[Any]]) -> None:
    times = []
    for _ in range(TURNS):
        started = time.perf_counter()
        found = work()
        times.append((time.perf_counter() - started) * 1000)
    print(
        f"{name:<28} {len(found):>3} found  median {statistics.median(times):6.1f} ms  slowest {max(times):6.1f} ms"
    )


def fill(path: Path, articles: int, draw: random.Random) -> None:
    """Articles of about 2,000 characters; a few speakers say most, as in news."""
    with closing(Catalogue.create(path)) as catalogue, catalogue.transaction():
        for number in range(articles):
            body, statements = "", []
            for _ in range(AN_ARTICLE):
                who = int(SPEAKERS * draw.random() ** 4)
                name = f"Given{who % 10} Family{who}"
                said = f"the {draw.choice(_SUBJECTS)} {draw.choice(_SUBJECTS)} would cost {draw.randrange(999)} million"
                start = len(body) + len(name) + 6
                spans = (start, start + len(said), len(body), len(body) + len(name))
                statements.append(Statement(name, None, "say", "neutral", "indirect", *spans))
                body += f"{name} said {said}. " + "Nobody was there to see it. " * 15
            article = Article(
                f"a{number}", f"Title {number}", body, f"https://example.org/{number}", f"Paper {number % 50}",
                published=f"20{draw.randrange(10, 26)}-{draw.randrange(1, 13):02}-15",
            )  # fmt: skip
            catalogue.put(article, [], statements)
        catalogue.statements.count_speakers()
    with closing(sqlite3.connect(path)) as connection:
        count = connection.execute("SELECT count(*) FROM statements").fetchone()[0]
    print(f"{articles:,} articles, {count:,} statements, {path.stat().st_size / 2**20:,.0f} MiB")


def measure_ingest(folder: Path, pages: Path, *, embed: bool) -> None:
    from benchmarks.ingest import RandomEmbedder
    from ingest.embedding.factory import make_embedder
    from ingest.runs import pipeline, publishing
    from ingest.settings import load_ingest_settings

    for name in ("with", "without", "with", "without"):
        config = folder / f"{name}{time.monotonic_ns()}" / "config.toml"
        config.parent.mkdir()
        config.write_text(f'[corpus]\npaths = ["{pages.resolve()}"]\n', "utf-8")
        embedder = make_embedder("local") if embed else RandomEmbedder()
        without = mock.patch.object(publishing, "statements_of", return_value=[])
        wall, processor = time.perf_counter(), time.process_time()
        if name == "without":
            with without:
                pipeline.ingest_corpus(load_ingest_settings(config), embedder)
        else:
            pipeline.ingest_corpus(load_ingest_settings(config), embedder)
        print(
            f"{name:>8} the ledger: {time.process_time() - processor:7.2f} s of processor, "
            f"{time.perf_counter() - wall:7.2f} s in all"
        )


if __name__ == "__main__":
    main()
