from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.text.quantities.comparing import KnownFigures
from ingest.text.quantities.figures import figures


def held(said: str, source: str, published: str | None = None) -> bool:
    known = KnownFigures()
    known.add(source)
    known.add_day(published)
    return all(known.holds(figure) for figure in figures(said) if not figure.soft)


@pytest.mark.parametrize(
    ("said", "source"),
    [
        ("$21bn", "21 billion dollars' worth"),
        ("21 billion dollars", "US$21 billion"),
        ("1.5 million fans", "1,500,000 fans"),
        ("1500 fans", "1,500 fans"),
        ("15 000 fans", "15.000 aficionados"),
        ("15 percent", "15%"),
        ("10 percent", "between 10 and 15 per cent"),
        ("twenty-one goals", "21 goals"),
        ("half a million people", "500,000 people"),
        ("won twice", "two titles"),
        ("a dozen", "12 people"),
        ("on 18 December 2022", "on December 18, 2022"),
        ("on 18 December", "on Dec. 18, 2022"),
        ("in December 2022", "on 18/12/2022"),
        ("on 2022-12-18", "on 18 December 2022"),
        ("8pm", "20:00"),
        ("won 2-1", "a 2–1 win"),
        ("won 1-2", "a 2–1 win"),
        ("won one-nil", "won 1-0"),
        ("14 kilometres", "14 km"),
        ("0.3 tonnes", "300 kilograms"),
        ("2018", "from 2014-18"),
        ("the 1990s", "in the '90s"),
        ("the second half", "the 2nd half"),
        ("under 300 kilograms", "less than 300 kilograms"),
    ],
)
def test_figure_is_the_same_however_it_is_written(said: str, source: str) -> None:
    assert held(said, source)


@pytest.mark.parametrize(
    ("said", "source"),
    [
        ("$22bn", "21 billion dollars"),
        ("21 million dollars", "21 billion dollars"),
        ("€21 billion", "$21 billion"),
        ("21 percent", "21 people"),
        ("14 miles", "14 km"),
        ("more than 300 kilograms", "less than 300 kilograms"),
        ("19 December", "18 December"),
        ("18 November", "18 December"),
        ("18 December 2021", "18 December 2022"),
        ("won 3-1", "a 2–1 win in the 3rd match"),
        ("three goals", "two goals"),
        ("the third half", "the second half"),
        ("9pm", "20:00"),
        ("Article 35.0.7", "Article 23.5.7"),
        ("on Sunday", "on Monday"),
    ],
)
def test_changed_figure_is_seen(said: str, source: str) -> None:
    assert not held(said, source)


def test_names_with_digits_are_no_figures() -> None:
    assert figures("S-300 and COVID-19 and the P5+1 and G7") == []


def test_day_of_the_article_says_which_day_its_weekdays_are() -> None:
    assert held("on 23 November 2015", "on Monday", "2015-11-23")
    assert held("on 22 November 2015", "yesterday", "2015-11-23")
    assert held("in 2015", "this week", "2015-11-23")
    assert held("in 2014", "last year", "2015-11-23")
    assert not held("on 24 November 2015", "on Monday", "2015-11-23")


@given(st.text(max_size=80))
def test_any_text_can_be_read_and_holds_its_own_figures(text: str) -> None:
    for figure in figures(text):
        assert text[figure.start : figure.end] == figure.text
    known = KnownFigures()
    known.add(text)
    assert all(known.holds(figure) for figure in figures(text))


@given(st.text(alphabet="0123456789.,:-–/ %$€kmbn thousandmillion-twoMay'", max_size=40))
def test_anything_like_a_number_can_be_read(text: str) -> None:
    figures(text)
