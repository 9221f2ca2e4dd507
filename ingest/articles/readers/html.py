"""HTML pages by trafilatura, which finds the article and what the page says about it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree
from trafilatura import bare_extraction
from trafilatura.settings import Document as Extracted

from ingest.articles.dates import iso_date
from ingest.articles.readers.bylines import named, with_head
from ingest.articles.readers.document import HARD_BREAK, Document, Reject, too_long
from ingest.articles.readers.encoding import Undecodable, decode
from ingest.articles.readers.linked_data import author_and_publisher
from ingest.articles.urls import written_canonicals

_MOST_ATTRIBUTES = 5_000  # in one element: parsers compare each with each
_SPACE_TAGS = frozenset({"p", "head", "list", "table", "quote", "code", "div", "fw"})


def read(data: bytes, name: str) -> Iterator[Document | Reject]:
    try:
        page = decode(data, page=True)
    except Undecodable as error:
        yield Reject(name, f"Not readable as a web page: {error}.")
        return
    if crowded(page):
        yield Reject(
            name, f"One of its elements has more than {_MOST_ATTRIBUTES} attributes; no article has."
        )
        return
    found = bare_extraction(
        _undeclared(page),
        with_metadata=True,
        include_comments=False,
        include_tables=True,
        # the extensive search takes any date it finds, such as that of a copyright line
        date_extraction_params={"extensive_search": False, "original_date": True},
    )
    if not isinstance(found, Extracted) or found.body is None:
        yield Reject(name, "No article is found on this page.")
        return
    text = "\n\n".join(_paragraphs(found.body))
    author, publisher = author_and_publisher(page)
    yield too_long(text, name) or with_head(
        Document(
            text,
            form="extracted",
            title=_plain(found.title),
            url=_canonical(page) or found.url,
            source=_site(page, _plain(found.sitename), publisher),
            author=author or named(_plain(found.author)),
            published=iso_date(found.date),
            language=_language(page),
        )
    )


def _canonical(page: str) -> str | None:
    """The canonical address exactly as the page writes it."""
    return next((one for one in written_canonicals(page) if one.startswith(("http://", "https://"))), None)


def _site(page: str, found: str | None, publisher: str | None) -> str | None:
    """Where the page does not name its site, what was found may be the page's own name or its host's."""
    declared = found if "og:site_name" in page[:500_000] else None
    return declared or publisher or found


def _plain(value: object) -> str | None:
    """What a page calls its title may be a list or an object in its JSON."""
    return value if isinstance(value, str) else None


def crowded(page: str) -> bool:
    """Whether an element has more attributes than a parser takes in reasonable time, counted without parsing."""
    long = re.findall(r"<[A-Za-z][^<>]{10000,}", page)
    return any(max(tag.count("="), len(tag.split())) > _MOST_ATTRIBUTES for tag in long)


def _undeclared(page: str) -> str:
    """lxml refuses a str that declares an encoding; the page is decoded already."""
    return re.sub(r"^\s*<\?xml[^<>]*\?>", "", page)


def _language(page: str) -> str | None:
    """The language that the page declares for all of itself."""
    root = re.search(r"<html\b[^<>]{0,2000}>", page[:100_000], re.I)
    said = (
        re.search(r"""\blang\s*=\s*["']?([A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*)""", root[0])
        if root
        else None
    )
    return said[1].replace("_", "-") if said else None


def _paragraphs(body: etree._Element) -> Iterator[str]:
    """The extracted tree as blocks of text: list items and table rows a line each, ended by a hard break."""
    if text := _lines(body.text or ""):
        yield text
    for element in body:
        yield from filter(None, _blocks(element))
        if text := _lines(element.tail or ""):
            yield text


def _blocks(element: etree._Element) -> Iterator[str]:
    if not isinstance(element.tag, str):
        return
    if element.tag == "list":
        yield HARD_BREAK.join(filter(None, (_own_lines(item) for item in element.iter("item"))))
    elif element.tag == "table":
        rows = (" | ".join(filter(None, map(_words, row.iter("cell")))) for row in element.iter("row"))
        yield HARD_BREAK.join(row.replace("\n", " ") for row in rows if row)
    elif element.tag in ("quote", "div") and any(child.tag in _SPACE_TAGS for child in element):
        yield from _paragraphs(element)
    else:
        yield _words(element)


def _own_lines(item: etree._Element) -> str:
    """A list item, whose own breaks stand as firmly as those between items."""
    return _words(item).replace("\n", HARD_BREAK)


def _words(element: etree._Element) -> str:
    for line_break in element.iter("lb"):
        line_break.tail = "\n" + (line_break.tail or "")
    return _lines("".join(str(piece) for piece in element.itertext()))


def _lines(text: str) -> str:
    return "\n".join(filter(None, (" ".join(line.split()) for line in text.split("\n"))))
