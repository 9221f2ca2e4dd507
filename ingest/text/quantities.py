"""Numbers, scores, times and dates of a text, brought to one form so that they can be compared."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan",
            "february feb",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sept sep",
            "october oct",
            "november nov",
            "december dec",
        ),
        start=1,
    )
    for name in names.split()
}
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_UNITS = dict(
    zip(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
        "sixteen seventeen eighteen nineteen".split(),
        range(20),
        strict=True,
    )
)
_TENS = dict(
    zip("twenty thirty forty fifty sixty seventy eighty ninety".split(), range(20, 100, 10), strict=True)
)
_ORDINALS = {
    "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9,
    "tenth": 10, "eleventh": 11, "twelfth": 12, "thirteenth": 13, "fourteenth": 14, "fifteenth": 15,
    "sixteenth": 16, "seventeenth": 17, "eighteenth": 18, "nineteenth": 19, "twentieth": 20, "thirtieth": 30,
}  # fmt: skip
_SCALES = {
    "hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12, "k": 10**3,
    "m": 10**6, "mn": 10**6, "mln": 10**6, "mio": 10**6, "bn": 10**9, "b": 10**9, "tn": 10**12,
    "crore": 10**7, "lakh": 10**5, "dozen": 12, "millions": 10**6, "billions": 10**9, "thousands": 10**3,
}  # fmt: skip
_CURRENCIES = {
    "$": "usd", "us$": "usd", "dollar": "usd", "dollars": "usd", "usd": "usd", "€": "eur", "euro": "eur",
    "euros": "eur", "eur": "eur", "£": "gbp", "pound": "gbp", "pounds": "gbp", "gbp": "gbp", "¥": "jpy",
    "yen": "jpy", "yuan": "cny", "₹": "inr", "rupees": "inr", "rupee": "inr", "francs": "chf", "rubles": "rub",
    "roubles": "rub", "riyals": "riyal", "rials": "rial", "pesos": "peso", "won": "krw", "dirhams": "aed",
}  # fmt: skip
_MEASURES: dict[str, tuple[str, Fraction]] = {}
for _dimension, _words in {
    "length": "mm=1/1000 cm=1/100 m=1 metre=1 meter=1 km=1000 kilometre=1000 kilometer=1000 mile=1609 foot=3/10 "
    "feet=3/10 ft=3/10 yard=9/10 inch=1/40",
    "mass": "g=1/1000 gram=1/1000 kg=1 kilo=1 kilogram=1 kilogramme=1 tonne=1000 ton=1000 lb=9/20",
    "time": "second=1 sec=1 minute=60 min=60 hour=3600 hr=3600 day=86400 week=604800 month=2628000 year=31536000 "
    "decade=315360000 century=3153600000",
    "speed": "mph=1 km/h=5/8 kph=5/8 kmh=5/8",
    "heat": "°c=1 celsius=1 °f=2 fahrenheit=2",
}.items():
    for _entry in _words.split():
        _name, _factor = _entry.split("=")
        _MEASURES[_name] = _dimension, Fraction(_factor)

_NUMBER_WORD = "|".join([*_UNITS, *_TENS])
_ORDINAL_WORD = "|".join(_ORDINALS)
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
_TIME = re.compile(
    r"(?<![\d.,:$€£])(?P<h>[01]?\d|2[0-3])(?:[:.](?P<min>[0-5]\d))?\s*(?P<half>[ap])\.?m\b\.?|"
    r"(?<![\d.,:])(?P<h2>[01]?\d|2[0-3]):(?P<min2>[0-5]\d)(?![\d:])"
)
_SCORE = re.compile(
    r"(?<![\w.,$€£/-])(\d{1,3})\s?[-–—−:]\s?(\d{1,3})(?![\w/%$€£]|[.,:-]?\d|\s?(?:percent|per cent|million"
    r"|billion|trillion|bn\b|mn?\b))"
)
_WORD_SCORE = re.compile(rf"\b({_NUMBER_WORD}|nil)[-–]({_NUMBER_WORD}|nil)\b(?![-–]?(?:{_NUMBER_WORD}))")
_NUMBER = re.compile(
    r"(?<![\w.,])(?P<cur>us\$|a\$|c\$|hk\$|nz\$|[$€£¥₹]|usd|eur|gbp|rs\.?)?\s?"
    r"(?P<num>\d{1,3}(?:[,.'’\u00a0\u2009\u202f]\d{3})+(?:[.,]\d{1,2})?(?!\d)|"
    r"\d{1,3}(?:\s\d{3})+(?!\d)|\d+(?:[.,·]\d+)?)"
    r"(?P<ord>st|nd|rd|th|s)?(?!\w|[.,]\d)"
    r"|(?<![\w.,])(?P<cur2>us\$|a\$|c\$|[$€£¥₹])?\s?(?P<num2>\d+(?:[.,]\d+)*)"
    r"(?P<suf>k|mn|mln|m|bn|b|tn|km/h|kmh|kph|km|kg|cm|mm|ft|mph|g|°c|°f|min|hr|pc|°)(?![\w])"
)
# "S-300", "COVID-19" and "P5+1" are names; "top-10" and "under-20" hold a number
_NAMED = re.compile(r"(?:^|[^\w])(?:[A-Za-z]|\w*[A-Z]\w*)[-–+]$")
_GLUED = re.compile(r"(?<![\w.,-])(?=[^\W\d_]*\d)(?=\d*[^\W\d_])[^\W_]+(?![\w-])")
_CODE = re.compile(r"(?<![\w.,])\d+(?:[.,]\d+)+(?![\w])")
_WORDS = re.compile(
    rf"(?<![\w'’])(?:(?P<half>half)[\s-]an?[\s-](?=million|billion|dozen|trillion)|"
    rf"(?P<tens>{'|'.join(_TENS)})(?:[\s-](?P<unit>{'|'.join(list(_UNITS)[1:10])}|{_ORDINAL_WORD}))?(?![\w])|"
    rf"(?P<small>{'|'.join(_UNITS)})(?![\w])|(?P<ordinal>{_ORDINAL_WORD})(?![\w])|"
    rf"(?P<an>an?)[\s-](?=hundred\b|thousand\b|million\b|billion\b|trillion\b|dozen\b)|"
    rf"(?P<twice>twice|thrice)(?![\w]))"
)
_SCALE = re.compile(r"[\s-]?(hundred|thousand|million|billion|trillion|crore|lakh|dozen|bn|mn|mln)s?\b")
_REST = re.compile(
    rf"\s?(?:and\s)?(?:(?P<tens>{'|'.join(_TENS)})(?:[\s-](?P<unit>{'|'.join(list(_UNITS)[1:10])}))?|"
    rf"(?P<small>{'|'.join(list(_UNITS)[1:])}))(?![\w])"
)
_PERCENT = re.compile(r"\s?(?:%|percent(?:age)?\b|per\s?cent\b|pc\b|pct\b)")
_UNIT = re.compile(r"[\s-]?(?:(us|american|canadian|australian)\s)?(?P<unit>[a-z°/$€£]+)")
_JOINED = re.compile(r"\s?(?:-|–|—|to|and|or|,)\s?$")
_MORE = re.compile(
    r"(?:more than|over|at least|above|exceed(?:ed|ing|s)?|upwards of|in excess of|not less than|no fewer than)"
    r"(?: the| an?)? ?$"
)
_LESS = re.compile(
    r"(?<!not )(?<!no )(?:less than|fewer than|under|below|at most|up to|nearly|almost|not more than|"
    r"no more than|as many as)(?: the| an?)? ?$"
)


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure as it stands at `start:end`; `values` are its possible readings (1.500 is two).

    `kind` is number, score, time (minutes after midnight), date, month or weekday. A date is (year, month, day) with
    None for what is not said. `unit` is "%", a currency, a measure, or "" where none is named.
    """

    kind: str
    start: int
    end: int
    text: str
    values: frozenset[Fraction] = frozenset()
    unit: str = ""
    parts: tuple[int | None, ...] = ()
    bound: int = 0
    soft: bool = False
    """A small word that may be no figure at all ("one of them", "the second half"): checked only by its slot."""


