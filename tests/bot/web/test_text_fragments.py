from __future__ import annotations

import time
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.web.text_fragments import fragment_url

URL = "https://example.org/story"


def link(body: str, words: str, url: str = URL, nth: int = 0, limit: int = 512) -> str:
    start = -1
    for _ in range(nth + 1):
        start = body.index(words, start + 1)
    return fragment_url(url, body, start, start + len(words), limit)


def test_a_short_quote_is_named_whole() -> None:
    assert link("He came. He saw it all.", "He saw it all.") == f"{URL}#:~:text=He%20saw%20it%20all."


def test_dashes_commas_and_ampersands_are_encoded() -> None:
    body = "The so-called deal, signed & sealed, failed."
    assert link(body, body) == (
        f"{URL}#:~:text=The%20so%2Dcalled%20deal%2C%20signed%20%26%20sealed%2C%20failed."
    )


def test_a_quote_that_stands_twice_gets_the_words_around_it() -> None:
    body = "Monday was calm. Talks failed. Tuesday was loud. Talks failed. Nobody knew why then."
    assert link(body, "Talks failed.", nth=1) == (
        f"{URL}#:~:text=Tuesday%20was%20loud.-,Talks%20failed.,-Nobody%20knew%20why"
    )


def test_a_long_quote_is_named_by_its_ends() -> None:
    words = " ".join(f"word{n}" for n in range(60))
    assert link(f"Before. {words} After.", words) == (
        f"{URL}#:~:text=word0%20word1%20word2%20word3%20word4%20word5,"
        "word54%20word55%20word56%20word57%20word58%20word59"
    )


def test_a_quote_over_two_paragraphs_is_named_by_its_ends() -> None:
    body = "First one ends here.\n\nSecond one starts here."
    assert ",Second" in unquote(link(body, body))


def test_a_fragment_that_is_already_there_is_kept() -> None:
    assert link("He saw it.", "He saw it.", url=f"{URL}#part").startswith(f"{URL}#part:~:text=He")
    assert link("He saw it.", "He saw it.", url=f"{URL}#:~:text=old") == f"{URL}#:~:text=He%20saw%20it."


def test_a_link_that_would_be_too_long_goes_without_the_fragment() -> None:
    body = "слово " * 200
    url = "https://example.org/" + "a" * 440
    assert link(body, body.strip(), url=url) == url


@given(st.text(min_size=1, max_size=400), st.integers(0, 400), st.integers(1, 200))
def test_any_quote_gives_a_link_that_fits_and_is_plain_ascii(body: str, start: int, length: int) -> None:
    made = fragment_url(URL, body, min(start, len(body) - 1), min(start + length, len(body)))
    assert made.startswith(URL)
    assert len(made) <= 512
    assert made.isascii()
    assert " " not in made


@pytest.mark.parametrize("quote", ["", "   "])
def test_an_empty_quote_links_to_the_page(quote: str) -> None:
    assert fragment_url(URL, "a   b", 1, 1 + len(quote)) == URL


@pytest.mark.parametrize("body", ["a b " * 700_000, "a " * 450_000, "ab " * 300_000 + "a", "x" * 900_000])
def test_no_article_keeps_the_search_for_a_fragment_long(body: str) -> None:
    began = time.thread_time()
    fragment_url(URL, body, 300_000, 300_000 + 900)
    assert time.thread_time() - began < 1
