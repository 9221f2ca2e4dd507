"""A real ingest is killed at random moments while questions are asked, and nothing is lost."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from small_corpus import WordEmbedder, contents, open_index, rows, settings_in, write_article, write_rows

from bot.operations.index_pool import Library
from ingest.runs.pipeline import ingest_corpus
from ingest.settings import IngestSettings

QUESTIONS = ("river council day", "frost in the valley", "museum tram engine", "report mirror")

INGEST = """
import sys, time
from pathlib import Path
from ingest.runs import missing_vectors
from ingest.runs import pipeline
from small_corpus import WordEmbedder, settings_in
missing_vectors.SAVED_AT_ONCE = 16
embedder = WordEmbedder(seconds_a_text=0.002)
import ingest.index.chroma, chromadb  # else most kills would hit the import
print("ready", flush=True)
started = time.monotonic()
pipeline.ingest_corpus(settings_in(Path(sys.argv[1]), "articles", "rows.jsonl", max_removed=1.0), embedder)
print(time.monotonic() - started, flush=True)
"""


@contextmanager
def ingesting(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that is about to ingest, its imports done."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", INGEST, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        try:
            yield process
        finally:
            process.kill()


def edit(folder: Path, turn: int) -> None:
    """Some articles change, one comes, one goes: every run has something to do."""
    for number in range(3):
        write_article(folder / "articles", f"file{(turn + number) % 12}", seed=f"turn {turn}")
    write_article(folder / "articles", f"new{turn}")
    (folder / "articles" / f"new{turn - 4}.md").unlink(missing_ok=True)
    write_rows(folder / "rows.jsonl", rows(range(turn, turn + 40), changed=[turn + 5, turn + 6]))


class Asker:
    """Asks on and on through the library, as the bot does."""

    def __init__(self, settings: IngestSettings) -> None:
        self.asked = 0
        self.generations: set[str] = set()
        self.failures: list[str] = []
        self._library = Library(settings.index, WordEmbedder().identity.key)
        self._ended = threading.Event()
        self._threads = [threading.Thread(target=self._ask) for _ in range(2)]

    def __enter__(self) -> Asker:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()
        self._library.close()

    def _ask(self) -> None:
        embedder = WordEmbedder()
        while not self._ended.wait(0.02):
            question = QUESTIONS[self.asked % len(QUESTIONS)]
            try:
                with self._library.lease() as index:
                    near = index.search_vectors(embedder.embed_question(question), 5)
                    worded = index.search_words(question.split(), 5)
                    passages = index.passages([hit.passage_id for hit in (*near, *worded)])
                    articles = index.articles({passage.article_id for passage in passages.values()})
                    whole = all(
                        articles[one.article_id].body[one.start : one.end] == one.text
                        for one in passages.values()
                    )
                    if len(near) < 5 or not worded or not whole or index.vectors_fault:
                        self.failures.append(f"{index.generation}: {len(near)} near, {index.vectors_fault}")
                    self.generations.add(index.generation)
            except Exception as error:
                self.failures.append(repr(error))
            self.asked += 1


@pytest.mark.parametrize("kills", [5, pytest.param(50, marks=pytest.mark.slow)])
def test_an_ingest_killed_at_any_moment_loses_nothing(tmp_path: Path, kills: int) -> None:
    chance = random.Random(kills)
    settings = settings_in(tmp_path, "articles", "rows.jsonl", max_removed=1.0)
    for number in range(12):
        write_article(tmp_path / "articles", f"file{number}")
    edit(tmp_path, 0)
    ingest_corpus(settings, WordEmbedder())
    edit(tmp_path, 1)
    with ingesting(tmp_path) as process:
        assert process.stdout is not None
        duration = float(process.stdout.readline())
    with Asker(settings) as asker:
        killed = 0
        for turn in range(2, kills + 2):
            edit(tmp_path, turn)
            with ingesting(tmp_path) as process:
                time.sleep(chance.uniform(0, duration))
                killed += process.poll() is None
                process.kill()
            with open_index(settings, WordEmbedder()) as index:
                index.check(50)
        last = WordEmbedder()
        ingest_corpus(settings, last)
        time.sleep(0.2)
    assert asker.failures == []
    assert asker.asked > kills * 5
    assert killed >= kills // 2
    assert not list(settings.index.directory.glob("*.partial"))
    anew = settings.model_copy(
        update={"index": settings.index.model_copy(update={"directory": tmp_path / "anew"})}
    )
    ingest_corpus(anew, WordEmbedder())
    assert contents(settings, last, QUESTIONS) == contents(anew, last, QUESTIONS)


def saved_vectors(settings: IngestSettings) -> int:
    try:
        with closing(sqlite3.connect(settings.index.directory / "vectors.sqlite")) as store:
            return int(store.execute("SELECT count(*) FROM vectors").fetchone()[0])
    except sqlite3.OperationalError:  # it is not there yet
        return 0


def test_the_run_after_a_kill_embeds_only_what_the_killed_one_had_not(tmp_path: Path) -> None:
    settings = settings_in(tmp_path, "articles", "rows.jsonl")
    write_rows(tmp_path / "rows.jsonl", rows(range(60)))
    (tmp_path / "articles").mkdir()
    with ingesting(tmp_path) as process:
        until = time.monotonic() + 60
        while saved_vectors(settings) < 32 and time.monotonic() < until:
            time.sleep(0.005)
        process.kill()
    after, alone = WordEmbedder(), WordEmbedder()
    outcome = ingest_corpus(settings, after)
    anew = settings.model_copy(
        update={"index": settings.index.model_copy(update={"directory": tmp_path / "anew"})}
    )
    ingest_corpus(anew, alone)
    assert outcome.added == 60
    assert 0 < len(after.embedded) < len(alone.embedded)
    assert contents(settings, after, QUESTIONS) == contents(anew, alone, QUESTIONS)
