"""The ledger of statements as a catalogue keeps it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ingest.articles.article import Article
from ingest.index.catalogue import Catalogue
from ingest.index.statement_table import fold
from ingest.statements.extraction import statements_of

BODY = "Mayor Anna Berg said the bridge was safe. Tom Hill denied that it was old."


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    with closing(Catalogue.create(tmp_path / "catalogue.sqlite")) as catalogue:
        yield catalogue


def put(catalogue: Catalogue, name: str, body: str = BODY) -> None:
    article = Article(name, f"Title of {name}", body, published="2020-01-01")
    with catalogue.transaction():
        catalogue.put(article, [], statements_of(body))
        catalogue.statements.count_speakers()


def test_a_statement_comes_back_with_its_words_and_day(catalogue: Catalogue) -> None:
    put(catalogue, "a")
    (one,) = catalogue.statements.of(["anna berg"])
    assert (one.article_id, one.published, one.quote) == ("a", "2020-01-01", "the bridge was safe")
    assert one.statement == statements_of(BODY)[0]


def test_statements_go_with_their_article(catalogue: Catalogue) -> None:
    put(catalogue, "a")
    put(catalogue, "b")
    with catalogue.transaction():
        catalogue.remove("a")
        catalogue.statements.count_speakers()
    assert {one.article_id for one in catalogue.statements.of(["anna berg", "tom hill"])} == {"b"}
    put(catalogue, "b", "Nobody speaks here.")
    assert catalogue.statements.speakers("", 10) == []


def test_a_speaker_is_found_by_the_start_of_any_word_of_the_name(catalogue: Catalogue) -> None:
    put(catalogue, "a")
    for typed in ("ann", "ber", "Anna B", "BERG"):
        assert [one.name for one in catalogue.statements.speakers(typed, 5)] == ["Anna Berg"]
    assert catalogue.statements.speakers("%", 5) == []
    assert catalogue.statements.speakers("nna", 5) == []


def test_every_statement_is_given_once_page_by_page(catalogue: Catalogue) -> None:
    for name in "abc":
        put(catalogue, name)
    first = catalogue.statements.page()
    assert len(first) == 6
    assert catalogue.statements.page(first[-1][0]) == []


def test_names_are_compared_without_articles_accents_and_case() -> None:
    assert fold("The Société’s") == "societe"
    assert fold("Donald J. Trump") == "donald j trump"
