"""RSS and Atom by feedparser: an entry is a document whose address is its page and whose text is what the feed says.

Runs in the confined worker: a feed is as untrusted as any page.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import feedparser

from ingest.articles.dates import iso_date
from ingest.articles.readers.bylines import named
from ingest.articles.readers.document import Document, Reject

MOST_ENTRIES = 5_000
_LONGEST_TEXT = 200_000  # characters of HTML


def read(data: bytes, name: str) -> Iterator[Document | Reject]:
    # a stream, never the bytes themselves: feedparser takes those for a file's name or an address
    parsed = feedparser.parse(io.BytesIO(data), sanitize_html=True, resolve_relative_uris=True)
    if not parsed.entries and not parsed.version:
        yield Reject(name, "It is not an RSS or Atom feed.")
        return
    site = _text(parsed.feed, "title")
    for entry in parsed.entries[:MOST_ENTRIES]:
        if (link := _text(entry, "link")) is None:
            continue
        yield Document(
            _longest_text(entry),
            form="extracted",
            title=_text(entry, "title"),
            url=link,
            source=site,
            author=named(_text(entry, "author")),
            published=iso_date(_text(entry, "published")) or iso_date(_text(entry, "updated")),
            row=_text(entry, "updated") or _text(entry, "published"),
        )


def _longest_text(entry: Any) -> str:
    """The whole article where the feed carries it, else its summary, as HTML."""
    texts = [str(content.get("value", "")) for content in entry.get("content", [])]
    return max([*texts, str(entry.get("summary", ""))], key=len)[:_LONGEST_TEXT]


def _text(fields: Any, name: str) -> str | None:
    value = fields.get(name)
    return value.strip()[:2_000] or None if isinstance(value, str) else None
