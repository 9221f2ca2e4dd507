"""What kind of thing a question asks for, and whether a sentence holds one."""

from __future__ import annotations

import re
from typing import Literal

from ingest.text.stemming import GRAMMAR, stem
from ingest.text.tokens import question_words

Kind = Literal[
    "number",
    "count",
    "money",
    "age",
    "duration",
    "length",
    "weight",
    "speed",
    "heat",
    "date",
    "person",
    "place",
    "reason",
]
MEASURES: frozenset[Kind] = frozenset(
    {"count", "money", "age", "duration", "length", "weight", "speed", "heat"}
)
"""Kinds that few sentences hold, so that one which does is likely to be the answer."""

_MONTH = (
    "january|february|march|april|may|june|july|august|september|october|november|december|"
    r"jan\.|feb\.|mar\.|apr\.|jun\.|jul\.|aug\.|sept?\.|oct\.|nov\.|dec\."
)
_DAY = "monday|tuesday|wednesday|thursday|friday|saturday|sunday"
_NUMBER = (
    "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|"
    "eighteen|nineteen|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:-[a-z]+)?|"
    "dozens?|hundreds?|thousands?|millions?|billions?|half|third|quarter|twice|both|none|pair|single"
)
# figures that count nothing: days, years, places in a row, times of day
_UNCOUNTING = re.compile(
    rf"\b(?:{_MONTH})\s\d{{1,2}}\b|\b\d{{1,2}}\s(?:{_MONTH})|(?<![\d.,$€£])(?:1[5-9]|20)\d\d(?![\d%]|[.,]\d)|"
    r"\b\d+(?:st|nd|rd|th)\b|\b\d{1,2}(?::\d\d)?\s?[ap]\.?m\b",
    re.IGNORECASE,
)
_AMOUNT = rf"(?:\d[\d.,]*|\b(?:{_NUMBER}))"
_CURRENCY = (
    "dollars?|euros?|pounds?|francs?|yen|yuan|rupees?|roubles?|rubles?|riyals?|rials?|dinars?|dirhams?|pesos?|reais|"
    "crowns?|kron[ae]r?|lira|won|cents?|pence|usd|eur|gbp|chf|jpy|qar"
)


def _measured(units: str) -> str:
    return rf"{_AMOUNT}(?:\s|-)?(?:(?:k|m|bn|million|billion|thousand|hundred)\s)?(?:{units})\b"


