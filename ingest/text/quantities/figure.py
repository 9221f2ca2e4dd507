"""What a figure is: a number, a score, a moment, as a text has it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure as it stands at `start:end`; `values` are its possible readings (1.500 is two).

    `kind` is number, score, time (minutes after midnight), date, month or weekday. A date is (year, month, day) with
    None for what is not said. `unit` is "%", a currency, a measure, or "" where none is named.
    """

    kind: str
    start: int
    end: int
    text: str
    values: frozenset[Fraction] = frozenset()
    unit: str = ""
    parts: tuple[int | None, ...] = ()
    bound: int = 0
    soft: bool = False
    """A small word that may be no figure at all ("one of them", "a second passport")."""
