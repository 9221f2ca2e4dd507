"""Questions read from standard input, one a line, as `-` on the command line asks for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

from ingest.errors import UserFacingError


@dataclass(frozen=True, slots=True)
class AskedLine:
    """A question, and the articles (URLs or ids) that may not be searched for it."""

    question: str
    exclude: tuple[str, ...] = ()


def read_lines(stream: IO[bytes]) -> Iterator[str]:
    """The lines that are not empty, as they stand: answers are matched to questions by their text.

    Bytes that are not UTF-8 become replacement characters, never an error.
    """
    for raw in stream:
        line = raw.decode("utf-8", "replace").lstrip("\ufeff").rstrip("\r\n")
        if line.strip():
            yield line


def parse_line(line: str, key: str) -> AskedLine:
    """A plain question, or an object `{key: question, "exclude": [...]}`; raises UserFacingError for a broken one."""
    if not line.lstrip().startswith("{"):
        return AskedLine(line)
    try:
        value: Any = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UserFacingError(f"This line opens with {{ but is not a JSON object: {error}") from error
    question, exclude = value.get(key), value.get("exclude", [])
    if not isinstance(question, str) or not _strings(exclude):
        raise UserFacingError(f'A JSON line must read {{"{key}": "…", "exclude": ["URL", …]}}.')
    return AskedLine(question, tuple(exclude))


def _strings(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)
