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
_DOUBLE = frozenset('"“”„‟«»')
_GAP = re.compile(r"\s*(?:\[\s*(?:\.{3,}|…)\s*\]|\(\s*(?:\.{3,}|…)\s*\)|\.{3,}|…)\s*")
# every blank is wanted between words: an optional one would have a long unclosed bracket tried in all its divisions
_INSERTION = re.compile(r"\s*\[[\w'’.-]+(?:\s[\w'’.-]+){0,3}\s?\]\s*")
_MOST_INSERTED = 4
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
            if char in _DOUBLE and out and out[-1].isalnum() and original[index + 1 : index + 2].isalnum():
                put(" ", index)  # pages lose the blank behind a closing mark
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

    Whole words only. Parts around an ellipsis match in order, and the span then
    runs from the first part to the end of the last: the article's own words in between are shown.
    """
    whole = _key(quote)
    if not whole:
        return None
    for start, end in _occurrences(whole, passage.text):
        return _as_typed(quote.strip(), original, _original_span(passage, original, start, end))
    parts = [key for part in _GAP.split(quote) if (key := _key(part))]
    if len(parts) > 1 and (span := _in_order(parts, passage.text)) is not None:
        found = _original_span(passage, original, *span)
        return found if found[1] - found[0] <= LONGEST_SPAN else None
    return _around_insertions(quote, passage, original)


def _as_typed(quote: str, original: str, span: Span) -> Span:
    """The span with the marks at its edges (a full stop, quotation marks) where the quote has them just so."""
    place = original.find(quote, max(0, span[0] - 4))
    return (place, place + len(quote)) if 0 <= place <= span[0] and span[1] <= place + len(quote) else span


def _around_insertions(quote: str, passage: Folded, original: str) -> Span | None:
    """ "[The company] said so": an editor's few words, where the article has a few of its own and no brackets."""
    parts = [key for part in _INSERTION.split(quote) if (key := _key(part))]
    if not _INSERTION.search(quote) or not parts or (span := _in_order(parts, passage.text)) is None:
        return None
    reached = span[0]
    for part in parts:
        start, end = next(_occurrences(part, passage.text, reached), span)
        gap = passage.text[reached:start]
        if len(gap.split()) > _MOST_INSERTED or "[" in gap:
            return None
        reached = end
    if "[" in passage.text[max(0, span[0] - 2) : reached + 2]:
        return None
    return _original_span(passage, original, *span)


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
