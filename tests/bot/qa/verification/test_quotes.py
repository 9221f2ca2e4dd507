from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.qa.verification.quotes import fold, locate, proves_something, quoted_words

BODY = (
    "He said: “It’s a non-compliant — well, mad — plan,” and left for 21,500 dollars. Cafe\u0301 Müller\u00a0opened.\n"
    "Next  line\u200b here, incapable of it. It will not … end."
)


def found(quote: str, body: str = BODY) -> str | None:
    span = locate(quote, fold(body), body)
    return None if span is None else body[slice(*span)]


@pytest.mark.parametrize(
    ("quote", "words"),
    [
        ("it's a non-compliant - well, mad - plan", "It’s a non-compliant — well, mad — plan"),
        ('"IT\'S A NON-COMPLIANT—WELL"', "It’s a non-compliant — well"),
        ("café muller opened. next line here", "Cafe\u0301 Müller\u00a0opened.\nNext  line\u200b here"),
        ("opened in Café", None),
        ("Café", "Cafe\u0301"),
        ("left for … Müller opened", "left for 21,500 dollars. Cafe\u0301 Müller\u00a0opened"),
        ("left for [...] Müller opened", "left for 21,500 dollars. Cafe\u0301 Müller\u00a0opened"),
        ("Müller opened … left for", None),
        ("he said … it", None),
        ("500 dollars", None),
        ("for 21", None),
        ("compliant - well, mad", None),
        ("capable of it", None),
        ("It will not … end", "It will not … end"),
        ("said it was mad", None),
        ("", None),
        ("…", None),
    ],
)
def test_quote_is_found_however_it_is_typed_and_never_where_its_words_are_not(
    quote: str, words: str | None
) -> None:
    assert found(quote) == words


def test_words_between_brackets_are_held_to_the_article_where_it_has_brackets() -> None:
    body = "“I bought [Half-Life 2] on the day it came out,” and the firm said that it worked."
    assert found("I bought [Half-Life 3] on the day", body) is None
    assert found("I bought [Half-Life 2] on the day", body) == "I bought [Half-Life 2] on the day"
    assert found("[Valve] said that it worked", body) == "said that it worked"


def test_parts_around_an_ellipsis_that_lie_too_far_apart_prove_nothing() -> None:
    body = f"It was said here. {'Filling words go on. ' * 60}It was meant there."
    assert found("It was said … was meant there", body) is None


def test_short_quotes_prove_nothing_but_short_ones_of_unspaced_scripts_do() -> None:
    assert not proves_something("the visit")
    assert proves_something("the visit ended")
    assert proves_something("総理大臣は言った")


def test_words_that_a_sentence_puts_in_quotation_marks_are_seen() -> None:
    assert quoted_words("He called it “mad” and 'a bad plan', didn't he?") == ["mad", "a bad plan"]


@given(st.text(max_size=120), st.data())
def test_any_stretch_that_is_found_is_the_articles_own_words(body: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(body)))
    end = data.draw(st.integers(start, len(body)))
    folded = fold(body)
    assert len(folded.text) == len(folded.origins)
    span = locate(body[start:end], folded, body)
    if span is not None:
        assert 0 <= span[0] < span[1] <= len(body)
        wanted = fold(body[start:end]).text.replace(" ", "")
        if "..." not in wanted and "[" not in wanted:
            assert fold(body[slice(*span)]).text.replace(" ", "").strip(".,;:!?-()[]") in wanted


def test_a_quote_with_its_full_stop_and_quotation_marks_is_shown_with_them() -> None:
    text = 'He stood up. "India is on the Moon," said the chairman. Applause followed.'
    span = locate('"India is on the Moon," said the chairman.', fold(text), text)
    assert span is not None
    assert text[slice(*span)] == '"India is on the Moon," said the chairman.'


@pytest.mark.parametrize("filler", ["a", "a-", "a ", ".", "[a"])
def test_a_bracket_that_never_closes_costs_no_time(filler: str) -> None:
    """Once it took time in the fourth power of its length: minutes for these."""
    text = "The company said so on Monday."
    assert locate("[" + filler * 700, fold(text), text) is None
