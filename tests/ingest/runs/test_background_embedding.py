"""Embedding while reading goes on."""

from __future__ import annotations

import time
from contextlib import closing
from pathlib import Path

import pytest
from small_corpus import WordEmbedder, sentences, settings_in, write_article

from ingest.articles.article import Article
from ingest.embedding.factory import Embedder
from ingest.embedding.token_counts import count_tokens
from ingest.errors import EmbeddingUnavailable
from ingest.index.chunking import embedded_text, split_article
from ingest.index.embedding_cache import VectorStore, string_hash
from ingest.runs.background_embedding import embedding_ahead
from ingest.runs.pipeline import ingest_corpus
from ingest.runs.publishing import VECTORS


def article(name: str) -> Article:
    return Article(id=name, title=f"Report {name}", body=sentences(name, 60), origin="a", path=name)


def missing(path: Path, embedder: Embedder, articles: list[Article]) -> list[str]:
    strings = [embedded_text(one, part) for one in articles for part in split_article(one, count_tokens)]
    with closing(VectorStore(path, embedder.identity.key)) as store:
        return store.missing(string_hash(text) for text in strings)


def test_an_article_is_embedded_while_others_are_still_read(tmp_path: Path) -> None:
    embedder, path = WordEmbedder(), tmp_path / VECTORS
    with embedding_ahead(path, embedder) as show:
        show(article("a"))
        until = time.monotonic() + 20
        while missing(path, embedder, [article("a")]) and time.monotonic() < until:
            time.sleep(0.01)
        assert not missing(path, embedder, [article("a")])
    assert missing(path, embedder, [article("b")])


def test_the_end_of_reading_waits_for_no_more_than_what_is_in_work(tmp_path: Path) -> None:
    embedder = WordEmbedder(seconds_a_text=0.02)
    with embedding_ahead(tmp_path / VECTORS, embedder) as show:
        for number in range(60):
            show(article(str(number)))
    assert len(embedder.embedded) < 130  # two batches of some hundreds


def test_a_failure_ahead_is_the_runs_to_report(tmp_path: Path) -> None:
    for name in "abc":
        write_article(tmp_path / "articles", name)
    with pytest.raises(EmbeddingUnavailable, match="endpoint is gone"):
        ingest_corpus(settings_in(tmp_path), WordEmbedder(fail_after=0))


def test_what_costs_money_is_not_embedded_before_the_run_was_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("embedded ahead")

    monkeypatch.setattr("ingest.runs.pipeline.embedding_ahead", never)
    write_article(tmp_path / "articles", "a")
    dear = WordEmbedder()
    dear.identity = dear.identity.__class__("openai", "m", "", "sum", "words", dear.identity.dimensions)
    assert ingest_corpus(settings_in(tmp_path), dear).added == 1
    write_article(tmp_path / "articles", "b")
    assert ingest_corpus(settings_in(tmp_path), WordEmbedder(), dry_run=True).added == 1
