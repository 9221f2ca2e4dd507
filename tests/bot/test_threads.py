"""The library objects that docs/developers.md calls shared give many threads what they give one."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from bot.qa.selection.cross_encoder import CrossEncoder, Text
from ingest.embedding.factory import Embedder
from ingest.embedding.token_counts import count_tokens
from ingest.index.generations import Generations
from ingest.index.index import Index
from ingest.settings import load_ingest_settings
from ingest.text.stemming import stem

THREADS, ROUNDS = 8, 30
WORDS = ("blockaded", "noushad", "opening", "generously", "relational", "bridges", "euros", "conspicuously")
"""Words whose endings take the stemmer through different steps."""


@pytest.fixture(autouse=True)
def hurried() -> Iterator[None]:
    """Threads take turns a thousand times as often as they do by themselves."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(5e-6)
    yield
    sys.setswitchinterval(before)


@pytest.fixture
def index(newsroom: Path) -> Iterator[Index]:
    settings = load_ingest_settings(newsroom).index
    with Index(settings, Generations(settings.directory).require_current(), None) as index:
        yield index


def same_in_all(work: Callable[[int], object]) -> None:
    """Whether `work` of a number gives the same in eight threads at once as it gave alone."""
    alone = [work(number) for number in range(ROUNDS)]
    with ThreadPoolExecutor(THREADS) as threads:
        for together in threads.map(lambda _: [work(number) for number in range(ROUNDS)], range(THREADS)):
            assert together == alone


def test_stemmers() -> None:
    same_in_all(lambda number: [stem.__wrapped__(f"{word}{'ly' * (number % 3)}") for word in WORDS * 20])


def test_token_counts() -> None:
    same_in_all(lambda number: count_tokens(" ".join(WORDS) * (number + 1) + "🙂" * number))


def test_the_embedder_with_its_tokenizer_and_session(embedder: Embedder) -> None:
    same_in_all(lambda number: embedder.embed_question(" ".join(WORDS[: 1 + number % 8])).tobytes())


def test_the_cross_encoder_with_its_tokenizer_and_session() -> None:
    encoder = CrossEncoder()
    body = "The bridge was opened in May. It cost forty million euros. Nobody minded."
    text = Text("The bridge", body, [(0, 29), (30, 58), (59, len(body))])

    def read(number: int) -> list[list[float]]:
        [reading] = encoder.read(f"What did the {WORDS[number % 8]} cost?", [text])
        return np.round(reading.scores, 4).tolist()

    same_in_all(read)
    encoder.close()


def test_a_chroma_client_and_the_catalogue(index: Index, embedder: Embedder) -> None:
    vectors = [embedder.embed_question(word) for word in WORDS]

    def search(number: int) -> list[object]:
        near = [(hit.passage_id, round(hit.score, 4)) for hit in index.search_vectors(vectors[number % 8], 3)]
        worded = [hit.passage_id for hit in index.search_words([WORDS[number % 8], "bridge"], 3)]
        stored = sorted(index.load_vectors([name for name, _ in near]))
        return [near, worded, stored, sorted(index.articles(index.article_ids(worded)))]

    same_in_all(search)
