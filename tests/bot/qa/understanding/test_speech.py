from __future__ import annotations

import pytest

from bot.qa.answers import Evidence
from bot.qa.understanding.speech import OTHERS_WORDS, OWN_WORDS, asks_what_was_said, speech_preference
from ingest.articles.article import Article
from ingest.index.chunking import Passage
from ingest.statements.extraction import statements_of

OWN = "Mayor Ilse Brandt said that the bridge is safe."
OTHERS = "Engineer Josef Leitner warned that the bridge may fall."
NOBODYS = "The bridge was opened in May."
BODY = f"{OWN} {OTHERS} {NOBODYS}"


@pytest.mark.parametrize(
    "question", ["what did Brandt say about it", "who warned of floods", "Brandt's reaction"]
)
def test_a_question_for_somebodys_words_is_told_by_a_word_for_saying(question: str) -> None:
    assert asks_what_was_said(question)


@pytest.mark.parametrize("question", ["how long is the bridge", "when did it open", ""])
def test_other_questions_ask_for_nobodys_words(question: str) -> None:
    assert not asks_what_was_said(question)


def preferences(question: str) -> list[float]:
    article = Article("a1", "The bridge", BODY)
    evidence = Evidence(
        Passage("p1", "a1", 0, len(BODY), BODY), article, 1.0, statements=tuple(statements_of(BODY))
    )
    places = [("a1", BODY.index(text), BODY.index(text) + len(text)) for text in (OWN, OTHERS, NOBODYS)]
    return [float(one) for one in speech_preference(question, places, [evidence])]


def test_the_words_of_whom_the_question_names_come_before_those_of_others() -> None:
    assert preferences("what did Brandt say about the bridge?") == [OWN_WORDS, -OTHERS_WORDS, 0.0]


def test_who_says_a_sentence_tells_nothing_where_nobodys_words_are_asked_for() -> None:
    assert preferences("is the bridge of Brandt long?") == [0.0, 0.0, 0.0]
