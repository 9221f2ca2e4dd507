"""DOCX by python-docx: paragraphs, lists and tables in the order of the document."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator

from docx import Document as open_docx
from docx.table import Table
from lxml import etree

from ingest.dates import iso_date
from ingest.readers.document import Document, Reject

_MOST_UNPACKED, _MOST_PARTS, _MOST_RATIO = 200_000_000, 5_000, 300


def read(data: bytes, name: str) -> Iterator[Document | Reject]:
    try:
        if reason := _dangerous(data):
            yield Reject(name, reason)
            return
        document = open_docx(io.BytesIO(data))
        blocks: list[str] = []
        title, in_list = None, False
        for item in document.iter_inner_content():
            if isinstance(item, Table):
                rows = (" | ".join(_distinct(cell.text.strip() for cell in row.cells)) for row in item.rows)
                blocks.append("\n".join(filter(None, rows)))
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
        facts = document.core_properties
        title = title or (facts.title or "").strip() or None
        author, made = (facts.author or "").strip(), facts.created
    except (
        zipfile.BadZipFile,
        KeyError,
        ValueError,
        TypeError,
        AttributeError,
        OSError,
        etree.LxmlError,
    ) as error:
        yield Reject(name, f"The DOCX is broken: {str(error)[:120] or type(error).__name__}.")
        return
    text = "\n\n".join(filter(None, blocks))
    if not text:
        yield Reject(name, "The DOCX holds no text.")
        return
    yield Document(
        text,
        form="plain",
        title=title,
        author=None if author.lower() in ("", "python-docx") else author,
        published=iso_date(made.date()) if made else None,
    )


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


def _distinct(cells: Iterator[str]) -> Iterator[str]:
    """Merged cells are handed out once for each column they span."""
    before = None
    for cell in cells:
        if cell and cell != before:
            yield " ".join(cell.split())
        before = cell
