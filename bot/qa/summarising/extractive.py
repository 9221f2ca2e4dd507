"""Summaries and digests without a model: sentences of the articles, each its own proof."""

from __future__ import annotations

import asyncio
import re
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

import numpy as np

from bot.qa.answers import Evidence, Turn
from bot.qa.drafts import DraftEvent, DraftQuote, DraftSentence
from bot.qa.summarising.central_sentences import central, choose
from ingest.embedding.embedder import Embedder
from ingest.text.sentences import sentence_spans

MOST_POINTS = 8
_MOST_SENTENCES = 400
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
    """Sentences of the evidence, each its own proof; `_choose` says which."""

    name = "quoting"

    def __init__(self, embedder: Embedder, most: int) -> None:
        self._embedder = embedder
        self._most = most

    async def write(
        self,
        question: str,
        evidence: Sequence[Evidence],
        *,
        history: Sequence[Turn] = (),  # noqa: ARG002
    ) -> AsyncIterator[DraftEvent]:
        found = _candidates(evidence)[:_MOST_SENTENCES]
        if not found:
            return
        for index in await asyncio.to_thread(self._choose, question, evidence, found):
            yield _verbatim(found[index])

    @abstractmethod
    def _choose(self, about: str, evidence: Sequence[Evidence], found: Sequence[_Candidate]) -> list[int]:
        """The indices in `found` of the sentences to show, in order."""


class ExtractiveSummary(_Extractive):
    """Central sentences of one article, in reading order."""

    def __init__(self, embedder: Embedder, *, most_sentences: int = 6) -> None:
        super().__init__(embedder, most_sentences)

    def _choose(self, about: str, evidence: Sequence[Evidence], found: Sequence[_Candidate]) -> list[int]:  # noqa: ARG002
        vectors = self._embedder.embed_passages([item.text for item in found])
        scores = central(vectors, self._embedder.embed_question(about) if about.strip() else None)
        return sorted(choose(scores, vectors, min(self._most, max(3, len(found) // 8))))


class ExtractiveDigest(_Extractive):
    """The sentence of each article that says most on a topic, newest article first; the same news once."""

    def __init__(self, embedder: Embedder, *, most_points: int = MOST_POINTS) -> None:
        super().__init__(embedder, most_points)

    def _choose(self, about: str, evidence: Sequence[Evidence], found: Sequence[_Candidate]) -> list[int]:
        vectors = self._embedder.embed_passages([item.text for item in found])
        near = vectors @ self._embedder.embed_question(about)
        taken: list[int] = []
        articles: set[str] = set()
        for n in (int(index) for index in np.argsort(-near)):
            article = evidence[found[n].number - 1].article.id
            if article in articles or any(float(vectors[n] @ vectors[m]) > _SAME_NEWS for m in taken):
                continue
            taken.append(n)
            articles.add(article)
            if len(taken) == self._most:
                break
        return sorted(
            taken, key=lambda n: evidence[found[n].number - 1].article.published or "", reverse=True
        )


def _candidates(evidence: Sequence[Evidence]) -> list[_Candidate]:
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


def _verbatim(candidate: _Candidate) -> DraftSentence:
    return DraftSentence(candidate.text, (DraftQuote(candidate.number, candidate.text),))
