"""Words of any script, as the full-text index stores them and a question asks for them."""

from __future__ import annotations

import re

# Scripts written without spaces: Thai, Lao, Myanmar, Khmer, kana, CJK ideographs (with extensions), Hangul stays
# spaced. FTS5's unicode61 would take a whole run of them for one word.
_UNSPACED = (
    r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    r"\U00020000-\U0003134f"
)
_RUN = re.compile(f"[{_UNSPACED}]+")
_WORD = re.compile(
    rf"[{_UNSPACED}]+|[^\W_{_UNSPACED}]+(?:[\u0300-\u036f\u0590-\u05c7\u0610-\u065f]+[^\W_]*)*"
)


LONGEST = 64
"""Characters of a word that are kept: what is longer is no word, and nobody types it to the end."""


def searchable(text: str) -> str:
    """`text` with every run of a script without spaces replaced by its pairs of characters, so that parts match."""
    return _RUN.sub(lambda run: f" {' '.join(_pairs(run.group()))} ", _storable(text))


def question_words(text: str) -> list[str]:
    """The words of a question in order, lower case, cut as `searchable` cuts them, none longer than `LONGEST`."""
    words: list[str] = []
    for word in _WORD.findall(_storable(text).lower()):
        words += _pairs(word) if _RUN.fullmatch(word) else [word[:LONGEST]]
    return words


def quoted(word: str) -> str:
    """A word as an FTS5 string, in which no character is an operator."""
    return '"' + word.replace('"', '""') + '"'


def _pairs(run: str) -> list[str]:
    return [run[n : n + 2] for n in range(len(run) - 1)] or [run]


def _storable(text: str) -> str:
    """SQLite takes neither lone surrogates nor, in full-text search, NUL."""
    return text.encode("utf-8", "replace").decode().replace("\0", " ")
