"""Questions about the articles themselves: how many, which of whom about what and when; who wrote one, and when."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["count", "list", "author", "published", "publisher", "publishers"]

_ONE = r"(?:article|story|document|piece|text|report|post|review|interview|editorial|column|page|news)"
_MANY = rf"(?:{_ONE}s?|stories)"
_HAVE = (
    r"(?:(?:do|did|have|are|is|were|was|can) (?:you|there|i|we)(?: (?:have|know|got|hold|find|read))?|you have|there"
    r"|exist|in total|altogether|all in all|now|here|currently|please|published|written|posted|that (?:are|were)"
    r"|in (?:the|your|this) (?:corpus|index|collection|archive|database))"
)
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)"
)
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_DATE = (
    rf"(?:\d{{4}}-\d\d-\d\d|(?:{_DAY} (?:of )?)?{_MONTH}\.?(?: {_DAY})?(?:,? \d{{4}})?|(?:19|20)\d\d|today|yesterday"
    r"|(?:this|last|past) (?:week|month|year))"
)
_TOPIC = (
    r"(?:are about|is about|about|on|regarding|concerning|(?:that |which )?(?:mention(?:s|ing)?|cover(?:s|ing)?"
    r"|discuss(?:es|ing)?|deal(?:s|ing)? with|talk(?:s|ing)? about))"
)
_WHEN = re.compile(
    rf"(?:(?:dated|published|posted|written) )?(?:on |in |from |of |during )?(?:the )?({_DATE})\b"
)
_SKIPPED = re.compile(rf"{_HAVE}\b|all\b|any\b|the\b|me\b|(?:are|is|were|was)\b")
_TOLD = re.compile(
    rf"{_TOPIC} (?P<topic>.+?)(?= (?:(?:published|dated) )?(?:on|in|from|of|during) {_DATE}$| (?:from|by) |$)"
)
_SOURCE = re.compile(
    r"(?:(?:published |written |posted )?(?:from|by|of|in)|did|has|does) "
    r"(?P<by>.+?)(?: (?:publish(?:ed)?|write|wrote|written|post(?:ed)?|have|run))?"
    rf"(?= {_TOPIC} | (?:on|in|from) {_DATE}$|$)"
)
_ORDER = r"(?:newest|latest|most recent|recent|last|new|oldest|earliest|first)"
_FIND = (
    r"(?:which|what|any|list|show me|are there|is there|do you have|have you got|find)"
    r"(?: all| any| an?| the| your)*"
)
_LISTED: tuple[tuple[Kind, str], ...] = (
    (
        "publishers",
        r"(?:how many|which|what) (?:different )?(?:publishers|outlets|news ?papers|news sites)(?P<rest>.*)",
    ),
    ("count", rf"how many (?:different )?{_MANY}(?P<rest>.*)"),
    ("list", r"(?:what(?:'s| is|s)|anything|any) new(?P<rest>.*)"),
    (
        "list",
        rf"what (?:happened|was new|was published|came out) (?P<rest>(?:on|in|during) (?:the )?{_DATE})",
    ),
    (
        "list",
        rf"(?:what(?:'s| is|s| are|'re) |show me |list )?(?:the |your )?(?P<order>{_ORDER}) {_MANY}(?P<rest>.*)",
    ),
    ("list", rf"{_FIND} {_MANY}(?P<rest>.*)"),
    ("list", rf"{_MANY} (?P<rest>(?:about|on|from|by|of) .+)"),
    ("list", r"what (?P<rest>(?:did|has) .+ (?:publish(?:ed)?|written|posted|post)\b.*)"),
)
_WHO = r"(?:who|(?:which|what) (?:publisher|outlet|source|site|website|newspaper|magazine))"
_OF_ONE: tuple[tuple[Kind, str], ...] = (
    ("author", r"who (?:wrote|is the (?:author|writer) of|authored) (?P<about>.{3,})"),
    ("author", rf"(?:by whom|who) was (?P<about>.{{3,}} {_ONE}) (?:written|authored)(?: by)?"),
    (
        "published",
        r"(?:when|on (?:what|which) (?:day|date)) (?:was|were) (?P<about>.{3,}?) (?:published|written|posted)",
    ),
    ("published", r"when did .{2,40} (?:publish|post) (?P<about>.{3,})"),
    ("published", r"what(?:'s| is| was) the (?:publication )?date of (?P<about>.{3,})"),
    ("publisher", rf"{_WHO} (?:published|posted|ran|carried|has|had) (?P<about>.{{3,}})"),
    (
        "publisher",
        rf"where (?:was|is|does|did) (?P<about>.{{3,}} {_ONE}) (?:published|posted|from|come from|appear)",
    ),
)
_NAMED = re.compile(rf"\b{_MANY}\b")
_AROUND = re.compile(
    rf"^(?:the |that |this |an? )?(?:{_MANY} )?(?:(?:which|that) (?:is|was) )?(?:about |on |called |titled |named )?"
    rf"|[\s,]+{_MANY}$|[“”\"]"
)


@dataclass(frozen=True, slots=True)
class MetadataQuestion:
    """What is asked of the articles. `about` is a topic, or names the one meant; `by` is a publisher or an author,
    `when` a date in words. `outright`: the question says that it is about an article, so that its title need not be
    given in full.
    """

    kind: Kind
    about: str = ""
    by: str = ""
    when: str = ""
    oldest: bool = False
    outright: bool = True


def metadata_question(question: str) -> MetadataQuestion | None:
    """None where the question is about what the articles say."""
    plain = " ".join(question.strip(" ?!.").lower().replace("’", "'").split())
    for kind, pattern in _OF_ONE:
        if (match := re.fullmatch(pattern, plain)) is not None:
            about = match["about"]
            outright = _NAMED.search(about) is not None or about.startswith("about ")
            return MetadataQuestion(kind, _AROUND.sub("", about).strip(), outright=outright)
    for kind, pattern in _LISTED:
        if (match := re.fullmatch(pattern, plain)) is not None:
            groups = match.groupdict()
            oldest = groups.get("order") in ("oldest", "earliest", "first")
            return _of_rest(kind, groups["rest"], oldest=oldest)
    return None


def _of_rest(kind: Kind, rest: str, *, oldest: bool) -> MetadataQuestion | None:
    """What stands behind "how many articles", read piece by piece; None where a piece is nothing of the kind."""
    about = by = when = ""
    rest = rest.strip(" ,")
    while rest:
        if match := _WHEN.match(rest):
            when = match[1]
        elif match := _TOLD.match(rest):
            about = match["topic"]
        elif (match := _SKIPPED.match(rest)) and not rest.startswith("in the news"):
            pass
        elif match := _SOURCE.match(rest):
            by = match["by"]
        else:
            return None
        rest = rest[match.end() :].strip(" ,")
    return MetadataQuestion(kind, about, by, when, oldest=oldest)
