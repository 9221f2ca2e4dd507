"""Answers from the articles' metadata, in fixed words, each article cited by its first sentence."""

from __future__ import annotations

from collections.abc import Sequence

from bot.qa.answers import Answer, ArticleRef, Citation
from bot.qa.understanding.metadata import MetadataQuestion
from ingest.articles.article import Article
from ingest.index.index import Index
from ingest.text.plurals import counted
from ingest.text.sentences import sentence_spans

LISTED = 5


def answer_from_metadata(index: Index, question: str, asked: MetadataQuestion) -> Answer | None:
    """None where the one article meant cannot be told, or lacks what is asked."""
    if asked.kind in ("count", "newest"):
        newest = index.find_articles("", LISTED)
        found = list(index.articles([one.id for one in newest]).values())
        found.sort(key=lambda one: one.published or "", reverse=True)
        count = counted(index.status().articles, "article")
        text = f"There are {count}. The newest: {_listed(found)}" if found else f"There are {count}."
        return _answer(index, question, text, found)
    article = index.article(asked.about)
    if article is None:
        return None
    if asked.kind == "author" and article.author:
        return _answer(index, question, f"“{article.title}” was written by {article.author} [1].", [article])
    if asked.kind == "published" and article.published:
        text = f"“{article.title}” was published on {article.published[:10]} [1]."
        return _answer(index, question, text, [article])
    return None


def _listed(articles: Sequence[Article]) -> str:
    lines = (
        f"“{one.title}” ({(one.published or 'undated')[:10]}) [{n}]" for n, one in enumerate(articles, 1)
    )
    return "; ".join(lines) + "."


def _answer(index: Index, question: str, text: str, articles: Sequence[Article]) -> Answer:
    citations = tuple(_citation(number, one) for number, one in enumerate(articles, 1))
    return Answer(question, "answered", text, citations, "catalogue", index.generation, 0.0)


def _citation(number: int, article: Article) -> Citation:
    start, end = next(iter(sentence_spans(article.body)), (0, len(article.body)))
    return Citation(number, ArticleRef.of(article), article.body[start:end], start, end)
