"""Up to which day articles are evidence: "as of May 2015", "before 2016", "until March 2020"."""

from __future__ import annotations

import re
from datetime import date, timedelta

from bot.qa.retrieval.query import exact_period
from bot.qa.understanding.noise import has_content

_CUE = re.compile(r"\b(as of|as at|before|until|till)\s+(?:the end of\s+)?", re.IGNORECASE)
_ANYWHERE = (
    "as of",
    "as at",
)  # the others say when something happened, unless they open or close the question
_WORD = re.compile(r"\S+")
_DATE_WORDS = 4  # "31st of May 2015"


def last_day(text: str) -> str | None:
    """The last day, in ISO 8601, of the date, month or year that `text` is: 2015-05-31 for 2015-05 and May 2015."""
    period = exact_period(text.strip(" ?!.,;:"))
    return period.last if period else None


def without_as_of(question: str) -> tuple[str, str]:
    """The question without the words that set a day, and the last day whose articles are evidence ("": any)."""
    for match in _CUE.finditer(question):
        words = [word.end() for word in _WORD.finditer(question, match.end())][:_DATE_WORDS]
        for end in reversed(words):
            period = exact_period(question[match.end() : end].strip(" ?!.,;:"))
            if period is None:
                continue
            before, after = question[: match.start()].strip(" ,;-–—"), question[end:].strip(" ,;?!.-–—")
            rest = " ".join(part for part in (before, after) if part)
            if has_content(rest) and (match[1].lower() in _ANYWHERE or not (before and after)):
                rest += "?" * question.rstrip().endswith("?")
                day_before = date.fromisoformat(period.first) - timedelta(days=1)
                return rest, day_before.isoformat() if match[1].lower() == "before" else period.last
    return question, ""
