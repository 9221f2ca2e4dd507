"""The article that a document of a source becomes: its id, its title, its publisher, its day."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from ingest.articles.article import Article, digest
from ingest.articles.cleaning.article_body import Cleaned, one_line
from ingest.articles.dates import date_in_address
from ingest.articles.readers import fetched_page, markdown, text
from ingest.articles.readers.document import Document, Reject
from ingest.articles.readers.sandbox import ConfinedReader
from ingest.articles.site_names import without_site_name
from ingest.articles.urls import identity_of, is_address, publisher_of
from ingest.sources.sources import SourceFile


def documents_in(file: SourceFile, data: bytes, confined: ConfinedReader) -> Iterator[Document | Reject]:
    if not data.strip():
        yield Reject(file.name, "The file is empty.")
    elif file.kind == "text":
        yield from text.read(data, file.name)
    elif file.kind == "markdown":
        yield from markdown.read(data, file.name)
    elif file.kind == "page":
        yield from fetched_page.read(data, file.name, confined)
    else:
        assert file.kind is not None
        yield from confined.read(file.kind, data, file.name)


def article_of(file: SourceFile, document: Document, cleaned: Cleaned, apart: str = "") -> Article:
    url = document.url if document.url and is_address(document.url) else None
    at = file.identity if file.kind == "page" else None  # where it was fetched from
    source = one_line(document.source) or file.source.source
    name = document.row or (digest(document.title or "", document.text) if document.line else "")
    return Article(
        id=digest(identity_of(url)) if url else digest(file.identity, name, apart),
        title=without_site_name(cleaned.title, source, url) or _title(file, document, cleaned),
        body=cleaned.body,
        url=url,
        source=source or publisher_of(url or at),
        author=one_line(document.author),
        # the address before the text: the clock of a page's head has been taken for the article's date
        published=document.published or date_in_address(url) or cleaned.published,
        origin=file.source.key,
        path=file.path,
    )


def is_foreign(said: str | None, wanted: str | None) -> bool:
    """Whether a document says that it is in another language than its source is wanted in; "en" covers "en-GB"."""
    if not said or not wanted:
        return False
    code = said.lower().partition("-")[0]
    return len(code) in (2, 3) and code != wanted.lower().partition("-")[0]


def _title(file: SourceFile, document: Document, cleaned: Cleaned) -> str:
    if document.line:
        first = cleaned.body.split("\n", 1)[0]
        return first if len(first) <= 80 else first[:80].rsplit(" ", 1)[0] + "…"
    return one_line(re.sub(r"[-_]+", " ", PurePosixPath(file.name).stem)) or file.path
