"""What a question asks for: its words, its quoted phrases, and the days it may name."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

from ingest.text.quantities.units import MONTHS
from ingest.text.stemming import GRAMMAR
from ingest.text.tokens import question_words

_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_YEAR = r"((?:1[5-9]|20)\d\d)"
_FULL_DATE = re.compile(
    rf"\b(?:(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<m1>{_MONTH})\.?,? {_YEAR}"
    rf"|(?P<m2>{_MONTH})\.? (?P<d2>\d{{1,2}})(?:st|nd|rd|th)?,? {_YEAR})\b"
)
_MONTH_YEAR = re.compile(rf"\b({_MONTH})\.?,? (?:of )?{_YEAR}\b")
_ISO_MONTH = re.compile(rf"{_YEAR}-(\d\d)")
_ISO = re.compile(r"\b(\d{4})-(\d\d)-(\d\d)\b")
_BARE_YEAR = re.compile(rf"\b(?:in|during|since|of|from) {_YEAR}\b")
_RELATIVE = re.compile(r"\b(today|yesterday|(?:this|last|past) (?:week|month|year))\b")
_QUOTED = re.compile(r"\"([^\"\n]{3,80})\"|“([^”\n]{3,80})”|«([^»\n]{3,80})»|„([^“”\n]{3,80})[“”]")
LATER = 3  # days after the one named: an article on what happened often comes out later


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `first` to `last`, both ISO 8601 and included."""

    first: str
    last: str

    def holds(self, published: str | None) -> bool:
        return published is not None and self.first <= published[:10] <= self.last


@dataclass(frozen=True, slots=True)
class Query:
    """`words` are lower case, each once, without those of grammar unless there are no others."""

    text: str
    words: tuple[str, ...]
    phrases: tuple[str, ...]
    period: Period | None


def parse_query(question: str, today: date) -> Query:
    """Pure; any string is accepted. `today` is what "last week" counts from."""
    every = tuple(dict.fromkeys(question_words(question)))
    content = tuple(word for word in every if word not in GRAMMAR)
    phrases = tuple(next(filter(None, found)).lower() for found in _QUOTED.findall(question))
    return Query(question, content or every, phrases, named_period(question, today))


def named_period(question: str, today: date) -> Period | None:
    """The days that a question names, when it names one stretch of them: a date, a month, a year, "last week"."""
    text = " ".join(question.lower().split())
    found = _full_dates(text) or _months(text) or _years(text) or _relative(text, today)
    return found[0] if len(set(found)) == 1 else None


def exact_period(text: str) -> Period | None:
    """The days of a date, a month or a year, where `text` is that and nothing else: 2015-05-31, May 2015, 2015."""
    text = " ".join(text.lower().split())
    if (match := _ISO_MONTH.fullmatch(text)) and 1 <= int(match[2]) <= 12:
        text = f"{calendar.month_name[int(match[2])].lower()} {match[1]}"
    whole = next((match for each in (_FULL_DATE, _ISO, _MONTH_YEAR) if (match := each.fullmatch(text))), None)
    found = (_full_dates(text, 0) or _months(text)) if whole else _years(f"in {text}" * text.isdigit())
    return found[0] if len(found) == 1 else None


def _full_dates(text: str, later: int = LATER) -> list[Period]:
    found = []
    for match in _FULL_DATE.finditer(text):
        years = [each for each in match.groups()[2::3] if each]
        day, month = match["d1"] or match["d2"], match["m1"] or match["m2"]
        found += _days(int(years[0]), MONTHS[month], int(day), later)
    for year, number, day in _ISO.findall(text):
        found += _days(int(year), int(number), int(day), later)
    return found


def _days(year: int, month: int, day: int, later: int) -> list[Period]:
    try:
        first = date(year, month, day)
    except ValueError:
        return []
    return [_period(first, first + timedelta(days=later))]


def _months(text: str) -> list[Period]:
    found = []
    for name, year in _MONTH_YEAR.findall(text):
        month = MONTHS[name]
        last = calendar.monthrange(int(year), month)[1]
        found.append(_period(date(int(year), month, 1), date(int(year), month, last)))
    return found


def _years(text: str) -> list[Period]:
    return [_period(date(int(year), 1, 1), date(int(year), 12, 31)) for year in _BARE_YEAR.findall(text)]


def _relative(text: str, today: date) -> list[Period]:
    match = _RELATIVE.search(text)
    if match is None:
        return []
    word = match[1]
    if word == "today":
        return [_period(today, today)]
    if word == "yesterday":
        return [_period(today - timedelta(days=1), today)]
    which, unit = word.split()
    if unit == "year":
        year = today.year - (which != "this")
        return [_period(date(year, 1, 1), date(year, 12, 31))]
    # "last week" is said of the calendar's week and of the last seven days alike: take both
    span = {"week": 7, "month": 31}[unit]
    return [_period(today - timedelta(days=span if which == "this" else 2 * span), today)]


def _period(first: date, last: date) -> Period:
    return Period(first.isoformat(), last.isoformat())