def figures(text: str) -> list[Figure]:
    """Every figure of `text`, in order."""
    lower = "".join(low if len(low := char.lower()) == 1 else char for char in text)
    taken = [False] * len(text)
    found: list[Figure] = []

    def take(figure: Figure) -> None:
        if not any(taken[figure.start : figure.end]):
            taken[figure.start : figure.end] = [True] * (figure.end - figure.start)
            found.append(figure)

    for figure in _dates(lower, text):
        take(figure)
    for match in _TIME.finditer(lower):
        take(_time(match, text))
    for match in _SCORE.finditer(lower):
        if not match.group(1).startswith("0") or match.group(1) == "0":
            take(_score(match, text, int(match.group(1)), int(match.group(2))))
    for match in _WORD_SCORE.finditer(lower):
        if {match.group(1), match.group(2)} & set(_TENS) and match.group(2) in list(_UNITS)[1:10]:
            continue  # twenty-one
        take(_score(match, text, _small(match.group(1)), _small(match.group(2))))
    for match in _NUMBER.finditer(lower):
        if not _NAMED.search(text[max(0, match.start() - 24) : match.start()]):
            take(_number(match, lower, text))
    for match in _CODE.finditer(lower):  # 23.5.7, or digits grouped as nobody groups them
        take(Figure("code", *match.span(), match.group()))
    for match in _WORDS.finditer(lower):
        worded = _word_number(match, lower, text)
        if worded is not None:
            take(worded)
    for match in _GLUED.finditer(lower):  # 1vs1, dfw08c: neither a number nor a name
        word = text[slice(*match.span())]
        if word == match.group() and not _NAMED.search(text[max(0, match.start() - 24) : match.start()]):
            take(Figure("code", *match.span(), word))
    found.sort(key=lambda figure: figure.start)
    return _share_units(found, lower)


