"""Generators: from a question and its evidence to a draft."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing
from functools import partial
from typing import TYPE_CHECKING, Protocol

from bot.errors import ModelUnavailable
from bot.qa.answers import Evidence, Turn, Usage
from bot.qa.drafts import DraftEvent, Refused
from bot.qa.generation.prompts import DRAFT_SCHEMA, Message, new_boundary, question_prompt
from bot.qa.generation.reply_parser import DraftReader

if TYPE_CHECKING:  # the openai package takes a second to import, and quoting does without
    from bot.qa.generation.chat_model import ChatModel


class Generator(Protocol):
    """Writes a draft, a sentence at a time. All of it is untrusted: `citations.py` checks every sentence.

    `name` is recorded with the answer: "quoting", or e.g. "openai:gpt-4o-mini". `write` raises
    `ModelUnavailable` when it cannot begin or cannot go on; sentences yielded before that stand.
    """

    @property
    def name(self) -> str: ...

    def write(
        self, question: str, evidence: Sequence[Evidence], *, history: Sequence[Turn] = ()
    ) -> AsyncIterator[DraftEvent]: ...


class ModelGenerator:
    """Lets a chat model write. `history_tokens` bounds how much of the conversation it sees."""

    def __init__(self, model: ChatModel, *, most_sentences: int = 6, history_tokens: int = 800) -> None:
        self.name = model.name
        self._model = model
        self._most_sentences = most_sentences
        self._history_tokens = history_tokens

    async def write(
        self, question: str, evidence: Sequence[Evidence], *, history: Sequence[Turn] = ()
    ) -> AsyncIterator[DraftEvent]:
        prompt = partial(
            question_prompt,
            question,
            evidence,
            recent(history, self._history_tokens, self._model.count_tokens),
            boundary=new_boundary(),
            most_sentences=self._most_sentences,
        )
        async for event in drafted(self._model, lambda structured: prompt(structured=structured)):
            yield event


async def drafted(
    model: ChatModel, messages: Callable[[bool], list[Message]], deadline: float | None = None
) -> AsyncIterator[DraftEvent]:
    """A model's reply as it is drafted, its `Usage` last. Raises ModelUnavailable where nothing of it can be read."""
    reader = DraftReader()
    anything = False
    async with aclosing(model.stream(messages, DRAFT_SCHEMA, deadline=deadline)) as events:
        async for event in events:
            drafts = list(reader.feed(event)) if isinstance(event, str) else []
            if isinstance(event, Usage):
                drafts = list(reader.close())
            anything = anything or bool(drafts) or isinstance(event, Refused)
            for draft in drafts:
                yield draft
            if not isinstance(event, str):
                yield event
    if not anything:
        raise ModelUnavailable("The answering model replied with something unreadable.")


def recent(history: Sequence[Turn], limit: int, count_tokens: Callable[[str], int]) -> tuple[Turn, ...]:
    """The latest turns that fit in `limit` tokens, oldest first."""
    kept: list[Turn] = []
    for turn in reversed(history):
        limit -= count_tokens(turn.question) + count_tokens(turn.answer)
        if limit < 0:
            break
        kept.append(turn)
    return tuple(reversed(kept))
