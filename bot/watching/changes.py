"""What changed between two states of the corpus, and which questions that touches."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bot.qa.answers import Answer
from ingest.index.index import Index
from ingest.text.stemming import GRAMMAR, stem
from ingest.text.tokens import question_words

Evidence = frozenset[tuple[str, str]]
"""(article id, quoted words) of an answer's citations; empty where there was no answer."""

NEAR = 0.35
"""Cosine from which a passage may answer a question. Of 50 questions about Steam and 100 of 441 articles about it taken
as fresh, 34 have one in their evidence, and this and `RARE` pass over one of those; a higher one passes over more."""
RARE = 0.01  # of all passages: in so few stands a word that is a name, or as telling as one
RARE_AT_LEAST = 20  # passages, where the corpus is small


@dataclass(frozen=True, slots=True)
class Changes:
    """Articles by id: `fresh` were added or have other words now, `stale` have other words now or are gone."""

    fresh: frozenset[str]
    stale: frozenset[str]


def changes_between(before: Mapping[str, str], now: Mapping[str, str]) -> Changes:
    """From content hashes by article id."""
    fresh = frozenset(name for name, digest in now.items() if before.get(name) != digest)
    stale = frozenset(name for name, digest in before.items() if now.get(name) != digest)
    return Changes(fresh, stale)


def evidence_of(answer: Answer) -> Evidence:
    return frozenset((one.article.article_id, " ".join(one.quote.split())) for one in answer.citations)


def differs(before: Evidence, now: Evidence, changes: Changes) -> bool:
    """Whether words were gained from, or lost with, an article that changed: an order that shifted is no news."""
    return any(article in changes.fresh | changes.stale for article, _ in before ^ now)


def touched(index: Index, questions: Sequence[str], vectors: Any, fresh: Collection[str]) -> list[bool]:
    """Of each question, whether an article of `fresh` may be evidence for it: near by vector, or sharing a name.

    `vectors` (n, d) are the questions' own, of unit length; None where there are none, and words alone decide.
    """
    passages = [passage.id for name in fresh for passage in index.article_passages(name)]
    known = index.load_vectors(passages)
    if not passages:
        return [False] * len(questions)
    if len(known) < len(passages):
        return [True] * len(questions)  # their vectors cannot be had, so nothing is ruled out
    near = np.zeros(len(questions), bool)
    if vectors is not None and len(questions):
        near = (np.asarray(vectors) @ np.stack(list(known.values())).T).max(axis=1) >= NEAR
    articles = index.articles(fresh).values()
    stems = {stem(word) for one in articles for word in question_words(f"{one.title} {one.body}")}
    return [bool(is_near) or _named(index, one, stems) for is_near, one in zip(near, questions, strict=True)]


def _named(index: Index, question: str, stems: set[str]) -> bool:
    words = {word for word in question_words(question) if word not in GRAMMAR and stem(word) in stems}
    most = max(RARE_AT_LEAST, RARE * index.size)
    return any(count <= most for count in index.frequencies(words).values())
