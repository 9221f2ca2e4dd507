from __future__ import annotations

import pytest
from stage import answered

from bot.chat.messages.passages import shorter

TUNNEL = (
    "After 17 years of building, the Marl Base Tunnel was opened on Wednesday [1]. At 57 kilometres it is longer than "
    "the Seitan Tunnel in the north, which had held the record since 1988 [2]. It cost 12 billion crowns [3]."
)
LANDING = (
    "Norland has become the fourth country to land softly on the Moon [1]. The lander Virkam of the mission Chandra-3 "
    "touched down on Tuesday evening [2]. Four years earlier Chandra-2 had crashed because of an error [3]."
)
CARS = (
    "Waldwagen said that about eleven million of its cars carry software that hides their exhaust [1]. Martin Horn, "
    "the chief executive, apologised in a video [2]. Shares in Waldwagen lost a third of their value in two days [3]."
)
BANK = (
    "Joan Powell, who chairs the bank, said that she did not expect such moves to be common [1]. "
    "She denied that the bank was trying to bring about a recession [2]."
)


@pytest.mark.parametrize(
    ("question", "text", "number"),
    [
        ("How long is the Marl tunnel?", TUNNEL, 2),
        ("What did the Marl tunnel cost?", TUNNEL, 3),
        ("When was the Marl tunnel opened?", TUNNEL, 1),
        ("When did Chandra land on the moon?", LANDING, 2),
        ("Why did Chandra crash?", LANDING, 3),
        ("Who apologised for Waldwagen?", CARS, 2),
        ("How many cars carry the software?", CARS, 1),
        ("What did Powell say about a recession?", BANK, 2),
    ],
)
def test_the_short_form_is_the_sentence_that_answers(question: str, text: str, number: int) -> None:
    assert shorter(answered(question, text)).rstrip(".").endswith(f"[{number}]")


@pytest.mark.parametrize("question", ["Norland", "?", "Что случилось?", ""])
def test_where_nothing_tells_the_sentences_apart_the_first_is_kept(question: str) -> None:
    assert shorter(answered(question, LANDING)).rstrip(".").endswith("[1]")
