from __future__ import annotations

import pytest

from bot.qa.expected import Kind, expected_kinds, share_held


@pytest.mark.parametrize(
    ("question", "kinds"),
    [
        ("How many people came?", {"number"}),
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
