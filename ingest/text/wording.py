"""The words of a sentence as the checks compare them: stems, what kind each is, and clauses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from ingest.text import lexicon, stemming
from ingest.text.names import names, words_of
from ingest.text.quantities.figures import figures

_FUNCTION = lexicon.words("en/function_words")
_IRREGULAR = lexicon.table("en/irregular_forms")
_BREAKS = re.compile(r"[,;:()\[\]—–]|\s-\s|[.!?]\s|\n")
_JOINS = frozenset("but while whereas although though because".split())


@dataclass(frozen=True, slots=True)
class Word:
    """One word: `kind` is name, figure, content or small; `key` is what it is compared by; `clause` counts up."""

    text: str
    key: str
    kind: str
    start: int
    end: int
    clause: int


def wording(text: str) -> list[Word]:
    """The words of `text` in order. A longer name is one word, keyed by its last part; so is a figure."""
    spans: list[tuple[int, int, str, str]] = []
    taken: set[int] = set()
    for figure in figures(text):
        if not figure.soft:
            key = f"{figure.kind}:{','.join(map(str, sorted(figure.values)))}{figure.parts or ''}"
            spans.append((figure.start, figure.end, "figure", key))
            taken.update(range(figure.start, figure.end))
    for name in names(text):
        if not taken & set(range(name.start, name.end)):
            spans.append((name.start, name.end, "name", name.words[-1]))
            taken.update(range(name.start, name.end))
    for word, start, end in words_of(text):
        if start not in taken and end - 1 not in taken:
            small = word in _FUNCTION or (len(word) < 2 and word.isascii())
            spans.append((start, end, "small" if small else "content", word if small else stem(word)))
    spans.sort()
    out: list[Word] = []
    clause = previous = 0
    for start, end, kind, key in spans:
        if (previous and _BREAKS.search(text[previous:start])) or (kind == "small" and key in _JOINS):
            clause += 1
        out.append(Word(text[start:end].lower(), key, kind, start, end, clause))
        previous = end
    return out


@cache
def stem(word: str) -> str:
    """The stem of a word, and that of its first form where it has irregular ones: "bought" and "buying" are one.

    Of words joined by a hyphen the last is stemmed, so that "non-compliant" ends as "compliant" does.
    """
    joined, hyphen, last = word.rpartition("-")
    return joined + hyphen + stemming.stem(_IRREGULAR.get(last, last))
