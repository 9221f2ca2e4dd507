"""Repair: sentences that could not be proven go back to the model once, together, each with its reason."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from bot.errors import ModelUnavailable
from bot.qa.answers import Evidence, Usage
from bot.qa.drafts import DraftSentence
from bot.qa.generation.generator import drafted
from bot.qa.generation.prompts import new_boundary, repair_prompt

if TYPE_CHECKING:  # the openai package takes a second to import, and quoting does without
    from bot.qa.generation.chat_model import ChatModel

log = logging.getLogger(__name__)

_MOST_PASSAGES = 12
"""With more evidence (a long article's summary), only the passages that the failed sentences cite go along."""


class Repairer:
    """Has a model write its failed sentences again."""

    def __init__(self, model: ChatModel) -> None:
        self._model = model

    async def repaired(
        self,
        question: str,
        evidence: Sequence[Evidence],
        failed: Sequence[tuple[DraftSentence, str]],
        seconds: float,
    ) -> tuple[list[DraftSentence], Usage]:
        """The sentences as the model writes them now, unchecked; none where it cannot be asked in the time left."""
        prompt = partial(
            repair_prompt,
            question,
            passages_for(failed, evidence),
            [(sentence.text, reason) for sentence, reason in failed],
            boundary=new_boundary(),
        )
        usage = Usage()
        sentences: list[DraftSentence] = []
        try:
            async for event in drafted(
                self._model, lambda structured: prompt(structured=structured), seconds
            ):
                if isinstance(event, Usage):
                    usage = event
                elif isinstance(event, DraftSentence):
                    sentences.append(event)
        except ModelUnavailable as error:
            log.info("no repair: %s", error)
        return sentences[: len(failed)], usage


def passages_for(
    failed: Sequence[tuple[DraftSentence, str]], evidence: Sequence[Evidence]
) -> list[tuple[int, Evidence]]:
    """The passages that go along, with the numbers that they have in the whole evidence."""
    numbered = list(enumerate(evidence, start=1))
    if len(numbered) <= _MOST_PASSAGES:
        return numbered
    cited = {quote.passage for sentence, _ in failed for quote in sentence.quotes}
    return [item for item in numbered if item[0] in cited][:_MOST_PASSAGES] or numbered[:_MOST_PASSAGES]
