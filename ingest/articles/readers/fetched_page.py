"""A page that was fetched: a line of JSON with what is known of it, then the bytes as the site sent them.

What the site's feed said of the page stands in where the page itself is silent.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from ingest.articles.readers import jsonl, markdown, text
from ingest.articles.readers.bylines import named
from ingest.articles.readers.document import Document, Reject
from ingest.articles.readers.sandbox import DOCUMENTS, ConfinedReader
from ingest.articles.urls import is_address, same_site

_KINDS = {
    "text/html": "html",
    "application/xhtml+xml": "html",
    "application/pdf": "pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "text/markdown": "markdown",
    "application/jsonl": "jsonl",
    "application/x-ndjson": "jsonl",
    "application/json-lines": "jsonl",
    "application/x-jsonlines": "jsonl",
}
_ENDINGS = {".md": "markdown", ".markdown": "markdown", ".jsonl": "jsonl", ".ndjson": "jsonl", ".txt": "text"}
_LISTING = re.compile(rb"\s*(?:<[?!][^>]*>\s*)*<(rss|feed|rdf:rdf|urlset|sitemapindex)\b", re.I)
_LONGEST_HEAD = 20_000


@dataclass(frozen=True, slots=True)
class PageHead:
    """What is known of a fetched page beside its bytes; `kind` names the reader, "" for a format that none reads."""

    url: str
    kind: str
    title: str | None = None
    author: str | None = None
    published: str | None = None
    source: str | None = None


def kind_of(media_type: str, url: str, data: bytes) -> str:
    """The reader for an answer: what the bytes show outweighs what the site says."""
    if data.startswith(b"%PDF-"):
        return "pdf"
    if data.startswith(b"PK\x03\x04"):
        return "docx"
    ending = PurePosixPath(urlsplit(url).path).suffix.lower()
    if media_type in _KINDS:
        return _KINDS[media_type]
    start = data[:1_000].lstrip().lower()
    if (
        media_type in ("text/plain", "", "application/octet-stream", "application/json")
        and ending in _ENDINGS
    ):
        return _ENDINGS[ending]
    if start.startswith((b"<!doctype html", b"<html")):
        return "html"
    return "text" if media_type == "text/plain" else ""


def packed(head: PageHead, data: bytes) -> bytes:
    """The file that `read` reads."""
    return json.dumps(asdict(head), ensure_ascii=True).encode() + b"\n" + data


def read(data: bytes, name: str, confined: ConfinedReader) -> Iterator[Document | Reject]:
    line, _, content = data.partition(b"\n")
    try:
        head = PageHead(**json.loads(line[:_LONGEST_HEAD]))
    except (ValueError, TypeError):
        yield Reject(name, "Its copy on disk is damaged; it is fetched again next time.")
        return
    if head.kind == "jsonl":
        rows = jsonl.read_lines(io.BytesIO(content), name)
        yield from (row if isinstance(row, Reject) else _own_claims(row, head.url) for row in rows)
        return
    for found in _documents(head.kind, content, name, confined):
        if isinstance(found, Reject):
            yield found
            continue
        yield replace(
            found,
            url=head.url,
            title=found.title or head.title,
            author=found.author or named(head.author),
            published=head.published or found.published,
            source=found.source or head.source,
        )


def _own_claims(row: Document, at: str) -> Document:
    """A row with what it may claim: an address of the site it came from, and nobody's name as its publisher."""
    own = row.url is not None and is_address(row.url) and same_site(_with_scheme(row.url), at)
    return replace(row, url=row.url if own else None, source=None)


def _with_scheme(url: str) -> str:
    return url if "//" in url[:9] else f"//{url.strip()}"


def _documents(kind: str, content: bytes, name: str, confined: ConfinedReader) -> Iterator[Document | Reject]:
    if kind == "text":
        yield from text.read(content, name)
    elif kind == "markdown":
        yield from markdown.read(content, name)
    elif kind in DOCUMENTS:
        yield from confined.read(kind, content, name)
    elif listing := _LISTING.match(content[:2_000]):
        listed = "feed" if listing[1].lower() in (b"rss", b"feed", b"rdf:rdf") else "sitemap"
        yield Reject(
            name, f'It is a {listed}, not a page: write it into [corpus] sources with kind = "{listed}".'
        )
    else:
        yield Reject(name, "The site sent something other than a page, a PDF, a DOCX or a text.")