_PAYING = "pay|paid|paying|cost|earn|spend|spent|charged?|fined?|raised?|owe|invest|donate|pledge|lend|borrow"
_WORDING: dict[Kind, str] = {
    "number": r"how (?:big|large|often|deep|wide)|how much|number|figures?|percentages?|percent|amount|score|total|"
    r"size|share|rate|value",
    "count": r"how many",
    "money": rf"how much (?:is|are|was|were) (?:an?|the|one|it)|how much (?:[\w'’-]+ )*?(?:{_PAYING})|how much money|"
    r"prices?|costs?|fees?|fares?|salary|salaries|wages?|worth of|(?:what|how much) .*worth|revenues?|budget|ransom",
    "age": r"how old",
    "duration": r"how long(?! ago)",
    "length": r"how (?:far|tall|high)",
    "weight": r"how heavy|weighs?",
    "speed": r"how fast",
    "heat": r"how (?:hot|cold|warm)",
    "date": r"when|what (?:year|date|day|month|time)|which (?:year|date|day|month)|date|deadline|how long ago",
    "person": r"who|whom|whose",
    "place": r"where|(?:what|which) (?:country|countries|city|cities|town|place|venue|state|region|location)",
    "reason": r"why|reasons?|how come|what (?:caused|causes|led|prompted|drove|motivated)",
}
_ASKED = {kind: re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE) for kind, pattern in _WORDING.items()}
_HOLDING: dict[Kind, str] = {
    "number": rf"\d|\b(?:{_NUMBER})\b",
    "count": rf"\d[\d.,]*|\b(?:{_NUMBER})\b",
    "money": rf"[$€£¥₹]\s?\d|\b(?:usd|eur|gbp|chf|qar|us\$)\s?\d|{_measured(_CURRENCY)}",
    "age": rf"{_measured('years?|months?')}|\baged? \w|, \d\d(?=,)",
    "duration": rf"{_measured('seconds?|minutes?|hours?|days?|nights?|weeks?|months?|years?|decades?|seasons?')}|"
    rf"{_measured('km|kilomet(?:re|er)s?|met(?:re|er)s?|miles?|feet|foot|cm')}|"
    r"\b(?:until|since|till) (?:\w+ )?\d{4}\b",
    "length": _measured(
        "km|kilomet(?:re|er)s?|m|met(?:re|er)s?|cm|miles?|feet|foot|ft|inch(?:es)?|yards?|light years?"
    ),
    "weight": _measured("kg|kilos?|kilograms?|grams?|g|tons?|tonnes?|pounds?|lbs?|ounces?|stone"),
    "speed": _measured("km/h|kph|mph|knots|km|miles|met(?:re|er)s") + r"|\d+:\d\d",
    "heat": rf"{_measured('degrees?|celsius|fahrenheit|c|f')}|\d\s?°",
    "date": rf"\b(?:{_MONTH}|{_DAY}|1[5-9]\d\d|20\d\d|yesterday|today|tomorrow|tonight)(?!\w)|"
    r"\b(?:last|next|this|days?|weeks?|months?|years?) (?:week|month|year|spring|summer|autumn|fall|winter|ago)\b|"
    r"\b\d{1,2}(?::\d\d)?\s?[ap]\.?m\b",
    "reason": r"\b(?:because|due to|owing to|thanks to|in response to|in order to|so that|so as to|as a result|"
    r"sparked|caused|prompted|triggered|blamed|reasons?|led to|over concerns?)\b",
}
_HELD: dict[Kind, re.Pattern[str]] = {
    **{kind: re.compile(pattern, re.IGNORECASE) for kind, pattern in _HOLDING.items()},
    # names are known by their capitals
    "person": re.compile(r"(?<=[^\s.!?…] )[^\W\d_a-z]\w+"),
    "place": re.compile(r"\b(?:in|at|from|near|outside|to|of|across|around) (?:the )?[^\W\d_a-z]\w+"),
}
_EXPLAINS = re.compile(
    r"(?:it|this|that|he|she|they|there)\s+(?:is|are|was|were|has|have|had|did|does|do|could|would)(?:\s+(?:no|not|never)\b|n['’]t\b)|"
    r"the (?:reason|cause|explanation|problem|trouble)\b|(?:it|this|that) (?:came|comes|follows|followed) after\b",
    re.IGNORECASE,
)
_COUNTED = re.compile(r"\bhow (?:many|much)\s+(.+)", re.IGNORECASE)
_BESIDE = 4
"""Words that may stand between a number and what it counts: "132 of the migrant workers"."""


def expected_kinds(question: str) -> frozenset[Kind]:
    """None, one or several: "when and where" asks for two."""
    kinds: set[Kind] = {kind for kind, pattern in _ASKED.items() if pattern.search(question)}
    if kinds & {
        "money",
        "count",
    }:  # they say more than the "number" that "how much" or "the total" stands for
        kinds -= {"number"}
    return frozenset(kinds)


def share_held(kinds: frozenset[Kind], text: str, things: frozenset[str] = frozenset()) -> float:
    """How many of the kinds asked for stand in `text`, from 0 to 1; 0 when nothing particular is asked.

    Where `things` are counted, a number that does not stand beside them is worth half.
    """
    held = 0.0
    for kind in kinds:
        elsewhere = kind in ("count", "number") and things and not counts(text, things)
        held += holds(kind, text) * (0.5 if elsewhere else 1.0)
    return held / len(kinds) if kinds else 0.0


def holds(kind: Kind, text: str) -> bool:
    """Whether something of this kind stands in `text`."""
    return bool(_HELD[kind].search(_UNCOUNTING.sub(" ", text) if kind == "count" else text))


def measures(kind: Kind, text: str, things: frozenset[str]) -> bool:
    """Whether something of this kind stands in `text`, beside one of `things` if there are any."""
    return counts(text, things) if things else holds(kind, text)


def counted(question: str) -> frozenset[str]:
    """The stems of what "how many" or "how much" asks the number of; empty where it asks for none, or for money."""
    found = _COUNTED.search(question)
    if found is None:
        return frozenset()
    stems: list[str] = []
    for word in question_words(found[1])[:2]:
        if word in GRAMMAR:
            break
        stems.append(stem(word))
    return frozenset(stems)


def counts(text: str, things: frozenset[str]) -> bool:
    """Whether a number stands right before one of `things`, or before words that belong to it."""
    bare = _UNCOUNTING.sub(" ", text)
    for number in _HELD["count"].finditer(bare):
        if things & {stem(word) for word in question_words(bare[number.end() :])[:_BESIDE]}:
            return True
    return False


def explains(text: str) -> bool:
    """Whether a sentence, coming after one that states a fact, is likely to say why."""
    return bool(_EXPLAINS.match(text)) or holds("reason", text)
