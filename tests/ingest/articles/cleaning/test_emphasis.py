"""Marks of emphasis go, and what is no mark stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.articles.cleaning.emphasis import without_emphasis


@pytest.mark.parametrize(
    ("marked", "plain"),
    [
        ("**both** and __these__ and ~~that~~ `code`", "both and these and that code"),
        ("*one* and _two words_ here", "one and two words here"),
        ("***strong and slanted*** words", "strong and slanted words"),
        ("snake_case, 5 * 3 * 2, a ** b, 2**3", "snake_case, 5 * 3 * 2, a ** b, 2**3"),
        ("the end of a bold line** next", "the end of a bold line next"),
        ("**Q**: who? **A**: me", "Q: who? A: me"),
    ],
)
def test_marks_go_and_other_signs_stay(marked: str, plain: str) -> None:
    assert without_emphasis(marked) == plain


@pytest.mark.parametrize(
    "said",
    [
        "a f**king confusing name",
        "utter b******t … get the f**k out",
        "the band f***ed up, s**t",
        "what the f***!",
        "f*ck and sh*t",
        "people p**sing at ni",
    ],
)
def test_stars_that_hide_letters_of_a_word_stay(said: str) -> None:
    assert without_emphasis(said) == said
    assert without_emphasis(f"**{said}** he said") == f"{said} he said"


@pytest.mark.parametrize(
    ("glued", "apart"),
    [
        ("Japan’s**Kou Itakura**, who", "Japan’s Kou Itakura, who"),
        ("de**6.500 muertes**de obreros", "de 6.500 muertes de obreros"),
        ("**BIGGER PICTURE:**Uruguay", "BIGGER PICTURE: Uruguay"),
        ("Gabrie**l****Jesús** on for", "Gabriel Jesús on for"),
        ("had**$30** in", "had $30 in"),
        ("the **game**s, the **l’Australie**s’est", "the games, the l’Australie s’est"),
        ("additional tim**e**. So lovely bo**y**, he", "additional time. So lovely boy, he"),
    ],
)
def test_words_that_bold_marks_held_apart_do_not_run_together(glued: str, apart: str) -> None:
    assert without_emphasis(glued) == apart


@given(st.text(st.sampled_from("a b*_~`.X1$"), max_size=60))
def test_nothing_but_marks_is_lost(text: str) -> None:
    kept = [letter for letter in without_emphasis(text) if letter in "abX1$."]
    assert kept == [letter for letter in text if letter in "abX1$."]
