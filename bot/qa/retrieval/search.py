"""The passages that a question is answered from: found by words and by vectors, scored as one, made diverse."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

import numpy as np

from bot.qa.answers import ArticleRef, Evidence
from bot.qa.retrieval.answerability import confidence
from bot.qa.retrieval.article_finder import headers
from bot.qa.retrieval.near_duplicates import without_copies
from bot.qa.retrieval.query import Period, Query, parse_query
from bot.qa.retrieval.ranking import (
    OF_FEW,
    WEIGHTS,
    Scores,
    Signals,
    affordable,
    most_words,
    scored,
    spread_over_articles,
    subject,
)
from bot.qa.retrieval.reranking import Reranker
from bot.qa.retrieval.spelling import respelt
from bot.qa.understanding.publishers import Named, Publishers
from ingest.embedding.factory import Embedder
from ingest.errors import NoArticles
from ingest.index.catalogue import Hit
from ingest.index.embedding_cache import Vectors
from ingest.index.index import Index
from ingest.text.names import is_common
from ingest.text.saying_verbs import SAYING
from ingest.text.stemming import stem
from ingest.text.tokens import question_words

CANDIDATES = 80  # taken from each search at the least; as many as are asked for where that is more
WORDS_DEEP = 250  # how far down the word search a passage that the vectors found is looked for
POSTINGS = 5_000  # entries of the full-text index that one question may cost; commoner words are left out
OF_ONE_ARTICLE = 3
IN_TIME = 2_000  # passages taken from each search where only some days' articles count, most of which may not
RERANKED = 30
NEAREST = 3
UNKNOWN_COSINE = 0.5  # what a best passage has about, for judging where there are no vectors
_ANY_DAY = "9999-12-31"
COMPARED = 20  # passages looked at for copies beyond those asked for, which take the place of those left out


@dataclass(frozen=True, slots=True)
class Retrieval:
    """`evidence` best first; `confidence` from 0 to 1 is the calibrated chance that it holds an answer.

    `undated`: passages were left out because nobody knows when their article was published.
    """

    evidence: tuple[Evidence, ...]
    confidence: float
    nearest: tuple[ArticleRef, ...]
    undated: bool = False


@dataclass(frozen=True, slots=True)
class Candidates:
    """Passages that one of the searches found, row by row, by their ids and their articles', with what is known.

    `about` are the ids of those that have the word which a short question is about.
    """

    passages: list[str]
    articles: list[str]
    about: frozenset[str]
    signals: Signals
    undated: bool


class Retriever:
    """Searches one index for one question; safe to call from many threads.

    `reranker`, where there is one, has the last word on the order of the best; what it cannot do is left as it was.
    """

    def __init__(self, embedder: Embedder, reranker: Reranker | None = None) -> None:
        self._embedder = embedder
        self._reranker = reranker

    def search(
        self,
        index: Index,
        question: str,
        *,
        limit: int = 10,
        exclude: frozenset[str] = frozenset(),
        since: str = "",
        until: str = "",
    ) -> Retrieval:
        """Blocks for milliseconds (with a reranking endpoint, its time). `exclude` are article ids.

        Only articles published from the ISO date `since` to `until`, both included, are looked at. Raises NoArticles,
        EmbeddingUnavailable.
        """
        if not index.size:
            raise NoArticles("No articles yet; an admin adds them with /corpus add.")
        named = publishers(index).named(question)
        query = _without(index, _understood(index, question), named)
        vector = self._embedder.embed_question(query.text)
        days = Period(since, until or _ANY_DAY) if since or until else None
        found = _candidates(index, query, named, vector, max(CANDIDATES, limit), exclude, days)
        scores = scored(found.signals)
        evidence = _evidence(index, found, scores, limit + COMPARED)
        # a passage is no answer because it names the subject
        best = max(
            (one.score - WEIGHTS.subject * (one.passage.id in found.about) for one in evidence), default=0.0
        )
        best += 0.0 if found.signals.cosine.any() else UNKNOWN_COSINE
        if self._reranker is not None:
            evidence = _reranked(self._reranker, query.text, evidence)
        ranked = _diverse(evidence)
        sure = confidence(query.text, best, ranked, index.frequencies(query.words), index.size)
        return Retrieval(tuple(ranked[:limit]), sure, _nearest(ranked), found.undated)


def _understood(index: Index, question: str) -> Query:
    """The question as a query in the words of this index."""

    def written(term: str) -> str:
        hits = index.search_words([term], 1)
        titles = (article.title for article in index.articles([hit.article_id for hit in hits]).values())
        texts = (*(each.text for each in index.passages([hit.passage_id for hit in hits]).values()), *titles)
        words = (word for text in texts for word in question_words(text))
        return next((word for word in words if stem(word) == term), term)

    query = parse_query(question, date.today())
    return respelt(query, index.frequencies(query.words), index.words_starting, written)


@lru_cache(maxsize=4)
def publishers(index: Index) -> Publishers:
    """Who published the articles of an index; read once."""
    return Publishers(headers(index))


def _without(index: Index, query: Query, named: Named | None) -> Query:
    """The query without the name of who is to say it, where the rest says what about: by that, its other articles
    would be found as well.
    """
    if named is None or not (named.cued or named.at_edge):
        return query
    rest = tuple(word for word in query.words if word not in named.words)
    known = [word for word, count in index.frequencies(rest).items() if count]
    telling = any(stem(word) not in SAYING if named.cued else not is_common(word) for word in known)
    return replace(query, words=rest) if telling else query


def _candidates(
    index: Index,
    query: Query,
    named: Named | None,
    vector: Vectors,
    depth: int,
    exclude: frozenset[str],
    days: Period | None,
) -> Candidates:
    frequencies = index.frequencies(query.words)
    near = index.search_vectors(vector, IN_TIME if days else depth, exclude)
    worded = index.search_words(affordable(frequencies, POSTINGS), IN_TIME if days else WORDS_DEEP, exclude)
    undated = False
    if days:
        headers = index.headers({hit.article_id for hit in (*near, *worded)})
        undated = any(not one.published for one in headers)
        in_time = {one.id for one in headers if days.holds(one.published)}
        near, worded = ([hit for hit in hits if hit.article_id in in_time] for hits in (near, worded))
        near, worded = near[:depth], worded[:WORDS_DEEP]
    about = _about_subject(index, frequencies, exclude)
    found = {hit.passage_id: hit.article_id for hit in (*near, *worded[:depth])}
    names, owners = list(found), list(found.values())
    cosines = {hit.passage_id: hit.score for hit in near}
    others = index.load_vectors([name for name in names if name not in cosines])
    titles = index.title_vectors(set(owners))
    signals = Signals(
        # where there is no vector, words alone decide
        cosine=_column(cosines.get(name, _cosine(others.get(name), vector)) for name in names),
        title=_column(_cosine(titles.get(owner), vector) for owner in owners),
        words=_word_shares(names, worded, most_words(frequencies, index.size)),
        subject=_column(name in about for name in names),
        **_preferences(index, query, named, names, owners),
    )
    return Candidates(names, owners, about, signals, undated)


def _about_subject(index: Index, frequencies: Mapping[str, int], exclude: frozenset[str]) -> frozenset[str]:
    """The passages that have the word a short question is about, where few do.

    "What did Connell say" asks about somebody whom one passage may name once, which BM25 thinks little of, and the
    embedder, who does not know him, nothing at all.
    """
    word = subject(frequencies)
    if word is None:
        return frozenset()
    hits = index.search_words([word], OF_FEW, exclude)
    passages = index.passages([hit.passage_id for hit in hits])
    # the word itself, if it stands anywhere: Thorne's stem is that of thorns
    exact = frozenset(name for name, one in passages.items() if word in question_words(one.text))
    return exact or frozenset(passages)


def _preferences(
    index: Index, query: Query, named: Named | None, names: list[str], owners: list[str]
) -> dict[str, Scores]:
    """What the question names besides its subject; most name nothing of the kind, and then nothing is read."""
    nothing = np.zeros(len(names))
    phrase = period = publisher = nothing
    texts: dict[str, str] = {}
    if query.phrases or named:
        texts = {name: passage.text.lower() for name, passage in index.passages(names).items()}
    if query.phrases:
        phrase = _column(_share(query.phrases, texts.get(name, "")) for name in names)
    if query.period:
        headers = index.headers(set(owners))
        dated = {one.id for one in headers if query.period.holds(one.published)}
        period = _column(owner in dated for owner in owners)
    if named:  # an article about it counts as one by it
        publisher = _column(
            owner in named.articles or named.phrase in texts.get(name, "")
            for name, owner in zip(names, owners, strict=True)
        )
    return {"phrase": phrase, "period": period, "publisher": publisher}


def _evidence(index: Index, found: Candidates, scores: Scores, most: int) -> list[Evidence]:
    order = [int(row) for row in np.argsort(-scores, kind="stable")[:most]]
    passages = index.passages([found.passages[row] for row in order])
    articles = index.articles({found.articles[row] for row in order})
    return [
        Evidence(passages[found.passages[row]], articles[found.articles[row]], float(scores[row]))
        for row in order
    ]


def _diverse(evidence: Sequence[Evidence]) -> list[Evidence]:
    """Without copies, and with no more than a few of one article before the others have had their turn."""
    single = without_copies(evidence)
    order = spread_over_articles(range(len(single)), [one.article.id for one in single], OF_ONE_ARTICLE)
    return [single[row] for row in order]


def _cosine(one: Vectors | None, other: Vectors) -> float:
    return 0.0 if one is None else float(one @ other)


def _word_shares(names: Sequence[str], worded: Sequence[Hit], most: float) -> Scores:
    """BM25 as a share of `most`; a passage below the depth of the search counts as its last one does."""
    scores = {hit.passage_id: hit.score for hit in worded}
    least = worded[-1].score if len(worded) >= WORDS_DEEP else 0.0
    return _column(scores.get(name, least) for name in names) / max(most, 1e-6)


def _share(phrases: Sequence[str], text: str) -> float:
    return sum(phrase in text for phrase in phrases) / len(phrases)


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
    named = {one.article.id: ArticleRef.of(one.article) for one in ranked}
    return tuple(named.values())[:NEAREST]
