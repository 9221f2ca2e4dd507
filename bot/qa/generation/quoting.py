"""Answers without a model: the articles' own sentences that answer best, each cited by its own words."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

from bot.qa.answers import Evidence, Turn
from bot.qa.drafts import Chance, DraftEvent, DraftQuote, DraftSentence
from bot.qa.selection.selection import Selector


class QuotingGenerator:
    """Picks one to four sentences of the evidence, the one that answers first; needs no network."""

    name = "quoting"

    def __init__(self, selector: Selector) -> None:
        self._selector = selector

    async def write(
        self,
        question: str,
        evidence: Sequence[Evidence],
        *,
        history: Sequence[Turn] = (),  # noqa: ARG002  the question stands alone by now
    ) -> AsyncIterator[DraftEvent]:
        selection = await asyncio.to_thread(self._selector.select, question, evidence)
        yield Chance(selection.chance, selection.doubtful)
        for chosen in selection.chosen:
            yield DraftSentence(chosen.text, (DraftQuote(chosen.passage, chosen.text, chosen.answer),))
