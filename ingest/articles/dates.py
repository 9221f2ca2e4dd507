"""Dates as articles write them, made ISO 8601; what could mean two days means none."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime

from ingest.text.lexicon import lines

_EARLIEST, _LATEST = 1500, 2100
_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ]\d\d:\d\d.*)?$")
_ISO_BASIC = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)")
_MONTHS = {name: month for month, names in enumerate(lines("any/months"), 1) for name in names.split()}
_MONTH = rf"({'|'.join(sorted(_MONTHS, key=len, reverse=True))})\.?"
_DAY = r"(\d{1,2})(?:st|nd|rd|th|er|º|\.)?"
_DAY_FIRST = re.compile(rf"\b{_DAY}(?: (?:of|de))?[ \-]{_MONTH},?(?: del?)?[ \-](\d{{4}})\b", re.I)
_MONTH_FIRST = re.compile(rf"\b{_MONTH} {_DAY},? (\d{{4}})\b", re.I)
_YEAR_FIRST = re.compile(r"\b(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?!\d)")
_DOTTED = re.compile(r"(?<![\d.])(\d{1,2})\. ?(\d{1,2})\. ?(\d{4})\b(?!\.\d)")
_SLASHED = re.compile(r"(?<![\d/])(\d{1,2})([/-])(\d{1,2})\2(\d{4})(?![\d/])")
_TIMESTAMP = re.compile(r"1?\d{9}(?:\d{3})?")

# Near the top of a text: a date behind a word that says what it is, in a byline, or on a line of its own.
_LABELS = (
    r"first published|published|posted|publié|veröffentlicht|publicado|pubblicato|gepubliceerd|опубликовано"
)
_OTHER_LABELS = (
    r"(?:last )?updated?|(?:last )?modified|edited|accessed|retrieved|archived|captured?|expires?|copyright|©|born"
    r"|mis à jour|aktualisiert|actualizado|aggiornato|обновлено|as of|until|since"
)
_LABELLED = re.compile(rf"\b(?:{_LABELS}|date:|datum:|fecha:|data:)", re.I)
_OTHERWISE = re.compile(rf"(?:\b|(?=©))(?:{_OTHER_LABELS})", re.I)
_PIECES = re.compile(rf"(?<!first )(?<!last )(?=\b(?:{_LABELS})\b)|(?=\b(?:{_OTHER_LABELS})\b)|(?=©)", re.I)
_BYLINE = re.compile(r"\W*(?:by|von|par|por|di|door|от) \S", re.I)
_NAME = re.compile(r"[^\W\d]{2,}")
_LONGEST_DATE_LINE = 160
_IN_ADDRESS = re.compile(r"/((?:19|20)\d\d)[/-](\d{1,2})[/-](\d{1,2})(?=[/_-]|$)")
_MONTH_IN_ADDRESS = re.compile(r"/((?:19|20)\d\d)/([a-z]{3})/(\d{1,2})/", re.I)


def iso_date(value: object) -> str | None:
    """`value` (a date, a time stamp, a string in any common writing) as ISO 8601, or None when unsure.

    "03/04/2022" is two different days on the two sides of an ocean, so it is None; relative words are too.
    """
    if isinstance(value, datetime):
        return value.isoformat() if _sane(value.year) else None
    if isinstance(value, date):
        return value.isoformat() if _sane(value.year) else None
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return _from_timestamp(float(value))
    text = " ".join(str(value).split())[:100]
    if not text:
        return None
    if _TIMESTAMP.fullmatch(text):
        return _from_timestamp(float(text))
    return _iso_written(text) or _rfc_2822(text) or _single(dates_in(text)) or _other_language(text)


def dates_in(text: str) -> list[str]:
    """Every unambiguous date in `text`, in order of the writings tried, as YYYY-MM-DD."""
    found: list[str | None] = []
    found += [_day(int(y), _MONTHS[m.lower()], int(d)) for d, m, y in _DAY_FIRST.findall(text)]
    found += [_day(int(y), _MONTHS[m.lower()], int(d)) for m, d, y in _MONTH_FIRST.findall(text)]
    found += [_day(int(y), int(m), int(d)) for y, _, m, d in _YEAR_FIRST.findall(text)]
    found += [_day(int(y), int(m), int(d)) for d, m, y in _DOTTED.findall(text)]
    found += [_slashed(int(a), int(b), int(y)) for a, _, b, y in _SLASHED.findall(text)]
    return [each for each in found if each]


def date_near_the_top(lines: Iterable[str]) -> str | None:
    """The day of publication, where the lines around a headline name one.

    A labelled date ("Published: 12 March 2022") counts before one in a byline, and that before a line that holds
    little beside a date; within a rank all must agree. "Updated" is not publication, and two dates are a range.
    """
    ranks: tuple[list[str], list[str], list[str]] = ([], [], [])
    for line in lines:
        if len(line) > _LONGEST_DATE_LINE or not re.search(r"\d{4}", line):
            continue
        for piece in _PIECES.split(line):
            days = set(dates_in(piece))
            if len(days) != 1 or (_OTHERWISE.match(piece.lstrip()) and not _LABELLED.match(piece)):
                continue
            names = len(_NAME.findall(piece))
            if _LABELLED.search(piece):
                ranks[0].extend(days)
            elif _BYLINE.match(piece) and names <= 12:
                ranks[1].extend(days)
            elif names <= 6:
                ranks[2].extend(days)
    agreed = next((days for days in ranks if days), [])
    return _single(agreed)


def is_date_line(line: str) -> bool:
    """Whether a line says when and hardly anything else: "Geneva, 3 May 2021", "Published: Monday, 3 May 2021"."""
    if len(line) > _LONGEST_DATE_LINE or not re.search(r"\d{4}", line) or len(set(dates_in(line))) != 1:
        return False
    labelled = _LABELLED.match(line) or _OTHERWISE.match(line)
    return len(_NAME.findall(line)) <= (6 if labelled else 3)


def date_in_address(url: str | None) -> str | None:
    """The day that a news address carries in its path, as in /2016/08/31/ or /2016/aug/31/."""
    if not url:
        return None
    if found := _IN_ADDRESS.search(url):
        return _day(*map(int, found.groups()))
    if (found := _MONTH_IN_ADDRESS.search(url)) and found[2].lower() in _MONTHS:
        return _day(int(found[1]), _MONTHS[found[2].lower()], int(found[3]))
    return None


def _iso_written(text: str) -> str | None:
    if basic := _ISO_BASIC.fullmatch(text):
        return _day(*map(int, basic.groups()))
    found = _ISO.match(text)
    if not found or not _day(*map(int, found.groups())):
        return None
    if len(text) == 10:
        return text
    try:
        return datetime.fromisoformat(text).isoformat()
    except ValueError:
        return text[:10]


def _rfc_2822(text: str) -> str | None:
    if not re.match(r"(?:[A-Za-z]{3,9}, ?)?\d{1,2} [A-Za-z]{3} \d{4} \d\d:\d\d", text):
        return None
    try:
        return parsedate_to_datetime(text).isoformat()
    except (ValueError, TypeError):
        return None


def _other_language(text: str) -> str | None:
    """Month names of other languages, by dateparser: absolute dates with day, month and year only."""
    if not re.search(r"\d{4}|\d{3}", text) or not re.search(r"[^\W\d]{3}|[年月日]", text):
        return None
    import dateparser  # half a second to import, and seldom needed

    parsed = dateparser.parse(
        text,
        settings={
            "STRICT_PARSING": True,
            "REQUIRE_PARTS": ["day", "month", "year"],
            "PARSERS": ["absolute-time"],
            "RETURN_AS_TIMEZONE_AWARE": False,
        },
    )
    return parsed.date().isoformat() if parsed and _sane(parsed.year) else None


def _from_timestamp(seconds: float) -> str | None:
    if seconds > 1e11:  # milliseconds
        seconds /= 1000
    if not 1e8 <= seconds <= 4.1e9:
        return None
    return datetime.fromtimestamp(seconds, tz=UTC).isoformat(timespec="seconds")


def _day(year: int, month: int, day: int) -> str | None:
    if not _sane(year):
        return None
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _slashed(first: int, second: int, year: int) -> str | None:
    if first > 12 or first == second:
        return _day(year, second, first)
    return _day(year, first, second) if second > 12 else None


def _single(found: list[str]) -> str | None:
    return found[0] if len(set(found)) == 1 else None


def _sane(year: int) -> bool:
    return _EARLIEST <= year <= _LATEST