@dataclass(slots=True)
class Known:
    """What a sentence's figures may be taken from: the figures of its sources, and the days they were written."""

    found: list[Figure] = field(default_factory=list)
    days: list[date] = field(default_factory=list)
    text: str = ""

    def add(self, text: str) -> None:
        self.found += figures(text)
        self.text += " " + text.lower()

    def add_day(self, published: str | None) -> None:
        if published and (match := re.match(r"(\d{4})-(\d\d)-(\d\d)", published)):
            try:
                self.days.append(date(*map(int, match.groups())))
            except ValueError:
                return

    def holds(self, figure: Figure) -> bool:
        """Whether `figure` stands among the sources in any of the ways it can be written."""
        match figure.kind:
            case "code":
                code = figure.text.strip(".,").lower()
                return re.search(rf"(?<!\w){re.escape(code)}(?!\w)", self.text) is not None
            case "score":
                return self._has_score(figure)
            case "date" | "month":
                return self._has_date(figure)
            case "weekday":
                return self._has_weekday(figure)
            case "time":
                return any(
                    figure.values & other.values for other in self.found if other.kind in ("time", "number")
                )
            case _:
                return self._has_number(figure)

    def _has_number(self, figure: Figure) -> bool:
        for other in self.found:
            if other.kind == "number" and agree(figure, other):
                return True
            if (
                other.kind == "score"
                and not figure.unit
                and figure.values & {Fraction(part or 0) for part in other.parts}
            ):
                return True
            if other.kind in ("date", "month") and figure.values & {
                Fraction(part) for part in other.parts if part
            }:
                return True
            if other.kind == "time" and any(value * 60 in other.values for value in figure.values):
                return True
        years = {day.year for day in self.days}
        if re.search(r"\b(?:last|previous|past) year\b|\ba year (?:ago|earlier)\b", self.text):
            years |= {year - 1 for year in years}
        if re.search(r"\b(?:next|coming) year\b", self.text):
            years |= {year + 1 for year in years}
        return not figure.unit and bool(figure.values & {Fraction(year) for year in years})

    def _has_score(self, figure: Figure) -> bool:
        wanted = sorted(part or 0 for part in figure.parts)
        for other in self.found:
            if other.kind == "score" and sorted(part or 0 for part in other.parts) == wanted:
                return True
        near = [other for other in self.found if other.kind == "number"]
        for one, two in pairwise(near):
            for first, second in ((figure.parts[0], figure.parts[1]), (figure.parts[1], figure.parts[0])):
                if Fraction(first or 0) in one.values and Fraction(second or 0) in two.values:
                    return True
        return False

    def _has_date(self, figure: Figure) -> bool:
        year, month, day = figure.parts[:3]
        for known in self.days:
            if (year in (None, known.year)) and (month in (None, known.month)) and (day in (None, known.day)):
                return True
        years = {known.year for known in self.days} | {
            other.parts[0] for other in self.found if other.kind == "date"
        }
        years |= {
            int(value)
            for other in self.found
            if other.kind == "number" and not other.unit
            for value in other.values
            if value.denominator == 1 and 1000 <= value <= 2199
        }
        for other in self.found:
            if other.kind not in ("date", "month"):
                continue
            o_year, o_month, o_day = other.parts[:3]
            if month != o_month or (day is not None and day not in (o_day, *other.parts[3:])):
                continue
            if year is None or year == o_year or (o_year is None and year in years):
                return True
        return (
            year is not None
            and month is not None
            and day is not None
            and self._told_by_weekday(year, month, day)
        )

    def _told_by_weekday(self, year: int, month: int, day: int) -> bool:
        try:
            wanted = date(year, month, day)
        except ValueError:
            return False
        for known in self.days:
            apart = (wanted - known).days
            if abs(apart) <= 7 and re.search(rf"\b{WEEKDAYS[wanted.weekday()]}\b", self.text):
                return True
            named = {0: "today|tonight|this morning", -1: "yesterday|last night", 1: "tomorrow"}.get(apart)
            if named and re.search(rf"\b(?:{named})\b", self.text):
                return True
        return False

    def _has_weekday(self, figure: Figure) -> bool:
        wanted = figure.parts[0]
        if any(other.kind == "weekday" and other.parts == figure.parts for other in self.found):
            return True
        days = list(self.days)
        for other in self.found:
            if other.kind == "date" and other.parts[2] and other.parts[1]:
                for year in {other.parts[0]} | {day.year for day in self.days}:
                    if year:
                        try:
                            days.append(date(year, other.parts[1], other.parts[2]))
                        except ValueError:
                            continue
        if re.search(r"\b(?:yesterday|tomorrow|last night)\b", self.text):
            days += [day + timedelta(step) for day in self.days for step in (-1, 1)]
        return any(day.weekday() == wanted for day in days)


