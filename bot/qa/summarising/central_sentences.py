"""The sentences of a text that say most of it: central, different from one another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class CentralityWeights:
    """`damping` and `alike` are LexRank's own; the lean to title and lead, and `variety`, were set by reading summaries
    of news pages, for which there is no measured set here.
    """

    damping: float = 0.85
    alike: float = 0.3
    """The cosine from which on two sentences support one another."""
    title: float = 0.35
    lead: float = 0.25
    variety: float = 0.55
    copy: float = 0.9
    """The cosine of what is said already."""


_WEIGHTS = CentralityWeights()
_ROUNDS = 60


def central(vectors: Vectors, title: Vectors | None = None) -> NDArray[np.float64]:
    """How central each sentence is, 0 to 1: LexRank (Erkan and Radev, 2004) over cosines, with a lean to the title
    and to the front, where news puts its point. `vectors` are of unit length, in reading order.
    """
    count = len(vectors)
    if count == 0:
        return np.zeros(0)
    alike = np.clip(vectors @ vectors.T, 0, 1).astype(np.float64)
    alike[alike < _WEIGHTS.alike] = 0
    np.fill_diagonal(alike, 1)
    step = alike / alike.sum(axis=1, keepdims=True)
    rank = np.full(count, 1 / count)
    for _ in range(_ROUNDS):
        rank = (1 - _WEIGHTS.damping) / count + _WEIGHTS.damping * (rank @ step)
    scores = rank / rank.max()
    if title is not None:
        scores = scores + _WEIGHTS.title * np.clip(vectors @ title, 0, 1)
    scores = scores + _WEIGHTS.lead * np.exp(-np.arange(count) / 4)
    return np.asarray(scores / scores.max(), np.float64)


def choose(scores: NDArray[np.float64], vectors: Vectors, count: int) -> list[int]:
    """The indices of up to `count` sentences, best first: each weighed against what is already said (maximal marginal
    relevance; Carbonell and Goldstein, 1998), copies never.
    """
    chosen: list[int] = []
    left = list(range(len(scores)))
    while left and len(chosen) < count:
        said = np.max(vectors[left] @ vectors[chosen].T, axis=1) if chosen else np.zeros(len(left))
        worth = scores[left] - _WEIGHTS.variety * np.clip(said, 0, 1)
        worth[said > _WEIGHTS.copy] = -np.inf
        best = int(np.argmax(worth))
        if not np.isfinite(worth[best]):
            break
        chosen.append(left.pop(best))
    return chosen
