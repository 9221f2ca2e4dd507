"""The passages that a question is answered from: found by words and by vectors, fused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.qa.answers import ArticleRef, Evidence
from ingest.articles import Article
from ingest.catalogue import Hit
from ingest.embedding import Embedder
from ingest.index import Index
from ingest.words import question_words

DEPTH = 200
NEAREST = 3


@dataclass(frozen=True, slots=True)
class Retrieval:
    """`evidence` best first; `confidence` from 0 to 1 is the calibrated chance that it holds an answer."""

    evidence: tuple[Evidence, ...]
    confidence: float
    nearest: tuple[ArticleRef, ...]


class Retriever:
    """Searches one index for one question; safe to call from many threads."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def search(
        self, index: Index, question: str, *, limit: int = 10, exclude: frozenset[str] = frozenset()
    ) -> Retrieval:
        vector = self._embedder.embed_question(question)
        near = index.search_vectors(vector, DEPTH, exclude)
        worded = index.search_words(question_words(question), DEPTH, exclude)
        fused = _fused(near, worded)[: max(limit, 20)]
        passages = index.passages([name for name, _ in fused])
        articles = index.articles({passage.article_id for passage in passages.values()})
        evidence = tuple(
            Evidence(passages[name], articles[passages[name].article_id], score) for name, score in fused
        )
        named = {found.article.id: reference(found.article) for found in evidence}
        confidence = near[0].score if near else 0.0
        return Retrieval(evidence[:limit], confidence, tuple(named.values())[:NEAREST])


def reference(article: Article) -> ArticleRef:
    return ArticleRef(
        article.id, article.title, article.url, article.source, article.author, article.published
    )


def _fused(near: Sequence[Hit], worded: Sequence[Hit]) -> list[tuple[str, float]]:
    scores: dict[str, float] = {}
    for hits, weight in ((near, 0.6), (worded, 0.4)):
        if not hits:
            continue
        values = np.array([hit.score for hit in hits])
        least, spread = float(values.min()), float(values.max() - values.min()) or 1.0
        for hit in hits:
            scores[hit.passage_id] = scores.get(hit.passage_id, 0.0) + weight * (hit.score - least) / spread
    return sorted(scores.items(), key=lambda item: item[1], reverse=True)
