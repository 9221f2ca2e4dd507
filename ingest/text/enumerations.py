"""Lists of names in a text: "A, B and C"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.text.names import names

_LISTED = re.compile(
    r"\s*(?:,|;|,?\s(?:and|or|und|et|y|e|o)\b|&)\s*(?:(?:the|an?|le|la|el|die|der|das)\s)?\s*", re.I
)


def list_lengths(text: str) -> Iterator[int]:
    """How many names each list of names in `text` has, from two on."""
    size, end = 0, 0
    for name in names(text):
        if size and _LISTED.fullmatch(text[end : name.start]):
            size += 1
        else:
            if size > 1:
                yield size
            size = 1
        end = name.end
    if size > 1:
        yield size
