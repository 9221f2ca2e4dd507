"""Answers without a model: the articles' own sentences that answer best, each cited by its own words."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

from bot.qa.answers import Evidence, Turn
from bot.qa.drafts import Chance, DraftEvent, DraftQuote, DraftSentence, NotCovered
from bot.qa.selection.selection import Chosen, Selection, Selector
from bot.qa.understanding.parts import parts

SILENT = 0.3
"""Chance below which a part of a question counts as not answered: of answers with less, one in five holds what was
asked (docs/model-card.md)."""


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
        asked = parts(question)
        selections = await asyncio.to_thread(
            lambda: [self._selector.select(part, evidence) for part in asked]
        )
        yield Chance(min(one.chance for one in selections), all(one.doubtful for one in selections))
        if len(asked) > 1 and any(one.chance >= SILENT for one in selections):
            for part, one in zip(asked, selections, strict=True):
                if one.chance < SILENT:
                    yield NotCovered(part)
            selections = [one for one in selections if one.chance >= SILENT]
        for chosen in leads(selections):
            yield DraftSentence(chosen.text, (DraftQuote(chosen.passage, chosen.text, chosen.answer),))


def leads(selections: Sequence[Selection]) -> list[Chosen]:
    """All that was chosen for one part; of several, what each opens with, the same words once."""
    if len(selections) == 1:
        return list(selections[0].chosen)
    chosen = [one for selection in selections for one in selection.chosen[:1]]
    return [one for n, one in enumerate(chosen) if all(one.text not in each.text for each in chosen[:n])]
