"""Dates, months, weekdays and times of the day in a text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from ingest.text.quantities.figure import Figure
from ingest.text.quantities.units import MONTHS, WEEKDAYS

_DAY = r"(?P<{0}>0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?"
_MONTH = (
    r"(?P<{0}>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_YEAR = r"(?P<{0}>(?:1[0-9]|20|21)\d\d)(?![\d%])"
_DATES = [
    re.compile(r"(?<![\d.,-])(?P<y>(?:19|20)\d\d)-(?P<m>\d\d)-(?P<d>\d\d)(?:t[\d:.]+z?)?(?!\d)"),
    re.compile(
        rf"\b{_DAY.format('d')}(?:\s*(?:-|–|to|and)\s*{_DAY.format('e')})?\s+(?:of\s+)?{_MONTH.format('m')}"
        rf"(?:,?\s+{_YEAR.format('y')})?"
    ),
    re.compile(
        rf"\b{_MONTH.format('m')}\s+{_DAY.format('d')}(?![\d:]|[.,]\d)(?:\s*(?:-|–|to|and)\s*"
        rf"{_DAY.format('e')}(?![\d:]))?(?:\s*,?\s+{_YEAR.format('y')})?"
    ),
    re.compile(rf"\b{_MONTH.format('m')}(?:\s+of)?,?\s+{_YEAR.format('y')}"),
    re.compile(r"(?<![\d./])(?P<d>\d{1,2})[/.](?P<m>\d{1,2})[/.](?P<y>(?:19|20)\d\d)(?![\d/])"),
]
_BARE_MONTH = re.compile(
    r"(?<![A-Za-z])(January|February|March|April|May|June|July|August|September|October|November|December)"
    r"(?![A-Za-z])"
)
_BEFORE_MONTH = re.compile(
    r"\b(?:in|of|since|until|till|by|from|last|next|this|early|late|mid|and|to|between|during)[\s-]$"
)
_TIME = re.compile(
    r"(?<![\d.,:$€£])(?P<h>[01]?\d|2[0-3])(?:[:.](?P<min>[0-5]\d))?\s*(?P<half>[ap])\.?m\b\.?|"
    r"(?<![\d.,:])(?P<h2>[01]?\d|2[0-3]):(?P<min2>[0-5]\d)(?![\d:])"
)
_WEEKDAY = re.compile(rf"\b({'|'.join(WEEKDAYS)})s?\b")


def moments(lower: str, text: str) -> Iterator[Figure]:
    """`lower` is the text in lower case, letter by letter."""
    for pattern in _DATES:
        for match in pattern.finditer(lower):
            if (figure := _date(match, text)) is not None:
                yield figure
    for match in _BARE_MONTH.finditer(text):
        if match.group() in ("May", "March") and not _BEFORE_MONTH.search(text[: match.start()].lower()):
            continue
        yield Figure("month", *match.span(), match.group(), parts=(None, MONTHS[match.group().lower()], None))
    for match in _WEEKDAY.finditer(lower):
        if text[match.start()].isupper():
            yield Figure("weekday", *match.span(), match.group(), parts=(WEEKDAYS.index(match.group(1)),))
    for match in _TIME.finditer(lower):
        yield _time(match, text)


def _date(match: re.Match[str], text: str) -> Figure | None:
    named = match.groupdict()
    written = named["m"]
    month = int(written) if written.isdigit() else MONTHS[written.rstrip(".")]
    day, year = (int(named[part]) if named.get(part) else None for part in ("d", "y"))
    if month > 12 and day is not None and day <= 12:
        month, day = day, month  # American order
    if not 0 < month <= 12:
        return None
    if written in ("may", "march", "mar") and text[match.start("m")].islower():
        return None  # "10 may have", "5 march on"
    extra = (int(named["e"]),) if named.get("e") else ()
    return Figure("date", *match.span(), text[slice(*match.span())], parts=(year, month, day, *extra))


def _time(match: re.Match[str], text: str) -> Figure:
    hour = int(match.group("h") or match.group("h2"))
    minute = int(match.group("min") or match.group("min2") or 0)
    if match.group("half"):
        values = {hour % 12 * 60 + minute + (720 if match.group("half") == "p" else 0)}
    else:
        values = {hour * 60 + minute} | ({(hour + 12) * 60 + minute} if 0 < hour < 12 else set())
    return Figure("time", *match.span(), text[slice(*match.span())], frozenset(map(Fraction, values)))
