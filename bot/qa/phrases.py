"""Everything the bot says in its own voice beside an answer. None of it carries a claim, so none is checked."""

from __future__ import annotations

import re
from collections.abc import Sequence

PARTLY_COVERED = "The articles do not answer every part of the question."
DIFFER = "The articles differ here; each figure stands with its source."
PREMISE = "The articles contradict something that the question takes for granted."
FELL_BACK = "The answering model could not be used, so these are the articles' own sentences."
CUT_SHORT = "The answering model stopped in the middle; this is what it had proven until then."
DECLINED = "The answering model declined to answer, so these are the articles' own sentences."
NOTHING_HELD = "Nothing that the model wrote could be proven, so these are the articles' own sentences."
BUDGET_SPENT = "Today's budget for the answering model is used up, so these are the articles' own sentences."
NO_QUESTION = "That asks nothing of the articles. Name a person, a place, an event or a topic."
WORDS_ALONE = "Passages were looked for by their words alone: the search by meaning does not work just now."
AS_OF_DATED_ONLY = (
    "As of {date}: only articles published by then are evidence; those without a date are left out."
)
AS_OF = "As of {date}: only articles published by then are evidence."
PUBLISHED = "published {date}"
INDEPENDENT = "{n} independent outlets"
CARRIED = "{n} outlets carry one report"
CARRIED_WIRE = "{n} outlets carry one report of {agency}"

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_SMALL = frozenset(
    "a an the of in on at to for and or by with from about what who when where why how is are was were "
    "did do does it its part question".split()
)


def as_of(day: str, *, undated: bool) -> str:
    """`undated`: articles without a date were left out."""
    return (AS_OF_DATED_ONLY if undated else AS_OF).format(date=day)


def partly_covered(question: str, parts: Sequence[str]) -> str:
    """Which part is missing, but only where the model names it in the question's own words."""
    asked = {word.lower() for word in _WORD.findall(question)}
    named = []
    for part in parts:
        words = _WORD.findall(part)
        content = [word for word in words if word.lower() not in _SMALL]
        if content and len(words) <= 16 and all(word.lower() in asked for word in content):
            named.append(" ".join(words))
    if not named:
        return PARTLY_COVERED
    return f"The articles do not cover: {'; '.join(named)}."


def articles_differ(labels: Sequence[str]) -> str:
    """`labels` name the articles in the order of their marks, e.g. "Reuters, 12 November 2015 [1]"."""
    return f"The articles differ here: {' — '.join(labels)}." if labels else DIFFER
