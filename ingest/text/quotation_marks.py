"""Quotation marks in pairs: the ones that a sentence cut from a longer quotation lacks."""

from __future__ import annotations

import re

_MARK = re.compile(r'["“”„]')
_CLOSES = {'"': '"', "“": "”", "”": "”", "„": "“"}
_BEFORE_OPENING = frozenset("([—–-:")


def whole_quotations(body: str, start: int, end: int) -> str:
    """`body[start:end]`, a sentence or more, with the quotation marks that its first and last quotation lost by being
    cut out; no other sign is changed. Quotations are looked for in the line that it stands in.
    """
    first, last = body.rfind("\n", 0, start) + 1, body.find("\n", end)
    rest = body[end : last if last >= 0 else len(body)]
    text = body[start:end]
    opened, closed = _unpaired(text)
    within, _ = _unpaired(body[first:start])
    if within is not None and (_ends(within, text + rest) or body[last:].lstrip().startswith(within)):
        if closed is None and opened is None and not _MARK.match(text):
            return f"{within}{text}{_CLOSES[within]}"
        if closed is not None:
            return within + text
    if opened is not None and not text.endswith(_CLOSES[opened]):
        return text + _CLOSES[opened]
    opening = "“" if closed == "”" else closed or ""
    return text if text.startswith(opening) else opening + text


def _ends(mark: str, text: str) -> bool:
    """Whether a quotation opened by `mark` is closed before another opens."""
    following = _MARK.search(text)
    return (
        following is not None and following.group() == _CLOSES[mark] and not _starts(text, following.start())
    )


def _starts(text: str, place: int) -> bool:
    """Whether the mark there stands as one that opens does: behind a blank, before a word."""
    before, after = text[place - 1 : place] if place else "", text[place + 1 : place + 2]
    return (not before or before.isspace() or before in _BEFORE_OPENING) and bool(after.strip())


def _unpaired(text: str) -> tuple[str | None, str | None]:
    """The mark that opens a quotation which is not closed, and the first that closes one which was not opened."""
    opened = closed = None
    for match in _MARK.finditer(text):
        mark, place = match.group(), match.start()
        starts = _starts(text, place)
        if opened is not None and mark in (_CLOSES[opened], "”", '"') and not starts:
            opened = None
        elif mark in "“„" or starts:
            opened = opened or mark
        elif mark == '"' and text[place - 1 : place].isdigit():
            continue  # inches
        else:
            closed = closed or mark
    return opened, closed
