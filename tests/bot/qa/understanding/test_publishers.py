"""Publishers and authors, named in questions as people write them."""

from __future__ import annotations

import pytest

from bot.qa.understanding.publishers import Publishers
from ingest.articles.article import Article


def article(source: str | None, url: str | None = None, author: str | None = None) -> Article:
    return Article("a", "Bees return", "", source=source, url=url, author=author)


@pytest.mark.parametrize(
    ("question", "header"),
    [
        ("What was reported by Reuters about the dam?", article("Reuters")),
        ("what did the guardian say about bees", article("theguardian.com")),
        ("according to BBC News, who won?", article("BBC News")),
        ("according to the bbc who won?", article("www.bbc.co.uk")),
        ("bees cnbc", article(None, "https://www.cnbc.com/bees")),
        ("CNBC on bees: why are there more?", article("CNBC")),
        ("why does ada byron think that bees return", article("The Gazette", author="Ada Byron")),
        ("what does theguardian.com write about bees", article("theguardian.com")),
        ("what did Time say about bees", article("Time")),
    ],
)
def test_a_publisher_or_author_is_recognised_in_any_position(question: str, header: Article) -> None:
    named = Publishers([header]).named(question)
    assert named is not None
    assert named.articles == {"a"}


@pytest.mark.parametrize(
    ("question", "source"),
    [
        ("What time did the game start?", "Time"),
        ("How bright is the sun?", "The Sun"),
        ("What was reported by Reuters?", "Associated Press"),
        ("What was reported by Reuters?", None),
        ("What was reported by Reuters?", "..."),
    ],
)
def test_a_word_that_is_also_a_publishers_name_prefers_nothing(question: str, source: str | None) -> None:
    assert Publishers([article(source)]).named(question) is None
