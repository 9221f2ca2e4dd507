from __future__ import annotations

import time

import pytest

from bot.qa.understanding.wishes import Wish, wish_in

WISHES = {
    "talk": "hello; hi there!; hey bot; how are you?; what's up; good bot; lol; ok; brb; bye!; never mind; "
    "good morning; are you there?; are you a bot?; tell me a joke; you're welcome; that makes sense; nice one",
    "thanks": "thanks; Thank you so much; thx!; merci beaucoup",
    "help": "help; Help me please; can you help me?; what can you do; what can you do?; how does this work?; "
    "who are you?; what are your commands; hey bot how do i use this; how do I ask a question?; what can I ask?",
    "sources": "what are your sources; Sources?; show me your sources; which articles do you have?; list all articles; "
    "where do you get your information from?",
    "shorter": "shorter please; can you make it shorter?; tl;dr; tldr please; in one sentence please; too long; "
    "sum it up; summarize it",
    "more": "tell me more; can you tell me more about that?; more details please; elaborate; go on; anything else?",
}


@pytest.mark.parametrize(
    ("kind", "said"), [(kind, one) for kind, said in WISHES.items() for one in said.split("; ")]
)
def test_small_talk_and_commands_in_words_are_understood(kind: str, said: str) -> None:
    assert wish_in(said) == Wish(kind)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("said", "about"),
    [
        ("tl;dr of the stadia article", "stadia"),
        ("summarise the article about wework", "wework"),
        ("Can you give me a summary of the Doobie Brothers story please?", "Doobie Brothers"),
        ("summarise this article", ""),
        ("Summary please", ""),
    ],
)
def test_a_summary_names_its_article_or_means_the_last(said: str, about: str) -> None:
    assert wish_in(said) == Wish("summary", about)


@pytest.mark.parametrize(
    "question",
    ["what did Sanaei claim?", "who helped the hostages", "how does stadia work", "what is the value of drugs",
     "tell me about wework", "more about the taliban hostages", "what sources did the report use", "who are the doobie "
     "brothers", "is there a summary of the deal", "what are the commands in Half-Life", "who is online in Steam?",
     "how can I stop binge eating?", "when was that?", "and in Brussels?", "why?", "what is Wish?", ""],
)  # fmt: skip
def test_what_asks_something_of_the_articles_is_no_wish(question: str) -> None:
    assert wish_in(question) is None or not question


@pytest.mark.parametrize("longest", [300, 4_000])
@pytest.mark.parametrize(
    ("head", "unit", "end"),
    [
        ("tldr", ",", "a\nb"), ("x", " , ", "y"), ("x", " please", "y"), ("a", "\n", "b"), ("tldr ", "!", "\na"),
        ("", "can you ", "?"), ("summary of ", "the ", "\n.a"), ("", "?", "a\n"),
    ],
)  # fmt: skip
def test_no_message_keeps_the_bot_from_its_other_work(head: str, unit: str, end: str, longest: int) -> None:
    room = longest - len(head) - len(end)
    began = time.process_time()
    wish_in(head + (unit * room)[:room] + end)
    assert time.process_time() - began < 0.1
