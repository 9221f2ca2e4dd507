"""Two sentences about the same thing that give different figures or dates for it."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.text.names import places_in
from ingest.text.quantities.comparing import compatible
from ingest.text.quantities.figures import Figure, figures
from ingest.text.saying_verbs import SAYING
from ingest.text.stemming import stem
from ingest.text.wording import Word, wording

_ALIKE = 0.5
"""The share of words, figures left out, that two sentences must have in common to be about one thing."""
_NEAR = 3


def conflict(one: str, other: str) -> tuple[Figure, Figure] | None:
    """The figures by which two sentences about the same thing differ, or None.

    The same thing: they share half of their words, and each figure stands beside a word that stands beside the other.
    """
    ours, theirs = wording(one), wording(other)
    mine, yours = _matter(ours), _matter(theirs)
    places = places_in(w.text for w in ours) & places_in(w.text for w in theirs)
    speaking = _speakers(ours) | _speakers(theirs)
    named, others = ({w.key for w in words if w.kind == "name"} - speaking for words in (ours, theirs))
    ours_only, theirs_only = (
        {name for name in one_side - other_side if not places_in([name]) & places}
        for one_side, other_side in ((named, others), (others, named))
    )
    if ours_only and theirs_only:
        return None  # the one beat France, the other Croatia
    shared = len(mine & yours) + len(places)
    if not mine or not yours or shared < 2 or shared < _ALIKE * min(len(mine), len(yours)):
        return None
    left = [figure for figure in figures(one) if not figure.soft]
    right = [figure for figure in figures(other) if not figure.soft]
    for figure in left:
        rivals = [rival for rival in right if _comparable(figure, rival)]
        if not rivals or any(compatible(figure, rival) for rival in rivals):
            continue
        for rival in rivals:
            if any(compatible(rival, known) for known in left if _comparable(known, rival)):
                continue
            if _beside(ours, figure) & _beside(theirs, rival):
                return figure, rival
    return None


def _matter(words: Sequence[Word]) -> set[str]:
    return {word.key for word in words if word.kind in ("content", "name")}


def _speakers(words: Sequence[Word]) -> set[str]:
    """The names beside a verb of saying, and the one that "according to" names."""
    return {
        word.key
        for n, word in enumerate(words)
        if (
            word.kind == "name"
            and any(
                stem(near.text) in SAYING
                for near in words[max(0, n - 1) : n + 2]
                if near.clause == word.clause
            )
        )
        or (word.kind == "name" and any(near.text == "according" for near in words[max(0, n - 3) : n]))
    }


def _comparable(one: Figure, other: Figure) -> bool:
    if one.kind != other.kind or one.kind in ("weekday", "code", "time"):
        return False
    if one.kind == "number":
        year = [
            figure
            for figure in (one, other)
            if not figure.unit and all(1900 <= v <= 2100 for v in figure.values)
        ]
        return one.unit == other.unit and len(year) in (0, 2) and not (one.bound or other.bound)
    return True


def _beside(words: Sequence[Word], figure: Figure) -> set[str]:
    at = next((n for n, word in enumerate(words) if word.start <= figure.start < word.end), None)
    if at is None:
        return set()
    near = [*words[max(0, at - _NEAR - 2) : at], *words[at + 1 : at + 1 + _NEAR]]
    return {word.key for word in near if word.kind in ("content", "name")}
