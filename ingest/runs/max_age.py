"""`max_age_days`: articles that are too old for their source are left out, and go when they come of age."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from ingest.articles.article import Article, Recognised
from ingest.index.catalogue import Catalogue
from ingest.sources.sources import Source


def cutoffs(sources: Iterable[Source], today: datetime | None = None) -> dict[str, str]:
    """The ISO date, by the key of each source that has a limit, before which its articles are too old."""
    day = today or datetime.now(UTC)
    return {
        source.key: (day - timedelta(days=source.max_age_days)).date().isoformat()
        for source in sources
        if source.max_age_days is not None
    }


def is_too_old(article: Article | Recognised, oldest: Mapping[str, str]) -> bool:
    """An article without a date is of any age."""
    cutoff = oldest.get(article.origin)
    return cutoff is not None and article.published is not None and article.published[:10] < cutoff


def too_old(catalogue: Catalogue, oldest: Mapping[str, str]) -> frozenset[str]:
    """The ids of the articles of a catalogue that are too old for their source."""
    found: list[Sequence[str]] = []
    for origin, cutoff in oldest.items():
        found += catalogue.connection.execute(
            "SELECT id FROM articles WHERE origin = ? AND substr(published, 1, 10) < ?", (origin, cutoff)
        )
    return frozenset(row[0] for row in found)
