from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.qa import phrases
from bot.qa.sanitising import plain_sentence, quoted_sentence, visible


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("See [the page](https://evil.example/a_(b)) now.", "See the page now."),
        ("See ![x](http://evil.example).", "See x."),
        ("See [the page][ref] now.", "See the page now."),
        ("See <https://evil.example> now.", "See now."),
        ("Go to www.evil.example now.", "Go to now."),
        ("@everyone and @here and <@123> <@&5> <#9> <:a:1>!", "everyone and here and!"),
        ("It opened [1][2, 3] in May 【4】.", "It opened in May."),
        ("It opened (passage 3).", "It opened."),
        ("**It** `opened` __in__ ||May||.", "It opened in May."),
        ("# It opened\nin May.", "It opened in May."),
        ("It\u200b open\u202eed\u2066.", "It opened."),
        ("A .gov site has 5 % of <b>it</b>.", "A .gov site has 5 % of it."),
    ],
)
def test_sentence_keeps_its_words_and_loses_all_else(text: str, plain: str) -> None:
    assert plain_sentence(text) == plain


def test_joiners_stay_where_a_script_needs_them() -> None:
    assert visible("می\u200cخواهم") == "می\u200cخواهم"
    assert visible("a\u200cb") == "ab"


@given(st.text(max_size=100))
def test_no_ping_and_no_hidden_sign_is_left(text: str) -> None:
    plain = plain_sentence(f"@everyone {text} @here <@1>")
    assert "@everyone" not in plain
    assert "@here" not in plain
    assert "<@" not in plain or "<@1>" not in plain
    assert not set("\u200b\u202e\u2066\ufeff") & set(plain)


def test_part_that_is_not_covered_is_named_in_the_questions_words_only() -> None:
    question = "How many fans came, and what did the tickets cost?"
    assert (
        phrases.partly_covered(question, ["what the tickets cost"])
        == "The articles do not cover: what the tickets cost."
    )
    assert phrases.partly_covered(question, ["the bribes of the president"]) == phrases.PARTLY_COVERED


@pytest.mark.parametrize(
    "piece",
    ["[", "[](", "[](( ", '[]( "', "[a](b" + "(c)", " ", "\n", "【", "<@", "<:a", "@ ", "(passage 1", "[a][b", "[1",
     "`", "- ", "www.", "\u200b", "( ", "[a](" + " "],
)  # fmt: skip
@pytest.mark.parametrize("ending", ["", "x"])
def test_no_sentence_takes_longer_than_its_length_allows(piece: str, ending: str) -> None:
    text = piece * (50_000 // len(piece)) + ending
    for made in (text, "[a](" + text, "[a][" + text):
        began = time.thread_time()
        plain_sentence(made)
        quoted_sentence(made)
        assert time.thread_time() - began < 0.5
