"""One score for a passage from what several searches know of it.

Each signal lies between 0 and about 1 and means the same for every question, so a fixed weighted sum can rank, and
no signal can drown another by its scale. The weights were learned by regression over the passages of each question
(the gold article's against all others', softmax); `benchmarks/results.md` says on which questions, and how others did.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ingest.text.names import is_common

Scores = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class RankingWeights:
    """What each signal adds, beside the cosine of question and passage.

    Chosen by `benchmarks/results.md`, "Search, step by step": `words` and `title` by the rows "cosine + share of BM25"
    and "+ cosine of the title alone", `period` by "+ the period that a question names". Too few questions quote a
    phrase or name a publisher to learn `phrase` and `publisher`, which are set by hand; `subject` is by the short
    questions.
    """

    words: float = 0.91
    title: float = 0.14
    phrase: float = 0.10
    publisher: float = 0.15
    period: float = 0.20
    subject: float = 0.7


WEIGHTS = RankingWeights()

_SHORT_QUESTION = 4  # words without those of grammar
OF_FEW = 20  # passages: a word that more have is no name mentioned in passing
_K1 = 1.2  # as in FTS5's bm25()


@dataclass(frozen=True, slots=True)
class Signals:
    """What is known of the candidates, row by row.

    `cosine` of the passage and `title` of its article's title to the question; `words` is BM25 as a share of the most
    that is possible, `phrase` the share of the quoted phrases that stand in it word for word; `period` and
    `publisher` are 1 where the question names those of the article, and `subject` where the passage has the one word
    that a short question is about.
    """

    cosine: Scores
    title: Scores
    words: Scores
    phrase: Scores
    period: Scores
    publisher: Scores
    subject: Scores


def scored(signals: Signals) -> Scores:
    """What the question names as its day or publisher is preferred, and nothing is left out for the lack of it."""
    return (
        signals.cosine
        + WEIGHTS.title * signals.title
        + WEIGHTS.words * signals.words
        + WEIGHTS.phrase * signals.phrase
        + WEIGHTS.period * signals.period
        + WEIGHTS.publisher * signals.publisher
        + WEIGHTS.subject * signals.subject
    )


def most_words(frequencies: Mapping[str, int], passages: int) -> float:
    """The BM25 that no passage can exceed for these words, given in how many of `passages` each stands.

    A word that stands nowhere takes nothing from the others.
    """
    return sum((_K1 + 1) * rarity(count, passages) for count in frequencies.values() if count)


def rarity(count: int, passages: int) -> float:
    """The inverse document frequency, as FTS5's bm25() has it; a word that stands nowhere is as rare as one seen once.

    Otherwise an unknown word would count several times what any other can in an index of a few passages.
    """
    count = max(count, 1)
    return max(1e-6, math.log((passages - count + 0.5) / (count + 0.5)))


def subject(frequencies: Mapping[str, int]) -> str | None:
    """The rarest known word, and no common one, of a question that has few; of a long one it may be anything."""
    known = {word: count for word, count in frequencies.items() if count and not is_common(word)}
    if not known or len(frequencies) > _SHORT_QUESTION or min(known.values()) > OF_FEW:
        return None
    return min(known, key=lambda word: known[word])


def affordable(frequencies: Mapping[str, int], postings: int) -> list[str]:
    """The rarest words whose entries in the index add up to `postings`; one at least, and none that stands nowhere.

    A search takes as long as its words have entries, and the commonest words tell least.
    """
    found: list[str] = []
    total = 0
    for word, count in sorted(frequencies.items(), key=lambda item: item[1]):
        total += count
        if found and total > postings:
            break
        if count:
            found.append(word)
    return found


def spread_over_articles(order: Sequence[int], articles: Sequence[str], most: int) -> list[int]:
    """`order` with those passages put last that have `most` better ones of the same article before them."""
    seen: dict[str, int] = {}
    early: list[int] = []
    late: list[int] = []
    for row in order:
        seen[articles[row]] = seen.get(articles[row], 0) + 1
        (early if seen[articles[row]] <= most else late).append(row)
    return early + late
