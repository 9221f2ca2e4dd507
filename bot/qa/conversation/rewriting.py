"""Follow-ups rewritten by the model, where there is one."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from bot.errors import ModelUnavailable
from bot.qa.answers import Turn, Usage
from bot.qa.conversation.corpus_context import Surroundings
from bot.qa.conversation.follow_ups import safe_rewrite, stand_alone
from bot.qa.generation.chat_model import ChatModel
from bot.qa.generation.generator import recent
from bot.qa.generation.prompts import rewrite_prompt

log = logging.getLogger(__name__)

_SECONDS = 5.0
_TOKENS = 120
_HISTORY_TOKENS = 600


class ModelRewriter:
    """Asks the model for a question that stands alone; where it is slow, down or astray, names are carried over."""

    def __init__(self, model: ChatModel) -> None:
        self._model = model

    async def stand_alone(
        self, question: str, history: Sequence[Turn], titles: Sequence[str], around: Surroundings
    ) -> tuple[str, Usage]:
        """A question that leans on the ones before, and what it cost to ask. Never raises ModelUnavailable."""
        shown = recent(history, _HISTORY_TOKENS, self._model.count_tokens)
        try:
            text, usage = await self._model.complete(
                lambda _: rewrite_prompt(question, shown), deadline=_SECONDS, most_tokens_out=_TOKENS
            )
        except ModelUnavailable as error:
            log.info("follow-up not rewritten: %s", error)
            return stand_alone(question, history, titles, around), Usage()
        return safe_rewrite(text, question, history) or stand_alone(question, history, titles, around), usage
