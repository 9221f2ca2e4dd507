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
_PART = re.compile(r"[a-z]{1,2}\*\*")  # "tim**e**": a part of a word in bold
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
    """Runs of stars are marks, with a blank in their place where one was lost, unless they are the author's own."""
    alone = len(re.findall(r"(?<! )\*{2,}|\*{2,}(?! )", text)) == 1

    def instead(run: re.Match[str]) -> str:
        before, after = text[max(0, run.start() - 1) : run.start()], text[run.end() : run.end() + 1]
        if before == after == " " or (alone and before.isdigit() and after.isdigit()):  # "2**3"
            return run[0]
        part = re.fullmatch(r"\w\w", text[max(0, run.start() - 2) : run.start()]) and _PART.match(
            text, run.end()
        )
        if (
            not part
            and _hides_letters(text, run)
            and (after.islower() or (len(run[0]) > 2 and not after.isalnum()))
        ):
            return run[0]
        glued = (after.isalnum() or after in _OPENING) and (before.isalnum() or before in _CLOSING)
        return " " if glued and not (part or _SUFFIX.match(text, run.end())) else ""

    return _STARS.sub(instead, text)


def _hides_letters(text: str, run: re.Match[str]) -> bool:
    """Whether one or two letters, and before them none and no star, stand right before the stars."""
    start = run.start()
    while start and run.start() - start <= _HIDDEN_AFTER and text[start - 1].isalpha():
        start -= 1
    return 0 < run.start() - start <= _HIDDEN_AFTER and text[max(0, start - 1) : start] != "*"
