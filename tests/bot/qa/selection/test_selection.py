from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from bot.qa.answers import Evidence
from bot.qa.selection.candidates import candidates, texts_to_read
from bot.qa.selection.cross_encoder import AnswerSpan, CrossEncoder, Reading
from bot.qa.selection.selection import MOST_SENTENCES, MOST_WORDS, Selection, Selector, choose
from ingest.articles.article import Article
from ingest.errors import ModelFilesMissing
from ingest.index.chunking import split_article

FILLER = " ".join(f"The council met for the {n}th time about parking fees." for n in range(4, 9))
BRIDGE = f"{FILLER} Ann Lee built the Linden Bridge in 1910 with four arches. {FILLER}"


def evidence(*bodies: str, limit: int = 60) -> list[Evidence]:
    """One article a body, its passages best first, with falling scores."""
    articles = [Article(f"a{n}", f"Article {n}", body) for n, body in enumerate(bodies)]
    passages = [
        (article, passage)
        for article in articles
        for passage in split_article(article, lambda text: len(text.split()), limit=limit, overlap=0)
    ]
    return [Evidence(passage, article, 0.9 - 0.01 * n) for n, (article, passage) in enumerate(passages)]


def chosen_by(
    scores: dict[str, float], shown: Sequence[Evidence], question: str = "Who did it?"
) -> Selection:
    """What is chosen where a sentence that begins like a key of `scores` has that score, and any other -9."""
    texts = texts_to_read(shown)
    readings = []
    for text in texts:
        sentences = [text.text[start:end] for start, end in text.sentences]
        given = [next((v for key, v in scores.items() if one.startswith(key)), -9.0) for one in sentences]
        answers = [AnswerSpan(start, min(start + 3, end), 0.99) for start, end in text.sentences]
        readings.append(Reading(np.array(given, np.float32), tuple(answers)))
    return choose(question, candidates(shown, texts, readings), shown)


@pytest.fixture(scope="module")
def selector() -> Selector:
    try:
        return Selector(CrossEncoder())
    except ModelFilesMissing as error:
        pytest.skip(str(error))


def test_the_sentence_that_answers_leads(selector: Selector) -> None:
    for question in (
        "when was the linden bridge built",
        "Who built the Linden Bridge?",
        "linden bridge arches",
    ):
        selection = selector.select(question, evidence(BRIDGE))
        assert selection.chosen[0].text == "Ann Lee built the Linden Bridge in 1910 with four arches."


def test_what_answers_is_likelier_than_what_does_not(selector: Selector) -> None:
    there = selector.select("when was the linden bridge built", evidence(BRIDGE))
    not_there = selector.select("when was the linden bridge built", evidence(FILLER))
    assert there.chance > not_there.chance


def test_no_evidence_is_no_answer(selector: Selector) -> None:
    assert selector.select("who?", []) == Selection((), 0.0, True)


def test_the_best_sentence_comes_first_wherever_it_stands() -> None:
    body = f"One man saw it happen. {FILLER} Two women did it together. {FILLER}"
    selection = chosen_by({"One": 1.0, "Two": 5.0}, evidence(body))
    assert selection.chosen[0].text == "Two women did it together."


def test_a_sentence_that_leans_back_is_quoted_with_the_one_before_it() -> None:
    body = f"{FILLER} Ann Lee drew the bridge. She did it in one night. {FILLER}"
    selection = chosen_by({"She did": 5.0}, evidence(body, limit=200))
    assert selection.chosen[0].text == "Ann Lee drew the bridge. She did it in one night."


def test_a_further_sentence_is_said_where_it_is_nearly_as_likely_and_only_there() -> None:
    body = f"One man did it. {FILLER} Two women did it together. {FILLER}"
    both = chosen_by({"One": 5.0, "Two": 5.0}, evidence(body))
    assert {one.text for one in both.chosen} == {"One man did it.", "Two women did it together."}
    alone = chosen_by({"One": 5.0, "Two": -8.0}, evidence(body))
    assert [one.text for one in alone.chosen] == ["One man did it."]


def test_the_same_is_not_said_twice() -> None:
    body = "Ann Lee built the old bridge in York. " + FILLER
    again = "Ann Lee built the old bridge in York, in all. " + FILLER
    selection = chosen_by({"Ann": 5.0}, evidence(body, again))
    assert len(selection.chosen) == 1


def test_an_answer_is_never_long() -> None:
    body = " ".join(
        f"Number {n} did it with {n} others on a day that nobody will forget soon." for n in range(40)
    )
    selection = chosen_by({"Number": 5.0}, evidence(body))
    assert 0 < len(selection.chosen) <= MOST_SENTENCES
    assert sum(len(one.text.split()) for one in selection.chosen) <= MOST_WORDS


def test_the_words_that_are_the_answer_are_marked_in_the_text_chosen() -> None:
    body = f"{FILLER} Ann Lee drew the bridge. She did it in one night. {FILLER}"
    (chosen,) = chosen_by({"She did": 5.0}, evidence(body, limit=200)).chosen
    assert chosen.answer is not None
    start, end = chosen.answer
    assert chosen.text[start:end] in {"Ann", "She"}


def test_every_choice_stands_word_for_word_in_its_passage(selector: Selector) -> None:
    shown = evidence(BRIDGE, f"{FILLER} Bo Lund painted the Linden Bridge blue in 1950.")
    for choice in selector.select("what happened to the linden bridge", shown).chosen:
        assert choice.text in shown[choice.passage - 1].passage.text


def test_odd_texts_are_read(selector: Selector) -> None:
    for body in ("a" * 20_000, "\ud800 lone surrogate. Another sentence.", "ก" * 3_000, "?!.", "1\n2\n3"):
        shown = evidence(body)
        selection = selector.select("\ud800 what is it", shown)
        assert 0.0 <= selection.chance <= 1.0
        assert selection.chosen
        for choice in selection.chosen:
            assert choice.text in shown[choice.passage - 1].passage.text
