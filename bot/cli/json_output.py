"""The JSON that the command line prints: one flat object an answer, a search or an article."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from bot.qa.answers import Answer, ArticleRef, Citation, Evidence
from ingest.articles.article import Article


def ask_shape(answer: Answer) -> dict[str, Any]:
    return {"question": answer.question, **_answer_fields(answer)}


def summary_shape(answer: Answer, article: Article) -> dict[str, Any]:
    return {"article": _named(ArticleRef.of(article)), **_answer_fields(answer)}


def search_shape(query: str, evidence: Sequence[Evidence], seconds: float) -> dict[str, Any]:
    passages = [
        {
            "rank": rank,
            "score": round(found.score, 6),
            "article_id": found.article.id,
            "title": found.article.title,
            "url": found.article.url,
            "published": found.article.published,
            "start": found.passage.start,
            "end": found.passage.end,
            "text": found.passage.text,
        }
        for rank, found in enumerate(evidence, 1)
    ]
    return {"query": query, "passages": passages, "seconds": round(seconds, 4)}


def article_shape(article: Article) -> dict[str, Any]:
    return asdict(ArticleRef.of(article)) | {"body": article.body}


def _answer_fields(answer: Answer) -> dict[str, Any]:
    return {
        "outcome": answer.outcome,
        "answer": answer.text,
        "citations": [_citation(citation) for citation in answer.citations],
        "generator": answer.generator,
        "generation": answer.generation,
        "seconds": round(answer.seconds, 4),
        "nearest": [_named(article) for article in answer.nearest],
        "dropped": [asdict(dropped) for dropped in answer.dropped],
        "notes": list(answer.notes),
        "usage": asdict(answer.usage),
        "confidence": ("low" if answer.doubtful else "high") if answer.outcome == "answered" else None,
        "as_of": answer.as_of or None,
        "chance": None if answer.chance is None else round(answer.chance, 4),
    }


def _citation(citation: Citation) -> dict[str, Any]:
    article = asdict(citation.article)
    del article["author"]
    return {
        "number": citation.number,
        **article,
        "quote": citation.quote,
        "start": citation.start,
        "end": citation.end,
        "answer_span": citation.answer_span,
    }


def _named(article: ArticleRef) -> dict[str, Any]:
    return {"article_id": article.article_id, "title": article.title, "url": article.url}
