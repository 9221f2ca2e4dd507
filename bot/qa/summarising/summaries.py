"""Summaries of one article and digests over many by a model.

Like those without one they are generators: the "question" is the article's title or the digest's topic, the evidence is
what to sum up, and what they write goes through the same check as an answer.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from typing import TYPE_CHECKING

from bot.errors import ModelUnavailable
from bot.qa.answers import CheckedSentence, Evidence, Turn, Usage
from bot.qa.drafts import DraftEvent, DraftQuote, DraftSentence, NotCovered
from bot.qa.generation.generator import drafted
from bot.qa.generation.prompts import Message, digest_prompt, new_boundary, summary_prompt
from bot.qa.summarising.extractive import MOST_POINTS
from bot.qa.verification.citations import CitationChecker
from ingest.index.chunking import Passage

if TYPE_CHECKING:
    from bot.qa.generation.chat_model import ChatModel

log = logging.getLogger(__name__)

_PART_TOKENS = 6_000
_MOST_PARTS = 12
_AT_ONCE = 3


class _Points:
    """What the parts of an article come to: the words that their proven points rest on, as evidence of their own, the
    number in the whole evidence that each came from, and the points as they were drafted.
    """

    def __init__(self, whole: Sequence[Evidence]) -> None:
        self._whole = whole
        self.evidence: list[Evidence] = []
        self.numbers: list[int] = []
        self.drafts: list[DraftSentence] = []
        self.usage = Usage()

    def add(self, part: Sequence[int], events: Sequence[DraftEvent]) -> None:
        checker = CitationChecker([self._whole[n] for n in part])
        for event in events:
            if isinstance(event, Usage):
                self.usage += event
            if isinstance(event, DraftSentence) and isinstance(checker.check(event), CheckedSentence):
                renumbered = _renumbered(event, part)
                assert isinstance(renumbered, DraftSentence)
                self.drafts.append(renumbered)
        for quote in checker.located:
            passage, article = quote.evidence.passage, quote.evidence.article
            start, end = max(quote.span[0], passage.start), min(quote.span[1], passage.end)
            if all((start, end) != (point.passage.start, point.passage.end) for point in self.evidence):
                inner = Passage(
                    f"{passage.id}:{start}", passage.article_id, start, end, article.body[start:end]
                )
                self.evidence.append(Evidence(inner, article, quote.evidence.score))
                self.numbers.append(next(n for n in part if self._whole[n] is quote.evidence))


class ModelSummary:
    """A model's summary of one article of any length: points of each part, checked, then one text from the points."""

    def __init__(self, model: ChatModel, *, most_sentences: int = 6, part_tokens: int = _PART_TOKENS) -> None:
        self.name = model.name
        self._model = model
        self._most = most_sentences
        self._part_tokens = part_tokens

    async def write(
        self,
        question: str,
        evidence: Sequence[Evidence],
        *,
        history: Sequence[Turn] = (),  # noqa: ARG002
    ) -> AsyncIterator[DraftEvent]:
        parts = _parts(evidence, self._part_tokens, self._model.count_tokens)
        if len(parts) == 1:
            async for event in self._ask(question, [evidence[n] for n in parts[0]], self._most):
                yield _renumbered(event, parts[0])
            return
        points = await self._map(question, evidence, parts)
        try:
            async for event in self._ask(question, points.evidence, self._most):
                event = points.usage + event if isinstance(event, Usage) else event
                yield _renumbered(event, points.numbers)
        except ModelUnavailable as error:
            log.info("the points of a summary stay as they are: %s", error)
            for sentence in _spread(points.drafts, self._most):
                yield sentence
            yield points.usage

    async def _map(self, title: str, evidence: Sequence[Evidence], parts: Sequence[Sequence[int]]) -> _Points:
        places = asyncio.Semaphore(_AT_ONCE)
        each = max(2, min(4, 24 // len(parts)))

        async def read(part: Sequence[int]) -> list[DraftEvent]:
            async with places:
                return [event async for event in self._ask(title, [evidence[n] for n in part], each)]

        results = await asyncio.gather(*(read(part) for part in parts), return_exceptions=True)
        points = _Points(evidence)
        failure: BaseException | None = None
        for part, result in zip(parts, results, strict=True):
            if not isinstance(result, BaseException):
                points.add(part, result)
            elif isinstance(result, ModelUnavailable):
                failure = result
            else:
                raise result
        if not points.evidence:
            raise ModelUnavailable(
                "The answering model gave no point of the article that could be proven."
            ) from failure
        return points

    async def _ask(self, title: str, evidence: Sequence[Evidence], most: int) -> AsyncIterator[DraftEvent]:
        boundary = new_boundary()

        def prompt(structured: bool) -> list[Message]:
            return summary_prompt(
                title, evidence, boundary=boundary, structured=structured, most_sentences=most
            )

        async for event in drafted(self._model, prompt):
            if not isinstance(event, NotCovered):
                yield event


class ModelDigest:
    """A model's points on a topic, put in order by the dates of the articles they cite, newest first."""

    def __init__(self, model: ChatModel, *, most_points: int = MOST_POINTS) -> None:
        self.name = model.name
        self._model = model
        self._most = most_points

    async def write(
        self,
        question: str,
        evidence: Sequence[Evidence],
        *,
        history: Sequence[Turn] = (),  # noqa: ARG002
    ) -> AsyncIterator[DraftEvent]:
        boundary = new_boundary()

        def prompt(structured: bool) -> list[Message]:
            return digest_prompt(
                question, evidence, boundary=boundary, structured=structured, most_sentences=self._most
            )

        def published(sentence: DraftSentence) -> str:
            numbers = [quote.passage for quote in sentence.quotes if 0 < quote.passage <= len(evidence)]
            return max((evidence[number - 1].article.published or "" for number in numbers), default="")

        events = [one async for one in drafted(self._model, prompt) if not isinstance(one, NotCovered)]
        points = [event for event in events if isinstance(event, DraftSentence)]
        for point in sorted(points, key=published, reverse=True)[: self._most]:
            yield point
        for event in events:
            if not isinstance(event, DraftSentence):
                yield event


def _parts(evidence: Sequence[Evidence], limit: int, count_tokens: Callable[[str], int]) -> list[list[int]]:
    """The passages' indices in runs of at most `limit` tokens; past the most parts, passages are left out evenly."""
    sizes = [count_tokens(item.passage.text) + 40 for item in evidence]
    kept = list(range(len(evidence)))
    while sum(sizes[n] for n in kept) > limit * _MOST_PARTS:
        kept = [n for place, n in enumerate(kept) if place % 4 != 3]
    parts: list[list[int]] = [[]]
    room = limit
    for n in kept:
        if parts[-1] and sizes[n] > room:
            parts.append([])
            room = limit
        parts[-1].append(n)
        room -= sizes[n]
    return parts


def _renumbered(event: DraftEvent, numbers: Sequence[int]) -> DraftEvent:
    """A sentence that cites the passages of a part, citing those of the whole evidence."""
    if not isinstance(event, DraftSentence):
        return event
    quotes = tuple(
        DraftQuote(numbers[quote.passage - 1] + 1 if 0 < quote.passage <= len(numbers) else 0, quote.text)
        for quote in event.quotes
    )
    return DraftSentence(event.text, quotes, event.role)


def _spread(sentences: Sequence[DraftSentence], most: int) -> list[DraftSentence]:
    """Up to `most` of the sentences, taken evenly from front to end."""
    if len(sentences) <= most:
        return list(sentences)
    return [sentences[round(n * (len(sentences) - 1) / (most - 1))] for n in range(most)]
