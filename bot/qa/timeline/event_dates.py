"""When what a sentence tells of happened: the day that the sentence gives, else that of its article.

Temporal normalisation by plain rules over the dates that `ingest.text.quantities` reads. Precision before recall: a
date that may be another thing's ("since Friday", "who resigned in May") or lies ahead ("opens on 3 May") is not taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from ingest.text.quantities.figures import Figure, figures

_NEAR_DAY = {"today": 0, "tonight": 0, "yesterday": -1, "last night": -1}
_NEAR = re.compile(r"\b(today|tonight|yesterday|last night|last month|last year)\b(?!['’]s)", re.IGNORECASE)
_ANOTHERS = re.compile(
    r"\b(?:since|until|till|by|before|after|following|from|to|ahead of|between|prior to|through|for|every|dated?|"
    r"than|next|and|or|mail on|as of)\s+(?:the |late |early |mid-?|last |around )*$|[-–—]\s*$|"
    r"\b(?:since|last|previous(?:ly)?|landed|host(?:ing)?|award(?:ed)?)\b[^,;]{0,40}\bin\s+$",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[,—–;]\s+(?:which|who|whose|where|when|as|but)\b|[“\"]", re.IGNORECASE)
_AHEAD = re.compile(
    r"\b(?:will|would|plans?|planned|due|expected|scheduled|set|going|hopes?|aims?)\b", re.IGNORECASE
)
_IN_YEAR = re.compile(
    r"(?:\b(?:in|during|early|late|of|summer|spring|autumn|fall|winter)|^)\s*$", re.IGNORECASE
)
_THING = re.compile(r"['’]s?\b|\s+of (?:that|the same|each|every) year\b")
_EARLIEST = 1800


@dataclass(frozen=True, slots=True)
class EventDate:
    """`day` in ISO 8601, as exact as it is known: 2015-11-23, 2015-11 or 2015. `own`: the sentence gives it."""

    day: str
    own: bool


def event_date(sentence: str, published: str | None) -> EventDate | None:
    """None where neither the sentence nor its article has a date."""
    written = _day_of(published)
    clause = _CLAUSE.search(sentence)
    until = clause.start() if clause and clause.start() > 0 else len(sentence)
    for start, end, day in sorted(_days(sentence, written)):
        another = _ANOTHERS.search(sentence[:start]) or _THING.match(sentence[end:]) or start > until
        if not another and not (written and day > written.isoformat()):
            return EventDate(day, own=True)
    return EventDate(written.isoformat(), own=False) if written else None


def _days(sentence: str, written: date | None) -> Iterator[tuple[int, int, str]]:
    """Where the sentence names a day, and which, that of the article understood."""
    found = [one for one in figures(sentence) if not one.soft]
    ahead = _AHEAD.search(sentence) is not None
    dates = [one for one in found if one.kind == "date"]
    for one in found:
        beside = any(-4 < one.start - other.end < 4 or 0 <= other.start - one.end < 4 for other in dates)
        day = None
        if one.kind in ("date", "month"):
            day = _of_parts(one, written, ahead=ahead)
        elif one.kind == "weekday" and written and not ahead and not beside:
            day = _last_weekday(sentence, one, written)
        elif one.kind == "number" and re.fullmatch(r"(?:1[89]|20)\d\d", one.text.strip(" ,.")):
            day = one.text.strip(" ,.") if _IN_YEAR.search(sentence[: one.start]) else None
        if day is not None:
            yield one.start, one.end, day
    if written:
        for match in _NEAR.finditer(sentence):
            yield *match.span(), _near(match[1].lower(), written)


def _of_parts(figure: Figure, written: date | None, *, ahead: bool) -> str | None:
    """A date without a year is the last one before the article was written, or the next of what lies ahead."""
    year, month, day = figure.parts[:3]
    if month is None or (year is not None and year < _EARLIEST):
        return None
    if year is None:
        if written is None:
            return None
        later = (month, day or 0) > (written.month, written.day)
        year = written.year - (later and not ahead)
    try:
        return date(year, month, day).isoformat() if day else f"{year}-{month:02}"
    except ValueError:
        return None


def _last_weekday(sentence: str, figure: Figure, written: date) -> str | None:
    """ "on Monday" is the last one; "Black Friday" and "Mondays" are none."""
    word = sentence[figure.start : figure.end]
    before = re.search(r"(\S+)\s+$", sentence[: figure.start])
    if (
        word.endswith("s")
        or sentence[figure.end : figure.end + 1].isalpha()
        or (before and before[1][0].isupper())
    ):
        return None
    wanted = figure.parts[0] or 0
    return (written - timedelta((written.weekday() - wanted) % 7)).isoformat()


def _near(words: str, written: date) -> str:
    if words == "last year":
        return str(written.year - 1)
    if words == "last month":
        return (written.replace(day=1) - timedelta(1)).isoformat()[:7]
    return (written + timedelta(_NEAR_DAY[words])).isoformat()


def _day_of(published: str | None) -> date | None:
    try:
        return date.fromisoformat((published or "")[:10])
    except ValueError:
        return None
