"""Questions that ask the same: agglomerative clustering by average linkage."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

ALIKE = 0.7
"""Average cosine from which two groups of questions count as one. Of 44 rewordings of questions, it joins .86 with
their original, and .10 of the other questions about the same article (`python -m benchmarks.reworded_questions`)."""


def agglomerated(vectors: Any, kept: Sequence[Sequence[int]] = (), alike: float = ALIKE) -> list[list[int]]:
    """Rows of `vectors` (n, d), of unit length, in groups: the two nearest are joined until none are near enough.

    `kept` are groups of before, which stay first and apart from one another; each row not in them begins alone.
    Members stand in the order of how typical they are of their group.
    """
    rows = np.asarray(vectors, dtype=np.float32)
    held = {place for group in kept for place in group}
    groups = [*map(list, kept), *([place] for place in range(len(rows)) if place not in held)]
    if not groups:
        return []
    sums = np.stack([rows[group].sum(axis=0) for group in groups])
    sizes = np.array([len(group) for group in groups], dtype=np.float32)
    apart = np.eye(len(groups), dtype=bool)
    apart[: len(kept), : len(kept)] = True
    near = np.where(apart, -1.0, sums @ sums.T / np.outer(sizes, sizes))
    while near.max() >= alike:
        one, other = sorted(int(place) for place in np.unravel_index(int(near.argmax()), near.shape))
        groups[one] += groups.pop(other)
        sums[one] += sums[other]
        sizes[one] += sizes[other]
        sums, sizes = np.delete(sums, other, 0), np.delete(sizes, other)
        apart, near = (np.delete(np.delete(each, other, 0), other, 1) for each in (apart, near))
        near[one] = near[:, one] = np.where(apart[one], -1.0, sums @ sums[one] / (sizes * sizes[one]))
    return [
        sorted(group, key=lambda place: -float(rows[place] @ total))
        for group, total in zip(groups, sums, strict=True)
    ]


def wording_vectors(questions: Sequence[str]) -> Any:
    """Vectors by which only questions of the same wording are alike, for where nothing embeds."""
    keys = [" ".join(question.lower().split()).rstrip("?!. ") for question in questions]
    places = {key: place for place, key in enumerate(dict.fromkeys(keys))}
    return np.eye(len(places), dtype=np.float32)[[places[key] for key in keys]]
