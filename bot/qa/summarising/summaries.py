"""Summaries of one article and digests over many: by a model, and without one.

All four are generators: the "question" is the article's title or the digest's topic, the evidence is what to sum up,
and what they write goes through the same check as an answer.
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
        points, numbers, mapped, usage = await self._map(question, evidence, parts)
        try:
            async for event in self._ask(question, points, self._most):
                if isinstance(event, Usage):
                    event = Usage(usage.tokens_in + event.tokens_in, usage.tokens_out + event.tokens_out)
                yield _renumbered(event, numbers)
        except ModelUnavailable as error:
            log.info("the points of a summary stay as they are: %s", error)
            for sentence in _spread(mapped, self._most):
                yield sentence
            yield usage

    async def _map(
        self, title: str, evidence: Sequence[Evidence], parts: Sequence[Sequence[int]]
    ) -> tuple[list[Evidence], list[int], list[DraftSentence], Usage]:
        """The sentences of the article that the parts' points rest on, where each came from, and the points."""
        places = asyncio.Semaphore(_AT_ONCE)
        each = max(2, min(4, 24 // len(parts)))

        async def read(part: Sequence[int]) -> list[DraftEvent]:
            async with places:
                return [event async for event in self._ask(title, [evidence[n] for n in part], each)]

        results = await asyncio.gather(*(read(part) for part in parts), return_exceptions=True)
        points: list[Evidence] = []
        numbers: list[int] = []
        mapped: list[DraftSentence] = []
        tokens_in = tokens_out = 0
        failure: BaseException | None = None
        for part, result in zip(parts, results, strict=True):
            if isinstance(result, BaseException):
                if not isinstance(result, ModelUnavailable):
                    raise result
                failure = result
                continue
            checker = CitationChecker([evidence[n] for n in part])
            for event in result:
                if isinstance(event, Usage):
                    tokens_in, tokens_out = tokens_in + event.tokens_in, tokens_out + event.tokens_out
                if isinstance(event, DraftSentence) and isinstance(checker.check(event), CheckedSentence):
                    renumbered = _renumbered(event, part)
                    assert isinstance(renumbered, DraftSentence)
                    mapped.append(renumbered)
            for quote in checker.located:
                number = next(n for n in part if evidence[n] is quote.evidence)
                start, end = quote.span
                passage = quote.evidence.passage
                start, end = max(start, passage.start), min(end, passage.end)
                text = quote.evidence.article.body[start:end]
                if all((start, end) != (point.passage.start, point.passage.end) for point in points):
                    inner = Passage(f"{passage.id}:{start}", passage.article_id, start, end, text)
                    points.append(Evidence(inner, quote.evidence.article, quote.evidence.score))
                    numbers.append(number)
        if not points:
            raise ModelUnavailable(
                "The answering model gave no point of the article that could be proven."
            ) from failure
        return points, numbers, mapped, Usage(tokens_in, tokens_out)

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

        points: list[DraftSentence] = []
        rest: list[DraftEvent] = []
        async for event in drafted(self._model, prompt):
            if isinstance(event, DraftSentence):
                points.append(event)
            elif not isinstance(event, NotCovered):
                rest.append(event)
        for point in sorted(points, key=published, reverse=True)[: self._most]:
            yield point
        for event in rest:
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
