"""Looking up who said what, over a small index."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from small_corpus import WordEmbedder, open_index, settings_in

from bot.qa.steps.statements import Lookup, answer_of, line_of, statement_shape, statements_by
from ingest.errors import UserFacingError
from ingest.index.index import Index
from ingest.runs.pipeline import ingest_corpus

ARTICLES = {
    "one": (
        "2020-01-01",
        "Town Paper",
        "Mayor Anna Berg said the bridge was safe. She warned of a flood in spring.",
    ),
    "two": (
        "2021-05-01",
        "Valley Post",
        "Anna Berg told the BBC: “The bridge is safe and sound.” Tom Hill denied the claim.",
    ),
    "three": (
        "2021-06-01",
        "Valley Post",
        "Mayor Berg said the bridge was safe. Eve Hill said that it was not.",
    ),
    "copy": ("2021-05-02", "Lake News", "Anna Berg told the BBC: “The bridge is safe and sound.”"),
}


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    folder = tmp_path / "articles"
    folder.mkdir()
    for name, (day, source, body) in ARTICLES.items():
        head = f"---\ntitle: Title {name}\nurl: https://example.org/{name}\nsource: {source}\ndate: {day}\n---\n\n"
        (folder / f"{name}.md").write_text(head + body + "\n", "utf-8")
    settings = settings_in(tmp_path)
    ingest_corpus(settings, WordEmbedder())
    with open_index(settings, WordEmbedder()) as index:
        yield index


def quotes(index: Index, lookup: Lookup) -> list[str]:
    return [one.stored.quote for one in statements_by(index, lookup)]


def test_the_newest_statement_comes_first_where_nothing_is_asked_about(index: Index) -> None:
    assert quotes(index, Lookup("Anna Berg"))[0] == "the bridge was safe"
    assert len(quotes(index, Lookup("Anna Berg"))) == 3


def test_what_it_is_about_comes_before_what_it_is_not(index: Index) -> None:
    assert quotes(index, Lookup("Anna Berg", about="floods")) == ["a flood in spring"]


def test_copies_of_a_statement_are_one_that_names_the_others(index: Index) -> None:
    (found,) = statements_by(index, Lookup("Anna Berg", about="sound"))
    assert [one.source for one in found.also] in (["Lake News"], ["Valley Post"])
    assert "also in" in line_of(found)


def test_days_and_outlets_narrow_the_choice(index: Index) -> None:
    assert quotes(index, Lookup("Anna Berg", until="2020-12-31")) == [
        "the bridge was safe",
        "a flood in spring",
    ]
    assert quotes(index, Lookup("Anna Berg", since="2021-01-01", source="lake")) == [
        "“The bridge is safe and sound.”"
    ]
    assert quotes(index, Lookup("Anna Berg", since="2022-01-01")) == []


def test_a_surname_means_the_one_who_bears_it(index: Index) -> None:
    assert len(quotes(index, Lookup("berg"))) == 3


def test_a_surname_that_several_bear_asks_for_the_whole_name(index: Index) -> None:
    with pytest.raises(UserFacingError, match=r"More than one Hill speaks .*“Eve Hill”.*Type the whole name"):
        statements_by(index, Lookup("Hill"))


def test_who_says_nothing_is_told_so_with_the_nearest_names(index: Index) -> None:
    with pytest.raises(
        UserFacingError, match=r"Nobody called “Max Berg” says anything.*Did you mean “Anna Berg”"
    ):
        statements_by(index, Lookup("Max Berg"))


def test_the_answer_cites_every_statement_word_for_word(index: Index) -> None:
    asked = Lookup("Anna Berg", about="flood")
    answer = answer_of(index, asked, statements_by(index, asked))
    (citation,) = answer.citations
    article = index.articles([citation.article.article_id])[citation.article.article_id]
    assert article.body[citation.start : citation.end] == citation.quote == "a flood in spring"
    assert answer.text == "Anna Berg (Mayor) warns, Town Paper, 2020-01-01: a flood in spring [1]"


def test_a_statement_as_json_has_its_keys_and_true_offsets(index: Index) -> None:
    keys = "article_id speaker role verb kind quote start end speaker_start speaker_end via published".split()
    for _, one in index.catalogue.statements.page():
        shape = statement_shape(one)
        body = index.articles([one.article_id])[one.article_id].body
        assert list(shape) == keys
        assert body[shape["start"] : shape["end"]] == shape["quote"]  # type: ignore[misc]
    told = next(one for _, one in index.catalogue.statements.page() if one.statement.via)
    assert statement_shape(told)["via"] == "BBC"
