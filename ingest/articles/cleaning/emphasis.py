"""Marks of emphasis taken off a line of Markdown: what is a mark goes, and stars that hide letters of a word stay."""

from __future__ import annotations

import re

_STARS = re.compile(r"\*{2,}")
_LINES = re.compile(r"(?<![^\W_])_{2,}|_{2,}(?![^\W_])|~~")
_EMPHASIS = re.compile(
    r"(?<![\w*])\*(?=[^\s*])([^*\n]*[^\s*])\*(?!\w)|(?:(?<=[^\W\d_]{3})|(?<![\w*]))\*(?=[^\s*])([^*\n]*[^\s*])\*"
)
_UNDERLINED = re.compile(r"(?<!\w)_(?=[^\s_])([^_\n]*[^\s_])_(?!\w)")
_TICKS = re.compile(r"`+")
# Scrapers lose the blanks around bold words; a suffix ("**game**s") is no new word.
_SUFFIX = re.compile(r"(?:s|es|ed|er|ers|ing)\b(?!['’])")
_OPENING, _CLOSING = frozenset("$€£¥“("), frozenset(".,;:!?)")  # a blank belongs before and behind these
_HIDDEN_AFTER = 2  # letters before the stars of a word that hides some: "f**k", "sh*t"


def without_emphasis(text: str) -> str:
    """One line without the marks of strong, emphasised, struck and code; linear in its length."""
    if "*" in text or "_" in text or "~" in text:
        text = _LINES.sub(_line_gone, _without_stars(text))
        text = _EMPHASIS.sub(lambda match: match[1] or match[2] or "", text)
        text = _UNDERLINED.sub(r"\1", text)
    return _TICKS.sub("", text) if "`" in text else text


def _line_gone(match: re.Match[str]) -> str:
    """A run between two blanks is a sign of the author's, not a mark."""
    start, end = match.span()
    before, after = match.string[max(0, start - 1) : start], match.string[end : end + 1]
    return match[0] if before == after == " " else ""


def _without_stars(text: str) -> str:
    runs = list(_STARS.finditer(text))
    pieces: list[str] = []
    position, opened = 0, False
    for place, run in enumerate(runs):
        following = runs[place + 1] if place + 1 < len(runs) else None
        instead, opened = _instead_of(text, run, following, opened)
        pieces += (text[position : run.start()], instead)
        position = run.end()
    return "".join([*pieces, text[position:]])


def _instead_of(
    text: str, run: re.Match[str], following: re.Match[str] | None, opened: bool
) -> tuple[str, bool]:
    """What stands in the place of a run of stars, and whether bold words are open behind it."""
    before, after = text[max(0, run.start() - 1) : run.start()], text[run.end() : run.end() + 1]
    blank_before, blank_after = not before.strip(), not after.strip()
    if before == after == " " or (before.isdigit() and after.isdigit() and not opened):
        return run[0], opened
    closes = following is not None and _closes(text, following)
    hides = _hides_letters(text, run) and (after.isalnum() or len(run[0]) > 2)
    if hides and ((after.isalnum() or closes) if opened else not closes):
        return run[0], opened
    glued = (after.isalnum() or after in _OPENING) and (before.isalnum() or before in _CLOSING)
    if opened and not blank_before:
        suffix = _SUFFIX.match(text, run.end()) is not None
        return " " if glued and not suffix else "", len(run[0]) > 3 and not blank_after
    if before.isalnum() and not closes:  # the other mark is lost
        return " " if glued else "", False
    word = following.start() - run.end() if following else 0
    return " " if glued and (word > 2 or after.isupper()) else "", not blank_after


def _closes(text: str, run: re.Match[str]) -> bool:
    """Whether a run can end bold words: something stands right before it that is no word with hidden letters."""
    before = text[run.start() - 1 : run.start()]
    return bool(before.strip()) and not _hides_letters(text, run)


def _hides_letters(text: str, run: re.Match[str]) -> bool:
    """Whether one or two letters, and before them none and no star, stand right before the stars."""
    start = run.start()
    while start and run.start() - start <= _HIDDEN_AFTER and text[start - 1].isalpha():
        start -= 1
    return 0 < run.start() - start <= _HIDDEN_AFTER and text[max(0, start - 1) : start] != "*"
