"""The day up to which articles are evidence, read from a question or from an option."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.qa.retrieval.as_of import last_day, without_as_of


@pytest.mark.parametrize(
    ("question", "rest", "day"),
    [
        ("Who was mayor as of May 2015?", "Who was mayor?", "2015-05-31"),
        ("As of 31 May 2015, who was mayor?", "who was mayor?", "2015-05-31"),
        ("who, as of 2015, was mayor", "who was mayor", "2015-12-31"),
        ("who was mayor before 2016", "who was mayor", "2015-12-31"),
        ("Before March 2020: who was mayor?", ": who was mayor?", "2020-02-29"),
        ("Who led the club until March 2020?", "Who led the club?", "2020-03-31"),
        ("who led the club until the end of 2020-03-05", "who led the club", "2020-03-05"),
    ],
)
def test_a_day_said_in_words_is_taken_out_of_the_question(question: str, rest: str, day: str) -> None:
    found, last = without_as_of(question)
    assert (found.lstrip(": "), last) == (rest.lstrip(": "), day)


@pytest.mark.parametrize(
    "question",
    [
        "What did refunds before June 2015 depend on?",  # when something happened, in the midst of a question
        "Who was mayor before the war?",
        "How many were there as of now?",
        "as of May 2015",  # nothing would be left to ask
        "Who was mayor in 2015?",
    ],
)
def test_other_words_of_time_stay_in_the_question(question: str) -> None:
    assert without_as_of(question) == (question, "")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2015-05-31", "2015-05-31"),
        ("2015-02", "2015-02-28"),
        ("may 2015", "2015-05-31"),
        ("31 May 2015", "2015-05-31"),
        ("2015", "2015-12-31"),
        ("2015-13", None),
        ("2015-02-30", None),
        ("the year of May 2015", None),
        ("soon", None),
    ],
)
def test_an_option_is_a_date_a_month_or_a_year(text: str, day: str | None) -> None:
    assert last_day(text) == day


@given(st.text(max_size=60) | st.from_regex(r"(as of|before|until) [\w ,-]{0,30}", fullmatch=True))
def test_any_text_is_read(text: str) -> None:
    assert len(without_as_of(text)[0]) <= len(text) + 1
    last_day(text)
