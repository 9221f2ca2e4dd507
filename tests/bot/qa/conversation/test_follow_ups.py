from __future__ import annotations

from dataclasses import replace

import pytest

from bot.qa.answers import Turn
from bot.qa.conversation.corpus_context import Surroundings
from bot.qa.conversation.follow_ups import leans, safe_rewrite, stand_alone
from bot.qa.generation.generator import recent
from ingest.text.stemming import content_stems

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


AROUND = Surroundings(
    rare={word: word for word in ("sanaei", "kipchoge", "fed", "cost", "berlin", "france")}
    | {"ambassador": "ambassador"}
    | {"kipchogi": "kipchoge"},
    spoken_of=frozenset(content_stems("sanaei russia missiles iran ambassador")),
    beside=frozenset(content_stems("Kipchoge claimed that no human is limited")),
    titles=(frozenset(content_stems("Kipchoge runs a marathon")),),
    named={"sanaei": True, "fed": False},
)


@pytest.mark.parametrize(
    "question", ["and kipchoge?", "what about Kipchoge", "ok and kipchogi", "and kipchoge, when did he run?"]
)
def test_follow_up_that_names_a_subject_of_its_own_leaves_the_old_one_behind(question: str) -> None:
    assert "Sanaei" not in stand_alone(question, HISTORY, ["Putin visits Tehran"], AROUND)


def test_new_subject_is_asked_what_the_old_one_was_as_far_as_the_articles_have_it() -> None:
    assert stand_alone("and kipchoge?", HISTORY, (), AROUND) == "kipchoge? (claim)"


def test_ordinary_word_is_a_subject_where_it_is_all_that_is_said() -> None:
    assert stand_alone("and the fed?", HISTORY, (), AROUND) == "the fed? (claim)"
    assert "Sanaei" in stand_alone("and who fed them?", HISTORY, (), AROUND)


@pytest.mark.parametrize(
    "question",
    ["and in berlin?", "what about France?", "and in 2019?", "cost?", "and the ambassador?", "who fed it?"],
)
def test_place_time_or_word_already_spoken_of_keeps_the_subject(question: str) -> None:
    around = replace(AROUND, beside=AROUND.beside | {"missil"})
    assert "Sanaei" in stand_alone(question, HISTORY, (), around)


def test_person_named_in_lower_case_is_who_he_is() -> None:
    history = [Turn("who is mehdi sanaei", "The Iranian ambassador claimed it [1].", ("a",))]
    around = replace(AROUND, rare={"mehdi": "mehdi", "sanaei": "sanaei"})
    whole = stand_alone("what did he promise", history, ["Putin visits Tehran"], around)
    assert whole == "what did he promise (mehdi sanaei, Putin)"


def test_names_of_a_subject_that_was_left_are_not_taken_up_again() -> None:
    history = [*HISTORY, Turn("and the economy?", "Prices rose [1].", ("b",))]
    assert "Sanaei" not in stand_alone("who said it?", history, ["Prices rise again"])


def test_pronoun_behind_did_is_somebody() -> None:
    assert leans("how far did it travel")


def test_names_of_the_last_answer_go_along_only_where_nothing_else_names_the_subject() -> None:
    told = (
        "At 57 kilometres it is the longest, Swiss Federal Railways said, and Angela Merkel rode along [1]."
    )
    history = [Turn("Who opened the Gotthard tunnel?", told, ("tunnel",))]
    assert "Merkel" not in stand_alone("how long is it?", history, ["Switzerland opens a tunnel"])
    assert "Merkel" in stand_alone("who is she?", [Turn("who rode along?", told, ("tunnel",))])
