from __future__ import annotations

import pytest

from bot.qa.selection.answer_type import Kind, counted, counts, expected_kinds, explains, share_held


@pytest.mark.parametrize(
    ("question", "kinds"),
    [
        ("How many people came?", {"count"}),
        ("how much does a seat cost", {"money"}),
        ("How much is the fare?", {"money"}),
        ("How much uranium may be kept?", {"number"}),
        ("How old is the bridge and how long is it?", {"age", "duration"}),
        ("How long ago did it open?", {"date"}),
        ("when did it open", {"date"}),
        ("Who built it?", {"person"}),
        ("Where and when was it built?", {"place", "date"}),
        ("Why was it closed?", {"reason"}),
        ("Tell me about the bridge", set()),
    ],
)
def test_the_kind_of_thing_asked_for_is_read_from_the_question(question: str, kinds: set[Kind]) -> None:
    assert expected_kinds(question) == kinds


@pytest.mark.parametrize(
    ("kind", "holding", "lacking"),
    [
        ("number", "About 400 people came.", "Nobody knows who came."),
        ("number", "Two bridges were built.", "Bridges were built."),
        ("count", "About 400 people came.", "People came on 5 March 2019, for the 4th time."),
        ("money", "It starts at $44,000.", "It goes 230 miles and costs 5 percent more."),
        ("money", "A toll of two crowns is due.", "A toll is due from two riders."),
        ("age", "Ann Lee, 52, opened it.", "Ann Lee opened it with 52 guests."),
        ("weight", "It weighs 26 kilograms.", "It has 26 wheels."),
        ("length", "The tower is 98 metres high.", "The tower has 98 steps."),
        ("speed", "Trains run at 250 km/h.", "Trains run 250 times a day."),
        ("duration", "It works for 14 days.", "It works with 14 wheels."),
        ("date", "It opened on 5 March.", "It opened to the public."),
        ("date", "It opened at 10 a.m.", "It opened with a fair."),
        ("person", "It was built by Ann Lee.", "It was built by engineers."),
        ("place", "It was built in York.", "It was built in haste."),
        ("reason", "It was closed because of cracks.", "It was closed at night."),
    ],
)
def test_a_sentence_holds_the_kind_or_it_does_not(kind: Kind, holding: str, lacking: str) -> None:
    assert share_held(frozenset({kind}), holding) == 1
    assert share_held(frozenset({kind}), lacking) == 0


def test_half_of_two_kinds_counts_half_and_nothing_asked_counts_nothing() -> None:
    assert share_held(frozenset({"place", "number"}), "It was built in York.") == 0.5
    assert share_held(frozenset(), "It was built in York in 1910.") == 0


def test_a_number_beside_what_is_counted_is_worth_more_than_one_elsewhere() -> None:
    things = counted("how many police were in the city")
    assert counts("About 100 police officers came.", things)
    assert not counts("Police held a dozen people.", things)
    kinds = expected_kinds("how many police were in the city")
    assert share_held(kinds, "About 100 police officers came.", things) == 1
    assert share_held(kinds, "Police held a dozen people.", things) == 0.5


def test_a_year_counts_nothing() -> None:
    assert not counts("In 2019 workers came.", counted("how many workers came"))


@pytest.mark.parametrize(
    "text", ["It was no open race.", "The reason was rust.", "Cracks had led to its closure."]
)
def test_a_sentence_after_a_fact_can_explain_it(text: str) -> None:
    assert explains(text)
    assert not explains("It was painted green.")
