"""Questions read from standard input, one a line, as `-` on the command line asks for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

from bot.qa.retrieval.as_of import last_day
from ingest.errors import UserFacingError


@dataclass(frozen=True, slots=True)
class AskedLine:
    """A question, the articles (URLs or ids) that may not be searched for it, and the last day whose articles may."""

    question: str
    exclude: tuple[str, ...] = ()
    as_of: str = ""


def read_lines(stream: IO[bytes]) -> Iterator[str]:
    """The lines that are not empty, as they stand: answers are matched to questions by their text.

    Bytes that are not UTF-8 become replacement characters, never an error.
    """
    for raw in stream:
        line = raw.decode("utf-8", "replace").lstrip("\ufeff").rstrip("\r\n")
        if line.strip():
            yield line


def parse_line(line: str, key: str, as_of: str = "") -> AskedLine:
    """A plain question, or an object `{key: question, "exclude": [...], "as_of": …}`, which wins over `as_of`.

    Raises UserFacingError for a broken one.
    """
    if not line.lstrip().startswith("{"):
        return AskedLine(line, as_of=as_of)
    try:
        value: Any = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UserFacingError(f"This line opens with {{ but is not a JSON object: {error}") from error
    question, exclude, day = value.get(key), value.get("exclude", []), value.get("as_of") or ""
    if not isinstance(question, str) or not _strings(exclude) or not isinstance(day, str):
        raise UserFacingError(
            f'A JSON line must read {{"{key}": "…", "exclude": ["URL", …], "as_of": "2015-05"}}.'
        )
    return AskedLine(question, tuple(exclude), parse_day(day) if day else as_of)


def parse_day(text: str) -> str:
    """The last day, in ISO 8601, of a date, a month or a year; raises UserFacingError for anything else."""
    day = last_day(text)
    if day is None:
        raise UserFacingError(f"“{text[:40]}” is no date: write 2015-05-31, May 2015 or 2015.")
    return day


def _strings(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)
