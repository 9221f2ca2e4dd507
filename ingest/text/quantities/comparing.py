"""Whether two figures say the same, and whether texts hold a figure in any of the ways it can be written."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Literal

from ingest.text.quantities.figures import Figure, figures
from ingest.text.quantities.relative_times import relative_times
from ingest.text.quantities.units import MEASURES, WEEKDAYS

Telling = Literal["event", "frame", "report"]
"""What a date is of: an event; what a sentence opens with it for ("In June 2018, ..."); something said or written."""
Day = tuple[int | None, int | None, int | None]
"""Year, month and day, each None where it is not given."""

_LAST_YEAR = re.compile(r"\b(?:last|previous|past|prior) year\b|\ba year (?:ago|earlier|before)\b")
_NEXT_YEAR = re.compile(r"\b(?:next|coming|following) year\b|\ba year later\b")
_YEARS_AGO = re.compile(r"\byears? (?:ago|earlier|before)\b")
_THIS_YEAR = re.compile(
    r"\b(?:this|current|earlier in the) (?:year|season|summer|winter|spring|autumn|fall|month|week|weekend)\b"
)
_LAST_MONTH = re.compile(r"\b(?:last|past) month\b|\ba month ago\b")
_NEXT_MONTH = re.compile(r"\bnext month\b")
_THIS_MONTH = re.compile(r"\bthis month\b")
_NOW = re.compile(
    r"\b(?:is|are|has|have|will|can|'s|’s|am|plans|wants|expects|faces|remains|continues|now|currently)\b"
)
"""News that is told without a date in the present tense is of the month in which it was written."""
_STEPS = {
    r"today|tonight|this (?:morning|afternoon|evening)": 0,
    r"yesterday|last night": -1,
    r"tomorrow": 1,
}


@dataclass(slots=True)
class KnownFigures:
    """The figures of some texts, and the days they were written, by which their "yesterday" is understood."""

    known: list[Figure] = field(default_factory=list)
    days: list[date] = field(default_factory=list)
    text: str = ""

    def add(self, text: str) -> None:
        self.known += figures(text)
        self.text += " " + text.lower()

    def add_day(self, published: str | None) -> None:
        if published and (match := re.match(r"(\d{4})-(\d\d)-(\d\d)", published)):
            try:
                self.days.append(date(*map(int, match.groups())))
            except ValueError:
                return

    def holds(self, figure: Figure, telling: Telling = "event") -> bool:
        """Whether `figure` stands in the texts, or is told by them for what `telling` says that it is."""
        match figure.kind:
            case "code":
                code = figure.text.strip(".,").lower()
                return re.search(rf"(?<!\w){re.escape(code)}(?!\w)", self.text) is not None
            case "score":
                return self._has_score(figure)
            case "date" | "month":
                return any(_within(_day(figure), day) for day in self._dates(telling)) or self._has_range(
                    figure
                )
            case "weekday":
                return self._has_weekday(figure, telling)
            case "time":
                return any(
                    figure.values & other.values for other in self.known if other.kind in ("time", "number")
                )
            case _:
                return self._has_number(figure) or self._has_year(figure, telling)

    def _has_number(self, figure: Figure) -> bool:
        for other in self.known:
            match other.kind:
                case "number" if agree(figure, other):
                    return True
                case "score" | "date" | "month" if not figure.unit:
                    if figure.values & {Fraction(part) for part in other.parts if part is not None}:
                        return True
                case "time" if any(value * 60 in other.values for value in figure.values):
                    return True
        return False

    def _has_year(self, figure: Figure, telling: Telling) -> bool:
        years = {Fraction(day[0]) for day in self._dates(telling) if day[0]}
        return not figure.unit and bool(figure.values & years)

    def _has_score(self, figure: Figure) -> bool:
        wanted = sorted(part or 0 for part in figure.parts)
        if any(
            other.kind == "score" and sorted(p or 0 for p in other.parts) == wanted for other in self.known
        ):
            return True
        near = [other for other in self.known if other.kind == "number"]
        one, two = (Fraction(part or 0) for part in figure.parts[:2])
        return any(
            (one in first.values and two in second.values) or (two in first.values and one in second.values)
            for first, second in pairwise(near)
        )

    def _dates(self, telling: Telling) -> list[Day]:
        """Every day that the texts name, with the years that those without one can be of."""
        written = [_day(other) for other in self.known if other.kind in ("date", "month")]
        years = {day[0] for day in written if day[0]} | self._numbers_like_years()
        dates = [*written, *self._relative_days()]
        if telling != "event" and self._is_undated() and _NOW.search(self.text):
            dates += [(known.year, known.month, None) for known in self.days]
        for year, month, day in written:
            if year is None:
                # a month later in the year than the article was written is the last one's, unless it is yet to come
                near = {known.year - 1 for known in self.days if month and month > known.month}
                dates += [(one, month, day) for one in years | near | {known.year for known in self.days}]
        if telling == "report":
            dates += [(known.year, known.month, known.day) for known in self.days]
        return dates

    def _relative_days(self) -> list[Day]:
        """What "yesterday", "on Monday" and "last year" are, counted from the days the texts were written."""
        found: list[Day] = []
        for known in self.days:
            for words, step in _STEPS.items():
                if re.search(rf"\b(?:{words})\b", self.text):
                    found.append(_parts(known + timedelta(step)))
            for step in range(-7, 8):
                near = known + timedelta(step)
                if re.search(rf"\b{WEEKDAYS[near.weekday()]}\b", self.text):
                    found.append(_parts(near))
            if _THIS_YEAR.search(self.text):
                found.append((known.year, None, None))
            for phrase, step in ((_LAST_MONTH, -1), (_THIS_MONTH, 0), (_NEXT_MONTH, 1)):
                if phrase.search(self.text):
                    months = known.year * 12 + known.month - 1 + step
                    found.append((months // 12, months % 12 + 1, None))
            if _LAST_YEAR.search(self.text):
                found.append((known.year - 1, None, None))
            if _NEXT_YEAR.search(self.text):
                found.append((known.year + 1, None, None))
            if _YEARS_AGO.search(self.text):
                found += [(known.year - int(size), None, None) for size in self._small_numbers()]
        return found

    def _is_undated(self) -> bool:
        """The texts name no day and no year of their own."""
        dated = any(figure.kind in ("date", "month", "weekday") for figure in self.known)
        return not dated and not self._numbers_like_years() and not relative_times(self.text)

    def _small_numbers(self) -> set[Fraction]:
        return {
            value
            for other in self.known
            if other.kind == "number" and other.unit in ("", "year")
            for value in other.values
            if value.denominator == 1 and value < 1000
        }

    def _numbers_like_years(self) -> set[int | None]:
        return {
            int(value)
            for other in self.known
            if other.kind == "number" and not other.unit
            for value in other.values
            if value.denominator == 1 and 1000 <= value <= 2199
        }

    def _has_range(self, figure: Figure) -> bool:
        """Whether it is the last day of a range, as in "10 to 12 May"."""
        year, month, day = _day(figure)
        return day is not None and any(
            other.kind == "date"
            and other.parts[1] == month
            and day in other.parts[3:]
            and year in (None, other.parts[0])
            for other in self.known
        )

    def _has_weekday(self, figure: Figure, telling: Telling) -> bool:
        if any(other.kind == "weekday" and other.parts == figure.parts for other in self.known):
            return True
        for year, month, day in self._dates(telling):
            try:
                if year and month and day and date(year, month, day).weekday() == figure.parts[0]:
                    return True
            except ValueError:
                continue
        return False


def agree(one: Figure, other: Figure) -> bool:
    """Whether two numbers say the same: values in one unit, and no "more than" against a "less than"."""
    if one.bound * other.bound < 0:
        return False
    if one.unit == other.unit or not one.unit or not other.unit:
        percent = "%" in (one.unit, other.unit) and one.unit != other.unit
        return bool(one.values & other.values) and not percent
    if {one.unit, other.unit} == {"gbp", "lb"}:
        return bool(one.values & other.values)  # "pounds"
    first, second = MEASURES.get(one.unit), MEASURES.get(other.unit)
    if first is None or second is None:
        return False
    if first[0] != second[0]:
        return "m" in (one.unit, other.unit) and bool(one.values & other.values)
    return bool({value * first[1] for value in one.values} & {value * second[1] for value in other.values})


def compatible(one: Figure, other: Figure) -> bool:
    """Whether two figures can mean the same: of one kind, and alike in all that both say."""
    if one.kind == other.kind == "number":
        return agree(one, other)
    if one.kind == other.kind == "score":
        return sorted(one.parts, key=str) == sorted(other.parts, key=str)
    if {one.kind, other.kind} <= {"date", "month", "weekday"}:
        if set(one.parts[2:]) & set(other.parts[2:]) and one.parts[1] == other.parts[1]:
            return None in (one.parts[0], other.parts[0]) or one.parts[0] == other.parts[0]
        pairs = zip(one.parts[:3], other.parts[:3], strict=False)
        return all(a is None or b is None or a == b for a, b in pairs)
    if one.kind == other.kind:
        return bool(one.values & other.values) or one.text == other.text
    return True


def _day(figure: Figure) -> Day:
    year, month, day = figure.parts[:3]
    return year, month, day


def _parts(known: date) -> Day:
    return known.year, known.month, known.day


def _within(said: Day, known: Day) -> bool:
    """All that is said of a day is known of it: "in May" of 3 May 2020, and not the other way round."""
    return all(one is None or one == other for one, other in zip(said, known, strict=True))
