"""A noun phrase, and which part of it is the name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ingest.statements.clauses import Token
from ingest.statements.word_classes import (
    PARTICLES,
    PREPOSITIONS,
    TITLES,
    first_names,
)
from ingest.text.names import places_in

Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Phrase:
    """Tokens first to last (exclusive) of a sentence, of which `name` are the name; `role` what stands around it."""

    first: int
    last: int
    name: Range
    role: Range | None = None


def parted(tokens: Sequence[Token], first: int, last: int) -> Phrase:
    """The name and the role in a phrase: "House Speaker | Paul Ryan", "John Smith | of Yale"."""
    whole = Phrase(first, last, (first, last))
    stop = first
    while stop < last and tokens[stop].is_capital:
        stop += 1
    if first < stop < last and tokens[stop].low in PREPOSITIONS:
        given = next((n for n in range(first, stop - 1) if tokens[n].low in first_names()), None)
        if given is not None:
            return Phrase(first, last, (given, stop), (first, given) if given > first else (stop, last))
    start = last
    while start > first and (
        tokens[start - 1].is_capital
        or (start < last and tokens[start - 1].low in PARTICLES and start - 1 > first)
    ):
        start -= 1
    if start == last:
        return whole
    titled = [n for n in range(start, last - 1) if tokens[n].low.rstrip(".") in TITLES]
    name = titled[-1] + 1 if titled else start
    given = next((n for n in range(name, last - 1) if tokens[n].low.rstrip(".") in first_names()), None)
    if given is not None and last - given <= 4 and (given > first or start == first):
        name = given
    is_placed = name == start and last - name > 2 and name > first and tokens[name - 1].low in PREPOSITIONS
    if is_placed and places_in([tokens[name].low]):  # "ambassador to Russia Mehdi Sanaei"
        return Phrase(first, last, (name + 1, last), (first, name + 1))
    if name > first and not titled and tokens[name - 1].low not in TITLES:
        in_phrase = any(token.low in PREPOSITIONS | {"the"} for token in tokens[first + 1 : name])
        if (in_phrase and given is None) or tokens[name - 1].low in PREPOSITIONS | {"the"}:
            return (
                whole  # "the head of the FBI", "the Kremlin": the capitals are no person's name, or all of it
            )
    return Phrase(first, last, (name, last), (first, name) if name > first else None)
