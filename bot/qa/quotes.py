"""Quotes looked up in a text: forgiving in how they are typed, exact in what is found."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

Span = tuple[int, int]

LONGEST_SPAN = 900
"""A quote with an ellipsis shows everything between its parts; past this many code points it proves nothing."""

_DASHES = frozenset("‐‑‒–—―−﹘﹣-~")
# Marks that writers and models swap, double or drop; none changes which words stand there.
_DROPPED = frozenset("\"'`´‘’‚‛“”„‟«»‹›「」『』〝〞＂＇′″*_")
_GAP = re.compile(r"\s*(?:\[\s*(?:\.{3,}|…)\s*\]|\(\s*(?:\.{3,}|…)\s*\)|\.{3,}|…)\s*")
_INSERTION = re.compile(r"\s*\[[^\[\]]{0,60}\]\s*")
_EDGES = " .,;:!?-()[]…"
_NEGATING_PREFIX = re.compile(r"(?:^|[^\w])(?:non|un|anti|ex|pre|pseudo|mis|dis)-$")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")


@dataclass(frozen=True, slots=True)
class Folded:
    """A text as it is compared, with `origins[i]` the code point of the original that `text[i]` came from."""

    text: str
    origins: tuple[int, ...]


def fold(original: str) -> Folded:
    """`original` with case, accents, white space, dashes and quote marks made alike, and invisible marks gone."""
    out: list[str] = []
    origins: list[int] = []

    def put(char: str, origin: int) -> None:
        if char == " " and (not out or out[-1] in " -"):
            return
        if char == "-":
            if out and out[-1] == " ":
                out.pop()
                origins.pop()
            if out and out[-1] == "-":
                return
        out.append(char)
        origins.append(origin)

    for index, char in enumerate(original):
        if char.isascii() and char.isalnum():
            put(char.lower(), index)
        elif char in _DROPPED:
            continue
        elif char in _DASHES:
            put("-", index)
        elif char.isspace():
            put(" ", index)
        elif unicodedata.category(char) in ("Cf", "Cc", "Co", "Cs"):
            continue  # zero-width and bidirectional marks, soft hyphens
        elif char == "…":
            for _ in range(3):
                put(".", index)
        else:
            for part in unicodedata.normalize("NFKD", char).casefold():
                if "\u0300" <= part <= "\u036f" or part in _DROPPED:
                    continue
                put(" " if part.isspace() else "-" if part in _DASHES else part, index)
    return Folded("".join(out), tuple(origins))


def locate(quote: str, passage: Folded, original: str) -> Span | None:
    """Where `quote` stands in `original` (whose fold is `passage`), as code points, or None.

    Whole words only. Parts around an ellipsis, or around [an insertion], match in order, and the span then
    runs from the first part to the end of the last: the article's own words in between are shown.
    """
    whole = _key(quote)
    if not whole:
        return None
    for start, end in _occurrences(whole, passage.text):
        return _original_span(passage, original, start, end)
    for pattern in (_GAP, _INSERTION):
        parts = [key for part in pattern.split(quote) if (key := _key(part))]
        if len(parts) > 1 or (parts and pattern is _INSERTION and parts[0] != whole):
            span = _in_order(parts, passage.text)
            if span is not None:
                found = _original_span(passage, original, *span)
                return found if found[1] - found[0] <= LONGEST_SPAN else None
    parts = [key for part in re.split(f"{_GAP.pattern}|{_INSERTION.pattern}", quote) if (key := _key(part))]
    if len(parts) > 1 and (span := _in_order(parts, passage.text)) is not None:
        found = _original_span(passage, original, *span)
        return found if found[1] - found[0] <= LONGEST_SPAN else None
    return None


def proves_something(quote: str) -> bool:
    """Whether a quote is long enough to stand behind a sentence: three words, or six signs of an unspaced script."""
    folded = fold(quote).text
    if len(_UNSPACED.findall(folded)) >= 6:
        return True
    return len(re.findall(r"[^\W_]+", folded)) >= 3


def quoted_words(sentence: str) -> list[str]:
    """What a sentence itself puts in quotation marks: words it says somebody used."""
    spans = re.findall(r"[“„«\"]([^“”„«»\"]+)[”»“\"]", sentence)
    spans += re.findall(r"(?<!\w)[‘']([^‘’']*\s[^‘’']*)[’'](?!\w)", sentence)
    return [span for span in spans if re.search(r"\w", span)]


def _key(quote: str) -> str:
    return fold(quote).text.strip(_EDGES)


def _occurrences(key: str, text: str, begin: int = 0) -> Iterator[Span]:
    start = text.find(key, begin)
    while start >= 0:
        end = start + len(key)
        if _whole(text, start, end):
            yield start, end
        start = text.find(key, start + 1)


def _whole(text: str, start: int, end: int) -> bool:
    """Neither edge cuts a word or a number, nor a prefix that turns the word round ("non-compliant")."""
    before, after = text[start - 1 : start], text[end : end + 1]
    first, last = text[start], text[end - 1]
    if before.isalnum() and first.isalnum() and not _UNSPACED.match(before) and not _UNSPACED.match(first):
        return False
    if after.isalnum() and last.isalnum() and not _UNSPACED.match(after) and not _UNSPACED.match(last):
        return False
    if first.isdigit() and before in tuple(".,") and text[start - 2 : start - 1].isdigit():
        return False
    if last.isdigit() and after in tuple(".,") and text[end + 1 : end + 2].isdigit():
        return False
    return not (before == "-" and _NEGATING_PREFIX.search(text[max(0, start - 8) : start]))


def _in_order(parts: list[str], text: str) -> Span | None:
    """The shortest stretch of `text` that holds every part, in order; a part of one word proves no order."""
    if any(" " not in part and not part.isdigit() and not _UNSPACED.search(part) for part in parts):
        return None
    best: Span | None = None
    for start, end in _occurrences(parts[0], text):
        reached = end
        for part in parts[1:]:
            found = next(_occurrences(part, text, reached), None)
            if found is None:
                return best
            reached = found[1]
        if best is None or reached - start < best[1] - best[0]:
            best = start, reached
    return best


def _original_span(passage: Folded, original: str, start: int, end: int) -> Span:
    first, last = passage.origins[start], passage.origins[end - 1] + 1
    while last < len(original) and unicodedata.combining(original[last]):
        last += 1  # an accent typed as a sign of its own belongs to the letter before it
    return first, last
