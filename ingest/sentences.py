"""Sentences of a text as spans of code points."""

from __future__ import annotations

import re

import sentencex

Span = tuple[int, int]

_LINE = re.compile(r"[^\n]+")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def sentence_spans(text: str, language: str = "en") -> list[Span]:
    """The sentences of `text` in order, without the white space around them, as (start, end) in code points.

    A line break ends a sentence: bodies keep them only between paragraphs, list items and table rows.
    """
    # a lone surrogate cannot cross into sentencex, which wants valid UTF-8; any letter keeps the offsets
    readable = _SURROGATE.sub("x", text)
    spans = []
    for line in _LINE.finditer(readable):
        for sentence in sentencex.get_sentence_boundaries(language, line.group()):
            span = trimmed(text, line.start() + sentence["start_index"], line.start() + sentence["end_index"])
            if span[0] < span[1]:
                spans.append(span)
    return spans


def trimmed(text: str, start: int, end: int) -> Span:
    """`start` and `end` moved inwards past white space."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
