from __future__ import annotations

import itertools
import re
from collections.abc import AsyncIterator, Sequence
from typing import Any

import numpy as np
import openai
import pytest

from bot.errors import ModelUnavailable
from bot.qa.answers import CheckedSentence, Evidence, Usage
from bot.qa.drafts import DraftEvent, DraftSentence
from bot.qa.generation.chat_model import ChatModel
from bot.qa.generation.generator import Generator
from bot.qa.summarising.extractive import ExtractiveDigest, ExtractiveSummary
from bot.qa.summarising.salience import chosen, most_telling
from bot.qa.summarising.summaries import ModelDigest, ModelSummary
from bot.qa.verification.citations import CitationChecker
from ingest.embedding.embedder import EmbedderIdentity
from ingest.index.chunking import split_article
from tests.bot.qa.articles_at_hand import article, passage
from tests.loopback_openai import LoopbackOpenAI, draft, passages_of, sentence

TOPICS = {
    "bridge": "closed its northern lanes because inspectors found cracked girders below",
    "harbour": "welcomed larger ferries once dredging vessels deepened every channel",
    "school": "hired eleven teachers although parents doubted whether classrooms sufficed",
    "railway": "postponed electric trains until signals between junctions were replaced",
    "festival": "attracted musicians whose concerts filled three squares every evening",
    "hospital": "ordered scanners while nurses demanded shorter shifts throughout winter",
    "library": "lent rare manuscripts abroad under guarantees signed with museums",
    "market": "banned plastic bags after traders tested paper versions for months",
}


class WordVectors:
    """Texts that share words lie close: enough of an embedder to tell topics apart."""

    identity = EmbedderIdentity("test", "words", "", "", "", 64)
    precision = "fp32"

    def embed_passages(self, texts: Sequence[str]) -> Any:
        vectors = np.zeros((len(texts), 64), np.float32)
        for row, text in enumerate(texts):
            for word in re.findall(r"\w{4,}", text.lower()):
                vectors[row, sum(map(ord, word)) % 64] += 1
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        return (vectors / np.where(norms > 0, norms, 1)).astype(np.float32)

    def embed_question(self, text: str) -> Any:
        return self.embed_passages([text])[0]


def long_article(sentences: int = 200) -> list[Evidence]:
    told = [
        f"In year {n} the {topic} of Port {n} {did}."
        for n, (topic, did) in enumerate(itertools.islice(itertools.cycle(TOPICS.items()), sentences))
    ]
    paragraphs = "\n\n".join(" ".join(told[at : at + 5]) for at in range(0, sentences, 5))
    whole = article(f"The town\n\n{paragraphs}", "town", published="2022-05-01")
    return [Evidence(part, whole, 1.0) for part in split_article(whole, lambda text: len(text.split()))]


def news() -> list[Evidence]:
    return [
        passage(
            article(
                f"News {n}\n\nThe {topic} of the town {did}.",
                f"n{n}",
                source=f"Paper {n}",
                published=f"2022-0{1 + n * 5 % 8}-11",
            ),
            8,
        )
        for n, (topic, did) in enumerate(TOPICS.items())
    ]


async def checked(
    generator: Generator, about: str, evidence: Sequence[Evidence]
) -> tuple[CitationChecker, list[DraftEvent]]:
    checker = CitationChecker(evidence)
    events = [event async for event in generator.write(about, evidence)]
    for event in events:
        if isinstance(event, DraftSentence):
            assert isinstance(checker.check(event), CheckedSentence)
    return checker, events


def test_copy_is_never_chosen_twice() -> None:
    vectors = np.array([[1, 0], [1, 0], [0, 1]], np.float32)
    assert chosen(np.array([1.0, 0.9, 0.1]), ["a", "b", "c"], vectors, 0.5, 3, 90) == [0, 2]


def test_a_sentence_too_long_for_the_room_left_is_passed_over() -> None:
    vectors = np.eye(3, dtype=np.float32)
    texts = ["one two three", "four five six seven", "eight"]
    assert chosen(np.array([0.0, 2.0, 1.0]), texts, vectors, 0.0, 3, 4) == [0, 2]


def test_of_sentences_alike_the_one_with_names_and_figures_is_told() -> None:
    texts = [
        "The town met.",
        "It was a long day for all of them.",
        "Ann Lee sold 40 boats to Linden in 1910.",
    ]
    vectors = np.eye(4, dtype=np.float32)[:3]
    assert most_telling(texts, vectors, vectors[0] * 0, sentences=2, words=90) == [0, 2]


