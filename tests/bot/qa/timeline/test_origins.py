"""Copies and what one agency sent out count as one origin."""

from __future__ import annotations

import pytest

from bot.qa.timeline.origins import Telling, agency, origins, outlet
from ingest.articles.article import Article

WORDS = "Forty families were led to safety when the dam above the village of Ebenau broke in the night."


def article(name: str, body: str = "Nobody was hurt.", **about: str) -> Article:
    return Article(id=name, title=name, body=body, **about)


def told(name: str, text: str, body: str = "Nobody was hurt.", **about: str) -> Telling:
    return Telling(article(name, body, **about), text)


def test_outlets_that_write_for_themselves_are_independent() -> None:
    own = "The dam gave way after two weeks of rain, and forty houses were emptied."
    groups = origins([told("a", WORDS, source="Town Paper"), told("b", own, source="Valley Courier")])
    assert len(groups) == 2


def test_near_copies_are_one_origin() -> None:
    copied = WORDS.replace("in the night", "late on Sunday")
    groups = origins([told("a", WORDS, source="Town Paper"), told("b", copied, source="Valley Courier")])
    assert [one.article.id for one in groups[0]] == ["a", "b"]


def test_two_articles_of_one_outlet_are_one_origin() -> None:
    texts = ("The dam of Ebenau broke.", "Rain fell on forty families.")
    urls = ("https://www.bbc.co.uk/1", "https://bbc.com/2")
    assert len(origins([told(url, text, url=url) for url, text in zip(urls, texts, strict=True)])) == 1


def test_two_papers_that_credit_one_agency_are_one_origin() -> None:
    one = told("a", "The dam of Ebenau broke.", "EBENAU (Reuters) - The dam broke.", source="Town Paper")
    two = told(
        "b",
        "Rain fell on forty families.",
        "Rain fell.\n\nReuters contributed to this report.",
        source="Courier",
    )
    assert len(origins([one, two])) == 1


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("EBENAU (Reuters) - The dam broke.", "Reuters"),
        ("The dam broke.\n\nThe Associated Press contributed to this report.", "AP"),
        ("The dam broke.\n\nSource: AFP", "AFP"),
        ("The dam broke. A reporter of Reuters was arrested there.", None),
        ("The apex of the dam broke. (Read more)", None),
    ],
)
def test_an_agency_is_told_by_its_credit_alone(body: str, name: str | None) -> None:
    assert agency(article("a", body)) == name


def test_an_agency_that_is_the_author_or_the_outlet_counts() -> None:
    assert agency(article("a", author="Reuters")) == "Reuters"
    assert agency(article("a", source="The Associated Press")) == "AP"


def test_an_outlet_is_named_by_its_domain_else_by_its_source() -> None:
    assert outlet(article("a", url="https://www.news.example.co.uk/x")) == "example"
    assert outlet(article("a", source="Town Paper")) == "town paper"
