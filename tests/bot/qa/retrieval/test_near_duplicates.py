"""Copies of one report are shown once, and counted."""

from __future__ import annotations

from dataclasses import replace

from bot.qa.answers import Evidence
from bot.qa.retrieval.near_duplicates import without_copies
from ingest.articles.article import Article
from ingest.index.chunking import Passage

REPORT = (
    "The dam above the village broke on Sunday night after two weeks of rain, and forty families were led to "
    "safety by firemen from the neighbouring town, the prefect said on Monday morning."
)
OTHER = (
    "Growers lost most of their apricots to three nights of frost in April, and only a tenth of the trees still "
    "bear fruit, said a farmer who has tended the slopes above the river for thirty years."
)


def evidence(article: str, text: str) -> Evidence:
    body = Article(id=article, title=article, body=text)
    return Evidence(Passage(f"{article}/{hash(text)}", article, 0, len(text), text), body, 1.0)


def test_a_wire_copy_is_left_out_and_counted() -> None:
    edited = REPORT.replace("Sunday night", "late Sunday") + " The prefecture has opened an inquiry."
    found = without_copies(
        [evidence("a", REPORT), evidence("b", edited), evidence("c", REPORT), evidence("d", OTHER)]
    )
    assert [(one.article.id, len(one.copies)) for one in found] == [("a", 2), ("d", 0)]


def test_the_copy_that_can_be_linked_to_stands_for_all() -> None:
    linked = evidence("b", REPORT)
    linked = replace(linked, article=replace(linked.article, url="https://example.org/dam"), score=0.5)
    (one,) = without_copies([evidence("a", REPORT), linked])
    assert (one.article.url, one.score) == ("https://example.org/dam", 1.0)
    assert [copy.id for copy in one.copies] == ["a"]


def test_passages_of_one_article_that_overlap_are_both_kept() -> None:
    found = without_copies([evidence("a", REPORT), evidence("a", REPORT + " Rain goes on.")])
    assert len(found) == 2


def test_two_reports_of_one_event_in_different_words_are_both_kept() -> None:
    own = (
        "Firemen brought forty families out of the village when, after a fortnight of downpours, its dam gave way "
        "in the night to Monday; nobody was hurt, according to the prefect of the district."
    )
    assert len(without_copies([evidence("a", REPORT), evidence("b", own)])) == 2


def test_short_lines_are_never_taken_for_copies() -> None:
    assert len(without_copies([evidence("a", "Photo: Reuters"), evidence("b", "Photo: Reuters")])) == 2


def test_an_article_that_copies_twice_counts_once() -> None:
    found = without_copies(
        [evidence("a", REPORT), evidence("b", REPORT), evidence("b", REPORT + " It rains.")]
    )
    assert [len(one.copies) for one in found] == [1]
