from __future__ import annotations

import pytest

from bot.qa.understanding.small_talk import has_words, is_small_talk, leaves_open


@pytest.mark.parametrize(
    "text",
    ["thanks!", "Thank you so much", "ok", "OK, got it", "lol", "loool", "Hahaha", "hi", "Guten Morgen!",
     "vielen Dank dir", "merci beaucoup", "D'accord", "muchas gracias", "cool, thanks", "😀", "👍🏽 👍🏽", "…", "!!"],
)  # fmt: skip
def test_thanks_greetings_laughter_and_nods_are_small_talk(text: str) -> None:
    assert is_small_talk(text)


@pytest.mark.parametrize(
    "text",
    ["And when was that?", "why", "Who thanked whom", "thanks, and who built it?", "ok and 2015", "Nice attack",
     "Ostrava glassworks", "Danke, wann war das", "?", "今天发生了什么", "the right answer of Hollande",
     "tell me more"],
)  # fmt: skip
def test_what_asks_something_is_not(text: str) -> None:
    assert not is_small_talk(text)


@pytest.mark.parametrize("text", ["Who?", "and why", "What is it about?", "How many of them?"])
def test_a_question_of_small_words_leaves_open_what_it_is_about(text: str) -> None:
    assert leaves_open(text)


@pytest.mark.parametrize(
    "text", ["Who won?", "What is the WHO?", "Was it 2015?", "Wer war das?", "今天?", "?"]
)
def test_a_question_with_a_name_a_figure_or_a_word_does_not(text: str) -> None:
    assert not leaves_open(text)


def test_characters_that_cannot_be_seen_are_no_words() -> None:
    assert not has_words("\u200b\u2060 😀 ?!")
    assert has_words("今天")
