"""Phrases of the lexicon, looked for at the edges of a run of words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from ingest.text.lexicon import lines

LONGEST = 16
"""Words of a phrase at the most."""


@cache
def phrases(name: str) -> re.Pattern[str]:
    """Matches a phrase of `lexicon/en/<name>.txt`, each word followed by a space.

    In the file "a|b" is either word, and "a?" may be left out.
    """
    return re.compile("|".join(map(_pattern, lines(f"en/{name}"))))


def _pattern(line: str) -> str:
    slots = ((slot.removesuffix("?"), "?" if slot.endswith("?") else "") for slot in line.split())
    return "".join(
        f"(?:(?:{'|'.join(map(re.escape, slot.split('|')))}) ){optional}" for slot, optional in slots
    )


def opening(words: Sequence[str], name: str) -> int:
    """How many of the first lower-case `words` the longest phrase takes."""
    most = min(LONGEST, len(words))
    return next((end for end in range(most, 0, -1) if _is_phrase(words[:end], name)), 0)


def closing(words: Sequence[str], name: str) -> int:
    """How many of the last lower-case `words` the longest phrase takes."""
    most = min(LONGEST, len(words))
    return next((count for count in range(most, 0, -1) if _is_phrase(words[-count:], name)), 0)


def _is_phrase(words: Sequence[str], name: str) -> bool:
    return phrases(name).fullmatch("".join(f"{word} " for word in words)) is not None
