"""When something happened: the sentence's own date where it has one, else its article's."""

from __future__ import annotations

import pytest

from bot.qa.timeline.event_dates import EventDate, event_date

MONDAY = "2015-11-23"


@pytest.mark.parametrize(
    ("sentence", "day"),
    [
        ("The bridge was opened on 3 March 2012 by the mayor.", "2012-03-03"),
        ("In March 2012 the bridge was opened.", "2012-03"),
        ("In 2012, the bridge was opened.", "2012"),
        ("The bridge was closed on 2 December.", "2014-12-02"),
        ("The council met on Friday.", "2015-11-20"),
        ("The council met on Monday.", "2015-11-23"),
        ("The council met yesterday.", "2015-11-22"),
        ("The council met last month.", "2015-10"),
        ("On Wednesday 18 November 2015, the council met.", "2015-11-18"),
    ],
)
def test_the_sentences_own_date_is_taken(sentence: str, day: str) -> None:
    assert event_date(sentence, f"{MONDAY}T10:00:00+00:00") == EventDate(day, own=True)


@pytest.mark.parametrize(
    "sentence",
    [
        "The bridge has been closed since Friday.",
        "Friday's attack was condemned.",
        "The council will meet on 2 December.",
        "The council condemned Ms Ley, who resigned in May 2014.",
        "The first bridge to fall since the one of Linz in 1951 was closed.",
        "Shoppers were told to wait for Black Friday.",
        "In July of that year the suit was settled.",
        "The bridge opens on 3 May 2016.",
        "Nothing was decided.",
    ],
)
def test_a_date_of_another_thing_or_to_come_is_not_taken(sentence: str) -> None:
    assert event_date(sentence, MONDAY) == EventDate(MONDAY, own=False)


def test_without_any_date_there_is_none() -> None:
    assert event_date("The council met on Friday.", None) is None
    assert event_date("The council met on 31 February 2015.", "unknown") is None
