"""Datelines: the place and the agency that a report opens with, "HANOI, Vietnam (AP) — The minister said …"."""

from __future__ import annotations

import re

_NEAR_THE_TOP = 1_500  # code points: a picture and its caption may stand before the report
_CAPITALS = r"[^\W\d_a-z][^\W\d_a-z.'’-]{2,30}(?: [^\W\d_a-z][^\W\d_a-z.'’-]{1,30}){0,3}"
_REGION = r"(?:, (?:[A-Z][\w.’-]{0,20} ?){1,3})?"
_AGENCY = r"\([A-Z][A-Za-z]{1,12}(?: [A-Z][a-z]{2,12})?\)"
_DATELINE = re.compile(
    rf"^(?:{_CAPITALS}{_REGION}(?: ?{_AGENCY})?\s?(?:[—–]|--)"
    rf"|(?:[A-Z][\w.’-]{{1,20}} ?){{1,3}}{_REGION} ?{_AGENCY}\s?(?:[—–-]|--))\s?(?=[A-Z“\"‘])",
    re.MULTILINE,
)


def without_dateline(body: str) -> str:
    """`body` without the first dateline that one of its first paragraphs opens with."""
    head = _DATELINE.sub("", body[:_NEAR_THE_TOP], count=1)
    return head + body[_NEAR_THE_TOP:]
