"""Generators: from a question and its evidence to a draft."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Protocol

from bot.qa.answers import Evidence, Turn
from bot.qa.drafts import DraftEvent


class Generator(Protocol):
    """Writes a draft, a sentence at a time. What it writes is untrusted: `citations.py` checks every sentence.

    `name` is recorded with the answer: "quoting", or e.g. "openai:gpt-4o-mini". `write` raises
    `ModelUnavailable` when it cannot begin or cannot go on; sentences yielded before that stand.
    """

    @property
    def name(self) -> str: ...

    def write(
        self, question: str, evidence: Sequence[Evidence], *, history: Sequence[Turn] = ()
    ) -> AsyncIterator[DraftEvent]: ...
