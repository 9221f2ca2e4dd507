"""Whether a sentence can be understood without the one before it."""

from __future__ import annotations

import re

# a reference such as [12] may stand behind the full stop
_END = re.compile(r"[.!?…。！？؟।][\"'”’»)\]]*(?:\s?\[\d{1,3}\])*$")
_OPENERS = re.compile(
    r"^(?:\(|[\"“'‘]*(?:and|because|but|yet|so|nor|or|also|too|instead|however|therefore|thus|hence|still|then|"
    r"nevertheless|nonetheless|moreover|furthermore|besides|otherwise|meanwhile|similarly|likewise|that said|as such|"
    r"in (?:response|contrast|turn|return|addition|particular)|by contrast|on the other hand|as a result|"
    r"for (?:example|instance|this|that)|this|that|these|those|such|both|neither|either|another|others?|"
    r"he|she|it|they|his|her|hers|its|their|theirs|him|them|"
    r"the (?:move|decision|announcement|statement|comments?|remarks?|incident|news|change|measures?|former|latter|"
    r"pair|trio|duo|two|three|deal|agreement|ruling|report|attack|group|company|firm|team))\b)"
    r"(?!\s+(?:year|week|month|season|summer|winter|spring|autumn|morning|afternoon|evening)\b)",
    re.IGNORECASE,
)
_CUT_OFF = re.compile(r"[-–,;]|[a-z]+\b")  # a sentence that was split after an abbreviation
_PRONOUN = re.compile(r"\b(?:he|she|they|him|her|them|his|their)\b", re.IGNORECASE)
_CALENDAR = (
    r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|January|February|March|April|May|June|July|August|September|"
    r"October|November|December)\b"
)
_NAMED = re.compile(
    rf"(?<=[^\s.!?…:“\"] )[“\"‘(]?(?!{_CALENDAR})[A-Z]\w+|^[“\"‘(]?(?:(?!{_CALENDAR})[A-Z]\w+\s){{2}}"
)
_ASKING = re.compile(r"[?？؟][\"'”’»)\]]*$")
_QUOTATION = re.compile(r"^[\"“„«‘]")


def is_whole(text: str) -> bool:
    """Whether this ends as a sentence does: no heading, label, row of a table or scrap."""
    return bool(_END.search(text))


def leans_back(text: str) -> bool:
    """Whether a sentence opens by pointing at the one before it: "He ...", "But ...", "The move ..."."""
    if _OPENERS.match(text) or _CUT_OFF.match(text):
        return True
    pronoun = _PRONOUN.search(text)
    if pronoun is None or pronoun.start() > 40:
        return False
    named = _NAMED.search(text)
    return named is None or named.start() > pronoun.start()


def continues_quotation(text: str) -> bool:
    """Whether a sentence is, from its start, somebody's quoted words."""
    return bool(_QUOTATION.match(text)) or text.count("”") > text.count("“")


def asks(text: str) -> bool:
    """Whether a sentence is itself a question."""
    return bool(_ASKING.search(text))
