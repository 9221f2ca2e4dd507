"""The optional second look: a model is asked whether a source proves a sentence that passed the check by code."""

from __future__ import annotations

import json
import logging
import re

from bot.errors import ModelUnavailable
from bot.qa.answers import Usage
from bot.qa.generation.chat_model import ChatModel
from bot.qa.generation.prompts import VERDICT_SCHEMA, new_boundary, verdict_prompt

log = logging.getLogger(__name__)

_SECONDS = 6.0
_TOKENS = 60


class ModelChecker:
    """Finds what no string check can: a real quote under a sentence that says something else."""

    def __init__(self, model: ChatModel) -> None:
        self._model = model

    async def supports(self, sentence: str, source: str) -> tuple[bool | None, Usage]:
        """Whether `source` proves `sentence`; None where the model cannot be asked or gives no verdict."""
        boundary = new_boundary()
        try:
            text, usage = await self._model.complete(
                lambda _: verdict_prompt(sentence, source, boundary=boundary),
                VERDICT_SCHEMA,
                deadline=_SECONDS,
                most_tokens_out=_TOKENS,
            )
        except ModelUnavailable as error:
            log.info("no second look: %s", error)
            return None, Usage()
        return _verdict(text), usage


def _verdict(text: str) -> bool | None:
    match = re.search(r'\{[^{}]*"supported"[^{}]*\}', text)
    if match:
        try:
            value = json.loads(match.group()).get("supported")
        except ValueError:
            return None
        return value if isinstance(value, bool) else None
    return None
