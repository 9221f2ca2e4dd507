"""The passages that a question is answered from: found by words and by vectors, scored as one, made diverse."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from bot.qa.answers import ArticleRef, Evidence
from bot.qa.confidence import confidence
from bot.qa.near_copies import without_copies
from bot.qa.query import Query, names_publisher, parse_query
from bot.qa.ranking import (
    Scores,
    Signals,
    affordable,
    most_words,
    scored,
    spread_over_articles,
)
from bot.qa.reranking import Reranker
from ingest.articles import Article
from ingest.catalogue import Hit
from ingest.chunking import Passage
from ingest.embedding import Embedder
from ingest.index import Index
from ingest.vectors import Vectors

CANDIDATES = 80  # taken from each search
WORDS_DEEP = 1_000  # how far down the word search a passage that the vectors found is looked for
POSTINGS = 60_000  # entries of the full-text index that one question may cost
OF_ONE_ARTICLE = 3
RERANKED = 30
NEAREST = 3


@dataclass(frozen=True, slots=True)
class Retrieval:
    """`evidence` best first; `confidence` from 0 to 1 is the calibrated chance that it holds an answer."""

    evidence: tuple[Evidence, ...]
    confidence: float
    nearest: tuple[ArticleRef, ...]


@dataclass(frozen=True, slots=True)
class Candidates:
    """Passages that one of the searches found, row by row, with what is known of them."""

    passages: list[Passage]
    articles: list[Article]
    signals: Signals


class Retriever:
    """Searches one index for one question; safe to call from many threads.

    `reranker`, where there is one, has the last word on the order of the best; what it cannot do is left as it was.
    """

    def __init__(self, embedder: Embedder, reranker: Reranker | None = None) -> None:
        self._embedder = embedder
        self._reranker = reranker

    def search(
        self, index: Index, question: str, *, limit: int = 10, exclude: frozenset[str] = frozenset()
    ) -> Retrieval:
        """Blocks for milliseconds (with a reranking endpoint, its time). `exclude` are article ids.

        Raises EmbeddingUnavailable.
        """
        query = parse_query(question, date.today())
        vector = self._embedder.embed_question(question)
        found = _candidates(index, query, vector, exclude)
        if not found.passages:
            return Retrieval((), 0.0, ())
        scores = scored(found.signals)
        ranked = self._ranked(query, found, scores, limit)
        sure = confidence(found.signals, scores)
        return Retrieval(tuple(ranked[:limit]), sure, _nearest(ranked))

    def _ranked(self, query: Query, found: Candidates, scores: Scores, limit: int) -> list[Evidence]:
        order = [int(row) for row in np.argsort(-scores, kind="stable")]
        evidence = [Evidence(found.passages[row], found.articles[row], float(scores[row])) for row in order]
        if self._reranker is not None:
            evidence = _reranked(self._reranker, query.text, evidence)
        single = [
            replace(one, copies=copies) for one, copies in without_copies(evidence[: 3 * limit + RERANKED])
        ]
        spread = spread_over_articles(range(len(single)), [one.article.id for one in single], OF_ONE_ARTICLE)
        return [single[row] for row in spread]


def reference(article: Article) -> ArticleRef:
    return ArticleRef(
        article.id, article.title, article.url, article.source, article.author, article.published
    )


def _candidates(index: Index, query: Query, vector: Vectors, exclude: frozenset[str]) -> Candidates:
    frequencies = index.frequencies(query.words)
    near = index.search_vectors(vector, CANDIDATES, exclude)
    worded = index.search_words(affordable(frequencies, POSTINGS), WORDS_DEEP, exclude)
    names = list(dict.fromkeys(hit.passage_id for hit in (*near, *worded[:CANDIDATES])))
    passages = index.passages(names)
    rows = [passages[name] for name in names if name in passages]
    articles = index.articles({row.article_id for row in rows})
    owners = [articles[row.article_id] for row in rows]
    signals = Signals(
        cosine=_cosines(index.load_vectors([row.id for row in rows]), [row.id for row in rows], vector),
        title=_cosines(index.title_vectors(list(articles)), [row.article_id for row in rows], vector),
        words=_word_shares([row.id for row in rows], worded, most_words(frequencies, index.size)),
        phrase=_column(
            _phrase_share(query, row.text, owner.title) for row, owner in zip(rows, owners, strict=True)
        ),
        period=_column(query.period is not None and query.period.holds(owner.published) for owner in owners),
        publisher=_column(names_publisher(query, owner) for owner in owners),
    )
    return Candidates(rows, owners, signals)


def _cosines(vectors: Mapping[str, Vectors], names: Sequence[str], vector: Vectors) -> Scores:
    """Cosines to the question's `vector`, and 0 where there is no vector: then words alone decide."""
    return _column(float(vectors[name] @ vector) if name in vectors else 0.0 for name in names)


def _word_shares(names: Sequence[str], worded: Sequence[Hit], most: float) -> Scores:
    """BM25 as a share of `most`; a passage below the depth of the search counts as its last one does."""
    scores = {hit.passage_id: hit.score for hit in worded}
    least = worded[-1].score if len(worded) >= WORDS_DEEP else 0.0
    return _column(scores.get(name, least) for name in names) / max(most, 1e-6)


def _phrase_share(query: Query, text: str, title: str) -> float:
    if not query.phrases:
        return 0.0
    place = f"{title}\n{text}".lower()
    return sum(phrase in place for phrase in query.phrases) / len(query.phrases)


def _column(values: Iterable[float]) -> Scores:
    return np.fromiter(values, np.float64)


def _reranked(reranker: Reranker, question: str, evidence: list[Evidence]) -> list[Evidence]:
    head, tail = evidence[:RERANKED], evidence[RERANKED:]
    scores = reranker.scores(question, [f"{one.article.title}\n{one.passage.text}" for one in head])
    if scores is None:
        return evidence
    order = sorted(range(len(head)), key=lambda row: -scores[row])
    return [replace(head[row], score=scores[row]) for row in order] + tail


def _nearest(ranked: Sequence[Evidence]) -> tuple[ArticleRef, ...]:
    named = {one.article.id: reference(one.article) for one in ranked}
    return tuple(named.values())[:NEAREST]
