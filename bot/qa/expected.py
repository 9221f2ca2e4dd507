"""What kind of thing a question asks for, and whether a sentence holds one."""

from __future__ import annotations

import re
from typing import Literal

Kind = Literal["number", "date", "person", "place", "reason"]

_MONTH = (
    "january|february|march|april|may|june|july|august|september|october|november|december|"
    r"jan\.|feb\.|mar\.|apr\.|jun\.|jul\.|aug\.|sept?\.|oct\.|nov\.|dec\."
)
_DAY = "monday|tuesday|wednesday|thursday|friday|saturday|sunday"
_NUMBER = (
    "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|hundreds?|thousands?|millions?|billions?|"
    "half|third|quarter|twice|both|none|pair|single"
)

_WORDING: dict[Kind, str] = {
    "number": r"how (?:many|much|far|long|old|tall|big|large|fast|often|high|deep|wide)|number|figures?|"
    r"percentages?|percent|amount|score|price|cost|costs|fee|total|size|share|rate|value|worth",
    "date": r"when|what (?:year|date|day|month|time)|which (?:year|date|day|month)|date|deadline|how long ago",
    "person": r"who|whom|whose",
    "place": r"where|(?:what|which) (?:country|countries|city|cities|town|place|venue|state|region|location)",
    "reason": r"why|reasons?|how come|what (?:caused|causes|led|prompted|drove|motivated)",
}
_ASKED = {kind: re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE) for kind, pattern in _WORDING.items()}
_HELD: dict[Kind, re.Pattern[str]] = {
    "number": re.compile(rf"\d|\b(?:{_NUMBER})\b", re.IGNORECASE),
    "date": re.compile(
        rf"\b(?:{_MONTH}|{_DAY}|1[5-9]\d\d|20\d\d|yesterday|today|tomorrow|tonight)(?!\w)|"
        r"\b(?:last|next|this|days?|weeks?|months?|years?) (?:week|month|year|spring|summer|autumn|fall|winter|ago)\b|"
        r"\b\d{1,2}(?::\d\d)?\s?[ap]\.?m\b",
        re.IGNORECASE,
    ),
    "person": re.compile(r"(?<=[^\s.!?…] )[^\W\d_a-z]\w+"),
    "place": re.compile(r"\b(?:in|at|from|near|outside|to|of|across|around) (?:the )?[^\W\d_a-z]\w+"),
    "reason": re.compile(
        r"\b(?:because|due to|owing to|thanks to|in response to|in order to|so that|so as to|as a result|"
        r"sparked|caused|prompted|triggered|blamed|reasons?|led to|over concerns?)\b",
        re.IGNORECASE,
    ),
}


def expected_kinds(question: str) -> frozenset[Kind]:
    """None, one or several: "when and where" asks for two."""
    return frozenset(kind for kind, pattern in _ASKED.items() if pattern.search(question))


def share_held(kinds: frozenset[Kind], text: str) -> float:
    """How many of the kinds asked for stand in `text`, from 0 to 1; 0 when nothing particular is asked."""
    return sum(bool(_HELD[kind].search(text)) for kind in kinds) / len(kinds) if kinds else 0.0
