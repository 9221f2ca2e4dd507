"""Misspelt words are understood, and good words the articles lack are left alone."""

from __future__ import annotations

from datetime import date

import pytest

from bot.qa.retrieval.query import Query, parse_query
from bot.qa.retrieval.spelling import meant_word, respelt

STEMS = {
    "campaign": 4,
    "rabbit": 2,
    "rabbi": 1,
    "plagu": 3,
    "anthoni": 1,
    "settlement": 5,
    "rubi": 2,
    "great": 9,
}


def vocabulary(letters: str) -> list[tuple[str, int]]:
    return [(word, count) for word, count in STEMS.items() if word.startswith(letters)]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("campain", "campaign"), ("plauge", "plagu"), ("settlments", "settlement"), ("antony", "anthoni")],
)
def test_a_slip_of_the_fingers_is_put_right(typed: str, meant: str) -> None:
    assert meant_word(typed, False, vocabulary) == meant


@pytest.mark.parametrize(
    ("word", "named"),
    [
        ("plaque", False),  # a good word, though one letter from the stem of plague
        ("Greta".lower(), True),  # a name as short as that is somebody else's
        ("rabi", False),  # too short to tell
        ("zebra", False),  # nothing near
        ("2015", False),
        ("ra*bit", False),
    ],
)
def test_a_word_that_may_be_meant_as_it_stands_is_left_alone(word: str, named: bool) -> None:
    assert meant_word(word, named, vocabulary) is None


def test_only_words_that_no_passage_has_are_changed_and_the_question_with_them() -> None:
    query = parse_query("How much did the Meth campain cost?", date(2024, 5, 15))
    found = respelt(query, {"meth": 3, "campain": 0, "cost": 9}, vocabulary, lambda term: term)
    assert found.words == ("meth", "campaign", "cost")
    assert found.text == "How much did the Meth campaign cost?"


def test_the_embedder_is_given_a_word_as_articles_write_it() -> None:
    query = Query("after the plauge", ("plauge",), (), None)
    found = respelt(query, {"plauge": 0}, vocabulary, {"plagu": "plague"}.__getitem__)
    assert (found.text, found.words) == ("after the plague", ("plague",))


def test_near_stems_do_not_make_two_words_one() -> None:
    query = Query("what happened to beyonce", ("happened", "beyonce"), (), None)
    found = respelt(
        query, {"happened": 9, "beyonce": 0}, lambda _: [("beyond", 12)], {"beyond": "beyond"}.__getitem__
    )
    assert found == query
