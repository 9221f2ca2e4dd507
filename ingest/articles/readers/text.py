"""Plain text: one file, one article. It may open with lines such as "Title: …", "URL: …" and "Date: …"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.articles.dates import iso_date
from ingest.articles.readers.bylines import named, with_head
from ingest.articles.readers.document import Document, Reject, too_long
from ingest.articles.readers.encoding import Undecodable, decode

_FIELD = re.compile(r"([^\W\d_][\w \-]{0,30}?)[ \t]*:(?!//)[ \t]*(.*)")
_NAMES = {
    "title": "title", "headline": "title", "url": "url", "link": "url", "source": "source", "publisher": "source",
    "author": "author", "byline": "author", "by": "author", "date": "published", "published": "published",
}  # fmt: skip


def read(data: bytes, name: str) -> Iterator[Document | Reject]:
    try:
        text = decode(data).replace("\r\n", "\n").replace("\r", "\n")
    except Undecodable as error:
        yield Reject(name, f"Not readable as text: {error}.")
        return
    fields, text = _head(text)
    yield too_long(text, name) or with_head(
        Document(
            text,
            form="plain",
            title=fields.get("title"),
            url=fields.get("url"),
            source=fields.get("source"),
            author=named(fields.get("author")),
            published=iso_date(fields.get("published")),
        )
    )


def _head(text: str) -> tuple[dict[str, str], str]:
    """The first paragraph as fields, when each of its lines is one and any has a name known here; and the rest.

    Other fields are left out, unless they sound like people talking: the same name twice, a question. One line alone
    is a head only when it names the title.
    """
    head, _, rest = text.lstrip("\n \t\ufeff").partition("\n\n")
    found = [field for line in head[:5000].split("\n") if (field := _FIELD.fullmatch(line.strip()))]
    if not rest.strip() or len(found) < head.count("\n") + 1:
        return {}, text
    known: dict[str, str] = {}
    for name, value in (field.groups() for field in found):
        key = _NAMES.get(name.lower())
        if key is None and value.endswith(("?", "!")):
            return {}, text
        if key and value:
            known.setdefault(key, value)
    talking = len({field[1].lower() for field in found}) < len(found)
    if not known or talking or (len(found) == 1 and "title" not in known):
        return {}, text
    return known, rest
