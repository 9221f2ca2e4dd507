"""`max_age_days`: articles that are too old for their source are left out, and go when they come of age."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from ingest.articles.article import Article, Recognised
from ingest.sources.sources import Source


def cutoff(max_age_days: int, today: datetime) -> str:
    """The ISO date before which an article is too old."""
    return (today - timedelta(days=max_age_days)).date().isoformat()


def cutoffs(sources: Iterable[Source], today: datetime | None = None) -> dict[str, str]:
    """By the key of each source that has a limit."""
    limited = {source.key: source.max_age_days for source in sources}
    return {
        key: cutoff(days, today or datetime.now(UTC)) for key, days in limited.items() if days is not None
    }


def is_too_old(article: Article | Recognised, oldest: Mapping[str, str]) -> bool:
    """An article without a date is of any age."""
    return (article.published or "9999")[:10] < oldest.get(article.origin, "")
