"""Articles by what people call them: words of a title, a publisher, a date, and with slips of the fingers."""

from __future__ import annotations

from rapidfuzz import fuzz, process

from bot.errors import ArticleUnknown
from ingest.articles.article import Article
from ingest.index.index import Index
from ingest.text.stemming import GRAMMAR, stem
from ingest.text.tokens import question_words

EVERY = 1_000_000  # articles: more than an index has
_NEAR = 80.0  # of 100, for a typed word to be taken for one of a title
_KIND = frozenset("article articles story piece post report page text news".split())


def headers(index: Index) -> list[Article]:
    """Every article without its body, newest first; milliseconds for thousands."""
    return index.find_articles("", EVERY)


def article_matches(index: Index, typed: str, limit: int = 25, offset: int = 0) -> list[Article]:
    """Articles for what was typed so far, newest first; where none has all the words, those that have nearly all."""
    if found := index.find_articles(typed, limit, offset):
        return found
    words = [word for word in question_words(typed) if word not in GRAMMAR | _KIND]
    if not words or offset:
        return []
    if found := index.find_articles(" ".join(words), limit):
        return found
    every = headers(index)
    texts = [f"{one.title} {one.source or ''}".lower() for one in every]
    near = process.extract(
        " ".join(words), texts, scorer=_nearness, limit=limit, score_cutoff=_NEAR, processor=None
    )
    return [every[place] for _text, _score, place in near]


def article_called(index: Index, name: str) -> Article:
    """The article of this id, URL or title. Raises ArticleUnknown, which names the nearest titles."""
    article = index.article(name)
    if article is not None:
        return article
    near = "; ".join(f"“{one.title}”" for one in index.find_articles(name, 3))
    hint = f"Did you mean {near}?" if near else "`python -m bot search` finds articles by what they say."
    raise ArticleUnknown(f"No article has the id, URL or title “{name[:200]}”. {hint}")


def articles_named(index: Index, name: str, *, outright: bool = True) -> list[Article]:
    """The articles, best first, that are meant by a name in a question: their titles hold nearly all of its words.

    Several where it fits several alike. Without `outright`, the name has to hold most of the title as well.
    """
    if (exact := index.article(name)) is not None and (outright or _of_title(name, exact) > 0.5):
        return [exact]
    words = {stem(word) for word in question_words(name) if word not in GRAMMAR | _KIND}
    if not words:
        return []
    scored = []
    for one in headers(index):
        title = {stem(word) for word in question_words(f"{one.title} {one.source or ''}")}
        share = len(words & title) / len(words)
        if share >= 0.7 and (outright or _of_title(name, one) > 0.5):
            scored.append((share, one))
    best = max((share for share, _ in scored), default=0.0)
    if scored or not outright:
        return [one for share, one in scored if share == best]
    return article_matches(index, name, 5)


def _of_title(name: str, article: Article) -> float:
    """The share of the title's words that the name has."""
    title = {stem(word) for word in question_words(article.title) if word not in GRAMMAR}
    return len(title & {stem(word) for word in question_words(name)}) / max(1, len(title))


def _nearness(typed: str, text: str, **_: object) -> float:
    """How well each typed word is one of the text's, from 0 to 100: the worst of them decides."""
    words = text.split()
    return min(
        (max((fuzz.ratio(one, other) for other in words), default=0.0) for one in typed.split()), default=0.0
    )
