from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.qa.answers import Evidence
from bot.qa.selection.selection import MOST_SENTENCES, choose_sentences
from ingest.articles.article import Article
from ingest.index.chunking import split_article
from ingest.index.embedding_cache import Vectors
from ingest.text.stemming import content_stems

FILLER = " ".join(f"The council met for the {n}th time about parking fees." for n in range(4, 9))


def evidence(*bodies: str, scores: Sequence[float] = (), limit: int = 60) -> list[Evidence]:
    """One article a body, its passages best first, with falling scores unless others are given."""
    articles = [Article(f"a{n}", f"Article {n}", body) for n, body in enumerate(bodies)]
    passages = [
        (article, passage)
        for article in articles
        for passage in split_article(article, lambda text: len(text.split()), limit=limit, overlap=0)
    ]
    given_scores = list(scores) or [1.0 - 0.1 * n for n in range(len(passages))]
    return [
        Evidence(passage, article, score)
        for (article, passage), score in zip(passages, given_scores, strict=False)
    ]


def embed(texts: Sequence[str]) -> Vectors:
    """Words as directions: texts that share words point the same way."""
    vectors = np.zeros((len(texts), 512), dtype=np.float32)
    for row, text in zip(vectors, texts, strict=True):
        for stem in content_stems(text):
            row[sum(ord(letter) * 31**n for n, letter in enumerate(stem)) % 512] += 1
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-9), dtype=np.float32)


def chosen(question: str, found: Sequence[Evidence]) -> list[str]:
    return [choice.text for choice in choose_sentences(question, found, embed([question])[0], embed)]


def test_the_sentence_that_answers_is_chosen_and_those_about_other_things_are_not() -> None:
    body = f"{FILLER} Ann Lee built the Linden Bridge in 1910 with four arches. {FILLER}"
    assert chosen("When was the Linden Bridge built?", evidence(body)) == [
        "Ann Lee built the Linden Bridge in 1910 with four arches."
    ]


def test_sentences_keep_their_reading_order() -> None:
    body = (
        f"Ann Lee drew the Linden Bridge as a poor student at a school in York. {FILLER} "
        "Workers finished the Linden Bridge at last in 1910."
    )
    answer = chosen("Who drew the Linden Bridge and when was it finished?", evidence(body))
    assert answer == [
        "Ann Lee drew the Linden Bridge as a poor student at a school in York.",
        "Workers finished the Linden Bridge at last in 1910.",
    ]


def test_the_one_asked_about_speaks_before_those_who_only_mention_him() -> None:
    body = (
        "Critics of Jon Falk say tolls on the bridge are what Jon Falk wants for the bridge. "
        f"{FILLER} “Tolls would be unfair,” Falk told the paper. {FILLER}"
    )
    answer = chosen("What did Falk say about bridge tolls?", evidence(body))
    assert "“Tolls would be unfair,” Falk told the paper." in answer


def test_quoted_words_bring_the_sentence_that_says_whose_they_are() -> None:
    body = f"{FILLER} “The cables had rusted,” Ann Lee said. “Nobody had looked at the cables for ten years.” {FILLER}"
    answer = chosen("What did Lee say about looking at the cables?", evidence(body))
    assert answer == [
        "“The cables had rusted,” Ann Lee said.",
        "“Nobody had looked at the cables for ten years.”",
    ]


def test_a_sentence_that_opens_with_a_pronoun_brings_the_one_before_it() -> None:
    body = f"{FILLER} Ann Lee was born in York. She designed the Linden Bridge for a prize. {FILLER}"
    answer = chosen("Who designed the Linden Bridge for a prize?", evidence(body))
    assert answer == ["Ann Lee was born in York.", "She designed the Linden Bridge for a prize."]


def test_what_this_equipment_is_is_said_where_there_is_room() -> None:
    body = (
        "Northland ordered four radar stations from Eastland last spring. "
        "Ambassador Ann Lee claimed that Eastland had begun to deliver this equipment."
    )
    answer = chosen("What did Lee claim?", evidence(body))
    assert answer[0].startswith("Northland ordered four radar stations")


def test_a_question_of_two_parts_gets_a_sentence_for_each() -> None:
    body = (
        "The Linden Bridge has four arches of granite. The Linden Bridge has arches, four of them, of granite. "
        f"{FILLER} A toll of two crowns is due on Sundays. {FILLER}"
    )
    answer = chosen("How many arches has the Linden Bridge, and what toll is due?", evidence(body))
    assert "A toll of two crowns is due on Sundays." in answer


def test_the_same_thing_is_not_said_twice() -> None:
    body = (
        "The Linden Bridge has four arches of granite. "
        f"{FILLER} The Linden Bridge has four arches of granite, built in York. {FILLER}"
    )
    answer = chosen("How many arches has the Linden Bridge?", evidence(body))
    assert sum("four arches" in sentence for sentence in answer) == 1


def test_a_misspelt_question_finds_its_sentence() -> None:
    body = f"{FILLER} Doctors quarantined forty sailors in Trieste. {FILLER}"
    assert chosen("how many sailers were quarantind", evidence(body)) == [
        "Doctors quarantined forty sailors in Trieste."
    ]


def test_a_far_less_likely_article_is_not_quoted_beside_the_first() -> None:
    first = (
        "The Linden Bridge was opened by the mayor in 1910. Crowds cheered the Linden Bridge at its opening."
    )
    second = "The opening of the Linden Bridge was painted by Ann Lee in oil."
    answer = chosen("Who opened the Linden Bridge?", evidence(first, second, scores=[1.0, 0.1]))
    assert not any("painted" in sentence for sentence in answer)


