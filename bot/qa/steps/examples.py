"""Questions to begin with, made of what the corpus itself tells most about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from ingest.articles.article import Article
from ingest.index.index import Index
from ingest.text.names import names

_SPEAKERS, _NEWEST = 25, 500


def example_questions(index: Index, longest: int) -> list[str]:
    """Up to three, in English like the articles: about who speaks most, the commonest subject, and what is new.

    None is longer than `longest` code points. Blocks for hundredths of a second.
    """
    spoken = (one.name for one in index.speakers("", _SPEAKERS))
    speaker = next((name for name in spoken if _is_full_name(name)), None)
    subject = _subject(index.find_articles("", _NEWEST), without=speaker)
    questions = [
        f"What did {speaker} say?" if speaker else "",
        f"What do the articles say about {subject}?" if subject else "",
        "What's new?",
    ]
    return [one for one in questions if 0 < len(one) <= longest]


def _is_full_name(name: str) -> bool:
    return len(name.split()) > 1 and all(word[0].isupper() for word in name.split())


def _subject(articles: Iterable[Article], without: str | None) -> str | None:
    """The name of several words that most titles have, where two have it."""
    counts: Counter[str] = Counter()
    for article in articles:
        title = article.title
        counts.update({title[one.start : one.end] for one in names(title) if len(one.words) > 1})
    counts.pop(without or "", None)
    common = counts.most_common(1)
    return common[0][0] if common and common[0][1] > 1 else None
