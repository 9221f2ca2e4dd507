"""A topic's events over a real index, read by the real cross-encoder."""

from __future__ import annotations

from dataclasses import replace

from bot.qa.timeline.answers import timeline_answer, timeline_shape
from bot.qa.timeline.topics import Period, Topics


async def test_events_stand_in_the_order_in_which_they_happened(topics: Topics) -> None:
    found = await topics.timeline("the dam of Ebenau")
    days = [one.told.when.day for one in found.events]
    assert days == sorted(days)
    assert days[0] == "2018-06-09"  # told on the 10th
    assert "2020-03-01" in days  # "on Sunday", of the 2nd
    assert not any("bread" in one.told.article.title for one in found.events)


async def test_every_line_is_the_articles_own_words(topics: Topics) -> None:
    for one in (await topics.timeline("the dam of Ebenau")).events:
        told = one.told
        assert told.article.body[told.start : told.start + len(told.text)] == told.text


async def test_an_event_is_told_once_with_its_independent_outlets_and_copies_as_one(topics: Topics) -> None:
    found = await topics.timeline("the dam of Ebenau")
    (broke,) = [one for one in found.events if "led" in one.told.text]
    assert len(broke.tellings) == 2
    assert sorted(sorted(one.article.source or "" for one in group) for group in broke.tellings) == [
        ["Alpine Post"],
        ["Town Paper", "Valley Courier"],
    ]
    assert "(2 independent outlets)" in timeline_answer(found).text


async def test_one_report_in_two_papers_is_said_to_be_the_agencys(topics: Topics) -> None:
    found = await topics.timeline("the dam of Ebenau")
    (broke,) = [one for one in found.events if "led" in one.told.text]
    copied = next(group for group in broke.tellings if len(group) == 2)
    alone = replace(found, events=(replace(broke, tellings=(copied,)),))
    assert "(2 outlets carry one report of Reuters)" in timeline_answer(alone).text


async def test_only_what_happened_in_the_period_is_listed(topics: Topics) -> None:
    found = await topics.timeline("the dam of Ebenau", Period("2020-01-01", "2020-03-01"))
    assert {one.told.when.day for one in found.events} == {"2020-03-01"}


async def test_a_topic_of_which_nothing_is_told_names_the_nearest_articles(topics: Topics) -> None:
    found = await topics.timeline("quantum chromodynamics lattice simulations")
    answer = timeline_answer(found)
    assert (answer.outcome, answer.text) == ("not_found", "")
    assert answer.nearest
    assert timeline_shape(found)["outcome"] == "not_found"


async def test_a_day_that_is_only_the_articles_says_so(topics: Topics) -> None:
    found = await topics.timeline("rye bread of the bakers")
    assert timeline_answer(found).text.startswith("published 2020-03-05: The guild of bakers has praised")
    assert timeline_shape(found)["events"][0]["date_of"] == "article"