def agree(one: Figure, other: Figure) -> bool:
    """Whether two numbers say the same: values in one unit, and no "more than" against a "less than"."""
    if one.bound * other.bound < 0:
        return False
    if one.unit == other.unit or not one.unit or not other.unit:
        percent = "%" in (one.unit, other.unit) and one.unit != other.unit
        return bool(one.values & other.values) and not percent
    first, second = _MEASURES.get(one.unit), _MEASURES.get(other.unit)
    if first is None or second is None:
        # a currency beside a measure ("pounds") or one currency beside another
        return bool(one.values & other.values) and not (first is None and second is None)
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


def _dates(lower: str, text: str) -> Iterable[Figure]:
    for pattern in _DATES:
        for match in pattern.finditer(lower):
            named = match.groupdict()
            month_text = named["m"]
            month = int(month_text) if month_text.isdigit() else _MONTHS[month_text.rstrip(".")]
            day = int(named["d"]) if named.get("d") else None
            if month > 12 and day is not None and day <= 12:
                month, day = day, month  # American order
            if month > 12 or month == 0:
                continue
            if (
                not month_text.isdigit()
                and text[match.start("m")].islower()
                and month_text in ("may", "march", "mar")
            ):
                continue  # "10 may have", "5 march on"
            year = int(named["y"]) if named.get("y") else None
            extra = (int(named["e"]),) if named.get("e") else ()
            yield Figure("date", *match.span(), text[slice(*match.span())], parts=(year, month, day, *extra))
    for match in _BARE_MONTH.finditer(text):
        if match.group() in ("May", "March") and not re.search(
            r"\b(?:in|of|since|until|till|by|from|last|next|this|early|late|mid|and|to|between|during)[\s-]$",
            text[: match.start()].lower(),
        ):
            continue
        yield Figure(
            "month", *match.span(), match.group(), parts=(None, _MONTHS[match.group().lower()], None)
        )
    for match in re.finditer(rf"\b({'|'.join(WEEKDAYS)})s?\b", lower):
        if text[match.start()].isupper():
            yield Figure("weekday", *match.span(), match.group(), parts=(WEEKDAYS.index(match.group(1)),))


