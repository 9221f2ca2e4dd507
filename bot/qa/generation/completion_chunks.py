"""What one chunk of a streamed completion holds, whatever an endpoint made of its shape (pure)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.qa.answers import Usage

_MOST_TOKENS = 10_000_000
"""No request is billed for more; a larger figure is a mistake, and would use up the day's budget."""


@dataclass(frozen=True, slots=True)
class Chunk:
    text: str = ""
    refusal: str = ""
    usage: Usage | None = None


def read_chunk(chunk: Any) -> Chunk:
    """The SDK checks no types: any field may be missing, or be anything that JSON can hold."""
    usage = _usage(getattr(chunk, "usage", None))
    choices = getattr(chunk, "choices", None)
    choice = choices[0] if isinstance(choices, list) and choices else None
    delta = getattr(choice, "delta", None)
    refusal = _text(getattr(delta, "refusal", None))
    if getattr(choice, "finish_reason", None) == "content_filter":
        refusal = refusal or "content_filter"
    return Chunk(_text(getattr(delta, "content", None)), refusal, usage)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _usage(value: Any) -> Usage | None:
    tokens = getattr(value, "prompt_tokens", None), getattr(value, "completion_tokens", None)
    counts = [count for count in tokens if type(count) is int and 0 <= count <= _MOST_TOKENS]
    return Usage(*counts) if len(counts) == 2 else None
