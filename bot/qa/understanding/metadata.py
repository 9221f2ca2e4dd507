"""Questions about the articles themselves: how many there are, which are newest, who wrote one and when."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["count", "newest", "author", "published"]

_ARTICLES = r"(?:articles?|stories|story|documents?|pieces?|texts?)"
_ABOUT = rf"(?:the |that |this )?(?:{_ARTICLES} )?(?:about |on |called )?"
_PATTERNS: tuple[tuple[Kind, str], ...] = (
    (
        "count",
        rf"how many {_ARTICLES} (?:do you (?:have|know)|are there|have you(?: got)?)(?: (?:in total|now|here))?",
    ),
    ("newest", r"what(?:'s| is|s) new"),
    ("newest", rf"(?:any(?:thing)? new(?: {_ARTICLES})?|(?:what are )?the (?:newest|latest) {_ARTICLES})"),
    ("author", rf"who (?:wrote|is the author of|authored) {_ABOUT}(?P<about>.{{3,}})"),
    ("published", rf"when (?:was|were) {_ABOUT}(?P<about>.{{3,}}?) (?:published|written|posted)"),
)


@dataclass(frozen=True, slots=True)
class MetadataQuestion:
    """What is asked of the articles; `about` names the one meant, where one is."""

    kind: Kind
    about: str = ""


def metadata_question(question: str) -> MetadataQuestion | None:
    """None where the question is about what the articles say."""
    plain = question.strip(" ?!.").lower().replace("’", "'")
    for kind, pattern in _PATTERNS:
        if (match := re.fullmatch(pattern, plain)) is not None:
            return MetadataQuestion(kind, match.groupdict().get("about") or "")
    return None
