"""The second look: a model is asked once an answer which of its sentences their sources do not say."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping, Sequence

from bot.errors import ModelUnavailable
from bot.qa.answers import Usage
from bot.qa.generation.chat_model import ChatModel
from bot.qa.generation.prompts import VERDICT_SCHEMA, new_boundary, verdict_prompt

log = logging.getLogger(__name__)

_SECONDS = 15.0
_TOKENS_A_SENTENCE = 40


class SecondLook:
    """Finds what no string check can: a real quote under a sentence that says something else."""

    def __init__(self, model: ChatModel) -> None:
        self._model = model

    async def refuted(
        self, claims: Sequence[tuple[str, str]], seconds: float
    ) -> tuple[Mapping[int, str] | None, Usage]:
        """Which of `claims`, each a sentence and its source, is refuted, by index, with the kind of its fault.

        None where the model cannot be asked or its reply holds no verdict: nothing is known then.
        """
        boundary = new_boundary()
        try:
            text, usage = await self._model.complete(
                lambda _: verdict_prompt(claims, boundary=boundary),
                VERDICT_SCHEMA,
                deadline=min(_SECONDS, seconds),
                most_tokens_out=100 + _TOKENS_A_SENTENCE * len(claims),
            )
        except ModelUnavailable as error:
            log.info("no second look: %s", error)
            return None, Usage()
        return verdicts(text, len(claims)), usage


def verdicts(reply: str, claims: int) -> Mapping[int, str] | None:
    """The refuted claims of a reply by index, with their faults; None where it gives no verdict at all."""
    match = re.search(r"\{.*\}", reply, re.DOTALL)
    try:
        entries = json.loads(match.group())["verdicts"] if match else None
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    if not isinstance(entries, list):
        return None
    judged = {
        entry["number"] - 1: entry
        for entry in entries
        if isinstance(entry, dict)
        and isinstance(entry.get("supported"), bool)
        and isinstance(entry.get("number"), int)
        and 1 <= entry["number"] <= claims
    }
    if not judged:
        return None
    return {
        index: str(entry.get("fault") or "")[:20] for index, entry in judged.items() if not entry["supported"]
    }
