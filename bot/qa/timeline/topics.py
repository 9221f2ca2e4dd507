"""What the articles have on a topic: searched, read by the cross-encoder, and put in order or side by side."""

from __future__ import annotations

from dataclasses import dataclass

from bot.operations.index_lease import borrowed
from bot.operations.index_pool import Library
from bot.qa.answers import ArticleRef
from bot.qa.retrieval.answerability import ANSWERABLE
from bot.qa.retrieval.search import Retriever
from bot.qa.selection.candidates import candidates, texts_to_read
from bot.qa.selection.cross_encoder import CrossEncoder
from bot.qa.timeline.events import Event, dated_sentences, events
from ingest.index.index import Index

PASSAGES = 60
"""Read for one topic; the cross-encoder takes some 25 ms for each."""


@dataclass(frozen=True, slots=True)
class Period:
    """Days as ISO dates, "" for any."""

    since: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class Timeline:
    """Events in order of their dates; where there are none, the `nearest` articles."""

    topic: str
    events: tuple[Event, ...]
    nearest: tuple[ArticleRef, ...]
    generation: str


class Topics:
    """Safe to use from many tasks at once: retriever and encoder keep no state between calls."""

    def __init__(self, library: Library, retriever: Retriever, encoder: CrossEncoder) -> None:
        self._library = library
        self._retriever = retriever
        self._encoder = encoder

    async def timeline(self, topic: str, period: Period = Period()) -> Timeline:
        """Raises UserFacingError where there is no index to ask, or nothing in it."""
        async with borrowed(self._library) as loan:
            return await loan.read(self._timeline, loan.index, topic, period)

    def _timeline(self, index: Index, topic: str, period: Period) -> Timeline:
        # what happened on a day is told on it or later
        found = self._retriever.search(index, topic, limit=PASSAGES, since=period.since)
        told: list[Event] = []
        if found.confidence >= ANSWERABLE:
            texts = texts_to_read(found.evidence)
            options = candidates(found.evidence, texts, self._encoder.read(topic, texts))
            told = events(dated_sentences(topic, options, found.evidence), period.since, period.until)
        return Timeline(topic, tuple(told), () if told else found.nearest, index.generation)
