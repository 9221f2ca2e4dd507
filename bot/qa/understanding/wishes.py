"""What people want of the bot itself, said in words: small talk, help, its sources, a summary, the last answer anew."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from bot.qa.understanding.phrase_lists import LONGEST, phrases
from bot.qa.understanding.small_talk import is_small_talk

Kind = Literal["talk", "thanks", "help", "sources", "summary", "shorter", "more"]

_LISTS: tuple[tuple[Kind, str], ...] = (
    ("help", "wish_help"),
    ("sources", "wish_sources"),
    ("shorter", "wish_shorter"),
    ("more", "wish_more"),
    ("talk", "small_talk"),
)
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_THANKS = re.compile(
    r"\b(?:thanks?|thx|ty|tysm|cheers|danke\w*|merci|gracias|grazie|obrigad[oa])\b", re.IGNORECASE
)
_SUMMARY = re.compile(
    r"(?:(?:give|write|show|make)(?: me| us)? )?(?:an? |the )?(?:short |quick |brief )?"
    r"(?:tldr|summar(?:y|i[sz]e)|sum up|digest|recap|gist|main points)\b[\s:,-]*+(?:of |for |on |about )?",
    re.IGNORECASE,
)
_POLITE = re.compile(
    r"^(?:(?:hi|hey|hello|ok|okay|well|so|and|then|please|pls|bot|byline|now|(?:can|could|would|will) (?:you|u))\b"
    r"[\s,!.]*+)+"
    r"|(?<![\s,])(?:[\s,]++(?:please|pls|plz|now|bot|thanks|thx|thank you|for me|there|again))+[\s.!?]*+$",
    re.IGNORECASE,
)
_EDGES = re.compile(r"^\W++|(?<!\W)\W++$")
_LONGEST = 300
"""Characters; what is longer asks something, and would keep a pattern busy that is tried at each of its signs."""
_OF_LAST = re.compile(
    r"(?:(?:this|that|it|the|your|these|those)(?: (?:article|story|answer|text|page|one))?)?", re.I
)
_ABOUT = re.compile(
    r"^(?:the |this |that |an? )?(?:(?:article|story|piece|report|post) (?:about |on |called |titled )?)?"
    r"|\s+(?:article|story|piece|report|post)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Wish:
    """`about` names the article of a summary; empty where the last answer's is meant."""

    kind: Kind
    about: str = ""


def wish_in(text: str) -> Wish | None:
    """None where a message asks something of the articles; English, small talk also in other languages."""
    if len(text) > _LONGEST:
        return None
    if "?" not in text and is_small_talk(text):
        return Wish("thanks" if _THANKS.search(text) else "talk")
    whole = re.sub(r"tl;\s?dr", "tldr", text.strip(), flags=re.IGNORECASE)
    for said in dict.fromkeys((whole, _POLITE.sub("", whole))):
        words = [word.lower().replace("’", "'") for word in _WORD.findall(said)]
        joined = "".join(f"{word} " for word in words)
        for kind, name in _LISTS if len(words) <= LONGEST else ():
            if phrases(name).fullmatch(joined):
                return Wish(kind)
    bare = _EDGES.sub("", _POLITE.sub("", whole))
    if (match := _SUMMARY.match(bare)) is not None:
        about = bare[match.end() :]
        return Wish("summary", "" if _OF_LAST.fullmatch(about) else _ABOUT.sub("", about).strip())
    return None
