"""Quotation marks in pairs: where an article's text stands in somebody's own words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.text.sentences import Span

_MARKS = re.compile('[“”"«»„]')
_BEFORE = frozenset(" \t\u00a0([{—–-:/'‘")
# British pages quote in single marks: only what opens with a capital and ends as a sentence or a clause does
_SINGLE = re.compile(r"(?:(?<=\s)|^)[‘'](?=[A-Z])(?:[^‘’'\n]|[’'](?=\w)){4,1500}[,.?!…][’'](?=\s|$)")
LONGEST = 6000
"""Characters of one quotation, over its paragraphs: what goes on for longer has lost its closing mark."""


def quotations(body: str) -> list[Span]:
    """Spans with their marks, in order and apart from one another.

    A quotation that a paragraph leaves open, and the next one opens again, is one.
    """
    spans: list[Span] = []
    pending: int | None = None
    for start, end in _paragraphs(body):
        closed, left_open = _pairs(body, start, end)
        opens_again = body[start] in '“"«„'
        if pending is not None:
            first = closed[0] if closed else None
            if opens_again and first is not None and first[0] == start and end - pending < LONGEST:
                closed[0] = (pending, first[1])
            elif opens_again and left_open == start and not closed and end - pending < LONGEST:
                left_open = pending
        if not closed and left_open is None:
            closed = [match.span() for match in _SINGLE.finditer(body, start, end)]
        spans += closed
        pending = left_open
    return spans


def _paragraphs(body: str) -> Iterator[Span]:
    for line in re.finditer(r"[^\n]*\S[^\n]*", body):
        start = line.start() + len(line.group()) - len(line.group().lstrip())
        yield start, line.end()


def _pairs(body: str, start: int, end: int) -> tuple[list[Span], int | None]:
    """The closed quotations of one paragraph, and where one opens that is not closed."""
    nested = _nested(body, start, end)
    if nested is not None:
        return nested, None
    spans: list[Span] = []
    opened: int | None = None
    for mark in _MARKS.finditer(body, start, end):
        place = mark.start()
        if _opens(body, place, start, end):
            if opened is None or mark.group() == '"':
                opened = place
        elif opened is not None:
            if place - opened > 1:
                spans.append((opened, place + 1))
            opened = None
    return spans, opened


def _nested(body: str, start: int, end: int) -> list[Span] | None:
    """The outermost quotations of a paragraph in which every mark has its other half."""
    spans: list[Span] = []
    opened: list[int] = []
    for mark in _MARKS.finditer(body, start, end):
        if _opens(body, mark.start(), start, end):
            opened.append(mark.start())
        elif not opened:
            return None
        else:
            first = opened.pop()
            if not opened and mark.start() - first > 1:
                spans.append((first, mark.start() + 1))
    return None if opened else spans


def _opens(body: str, place: int, start: int, end: int) -> bool:
    mark = body[place]
    if mark in "“«„":
        return True
    if mark in "”»":
        return False
    follows = body[place + 1] if place + 1 < end else " "
    return (place == start or body[place - 1] in _BEFORE) and not follows.isspace()
