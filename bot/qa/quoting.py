"""Answers without a model: the articles' own sentences that answer best, each cited by its own words."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

from bot.qa.answers import Evidence, Turn
from bot.qa.drafts import DraftEvent, DraftQuote, DraftSentence
from bot.qa.sentence_choice import Chosen, choose_sentences
from ingest.embedding import Embedder


class QuotingGenerator:
    """Picks one to four sentences of the evidence, in reading order. Nothing leaves the machine for it."""

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
        for chosen in await asyncio.to_thread(self._choose, question, evidence):
            yield DraftSentence(chosen.text, (DraftQuote(chosen.passage, chosen.text),))

    def _choose(self, question: str, evidence: Sequence[Evidence]) -> list[Chosen]:
        vector = self._embedder.embed_question(question)
        return choose_sentences(question, evidence, vector, self._embedder.embed_passages)