def test_an_article_nearly_as_likely_is_quoted_too() -> None:
    first = "The Linden Bridge was opened by the mayor in 1910."
    second = "Bishop Falk opened the Linden Bridge with a prayer."
    third = FILLER
    answer = chosen("Who opened the Linden Bridge?", evidence(first, second, third, scores=[1.0, 0.95, 0.1]))
    assert answer == [first, second]


def test_headings_are_never_quoted_on_their_own() -> None:
    body = "Linden Bridge opening\n\nThe mayor opened the Linden Bridge on Monday at noon.\n\nBridge: the opening"
    assert chosen("When was the Linden Bridge opened?", evidence(body)) == [
        "The mayor opened the Linden Bridge on Monday at noon."
    ]


def test_lines_without_sentences_are_quoted_where_there_is_nothing_else() -> None:
    body = "Linden Bridge: 4 arches, 1910\nFalk Bridge: 2 arches, 1931"
    assert "Linden Bridge: 4 arches, 1910" in chosen("Linden Bridge arches", evidence(body))


def test_a_sentence_longer_than_an_answer_is_quoted_alone_when_there_is_no_other() -> None:
    body = "The Linden Bridge " + "and its many arches " * 30 + "opened."
    assert chosen("When did the Linden Bridge open?", evidence(body, limit=200)) == [body]


def test_without_vectors_words_alone_decide() -> None:
    body = f"{FILLER} Ann Lee built the Linden Bridge in 1910 with four arches. {FILLER}"
    answer = choose_sentences("When was the Linden Bridge built?", evidence(body))
    assert answer[0].text == "Ann Lee built the Linden Bridge in 1910 with four arches."


@pytest.mark.parametrize("question", ["", "???", "いつ橋は開通しましたか", "когда открыли мост", "what"])
def test_any_question_gets_whole_sentences_of_the_evidence(question: str) -> None:
    body = "橋は昨日、市長によって開通しました。 Мост открыли в понедельник утром. The bridge was opened on Monday."
    for sentence in chosen(question, evidence(body)):
        assert sentence in body


def test_a_price_is_found_in_a_sentence_that_shares_no_word_with_the_question() -> None:
    body = (
        f"{FILLER} The Northair Swift goes 230 miles on one charge. Prices of it start at $44,000. {FILLER}"
    )
    answer = chosen("how much does the northair swift cost", evidence(body))
    assert "Prices of it start at $44,000." in answer


def test_a_reason_is_found_in_the_sentence_after_the_fact() -> None:
    body = (
        f"{FILLER} The time of the Northland run will not count. It was no open race, with pacers. {FILLER}"
    )
    answer = chosen("why will the time of the northland run not count", evidence(body))
    assert "It was no open race, with pacers." in answer


def test_a_row_is_quoted_where_it_answers_better_than_any_sentence() -> None:
    body = (
        "The permit is given at the town office. Bring a letter to the office for the permit.\n\n"
        "Minimum salary for a permit | 4,000 crowns\n\nMinimum salary permit menu"
    )
    answer = chosen("what is the minimum salary for a permit", evidence(body))
    assert "Minimum salary for a permit | 4,000 crowns" in answer
    assert "Minimum salary permit menu" not in answer


def test_what_is_answered_is_not_padded() -> None:
    body = (
        "Workers opened the Linden Bridge in 1910 for carts. The Linden council praised carts at length, "
        f"and it ate well. {FILLER}"
    )
    assert chosen("When was the Linden Bridge opened?", evidence(body)) == [
        "Workers opened the Linden Bridge in 1910 for carts."
    ]


def test_the_words_of_others_are_not_quoted_for_those_of_the_one_asked_about() -> None:
    body = "Falk said the toll on the bridge was unfair. The mayor said the toll on the bridge was fair."
    assert chosen("What did Falk say about the toll on the bridge?", evidence(body)) == [
        "Falk said the toll on the bridge was unfair."
    ]


def test_the_article_in_which_someone_speaks_is_quoted_before_a_likelier_one() -> None:
    other = "The mayor said that the toll would stay. Tolls are due on Sundays."
    body = "“It is a fair toll,” said Ann Falk, who rides."
    assert chosen("what did falk say", evidence(other, body, scores=[1.0, 0.1])) == [body]


def test_nothing_is_quoted_for_someone_whom_the_evidence_does_not_name() -> None:
    body = "The mayor said that the toll would stay. Ann Falk paid it."
    assert chosen("what did morrison say", evidence(body)) == []
    assert chosen("what did people say about the toll", evidence(body)) != []


def test_no_evidence_gives_no_sentence() -> None:
    assert choose_sentences("When?", []) == []


SENTENCES = st.lists(
    st.tuples(
        st.sampled_from(["He", "The mayor", "Ann Lee", "“But Falk", "This bridge", "In 1910 the council"]),
        st.lists(
            st.sampled_from(
                ["said", "opened", "bridge", "toll", "arches", "four", "1910", "river", "claimed"]
            ),
            max_size=40,
        ),
        st.sampled_from([".", "?", ".”", ""]),
    ).map(lambda parts: f"{parts[0]} {' '.join(parts[1])}{parts[2]}"),
    min_size=1,
    max_size=25,
)


@settings(max_examples=60, deadline=None)
@given(SENTENCES, st.sampled_from(["What did Lee say about the toll?", "when opened", "how many arches"]))
def test_an_answer_stays_within_four_sentences_and_ninety_words(sentences: list[str], question: str) -> None:
    found = evidence(" ".join(sentences), "\n".join(sentences))
    answer = choose_sentences(question, found, embed([question])[0], embed)
    assert len(answer) <= MOST_SENTENCES
    assert len(answer) == 1 or sum(len(choice.text.split()) + 1 for choice in answer) <= 90
    for choice in answer:
        assert choice.text in found[choice.passage - 1].passage.text
