"""Passages that say the same in the same words, as when papers print one agency's report."""

from __future__ import annotations

from collections.abc import Sequence

from bot.qa.answers import Evidence
from ingest.words import question_words

SHINGLE = 4
"""Words in a row that are compared at once."""
ALIKE = 0.8
"""The share of the shorter passage's shingles that the other holds, from which on the two are copies."""
LEAST = 12
"""Shingles a passage needs to be compared: a line of a few words may well stand in two articles."""


def without_copies(ranked: Sequence[Evidence]) -> list[tuple[Evidence, int]]:
    """The first of each set of near copies, in order, with the number of copies left out.

    Only passages of different articles are compared: two of one article overlap by design. The measure is
    containment rather than Jaccard's, as one paper cuts where the other prints in full.
    """
    kept: list[tuple[Evidence, frozenset[int]]] = []
    copies: list[set[str]] = []
    for one in ranked:
        marks = shingles(one.passage.text)
        original = next((n for n, (other, held) in enumerate(kept) if _copy(one, marks, other, held)), None)
        if original is None:
            kept.append((one, marks))
            copies.append(set())
        else:
            copies[original].add(one.article.id)
    return [(one, len(others)) for (one, _), others in zip(kept, copies, strict=True)]


def shingles(text: str) -> frozenset[int]:
    words = question_words(text)
    return frozenset(hash(tuple(words[n : n + SHINGLE])) for n in range(len(words) - SHINGLE + 1))


def _copy(one: Evidence, marks: frozenset[int], other: Evidence, held: frozenset[int]) -> bool:
    least = min(len(marks), len(held))
    if one.article.id == other.article.id or least < LEAST:
        return False
    return len(marks & held) >= ALIKE * least
