"""Which sentences of an article a summary should have: those that tell what people ask about, and each something new.

The weights stand in `salience.json`, written by `python -m training.salience` from articles and the questions that were
asked about them: a sentence is worth having that holds an answer. That the first sentence is always told is a rule:
news puts its point there, and who wrote the questions was told to ask about all parts of an article.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from ingest.text.names import names
from ingest.text.quantities.figures import figures

Vectors = NDArray[np.float32]
Floats = NDArray[np.float64]

FEATURES = (
    "share",  # of the article that stands before it
    "title",  # cosine to the title
    "whole",  # cosine to the mean of all sentences
    "names",  # logarithm of how many names it has
    "figures",  # logarithm of how many figures and dates it has
    "quotation",  # 1 where somebody's words stand in it
)
COPY = 0.9
"""The cosine from which on a sentence says what is said already."""


@lru_cache(maxsize=1)
def _weights() -> tuple[Floats, float]:
    stored = json.loads(resources.files("bot.qa.summarising").joinpath("salience.json").read_text("utf-8"))
    return np.array([stored["weights"][name] for name in FEATURES]), stored["variety"]


def features_of(texts: Sequence[str], vectors: Vectors, title: Vectors) -> Floats:
    """(sentences, FEATURES). `vectors` are the sentences' and `title` the title's, of unit length."""
    mean = vectors.mean(axis=0)
    mean = mean / max(float(np.linalg.norm(mean)), 1e-6)
    rows = (
        np.arange(len(texts)) / len(texts),
        vectors @ title,
        vectors @ mean,
        np.log1p([len(names(text)) for text in texts]),
        np.log1p([len(figures(text)) for text in texts]),
        [float(any(mark in text for mark in '“"„«')) for text in texts],
    )
    return np.stack([np.asarray(row, np.float64) for row in rows], axis=1)


def most_telling(
    texts: Sequence[str], vectors: Vectors, title: Vectors, *, sentences: int, words: int
) -> list[int]:
    """Indices of up to `sentences` sentences of up to `words` words in all, in reading order."""
    weights, variety = _weights()
    return chosen(features_of(texts, vectors, title) @ weights, texts, vectors, variety, sentences, words)


def chosen(
    salience: Floats, texts: Sequence[str], vectors: Vectors, variety: float, sentences: int, words: int
) -> list[int]:
    """Each sentence is weighed against what is told already (maximal marginal relevance; Carbonell and Goldstein,
    1998), copies never; one that is too long for the words left is passed over.
    """
    worth = (salience - salience.mean()) / max(float(salience.std()), 1e-6)
    picked = [0]
    left, room = list(range(1, len(texts))), words - len(texts[0].split())
    while left and len(picked) < sentences:
        told = np.max(vectors[left] @ vectors[picked].T, axis=1)
        gain = worth[left] - variety * np.clip(told, 0, 1)
        gain[told > COPY] = -np.inf
        best = int(np.argmax(gain))
        if not np.isfinite(gain[best]):
            break
        length = len(texts[left[best]].split())
        if length <= room:
            picked.append(left[best])
            room -= length
        left.pop(best)
    return sorted(picked)
