"""JSON Lines: an article a line, with `title`, `url`, `text`, `published`, `author`, `source` and perhaps `id`."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from ingest.articles.dates import iso_date
from ingest.articles.readers.bylines import people
from ingest.articles.readers.document import Document, Reject, too_long
from ingest.articles.readers.encoding import Undecodable, decode, mark_of

LONGEST_LINE = 20_000_000  # bytes


def read(data: bytes, name: str) -> Iterator[Document | Reject]:
    yield from read_lines(io.BytesIO(data), name)


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it stands in the file, not yet parsed."""

    number: int
    raw: bytes


def read_lines(file: BinaryIO, name: str) -> Iterator[Document | Reject]:
    """Line by line, so that a file of any size needs the memory of one line. Other keys than ours are ignored."""
    for line in raw_lines(file, name):
        yield line if isinstance(line, Reject) else read_line(line, name)


def raw_lines(file: BinaryIO, name: str) -> Iterator[Line | Reject]:
    """Every line that is not blank, or why it cannot be read."""
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
        if len(line) > LONGEST_LINE:
            yield Reject(f"{name}:{number}", f"The line is longer than {LONGEST_LINE // 1_000_000} MB.")
            while line and not line.endswith(b"\n"):
                line = file.readline(LONGEST_LINE)
        elif line.strip():
            yield Line(number, line)


def read_line(line: Line, name: str) -> Document | Reject:
    """The article of one line, or why it is none."""
    place = f"{name}:{line.number}"
    try:
        row = json.loads(decode(line.raw))
    except Undecodable as error:
        return Reject(place, f"Not a line of JSON: {error}.")
    except json.JSONDecodeError as error:
        return Reject(place, f"Not a line of JSON: {error.msg} at character {error.colno}.")
    except (ValueError, RecursionError):
        return Reject(
            place, "Not a line of JSON that can be read: its numbers are too long or it nests too deep."
        )
    if not isinstance(row, dict):
        return Reject(place, 'Not an article: a line holds one object, {"title": …, "url": …, "text": …}.')
    text = row.get("text")
    if not isinstance(text, str):
        return Reject(place, 'Not an article: it has no "text" that is a string.')
    return too_long(text, place) or Document(
        text,
        form="markdown",
        title=_text(row.get("title")),
        url=_text(row.get("url")),
        source=_text(row.get("source")),
        author=_names(row.get("author")),
        published=iso_date(row.get("published")),
        row=_text(row.get("id")),
        line=line.number,
        language=_text(row.get("language")) or _text(row.get("lang")),
    )


def _text(value: object) -> str | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not value.strip():
        return None
    return value.encode("utf-8", "ignore").decode()  # JSON can spell half a character, which no file can hold


def _names(value: object) -> str | None:
    """Names as a string, an object with a "name", or a list of either."""
    listed = value if isinstance(value, list) else [value]
    said = (one.get("name") if isinstance(one, dict) else one for one in listed)
    return people(name for one in said if (name := _text(one)))
