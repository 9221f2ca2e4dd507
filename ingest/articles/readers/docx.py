"""DOCX by python-docx: paragraphs, lists and tables in the order of the document."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator

from docx import Document as open_docx
from docx.document import Document as DocxDocument
from docx.table import Table, _Row

from ingest.articles.dates import date_near_the_top, iso_date
from ingest.articles.readers.bylines import named, with_head
from ingest.articles.readers.document import Document, Reject, too_long

_MOST_UNPACKED, _MOST_PARTS, _MOST_RATIO = 200_000_000, 5_000, 300


def read(data: bytes, name: str) -> Iterator[Document | Reject]:
    try:
        if reason := _dangerous(data):
            yield Reject(name, reason)
            return
        document = open_docx(io.BytesIO(data))
        title, blocks = _title_and_blocks(document)
        facts = document.core_properties
        title = title or (facts.title or "").strip() or None
        author, made = (facts.author or "").strip(), facts.created
        if author == "python-docx":  # the template's own facts
            author, made = "", None
    except Exception as error:  # python-docx raises whatever its parsing runs into
        yield Reject(name, f"The DOCX is broken: {str(error)[:120] or type(error).__name__}.")
        return
    text = "\n\n".join(filter(None, blocks))
    if not text:
        yield Reject(name, "The DOCX holds no text.")
        return
    yield too_long(text, name) or with_head(
        Document(
            text,
            form="plain",
            title=title,
            author=named(author),
            # When the file was made says less than what the text says itself.
            published=date_near_the_top(text.split("\n")[:8]) or iso_date(made.date() if made else None),
        )
    )


def _title_and_blocks(document: DocxDocument) -> tuple[str | None, list[str]]:
    """The first title or heading, and paragraphs, lists and tables as blocks of lines."""
    blocks: list[str] = []
    title, in_list = None, False
    for item in document.iter_inner_content():
        if isinstance(item, Table):
            blocks.append("\n".join(filter(None, map(_row, item.rows))))
            continue
        style = (item.style.name or "") if item.style is not None else ""
        text = item.text.strip()
        if text and not title and re.match(r"Title|Heading 1", style):
            title = text
        listed = style.startswith("List")
        if listed and in_list and text:
            blocks[-1] += "\n" + text
        else:
            blocks.append(text)
        in_list = listed
    return title, blocks


def _dangerous(data: bytes) -> str | None:
    """Why the archive must not be unpacked: too big, too many parts, or entities that unfold."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
        size = sum(part.file_size for part in parts)
        if len(parts) > _MOST_PARTS or size > _MOST_UNPACKED:
            return "The DOCX unpacks to more than a document can hold."
        for part in parts:
            if part.file_size > 1_000_000 and part.file_size > _MOST_RATIO * max(1, part.compress_size):
                return "The DOCX unpacks to more than a document can hold."
            if part.filename.endswith((".xml", ".rels")):
                with archive.open(part) as opened:
                    if b"<!DOCTYPE" in opened.read(4096):
                        return "The DOCX declares XML entities, which no word processor writes."
    return None


def _row(row: _Row) -> str:
    """The cells of a row; a merged cell, handed out once for each column that it spans, once."""
    cells = {id(cell._tc): cell for cell in row.cells}
    return " | ".join(filter(None, (" ".join(cell.text.split()) for cell in cells.values())))
