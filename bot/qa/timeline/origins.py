"""How many outlets have something independently: copies, and what one agency sent out, are one origin."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.qa.retrieval.near_duplicates import shingles
from ingest.articles.article import Article
from ingest.articles.publishers import domain_labels
from ingest.text.folding import plain

_AGENCIES = {
    "reuters": "Reuters", "ap": "AP", "the associated press": "AP", "associated press": "AP", "afp": "AFP",
    "agence france-presse": "AFP", "dpa": "dpa", "upi": "UPI", "press association": "PA", "pa media": "PA",
    "xinhua": "Xinhua", "tass": "TASS", "interfax": "Interfax", "efe": "EFE", "ansa": "ANSA", "kyodo": "Kyodo",
    "pti": "PTI", "press trust of india": "PTI", "ians": "IANS",
}  # fmt: skip
_NAME = "(" + "|".join(re.escape(name) for name in sorted(_AGENCIES, key=len, reverse=True)) + ")"
_CREDITS = (
    re.compile(rf"\({_NAME}\)", re.IGNORECASE),
    re.compile(rf"\b{_NAME}\b[^.\n]{{0,60}}\bcontributed\b", re.IGNORECASE),
    re.compile(
        rf"^\W*(?:by |source: |©\s?(?:\d{{4}} )?|copyright \d{{4}} ){_NAME}\W*(?:\.|$)", re.IGNORECASE | re.M
    ),
    re.compile(rf"[—–-]\s?{_NAME}\W*$", re.IGNORECASE),
)
_EDGE = 600  # characters of a body's head and end in which a credit stands
_COPY = 0.5  # of the shorter sentence's runs of four words, where it has enough of them
_LEAST = 6


@dataclass(frozen=True, slots=True)
class Telling:
    """An article, and the words with which it tells of something."""

    article: Article
    text: str


def origins(tellings: Sequence[Telling]) -> list[list[Telling]]:
    """The tellings in groups of one origin: one outlet, one agency, or nearly the same words (single linkage)."""
    marks = [_marks(one) for one in tellings]
    runs = [shingles(one.text) for one in tellings]
    groups: list[list[int]] = []
    for n in range(len(tellings)):
        joined = [
            group for group in groups if any(marks[n] & marks[m] or _copies(runs[n], runs[m]) for m in group)
        ]
        groups = [group for group in groups if group not in joined]
        groups.append([*(m for group in joined for m in group), n])
    return [[tellings[n] for n in group] for group in sorted(groups, key=min)]


def outlet(article: Article) -> str:
    """The key of who published it: the name in its domain, else its source."""
    labels = domain_labels(article.url) or domain_labels(article.source)
    return labels[-1] if labels else plain(article.source or article.id)


def agency(article: Article) -> str | None:
    """The agency that an article credits: "(Reuters)", "AP contributed to this report", or its author."""
    author = plain(article.author or "").strip(" .")
    if author in _AGENCIES or plain(article.source or "") in _AGENCIES:
        return _AGENCIES.get(author) or _AGENCIES[plain(article.source or "")]
    edges = f"{article.body[:_EDGE]}\n{article.body[_EDGE:][-_EDGE:]}"
    match = next((match for credit in _CREDITS if (match := credit.search(edges))), None)
    return _AGENCIES[plain(match[1])] if match else None


def _marks(telling: Telling) -> frozenset[str]:
    credited = agency(telling.article)
    return frozenset((outlet(telling.article), *([plain(credited)] if credited else [])))


def _copies(one: frozenset[str], other: frozenset[str]) -> bool:
    least = min(len(one), len(other))
    return least >= _LEAST and len(one & other) >= _COPY * least
