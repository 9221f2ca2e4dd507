"""What a generator writes: sentences, each with the passages and the words it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from bot.qa.answers import Citation, Usage

Role = Literal["answer", "differs", "corrects"]
"""What a sentence is for: it answers; it gives another figure or date than the sentence before it, from
another article; or it corrects something that the question presumes."""


@dataclass(frozen=True, slots=True)
class DraftQuote:
    """Words copied from a passage. `passage` is the 1-based number of the evidence, as the model gave it."""

    passage: int
    text: str
    answer: tuple[int, int] | None = None
    """The span of `text` that is the answer itself, where the generator knows."""


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
class Chance:
    """How likely the draft is to hold the answer (0 to 1, calibrated), and whether that is too little to say it
    without reserve.
    """

    value: float
    doubtful: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """The model declined to answer; `reason` is its own words, for the log and never for the reader."""

    reason: str = ""


DraftEvent = DraftSentence | NotCovered | Chance | Refused | Usage


def with_answer_spans(citations: Sequence[Citation], quotes: Sequence[DraftQuote]) -> tuple[Citation, ...]:
    """The citations, each with the place of the answer that the draft's own quote of these words marks."""
    return tuple(replace(citation, answer_span=_span_in(citation.quote, quotes)) for citation in citations)


def _span_in(quote: str, quotes: Sequence[DraftQuote]) -> tuple[int, int] | None:
    for drafted in quotes:
        if drafted.answer is None:
            continue
        # the check trims what it cites, so the words are looked for rather than counted
        words = drafted.text[slice(*drafted.answer)]
        near = quote.find(drafted.text[: drafted.answer[1]])
        place = near + drafted.answer[0] if near >= 0 else quote.find(words)
        if place >= 0:
            return place, place + len(words)
    return None
