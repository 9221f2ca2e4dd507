"""The JSON objects of a text that is still arriving and may be broken, found in one pass."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

DEEPEST = 12
"""Objects within objects; a sentence lies four deep. It bounds how often a sign of a broken reply is parsed."""
_MOST_OBJECTS = 2_000

_FRAME = re.compile(r'\{\s{0,20}"(?:sentences|answer|claims|not_covered)"\s{0,20}:\s{0,20}[\[{]')
_OUTSIDE, _INSIDE = re.compile(r'[{}"]'), re.compile(r'["\\]')


@dataclass(slots=True)
class _Object:
    start: int
    end: int = 0
    children: list[_Object] = field(default_factory=list)
    given_in_parts: bool = False


class JsonObjects:
    """Gives each outermost object once it has closed; the parts of a frame, {"sentences": [..., as soon as each of
    them has, and of a broken object what lies whole inside it.
    """

    def __init__(self) -> None:
        self._at = 0
        self._in_string = False
        self._open: list[_Object] = []
        self._left = _MOST_OBJECTS

    def feed(self, text: str) -> Iterator[dict[str, Any]]:
        """The objects that `text`, all that has arrived so far, completes."""
        while self._left > 0:
            sign = (_INSIDE if self._in_string else _OUTSIDE).search(text, self._at)
            if sign is None:
                self._at = len(text)
                return
            self._at = sign.end()
            match sign.group():
                case "\\":
                    if sign.end() == len(text):  # what it escapes is still to come
                        self._at = sign.start()
                        return
                    self._at += 1
                case '"':
                    self._in_string = bool(self._open) and not self._in_string
                case "{":
                    self._open.append(_Object(sign.start()))
                case _ if self._open:
                    self._left -= 1
                    closed = self._open.pop()
                    closed.end = sign.end()
                    yield from self._closed(text, closed)

    def _closed(self, text: str, closed: _Object) -> Iterator[dict[str, Any]]:
        if len(self._open) > DEEPEST:
            return
        if not all(_FRAME.match(text, outer.start) for outer in self._open):
            self._open[-1].children.append(closed)
            return
        for value in _values(text, closed):
            for outer in self._open:
                outer.given_in_parts = True
            yield value


def _values(text: str, closed: _Object) -> Iterator[dict[str, Any]]:
    value = loads(text[closed.start : closed.end])
    if not isinstance(value, dict):
        for child in closed.children:
            yield from _values(text, child)
    elif not closed.given_in_parts:
        yield value
    elif "not_covered" in value:
        yield {"not_covered": value["not_covered"]}


def loads(text: str) -> object:
    """JSON, forgiving a comma too many and raw line breaks in strings; None where it is none."""
    for candidate in (text, re.sub(r",(\s*[\]}])", r"\1", text)):
        try:
            return json.loads(candidate, strict=False)
        except (ValueError, RecursionError):
            continue
    return None
