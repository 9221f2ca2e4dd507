"""Word by word, what differs between two texts: a diff by sentences first, and by words inside those that differ."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import accumulate

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")
_CONTEXT = 6  # words that stand unchanged on either side
_SMALL = 400  # sentences or words: a diff takes quadratic time, so longer runs are told as replaced whole
_MOST = 50

Block = tuple[int, int, int, int]
"""Items [i1:i2] of the old became [j1:j2] of the new."""


@dataclass(frozen=True, slots=True)
class Difference:
    """`old` became `new` (either may be empty) between `before` and `after`, some words of the new text's own."""

    before: str
    old: str
    new: str
    after: str


def differences(old: str, new: str) -> list[Difference]:
    """The first 50 in reading order; white space counts for nothing."""
    olds, news = _sentences(old), _sentences(new)
    old_words = [word for one in olds for word in one]
    new_words = [word for one in news for word in one]
    old_starts = list(accumulate(map(len, olds), initial=0))
    new_starts = list(accumulate(map(len, news), initial=0))
    found: list[Difference] = []
    for i1, i2, j1, j2 in _blocks(olds, news):
        first, other = old_starts[i1], new_starts[j1]
        inside = _blocks(old_words[first : old_starts[i2]], new_words[other : new_starts[j2]])
        for k1, k2, m1, m2 in _merged(inside):
            start, end = other + m1, other + m2
            found.append(
                Difference(
                    " ".join(new_words[max(0, start - _CONTEXT) : start]),
                    " ".join(old_words[first + k1 : first + k2]),
                    " ".join(new_words[start:end]),
                    " ".join(new_words[end : end + _CONTEXT]),
                )
            )
        if len(found) >= _MOST:
            break
    return found[:_MOST]


def _sentences(text: str) -> list[tuple[str, ...]]:
    return [tuple(words) for one in _SENTENCE_END.split(text) if (words := one.split())]


def _blocks(old: Sequence[object], new: Sequence[object]) -> Iterator[Block]:
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    end, other_end = len(old) - tail, len(new) - tail
    if max(end, other_end) - head > _SMALL:
        yield head, end, head, other_end
        return
    matcher = SequenceMatcher(None, old[head:end], new[head:other_end], autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag != "equal":
            yield head + i1, head + i2, head + j1, head + j2


def _merged(blocks: Iterator[Block]) -> list[Block]:
    """Those with at most two words between them as one: a patchwork cannot be read."""
    merged: list[Block] = []
    for block in blocks:
        if merged and block[0] - merged[-1][1] <= 2:
            merged[-1] = (merged[-1][0], block[1], merged[-1][2], block[3])
        else:
            merged.append(block)
    return merged
