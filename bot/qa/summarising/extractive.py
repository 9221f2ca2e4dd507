"""Summaries and digests without a model: sentences of the articles, chosen by how much they tell."""

from __future__ import annotations

import asyncio
import re
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

import numpy as np

from bot.qa.answers import Evidence, Turn
from bot.qa.drafts import DraftEvent, DraftQuote, DraftSentence
from bot.qa.summarising.salience import most_telling
from ingest.embedding.embedder import Embedder
from ingest.text.sentences import sentence_spans

MOST_POINTS = 8  # of a digest
MOST_SENTENCES, MOST_WORDS = 6, 120  # of a summary
_READ = 400  # sentences, of which those are chosen
_SAME_NEWS = 0.8
_LEANS = re.compile(
    r"^\W*(?:he|she|it|they|this|that|these|those|but|and|so|then|also|however|moreover|meanwhile|his|her|their|"
    r"its|such|there|here|i|we|you)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A sentence of the evidence: the 1-based number of its passage and its place in the article's body."""

    number: int
    start: int
    text: str


class _Extractive(ABC):
    """Sentences of the evidence, each its own proof."""

    name = "quoting"

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    async def write(
        self,
        question: str,
        evidence: Sequence[Evidence],
        *,
        history: Sequence[Turn] = (),  # noqa: ARG002
    ) -> AsyncIterator[DraftEvent]:
        found = await asyncio.to_thread(lambda: sentences_of(evidence)[:_READ])
        for n in await asyncio.to_thread(self._chosen, question, evidence, found) if found else ():
            yield DraftSentence(found[n].text, (DraftQuote(found[n].number, found[n].text),))

    @abstractmethod
    def _chosen(self, question: str, evidence: Sequence[Evidence], found: Sequence[_Candidate]) -> list[int]:
        """Which of the sentences found are said, in order."""


class ExtractiveSummary(_Extractive):
    """The sentences of one article that tell what people ask about, in reading order."""

    def _chosen(self, question: str, _: Sequence[Evidence], found: Sequence[_Candidate]) -> list[int]:
        texts = [item.text for item in found]
        vectors, title = self._embedder.embed_passages(texts), self._embedder.embed_question(question)
        return most_telling(texts, vectors, title, sentences=MOST_SENTENCES, words=MOST_WORDS)


class ExtractiveDigest(_Extractive):
    """The sentence of each article that says most on a topic, newest article first; the same news once."""

    def _chosen(self, question: str, evidence: Sequence[Evidence], found: Sequence[_Candidate]) -> list[int]:
        vectors = self._embedder.embed_passages([item.text for item in found])
        near = vectors @ self._embedder.embed_question(question)
        articles = [evidence[item.number - 1].article for item in found]
        taken: list[int] = []
        for n in map(int, np.argsort(-near)):
            told = any(
                articles[n].id == articles[m].id or float(vectors[n] @ vectors[m]) > _SAME_NEWS for m in taken
            )
            if not told and len(taken) < MOST_POINTS:
                taken.append(n)
        return sorted(taken, key=lambda n: articles[n].published or "", reverse=True)


def sentences_of(evidence: Sequence[Evidence]) -> list[_Candidate]:
    """The evidence's whole sentences that can be understood alone, each once, in the evidence's order."""
    found: list[_Candidate] = []
    seen: set[tuple[str, int]] = set()
    leaning: list[_Candidate] = []
    for number, item in enumerate(evidence, start=1):
        passage = item.passage
        for start, end in sentence_spans(passage.text):
            text = passage.text[start:end]
            place = (passage.article_id, passage.start + start)
            if (
                place in seen
                or not 6 <= len(text.split()) <= 60
                or not re.search(r"[.!?…。！？][”\"’')\]]*$", text)
            ):
                continue
            seen.add(place)
            (leaning if _LEANS.match(text) else found).append(_Candidate(number, passage.start + start, text))
    return found or leaning
