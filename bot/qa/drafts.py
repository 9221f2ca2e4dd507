"""What a generator writes: sentences, each with the passages and the words it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bot.qa.answers import Usage

Role = Literal["answer", "differs", "corrects"]
"""What a sentence is for: it answers; it gives another figure or date than the sentence before it, from
another article; or it corrects something that the question presumes."""


@dataclass(frozen=True, slots=True)
class DraftQuote:
    """Words copied from a passage. `passage` is the 1-based number of the evidence, as the model gave it."""

    passage: int
    text: str


@dataclass(frozen=True, slots=True)
class DraftSentence:
    """One sentence as drafted, nothing checked yet; marks like [1] are not part of the text."""

    text: str
    quotes: tuple[DraftQuote, ...]
    role: Role = "answer"


@dataclass(frozen=True, slots=True)
class NotCovered:
    """The passages are silent on `part` of the question, or, where it is empty, on all of it."""

    part: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """The model declined to answer; `reason` is its own words, for the log and never for the reader."""

    reason: str = ""


DraftEvent = DraftSentence | NotCovered | Refused | Usage
