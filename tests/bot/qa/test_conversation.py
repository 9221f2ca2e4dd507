from __future__ import annotations

import pytest

from bot.qa.answers import Turn
from bot.qa.conversation import leans, recent, safe_rewrite, stand_alone

HISTORY = [
    Turn(
        "What did Sanaei claim about the missiles?",
        "Mehdi Sanaei claimed that Russia had begun delivering S-300 missiles to Iran [1].",
        ("a",),
    )
]


@pytest.mark.parametrize(
    "question",
    [
        "and what did China say?",
        "Who is he?",
        "When?",
        "Why not?",
        "What about Iran?",
        "How did Iran react to that?",
        "Is it true?",
    ],
)
def test_question_that_leans_on_the_last_one_takes_its_names_along(question: str) -> None:
    assert leans(question)
    whole = stand_alone(question, HISTORY)
    assert whole.startswith(question)
    assert "Sanaei" in whole


@pytest.mark.parametrize(
    "question",
    [
        "What did Messi say about his goal?",
        "How much did the stadium cost to build?",
        "Is there a beer ban in Qatar?",
    ],
)
def test_question_that_stands_alone_is_left_as_it_is(question: str) -> None:
    assert stand_alone(question, HISTORY) == question


def test_names_come_from_the_cited_articles_too() -> None:
    history = [Turn("what happened there?", "The president arrived [1].", ("a",))]
    assert "Tehran" in stand_alone("And then?", history, titles=["Putin visits Tehran"])


def test_first_question_has_nothing_to_lean_on() -> None:
    assert stand_alone("And then?", []) == "And then?"


def test_history_keeps_its_latest_turns_within_the_tokens() -> None:
    turns = [Turn(f"q{n}", "one two three") for n in range(5)]
    assert recent(turns, 8, lambda text: len(text.split())) == tuple(turns[-2:])
    assert recent(turns, 0, lambda text: len(text.split())) == ()


def test_rewriting_with_a_name_nobody_mentioned_is_no_rewriting() -> None:
    assert safe_rewrite("What did Maduro say?", "And he?", HISTORY) is None
    assert safe_rewrite("What did Mehdi Sanaei say?", "And he?", HISTORY) == "What did Mehdi Sanaei say?"
