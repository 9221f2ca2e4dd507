"""Plain text: one file, one article. It may open with lines such as "Title: …", "URL: …" and "Date: …"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.dates import iso_date
from ingest.readers.document import Document, Reject, too_long
from ingest.readers.encoding import Undecodable, decode

_FIELD = re.compile(
    r"(title|headline|url|link|source|publisher|author|byline|by|date|published)[ \t]*:[ \t]*(\S.*)", re.I
)
_NAMES = {
    "headline": "title", "link": "url", "publisher": "source", "byline": "author", "by": "author", "date": "published"
}  # fmt: skip


def read(data: bytes, name: str) -> Iterator[Document | Reject]:
    try:
        text = decode(data).replace("\r\n", "\n").replace("\r", "\n")
    except Undecodable as error:
        yield Reject(name, f"Not readable as text: {error}.")
        return
    fields, text = _head(text)
    yield too_long(text, name) or Document(
        text,
        form="plain",
        title=fields.get("title"),
        url=fields.get("url"),
        source=fields.get("source"),
        author=fields.get("author"),
        published=iso_date(fields.get("published")),
    )


def _head(text: str) -> tuple[dict[str, str], str]:
    """The first paragraph as fields, when there are two at least and it holds nothing else; and the rest."""
    head, _, rest = text.lstrip("\n \t\ufeff").partition("\n\n")
    lines = head[:5000].split("\n")
    found = [_FIELD.fullmatch(line.strip()) for line in lines]
    if len(lines) < 2 or not rest.strip() or not all(found):
        return {}, text
    pairs = [(field[1].lower(), field[2].strip()) for field in found if field]
    return {_NAMES.get(name, name): value for name, value in pairs}, rest
