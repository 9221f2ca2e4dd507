"""Words that an answer quoted, against the articles as they are now: what is gone, and what stands in its place."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.qa.answers import Answer, ArticleRef
from bot.qa.excerpts import by_article
from ingest.articles.article import Article
from ingest.index.index import Index
from ingest.text.differences import Difference, differences
from ingest.text.sentences import sentence_spans

_SAME_PLACE = 0.5  # of its words, from which a sentence counts as the quoted one, edited


@dataclass(frozen=True, slots=True)
class Correction:
    """`differences` lead from the words quoted to those that stand there now. None are told of a removed article."""

    title: str
    removed: bool
    differences: tuple[Difference, ...] = ()


def corrections_of(index: Index, answer: Answer) -> tuple[Correction, ...]:
    """One for each article that the answer quotes otherwise than it reads now; blocking."""
    found: list[Correction] = []
    articles = index.articles({one.article.article_id for one in answer.citations})
    for ref, citations in by_article(answer.citations):
        article = articles.get(ref.article_id)
        gone = [one.quote for one in citations if article is None or not _holds(article, one.quote)]
        if article is not None and gone:
            changed = tuple(part for quote in gone for part in _edited(quote, article.body))
            found.append(Correction(ref.title, removed=False, differences=changed))
        elif gone and not _moved(index, ref, gone):
            found.append(Correction(ref.title, removed=True))
    return tuple(found)


def _holds(article: Article, quote: str) -> bool:
    return " ".join(quote.split()) in " ".join(article.body.split())


def _moved(index: Index, ref: ArticleRef, quotes: list[str]) -> bool:
    """Whether an article of the same title has the words: a file that was renamed is another article by its id."""
    namesakes = index.articles(index.catalogue.ids_titled(ref.title)).values()
    return any(all(_holds(one, quote) for quote in quotes) for one in namesakes)


def _edited(quote: str, body: str) -> list[Difference]:
    """From the quote to the sentences that are most like it; all of it is gone where none are like it."""
    spans, count = sentence_spans(body), max(1, len(sentence_spans(quote)))
    windows = [
        body[start : spans[place + count - 1][1]]
        for place, (start, _) in enumerate(spans[: 1 - count or None])
    ]
    nearest = max(windows, key=lambda one: _likeness(quote, one), default="")
    if _likeness(quote, nearest) < _SAME_PLACE:
        return [Difference("", " ".join(quote.split()), "", "")]
    return differences(quote, " ".join(_as_quoted(quote, nearest.split())))


def _as_quoted(quote: str, words: list[str]) -> list[str]:
    """Without what a quote left out at either end of its sentences, which is no change."""
    known, most = {_bare(word) for word in quote.split()}, len(quote.split())
    while len(words) > most and _bare(words[0]) not in known:
        words = words[1:]
    while len(words) > most and _bare(words[-1]) not in known:
        words = words[:-1]
    return words


def _bare(word: str) -> str:
    return re.sub(r"\W", "", word).casefold()


def _likeness(quote: str, sentence: str) -> float:
    """The share of the quote's words that the sentence has."""
    words, others = (set(re.findall(r"\w+", one.casefold())) for one in (quote, sentence))
    return len(words & others) / max(1, len(words))
