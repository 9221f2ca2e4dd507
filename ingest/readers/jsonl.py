"""JSON Lines: an article a line, with `title`, `url`, `text`, `published`, `author`, `source` and perhaps `id`."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import BinaryIO

from ingest.dates import iso_date
from ingest.readers.document import Document, Reject
from ingest.readers.encoding import Undecodable, decode, mark_of

LONGEST_LINE = 20_000_000  # bytes


def read(data: bytes, name: str) -> Iterator[Document | Reject]:
    yield from read_lines(io.BytesIO(data), name)


def read_lines(file: BinaryIO, name: str) -> Iterator[Document | Reject]:
    """Line by line, so that a file of any size needs the memory of one line. Other keys than ours are ignored."""
    if codec := mark_of(file.read(4)):
        if codec != "utf-8-sig":
            yield Reject(name, "JSON Lines are UTF-8; save it as UTF-8 and ingest again.")
            return
        file.seek(3)
    else:
        file.seek(0)
    number = 0
    while line := file.readline(LONGEST_LINE + 1):
        number += 1
        place = f"{name}:{number}"
        if len(line) > LONGEST_LINE:
            yield Reject(place, f"The line is longer than {LONGEST_LINE // 1_000_000} MB.")
            while line and not line.endswith(b"\n"):
                line = file.readline(LONGEST_LINE)
        elif line.strip():
            yield _row(line, place, number)


def _row(line: bytes, place: str, number: int) -> Document | Reject:
    try:
        row = json.loads(decode(line))
    except Undecodable as error:
        return Reject(place, f"Not a line of JSON: {error}.")
    except json.JSONDecodeError as error:
        return Reject(place, f"Not a line of JSON: {error.msg} at character {error.colno}.")
    except (ValueError, RecursionError):
        return Reject(place, "Not a line of JSON that can be read: its numbers are too long or it nests too deep.")
    if not isinstance(row, dict):
        return Reject(place, 'Not an article: a line holds one object, {"title": …, "url": …, "text": …}.')
    text = row.get("text")
    if not isinstance(text, str):
        return Reject(place, 'Not an article: it has no "text" that is a string.')
    return Document(
        text,
        form="markdown",
        title=_text(row.get("title")),
        url=_text(row.get("url")),
        source=_text(row.get("source")),
        author=_names(row.get("author")),
        published=iso_date(row.get("published")),
        row=_text(row.get("id")),
        line=number,
        language=_text(row.get("language")) or _text(row.get("lang")),
    )


def _text(value: object) -> str | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    return value if isinstance(value, str) and value.strip() else None


def _names(value: object) -> str | None:
    listed = value if isinstance(value, list) else [value]
    return ", ".join(name for one in listed if (name := _text(one))) or None
