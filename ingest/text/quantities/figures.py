"""Numbers, scores, times and dates of a text, brought to one form so that they can be compared."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from ingest.text.quantities.figure import Figure as Figure
from ingest.text.quantities.moments import moments
from ingest.text.quantities.units import (
    CURRENCIES,
    MEASURES,
    ORDINALS,
    SCALES,
    SMALL,
    TENS,
    canonical_unit,
)

_NUMBER_WORD = "|".join([*SMALL, *TENS])
_ORDINAL_WORD = "|".join(ORDINALS)
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
    rf"(?P<tens>{'|'.join(TENS)})(?:[\s-](?P<unit>{'|'.join(list(SMALL)[1:10])}|{_ORDINAL_WORD}))?(?![\w])|"
    rf"(?P<small>{'|'.join(SMALL)})(?![\w])|(?P<ordinal>{_ORDINAL_WORD})(?![\w])|"
    rf"(?P<an>an?)[\s-](?=hundred\b|thousand\b|million\b|billion\b|trillion\b|dozen\b)|"
    rf"(?P<twice>twice|thrice)(?![\w]))"
)
_SCALE = re.compile(r"[\s-]?(hundred|thousand|million|billion|trillion|crore|lakh|dozen|bn|mn|mln)s?\b")
_REST = re.compile(
    rf"\s?(?:and\s)?(?:(?P<tens>{'|'.join(TENS)})(?:[\s-](?P<unit>{'|'.join(list(SMALL)[1:10])}))?|"
    rf"(?P<small>{'|'.join(list(SMALL)[1:])}))(?![\w])"
)
_PERCENT = re.compile(r"\s?(?:%|percent(?:age)?\b|per\s?cent\b|pc\b|pct\b)")
_UNIT = re.compile(r"[\s-]?(?:(us|american|canadian|australian)\s)?(?P<unit>[a-zß-ÿ°/$€£]+)")
_JOINED = re.compile(r"\s?(?:-|–|—|to|and|or|,)\s?$")
_MORE = re.compile(
    r"(?:more than|over|at least|above|exceed(?:ed|ing|s)?|upwards of|in excess of|not less than|no fewer than)"
    r"(?: the| an?)? ?$"
)
_LESS = re.compile(
    r"(?<!not )(?<!no )(?:less than|fewer than|under|below|at most|up to|nearly|almost|not more than|"
    r"no more than|as many as)(?: the| an?)? ?$"
)


def figures(text: str) -> list[Figure]:
    """Every figure of `text`, in order."""
    lower = "".join(low if len(low := char.lower()) == 1 else char for char in text)
    taken = [False] * len(text)
    found: list[Figure] = []

    def take(figure: Figure) -> None:
        if not any(taken[figure.start : figure.end]):
            taken[figure.start : figure.end] = [True] * (figure.end - figure.start)
            found.append(figure)

    for figure in moments(lower, text):
        take(figure)
    for match in _SCORE.finditer(lower):
        if not match.group(1).startswith("0") or match.group(1) == "0":
            take(_score(match, text, int(match.group(1)), int(match.group(2))))
    for match in _WORD_SCORE.finditer(lower):
        if {match.group(1), match.group(2)} & set(TENS) and match.group(2) in list(SMALL)[1:10]:
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


def _score(match: re.Match[str], text: str, one: int, two: int) -> Figure:
    return Figure("score", *match.span(), text[slice(*match.span())], parts=(one, two))


def _small(word: str) -> int:
    return 0 if word == "nil" else SMALL.get(word, TENS.get(word, 0))


def _number(match: re.Match[str], lower: str, text: str) -> Figure:
    raw = match.group("num") or match.group("num2")
    currency = (match.group("cur") or match.group("cur2") or "").strip()
    values = _readings(raw)
    suffix = match.group("suf") or ""
    end = match.end()
    unit = CURRENCIES.get(currency, "other$" if currency.endswith("$") else "")
    if suffix in SCALES:
        scaled = {value * SCALES[suffix] for value in values}
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
        value = Fraction(TENS[named["tens"]] + SMALL.get(unit, ORDINALS.get(unit, 0)))
    elif named["small"]:
        value = Fraction(SMALL[named["small"]])
        soft = value <= 1
    elif named["ordinal"]:
        value = Fraction(ORDINALS[named["ordinal"]])
        soft = value <= 2
    elif named["an"]:
        value = Fraction(1)
    else:
        value = Fraction(2 if named["twice"] == "twice" else 3)
    figure = _complete(match.start(), end, {value}, "", lower, text)
    if named["ordinal"] or (named["unit"] or "") in ORDINALS:
        figure = replace(
            figure, end=match.end(), text=text[slice(*match.span())], values=frozenset({value}), unit=""
        )
    if named["an"] and figure.end <= match.end():
        return None
    return replace(figure, soft=soft and figure.values == {value} and not figure.unit)


def _complete(start: int, end: int, values: set[Fraction], unit: str, lower: str, text: str) -> Figure:
    """Read on after a number: its scale, percent sign, currency or measure, and the bound before it."""
    while scale := _SCALE.match(lower, end):
        factor = SCALES[scale.group(1)]
        values = {value * factor for value in values}
        end = scale.end()
        if rest := _REST.match(lower, end):
            goes_on = re.match(r"[\s-](?:hundred|thousand|million|billion)", lower[rest.end() :])
            if not goes_on or factor == 100:
                added = SMALL.get(rest.group("small") or rest.group("unit") or "", 0) + TENS.get(
                    rest.group("tens") or "", 0
                )
                if added < factor:
                    values = {value + added for value in values}
                    end = rest.end()
    if percent := _PERCENT.match(lower, end):
        unit, end = "%", percent.end()
    elif not unit and (after := _UNIT.match(lower, end)):
        word = after.group("unit")
        single = word if word in MEASURES or word in CURRENCIES else word.removesuffix("s")
        if word in CURRENCIES and word != "won":
            unit, end = CURRENCIES[word], after.end()
        elif single in MEASURES and single not in ("m", "g", "second", "min"):
            unit = canonical_unit(single)
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
        canonical_unit(unit) if unit else "",
        bound=bound,
    )


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
        year = re.fullmatch(r"(?:19|20)\d\d", one.text.strip()) and "," in lower[one.end : two.start]
        joined = _JOINED.fullmatch(lower[one.end : two.start]) and not year  # "in 2018, 12 percent"
        if one.kind == two.kind == "number" and joined:
            values = one.values
            scale = re.search(
                r"(thousand|million|billion|trillion|bn|mn|[\d.]m|[\d.]b|[\d.]k)\b",
                lower[two.start : two.end],
            )
            if scale and not re.search(r"(thousand|million|billion|trillion|bn|mn|[mbk]$)", one.text.lower()):
                factor = SCALES[scale.group(1).lstrip("0123456789.")]
                values = values | {value * factor for value in values}
            out[index] = replace(one, values=values, unit=one.unit or two.unit)
    return out
