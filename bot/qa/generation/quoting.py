"""Answers without a model: the articles' own sentences that answer best, each cited by its own words."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence

from bot.qa.answers import Evidence, Turn
from bot.qa.drafts import DraftEvent, DraftQuote, DraftSentence
from bot.qa.selection.selection import Chosen, choose_sentences
from ingest.embedding.factory import Embedder
from ingest.errors import EmbeddingUnavailable

log = logging.getLogger(__name__)


class QuotingGenerator:
    """Picks one to four sentences of the evidence, in reading order; needs no network, unless to embed."""

    name = "quoting"

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    async def write(
        self,
        question: str,
        evidence: Sequence[Evidence],
        *,
        history: Sequence[Turn] = (),  # noqa: ARG002  the question stands alone by now
    ) -> AsyncIterator[DraftEvent]:
        for chosen in await asyncio.to_thread(self._choose, question, evidence):
            yield DraftSentence(chosen.text, (DraftQuote(chosen.passage, chosen.text),))

    def _choose(self, question: str, evidence: Sequence[Evidence]) -> list[Chosen]:
        try:
            vector = self._embedder.embed_question(question)
            return choose_sentences(question, evidence, vector, self._embedder.embed_passages)
        except EmbeddingUnavailable as error:
            # this generator is what is left when endpoints fail, so it goes on by words
            log.warning("choosing sentences by words alone: %s", error)
            return choose_sentences(question, evidence)
