"""Passages that say the same in the same words, as when papers print one agency's report."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from bot.qa.answers import Evidence
from ingest.articles.article import Article
from ingest.text.tokens import searchable

SHINGLE = 4
"""Words in a row that are compared at once."""
ALIKE = 0.8
"""The share of the shorter passage's shingles that the other holds, from which on the two are copies."""
LEAST = 12
"""Shingles a passage needs to be compared: a line of a few words may well stand in two articles."""

_WORD = re.compile(r"\w+")
_SPOT = re.compile(rf"(?=\b(\w{{7,}}(?: \w+){{{SHINGLE - 1}}}))")  # a look ahead, so that runs may overlap


def without_copies(ranked: Sequence[Evidence]) -> list[Evidence]:
    """The first of each set of near copies, in order, with the articles left out as its copies.

    Only passages of different articles are compared: two of one article overlap by design. The measure is
    containment rather than Jaccard's, as one paper cuts where the other prints in full. A copy that can be linked
    to takes the place of one that cannot.
    """
    kept: list[Evidence] = []
    sizes: list[int] = []
    copies: list[dict[str, Article]] = []
    holders: dict[str, list[int]] = {}  # which of those kept hold a shingle
    for one in ranked:
        marks = shingles(one.passage.text)
        shared = Counter(place for mark in marks for place in holders.get(mark, ()))
        original = next(
            (
                place
                for place, count in sorted(shared.items())
                if one.article.id != kept[place].article.id
                and (least := min(len(marks), sizes[place])) >= LEAST
                and count >= ALIKE * least
            ),
            None,
        )
        if original is not None:
            held = kept[original]
            if held.article.url is None and one.article.url is not None:
                kept[original], one = replace(one, score=held.score), held
            copies[original][one.article.id] = one.article
            continue
        for mark in marks:
            holders.setdefault(mark, []).append(len(kept))
        kept.append(one)
        sizes.append(len(marks))
        copies.append({})
    return [
        replace(one, copies=tuple(others.values())) if others else one
        for one, others in zip(kept, copies, strict=True)
    ]


@lru_cache(maxsize=4_096)  # some ten megabytes; the same passages come up for question after question
def shingles(text: str) -> frozenset[str]:
    """Runs of words that open with a long word: a fifth of all, chosen alike in every copy (spot signatures,
    Theobald 2008). Text of short words, or without spaces, gives all its runs."""
    words = _WORD.findall((text if text.isascii() else searchable(text)).lower())
    chosen = frozenset(_SPOT.findall(" ".join(words)))
    if len(chosen) >= LEAST:
        return chosen
    return frozenset(" ".join(words[start : start + SHINGLE]) for start in range(len(words) - SHINGLE + 1))
