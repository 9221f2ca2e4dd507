"""Two articles that give different figures or dates for the same thing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.qa.answers import ArticleRef, Citation
from ingest.text.quantities.conflict import conflict


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two citations, and the figure that each gives, as the articles write it."""

    one: Citation
    one_says: str
    other: Citation
    other_says: str


def disagreements(citations: Sequence[Citation], sentences: Sequence[str]) -> list[Disagreement]:
    """Citations of different articles whose sentences (`sentences`, one a citation) give different figures."""
    found = []
    for n, one in enumerate(citations):
        for m in range(n + 1, len(citations)):
            other = citations[m]
            if one.article.article_id == other.article.article_id:
                continue
            pair = conflict(sentences[n], sentences[m])
            if pair is not None:
                found.append(Disagreement(one, pair[0].text.strip(" .,"), other, pair[1].text.strip(" .,")))
    return found


def label(article: ArticleRef, number: int) -> str:
    """How an article is named in a note: "Reuters, 2015-11-12 [1]"; its title where it has no source."""
    parts = [article.source or article.title, (article.published or "")[:10]]
    return f"{', '.join(part for part in parts if part)} [{number}]"