async def test_extract_is_in_reading_order_cited_and_diverse() -> None:
    evidence = long_article()
    checker, _ = await checked(ExtractiveSummary(WordVectors()), "The town", evidence)
    places = [citation.start for citation in checker.citations]
    assert 3 <= len(places) <= 6
    assert places == sorted(places)
    assert len({re.search(r"the (\w+) of", c.quote).group(1) for c in checker.citations}) >= 3  # type: ignore[union-attr]


async def test_extract_of_an_article_without_sentences_is_empty() -> None:
    checker, _ = await checked(ExtractiveSummary(WordVectors()), "t", [passage(article("Menu\nHome\nAbout"))])
    assert checker.result() == ("", ())


async def test_digest_gives_each_article_once_newest_first() -> None:
    checker, _ = await checked(ExtractiveDigest(WordVectors()), "the town", news())
    days = [citation.article.published or "" for citation in checker.citations]
    assert 5 <= len(days) <= 8
    assert days == sorted(days, reverse=True)
    assert len({citation.article.article_id for citation in checker.citations}) == len(days)


@pytest.fixture
async def endpoint() -> AsyncIterator[LoopbackOpenAI]:
    async with LoopbackOpenAI() as server:
        yield server


@pytest.fixture
async def model(endpoint: LoopbackOpenAI) -> AsyncIterator[ChatModel]:
    async with openai.AsyncOpenAI(api_key="k", base_url=endpoint.url, max_retries=0) as client:
        yield ChatModel(client, "m", count_tokens=lambda text: len(text.split()), deadline=5)


def first_sentences(body: dict[str, Any]) -> str:
    """A model that repeats the first sentence of every passage it is shown, and invents one more."""
    told = [re.split(r"(?<=\.)\s", text)[0] for text in passages_of(body)]
    invented = sentence("Nobody was there at all.", (1, "there was nobody to be seen anywhere"))
    return draft(*(sentence(text, (n, text)) for n, text in enumerate(told[:4], 1)), invented)


async def test_long_article_is_read_in_parts_and_summed_up_from_proven_points(
    endpoint: LoopbackOpenAI, model: ChatModel
) -> None:
    endpoint.replies = [first_sentences]
    evidence = long_article()
    generator = ModelSummary(model, part_tokens=1_000)
    checker = CitationChecker(evidence)
    events = [event async for event in generator.write("The town", evidence)]
    for event in events:
        if isinstance(event, DraftSentence):
            checker.check(event)
    assert len(endpoint.requests) >= 4
    assert all(len(str(body["messages"]).split()) < 2_000 for body in endpoint.requests)
    assert "nobody to be seen" not in str(endpoint.requests[-1])
    assert len(checker.kept) == 4
    (usage,) = [event for event in events if isinstance(event, Usage)]
    assert usage.tokens_out > 0


async def test_short_article_needs_one_request(endpoint: LoopbackOpenAI, model: ChatModel) -> None:
    endpoint.replies = [first_sentences]
    evidence = long_article(10)
    _ = [event async for event in ModelSummary(model).write("The town", evidence)]
    assert len(endpoint.requests) == 1


async def test_points_stand_where_the_last_step_fails(endpoint: LoopbackOpenAI, model: ChatModel) -> None:
    evidence = long_article(100)
    generator = ModelSummary(model, part_tokens=1_000)
    endpoint.replies = [first_sentences]
    _ = [event async for event in generator.write("The town", evidence)]
    parts = len(endpoint.requests) - 1
    endpoint.faults = [*[None] * parts, "401"]
    checker = CitationChecker(evidence)
    async for event in generator.write("The town", evidence):
        if isinstance(event, DraftSentence):
            checker.check(event)
    assert 2 <= len(checker.kept) <= 6


async def test_summary_of_a_model_that_is_down_says_so(endpoint: LoopbackOpenAI, model: ChatModel) -> None:
    endpoint.faults = ["401"]
    with pytest.raises(ModelUnavailable):
        _ = [event async for event in ModelSummary(model, part_tokens=1_000).write("t", long_article())]


async def test_models_digest_is_put_newest_first(endpoint: LoopbackOpenAI, model: ChatModel) -> None:
    endpoint.replies = [first_sentences]
    evidence = news()
    checker = CitationChecker(evidence)
    async for event in ModelDigest(model).write("the town", evidence):
        if isinstance(event, DraftSentence):
            checker.check(event)
    days = [citation.article.published or "" for citation in checker.citations]
    assert len(days) == 4
    assert days == sorted(days, reverse=True)
