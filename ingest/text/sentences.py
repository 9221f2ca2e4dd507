"""Sentences of a text as spans of code points."""

from __future__ import annotations

import re

import sentencex

from ingest.text.abbreviations import goes_on, may_go_on, starts_sentence

Span = tuple[int, int]

_NEAR = 48  # characters on each side of a boundary that are looked at: what keeps the work linear

_LONGEST = 12  # characters: no abbreviation is as long
_ENDS = frozenset('.!?”’"')
_OPENS = frozenset("“„«‘\"'([¿¡")

_LONGEST_SENTENCE = 2000
_QUOTES = '“”"«»„'

# words that are abbreviations to sentencex, and ".)": a capital after them starts a sentence
_MISSED = re.compile(
    r"\.(?:(?<= me\.)|(?<= no\.)|(?<= fed\.)|(?<= ill\.)|(?<= may\.)|(?<= miss\.)|(?<=[a-z]\.)\))"
    r"(?=\s+[“\"]?(?:[A-Z][a-z’']|[AI] ))"
)

# a line, or as much of an endless one as ends well: sentencex takes quadratic time over an unpaired quotation mark
_LINE = re.compile(r"[^\n]{1,20000}(?:(?=\n)|\Z|(?<=[.!?])(?=\s))|[^\n]{1,20000}(?!\S)|[^\n]{1,20000}")
_SURROGATE = re.compile(r"[\ud800-\udfff]")

_OPENED = re.compile(r"""(?<=\s)["“„«‘'(\[¿¡]+$""")
_CLOSING = re.compile(r"""["”’»)\]]+(?=\s|$)""")
_CLOSING_APART = re.compile(r"[”»)\]]+(?=\s|$)")  # a straight quotation mark between blanks may as well open
_SAID = re.compile(r"\w")
_ELLIPSES = ("..", "…")
_LIST_MARK = re.compile(r"\(?(?:\d{1,3}|[a-zA-Z])[.)]")
_TAIL = re.compile(r"['’](?:s|t|d|m|re|ve|ll)\b")
_LAST_PART = re.compile(r"\w*(?=[.!?]$)")
_FIRST_PART = re.compile(r"\w+")
_ADDRESS = re.compile(r"://|\bwww\.|[@\\=_]|\.\w+/")
_ENDINGS = frozenset(
    """
    ai com co css de edu es eu exe fr gov html io js json net org pdf php py tv txt uk us xml zip
    """.split()
)


def sentence_spans(text: str, language: str = "en") -> list[Span]:
    """The sentences of `text` in order, without the white space around them, as (start, end) in code points.

    A line break ends a sentence: bodies keep them only between paragraphs, list items and table rows.
    """
    # a lone surrogate cannot cross into sentencex, which wants valid UTF-8; any letter keeps the offsets
    readable = _SURROGATE.sub("x", text)
    spans: list[Span] = []
    for line in _LINE.finditer(readable):
        shift = line.start()
        found = [
            trimmed(text, shift + sentence["start_index"], shift + sentence["end_index"])
            for sentence in sentencex.get_sentence_boundaries(language, line.group())
        ]
        spans += _mended(text, [span for span in found if span[0] < span[1]])
    return _parted(text, spans)


def trimmed(text: str, start: int, end: int) -> Span:
    """`start` and `end` moved inwards past white space."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _mended(text: str, found: list[Span]) -> list[Span]:
    """The spans of one line with the boundaries taken out, or moved, that a reader would not draw there."""
    spans = found[:1]
    for start, end in found[1:]:
        first, last = spans[-1]
        if not _plain(text, last, start):
            last, start = _moved(text, (first, last), (start, end))
            if start == end or _belongs(text, (first, last), (start, end)):
                spans[-1] = first, end
                continue
            spans[-1] = first, last
        spans.append((start, end))
    return spans


def _plain(text: str, last: int, start: int) -> bool:
    """Nothing speaks against the boundary: white space, a capital after it, and no known abbreviation before.

    It is asked of every boundary and settles nearly all, so it is what keeps the mending fast.
    """
    end = text[last - 1]
    opening = text[start : start + 2]
    if (
        last == start
        or end not in _ENDS
        or not (opening[0].isupper() or (opening[0] in _OPENS and opening[1:].isupper()))
    ):
        return False
    if end != ".":
        return True
    return not may_go_on(text[max(0, last - _LONGEST) : last - 1].split(" ")[-1])


def _moved(text: str, before: Span, after: Span) -> tuple[int, int]:
    """The end and the start around a boundary, set right: what opens belongs to what comes, what closes to what was."""
    last, start = before[1], after[0]
    if (
        last == start
        and text[last - 1] in _OPENS
        and (opened := _OPENED.search(text, max(before[0], last - _NEAR), last))
    ):
        start = opened.start()
        return trimmed(text, before[0], start)[1], start
    marks = _CLOSING if last == start else _CLOSING_APART
    if closing := marks.match(text, start, min(after[1], start + _NEAR)):
        last = closing.end()
        return last, trimmed(text, last, after[1])[0]
    return last, start


def _belongs(text: str, before: Span, after: Span) -> bool:
    """The text after a boundary is of the same sentence as the text before it."""
    head = text[max(before[0], before[1] - _NEAR) : before[1]]
    tail = text[after[0] : min(after[1], after[0] + _NEAR)]
    if tail[0] in ",;:|" or _TAIL.match(tail):  # a bar opens the next cell of a table's row
        return True
    if not _says(text, before) or _LIST_MARK.fullmatch(text, *before):
        return True
    if not _says(text, after) and not tail.startswith(_ELLIPSES):
        return True
    if before[1] == after[0] and _one_token(head, tail):
        return True
    if tail[0].islower() and (head[-1] == "!" or head.endswith(_ELLIPSES)):
        return True
    return goes_on(head, tail)


def _says(text: str, span: Span) -> bool:
    return _SAID.search(text, span[0], min(span[1], span[0] + _NEAR)) is not None


def _one_token(head: str, tail: str) -> bool:
    """No white space between, and rather an address, a file or an abbreviation than a blank that was lost."""
    left, right = _LAST_PART.search(head), _FIRST_PART.match(tail)
    if left is None or right is None:
        return False
    if _ADDRESS.search(head.split()[-1]):
        return True
    name, rest = left.group(), right.group()
    if starts_sentence(tail) and rest.lower() not in _ENDINGS:
        return False
    if len(name) == 1 and name.isalpha():
        return True
    if rest.lower() in _ENDINGS:
        return rest.lower() not in ("de", "es", "us") or name[:1].isupper()
    return name.isupper() and rest.isupper() and max(len(name), len(rest)) <= 4


def _parted(text: str, spans: list[Span]) -> list[Span]:
    """The spans cut where sentencex sees an abbreviation or a bracket and a reader sees a sentence end."""
    ends = [found.end() for found in _MISSED.finditer(text)]
    if not ends:
        return spans
    parted: list[Span] = []
    places = iter([*ends, len(text) + 1])
    place = next(places)
    for start, end in spans:
        quotes = 0
        seen = start
        while place < end:
            if place > start:
                quotes += sum(map(text[seen:place].count, _QUOTES))
                seen = place
                if quotes % 2 == 0 and (text[place - 1] != ")" or _in_brackets(text, start, place)):
                    parted.append((start, place))
                    start = trimmed(text, place, end)[0]
            place = next(places)
        parted.append((start, end))
    return parted


def _in_brackets(text: str, start: int, end: int) -> bool:
    """One pair of brackets, and nothing besides; of a length that sentences have."""
    return text[start] == "(" and text.find(")", start, start + _LONGEST_SENTENCE) == end - 1
