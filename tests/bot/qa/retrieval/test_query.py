"""What a question is read as: words, phrases, days and publishers."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.qa.retrieval.query import Period, named_period, parse_query
from ingest.articles.article import Article

TODAY = date(2024, 5, 15)


@pytest.mark.parametrize(
    ("question", "first", "last"),
    [
        ("What did the mayor open in November 2015?", "2015-11-01", "2015-11-30"),
        ("who resigned on 9 December 2019", "2019-12-09", "2019-12-12"),
        ("who resigned on December 9th, 2019", "2019-12-09", "2019-12-12"),
        ("what happened on 2019-12-09", "2019-12-09", "2019-12-12"),
        ("How many games were sold in 2017?", "2017-01-01", "2017-12-31"),
        ("what did Reuters report yesterday", "2024-05-14", "2024-05-15"),
        ("which bridges closed last week", "2024-05-01", "2024-05-15"),
        ("which bridges closed this month?", "2024-04-14", "2024-05-15"),
        ("what was decided last year", "2023-01-01", "2023-12-31"),
    ],
)
def test_days_named_in_a_question_are_understood(question: str, first: str, last: str) -> None:
    assert named_period(question, TODAY) == Period(first, last)


@pytest.mark.parametrize(
    "question",
    [
        "How did sales change from 2012 to 2015, in 2013 and in 2014?",  # several years: none is preferred
        "Who may march in the city?",
        "The World Cup 2022 final",
    ],
)
def test_a_question_that_names_no_single_stretch_of_days_prefers_none(question: str) -> None:
    assert named_period(question, TODAY) is None


def test_a_period_holds_dates_with_and_without_a_time_and_never_a_missing_one() -> None:
    period = Period("2015-11-01", "2015-11-30")
    assert period.holds("2015-11-30")
    assert period.holds("2015-11-12T08:00:00+00:00")
    assert not period.holds("2015-12-01")
    assert not period.holds(None)


def article(source: str | None) -> Article:
    return Article(id="a", title="t", body="b", source=source)


def test_words_of_grammar_are_left_out_unless_there_are_no_others() -> None:
    assert parse_query("What did the mayor say about the bridge?", TODAY).words == ("mayor", "say", "bridge")
    assert parse_query("Who is who?", TODAY).words == ("who", "is")


def test_quoted_words_are_kept_as_a_phrase_whatever_the_quotation_marks() -> None:
    assert parse_query('Who said "a blatant mistake"?', TODAY).phrases == ("a blatant mistake",)
    assert parse_query("Who said “Materially Incomplete” and «bon voyage»?", TODAY).phrases == (
        "materially incomplete",
        "bon voyage",
    )


@pytest.mark.parametrize(
    "question",
    [
        "東京の市長は何を言いましたか",
        "ماذا قال رئيس البلدية عن الجسر؟",
        "Что сказал мэр о мосте?",
        "นายกเทศมนตรีพูดว่าอะไร",
    ],
)
def test_every_script_gives_words(question: str) -> None:
    assert len(parse_query(question, TODAY).words) >= 2


@given(st.text(max_size=300))
def test_any_string_can_be_asked(question: str) -> None:
    query = parse_query(question, TODAY)
    assert len(set(query.words)) == len(query.words)
