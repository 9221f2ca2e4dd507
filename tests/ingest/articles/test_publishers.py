from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.articles.publishers import domain_labels, names_outlet


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("los angeles times", "latimes.com"),
        ("new york times", "https://www.nytimes.com/2022/11/20/sport.html"),
        ("wall street journal", "wsj.com"),
        ("guardian", "theguardian.com"),
        ("fox", "foxnews.com"),
        ("fox news", "foxnews.com"),
        ("bbc", "news.bbc.co.uk"),
        ("le point", "lepoint.fr"),
        ("vanguardia de veracruz", "vanguardiaveracruz.com"),
        ("times of india", "timesofindia.indiatimes.com"),
        ("nj.com", "nj.com"),
    ],
)
def test_an_outlet_is_known_by_its_domain(name: str, source: str) -> None:
    assert names_outlet(name.split(), domain_labels(source))


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("reuters", "bbc.com"),
        ("washington", "washingtonpost.com"),
        ("post", "washingtonpost.com"),
        ("today", "usatoday.com"),
        ("the", "thesun.co.uk"),
        ("new york times", "latimes.com"),
        ("guardian", "Reuters"),
        ("guardian", ""),
    ],
)
def test_another_outlet_is_not_taken_for_it(name: str, source: str) -> None:
    assert not names_outlet(name.split(), domain_labels(source))


@given(st.lists(st.text(max_size=20), max_size=12), st.text(max_size=80))
def test_any_words_and_any_source_can_be_compared(words: list[str], source: str) -> None:
    names_outlet(words, domain_labels(source))