def _time(match: re.Match[str], text: str) -> Figure:
    hour = int(match.group("h") or match.group("h2"))
    minute = int(match.group("min") or match.group("min2") or 0)
    if match.group("half"):
        values = {hour % 12 * 60 + minute + (720 if match.group("half") == "p" else 0)}
    else:
        values = {hour * 60 + minute} | ({(hour + 12) * 60 + minute} if 0 < hour < 12 else set())
    return Figure("time", *match.span(), text[slice(*match.span())], frozenset(map(Fraction, values)))


def _score(match: re.Match[str], text: str, one: int, two: int) -> Figure:
    return Figure("score", *match.span(), text[slice(*match.span())], parts=(one, two))


def _small(word: str) -> int:
    return 0 if word == "nil" else _UNITS.get(word, _TENS.get(word, 0))


def _number(match: re.Match[str], lower: str, text: str) -> Figure:
    raw = match.group("num") or match.group("num2")
    currency = (match.group("cur") or match.group("cur2") or "").strip()
    values = _readings(raw)
    suffix = match.group("suf") or ""
    end = match.end()
    unit = _CURRENCIES.get(currency, "other$" if currency.endswith("$") else "")
    if suffix in _SCALES:
        scaled = {value * _SCALES[suffix] for value in values}
        # 100m is a distance or a sum; a currency decides
        values = scaled if unit or suffix in ("bn", "mn", "mln", "tn") else values | scaled
    elif suffix == "pc":
        unit = "%"
    elif suffix:
        unit = {"°": ""}.get(suffix, suffix)
    if (
        match.group("ord") == "s"
        and len(raw) == 2
        and lower[match.start() - 1 : match.start()] in tuple("'’‘")
    ):
        values |= {value + 1900 for value in values}
    return _complete(match.start(), end, values, unit, lower, text)


def _word_number(match: re.Match[str], lower: str, text: str) -> Figure | None:
    end, soft = match.end(), False
    named = match.groupdict()
    if named["half"]:
        value = Fraction(1, 2)
    elif named["tens"]:
        unit = named["unit"] or ""
        value = Fraction(_TENS[named["tens"]] + _UNITS.get(unit, _ORDINALS.get(unit, 0)))
    elif named["small"]:
        value = Fraction(_UNITS[named["small"]])
        soft = value <= 1
    elif named["ordinal"]:
        value = Fraction(_ORDINALS[named["ordinal"]])
    elif named["an"]:
        value = Fraction(1)
    else:
        value = Fraction(2 if named["twice"] == "twice" else 3)
    figure = _complete(match.start(), end, {value}, "", lower, text)
    if named["ordinal"] or (named["unit"] or "") in _ORDINALS:
        figure = replace(
            figure, end=match.end(), text=text[slice(*match.span())], values=frozenset({value}), unit=""
        )
    if named["an"] and figure.end <= match.end():
        return None
    return replace(figure, soft=soft and figure.values == {value} and not figure.unit)


