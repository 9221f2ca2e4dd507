"""The pages that a feed or a sitemap lists, as far as it may speak for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from ingest.articles.readers.document import Document
from ingest.articles.readers.sitemap import INDEX
from ingest.articles.urls import BadAddress, canonical_address, same_site
from ingest.sources.max_age import cutoff
from ingest.sources.page_cache import Entry
from ingest.sources.sources import Source


def listed_entries(
    documents: Sequence[Document], url: str, final: str, kind: str
) -> Iterable[tuple[Entry, Document]]:
    """Each listed address once, in its one spelling. A sitemap speaks for its own site only."""
    seen = set()
    for place, document in enumerate(documents):
        try:
            address = canonical_address(document.url or "")
        except BadAddress:
            continue
        if address in seen or (
            kind == "sitemap" and not (same_site(address, url) or same_site(address, final))
        ):
            continue
        seen.add(address)
        nested = kind == "sitemap" and document.row == INDEX
        stamp = document.text if nested else document.row
        said = (document.title, document.author, document.published, document.source)
        entry = Entry(address, stamp, place, nested, *said)
        yield entry, document


def is_older(entry: Entry, source: Source, now: float) -> bool:
    """Whether a listed page need not even be fetched: what changed last before the cutoff was published before it."""
    dated = entry.published or (entry.stamp if entry.stamp and entry.stamp[:4].isdigit() else None)
    if source.max_age_days is None or dated is None:
        return False
    return dated[:10] < cutoff(source.max_age_days, datetime.fromtimestamp(now, UTC))
