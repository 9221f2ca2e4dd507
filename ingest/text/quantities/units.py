"""The words of numbers, months and units, and what each is worth: conversions that are exact, and no others."""

from __future__ import annotations

import calendar
from fractions import Fraction

from ingest.text.lexicon import lines

MONTHS = {
    name.lower(): number
    for names in (calendar.month_name, calendar.month_abbr)
    for number, name in enumerate(names)
    if name
} | {"sept": 9}
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

SMALL = {word: value for value, word in enumerate(" ".join(lines("en/numbers", "small")).split())}
TENS = {word: 10 * tens for tens, word in enumerate(" ".join(lines("en/numbers", "tens")).split(), 2)}
ORDINALS, SCALES = (
    {word: int(value) for word, value in map(str.split, lines("en/numbers", section))}
    for section in ("ordinals", "scales")
)
CURRENCIES = {
    written: code for code, *forms in map(str.split, lines("any/units", "currencies")) for written in forms
}
MEASURES = {
    name: (dimension, Fraction(size))
    for dimension, *units in map(str.split, lines("any/units", "measures"))
    for name, size in (unit.split("=") for unit in units)
}
"""Unit to its dimension and its size in that dimension."""


def canonical_unit(unit: str) -> str:
    """One name for every spelling of a measure: the first that shares its dimension and factor."""
    if unit not in MEASURES:
        return unit
    return next(name for name, size in MEASURES.items() if size == MEASURES[unit])
