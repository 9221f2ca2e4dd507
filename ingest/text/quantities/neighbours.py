"""The words that a figure stands beside, by which one figure of a text is told from another."""

from __future__ import annotations

import re

from ingest.text.folding import plain
from ingest.text.quantities.figures import Figure, figures
from ingest.text.stemming import stem

Neighbours = tuple[list[str], list[str]]

STOP_WORDS = frozenset(
    "the and for from with that this was were are has had have been its his her their they she who which said into "
    "over about than more less not but after before".split()
)
_CLAUSE = re.compile(r"[,;:()\[\]|—–]\s|[.!?]\s|\n|\s(?:and|or|but)\s")


def neighbours(text: str, figure: Figure, most: int = 4) -> Neighbours:
    """The stems of the words that matter before and after a figure, nearest first, within its clause."""
    edges = [(other.start, other.end) for other in figures(text) if not other.soft]
    edges += [match.span() for match in _CLAUSE.finditer(text)]
    begin = max((last for _, last in edges if last <= figure.start), default=0)
    end = min((first for first, _ in edges if first >= figure.end), default=len(text))
    left = [stem(word) for word in content_words(text[begin : figure.start])]
    right = [stem(word) for word in content_words(text[figure.end : end])]
    return left[::-1][:most], right[:most]


def likeness(one: Neighbours, other: Neighbours) -> int:
    """How many words two figures stand beside in common; the nearest, on the same side, count three times."""
    nearest = sum(
        2 for ours, theirs in zip(one, other, strict=True) if ours and theirs and ours[0] == theirs[0]
    )
    return nearest + len({*one[0], *one[1]} & {*other[0], *other[1]})


def content_words(text: str) -> list[str]:
    """The words of `text` that carry meaning, folded, in order."""
    return [word for word in re.findall(r"[^\W_]+", plain(text)) if len(word) > 3 and word not in STOP_WORDS]
