"""What an ingest changed, and whom it touches."""

from __future__ import annotations

import numpy as np
import pytest

from bot.qa.answers import Answer, ArticleRef, Citation
from bot.watching.changes import Changes, changes_between, differs, evidence_of, touched
from ingest.index.index import Index
from ingest.runs.pipeline import ingest_corpus
from tests.small_corpus import WordEmbedder, open_index, settings_in, write_article

CHANGES = Changes(frozenset({"new"}), frozenset({"gone"}))


def test_added_changed_and_removed_articles_are_told_apart() -> None:
    found = changes_between({"a": "1", "b": "1", "c": "1"}, {"a": "1", "b": "2", "d": "1"})
    assert (found.fresh, found.stale) == ({"b", "d"}, {"b", "c"})


@pytest.mark.parametrize(
    ("before", "now", "is_news"),
    [
        ({("old", "x")}, {("old", "x"), ("new", "y")}, True),
        ({("old", "x"), ("gone", "y")}, {("old", "x")}, True),
        (set(), {("new", "y")}, True),
        ({("old", "x")}, {("old", "y")}, False),  # the order shifted, no article did
        ({("new", "y")}, {("new", "y")}, False),
    ],
)
def test_only_words_of_articles_that_changed_are_news(
    before: set[tuple[str, str]], now: set[tuple[str, str]], is_news: bool
) -> None:
    assert differs(frozenset(before), frozenset(now), CHANGES) is is_news


def test_line_ends_within_a_quote_are_no_change() -> None:
    ref = ArticleRef("a", "T")
    one, other = (
        Answer("q", "answered", "t", (Citation(1, ref, quote, 0, 9),), "quoting", "g", 0.0)
        for quote in ("forty\nmillion", "forty million")
    )
    assert evidence_of(one) == evidence_of(other) == {("a", "forty million")}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory):
    folder, embedder = tmp_path_factory.mktemp("corpus"), WordEmbedder()
    for name in ("Quillfeather", "Tarrow", "Osmund"):
        write_article(folder / "articles", name)
    settings = settings_in(folder)
    ingest_corpus(settings, embedder)
    with open_index(settings, embedder) as opened:
        yield opened


def test_a_question_is_touched_by_a_near_passage_or_a_shared_name_and_else_not(index: Index) -> None:
    (fresh,) = [one.id for one in index.find_articles("Tarrow")]
    passage = index.article_passages(fresh)[0].id
    near = index.load_vectors([passage])[passage]
    far = np.zeros_like(near)
    questions = ["which thing", "who met tarrow", "who met quillfeather", "what of it"]
    assert touched(index, questions, np.stack([near, far, far, far]), [fresh]) == [True, True, False, False]
    assert touched(index, questions, None, [fresh]) == [False, True, False, False]
    assert touched(index, questions, np.stack([near] * 4), []) == [False] * 4