def _complete(start: int, end: int, values: set[Fraction], unit: str, lower: str, text: str) -> Figure:
    """Read on after a number: its scale, percent sign, currency or measure, and the bound before it."""
    while scale := _SCALE.match(lower, end):
        factor = _SCALES[scale.group(1)]
        values = {value * factor for value in values}
        end = scale.end()
        if rest := _REST.match(lower, end):
            goes_on = re.match(r"[\s-](?:hundred|thousand|million|billion)", lower[rest.end() :])
            if not goes_on or factor == 100:
                added = _UNITS.get(rest.group("small") or rest.group("unit") or "", 0) + _TENS.get(
                    rest.group("tens") or "", 0
                )
                if added < factor:
                    values = {value + added for value in values}
                    end = rest.end()
    if percent := _PERCENT.match(lower, end):
        unit, end = "%", percent.end()
    elif not unit and (after := _UNIT.match(lower, end)):
        word = after.group("unit")
        single = word if word in _MEASURES or word in _CURRENCIES else word.removesuffix("s")
        if word in _CURRENCIES and word != "won":
            unit, end = _CURRENCIES[word], after.end()
        elif single in _MEASURES and single not in ("m", "g", "second", "min"):
            unit = _canonical(single)
        elif word == "seconds":
            unit = "second"
    before = lower[max(0, start - 24) : start]
    bound = 1 if _MORE.search(before) else -1 if _LESS.search(before) else 0
    return Figure(
        "number",
        start,
        end,
        text[start:end],
        frozenset(values),
        _canonical(unit) if unit else "",
        bound=bound,
    )


def _canonical(unit: str) -> str:
    """One name for every spelling of a measure: the first that shares its dimension and factor."""
    if unit not in _MEASURES:
        return unit
    return next(name for name, size in _MEASURES.items() if size == _MEASURES[unit])


def _readings(raw: str) -> set[Fraction]:
    """What a run of digits can mean: 1,500 and 1 500 are grouped; 1.500 is grouped or a decimal."""
    plain = re.sub(r"[\s'’\u00a0\u2009\u202f]", "", raw).replace("·", ".")
    values: set[Fraction] = set()
    separators = [char for char in plain if char in ".,"]
    if not separators:
        return {Fraction(plain)}
    decimal = separators[-1]
    grouped_only = len(separators) > 1 and len(set(separators)) == 1
    whole, _, fraction = plain.rpartition(decimal)
    if len(fraction) == 3 and whole.lstrip("0") and len(whole.replace(",", "").replace(".", "")) >= 1:
        values.add(Fraction(re.sub(r"[.,]", "", plain)))
    if not grouped_only and (decimal == "." or len(fraction) != 3):
        values.add(Fraction(re.sub(r"[.,]", "", whole) + "." + fraction))
    return values or {Fraction(re.sub(r"[.,]", "", plain))}


def _share_units(found: Sequence[Figure], lower: str) -> list[Figure]:
    """In "10 to 15 percent" and "2-3 billion" the first number takes the second one's unit and scale too."""
    out = list(found)
    for index in range(len(out) - 2, -1, -1):
        one, two = out[index], out[index + 1]
        if re.fullmatch(r"(?:1[0-9]|20)\d\d\s?[-–—/]\s?\d\d", lower[one.start : two.end]):  # 2014-18
            century = Fraction(int(one.text) // 100 * 100)
            two = replace(two, values=two.values | {value + century for value in two.values})
            out[index + 1] = two
        if one.kind == two.kind == "number" and _JOINED.fullmatch(lower[one.end : two.start]):
            values = one.values
            scale = re.search(
                r"(thousand|million|billion|trillion|bn|mn|[\d.]m|[\d.]b|[\d.]k)\b",
                lower[two.start : two.end],
            )
            if scale and not re.search(r"(thousand|million|billion|trillion|bn|mn|[mbk]$)", one.text.lower()):
                factor = _SCALES[scale.group(1).lstrip("0123456789.")]
                values = values | {value * factor for value in values}
            out[index] = replace(one, values=values, unit=one.unit or two.unit)
    return out
