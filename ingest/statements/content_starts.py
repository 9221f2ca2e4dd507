"""Where the words that a cue attributes start, behind hearers, times and occasions."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.statements.clauses import Token
from ingest.statements.cues import Cue
from ingest.statements.verbs import Verb, verb_forms
from ingest.statements.word_classes import (
    ADJUNCT_NOUNS,
    DETERMINERS,
    FINITE,
    MONTHS,
    OPENS_CLAUSE,
    PREPOSITIONS,
    PRONOUNS,
    is_adverb,
    is_finite,
)

_QUESTIONS = frozenset("whether if how why what who when where which".split())
_STARTS = DETERMINERS | PRONOUNS | frozenset("there if even only".split())
_LEADS = frozenset(", : — – -".split())
_FAR = 30


def content_start(tokens: Sequence[Token], cue: Cue) -> int | None:
    """Where the content behind a cue starts."""
    verb, place = cue.verb, cue.last
    if verb.takes("o"):
        return _object(tokens, place)
    if verb.takes("k"):
        return _called(tokens, place)
    if verb.takes("h") and (at := _behind_hearer(tokens, place)) is not None:
        place = at
    elif verb.takes("h") and verb.takes("c"):
        return None
    if place >= len(tokens):
        return None
    if verb.takes("e"):
        return place if tokens[place].is_word else None
    if cue.is_inverted:
        return _quotation_behind(tokens, place, place + _FAR)
    if verb.takes("t") and tokens[place].low != "that":
        return None
    if tokens[place].is_quotation:
        return place
    if verb.takes("h") and place > cue.last and tokens[place].low == "to" and place + 1 < len(tokens):
        is_order = tokens[place + 1].low not in DETERMINERS and not tokens[place + 1].is_capital
        return place if is_order else None
    return _clause_start(tokens, place, verb)


def _clause_start(tokens: Sequence[Token], place: int, verb: Verb) -> int | None:
    """Where a clause or a quotation starts that may stand behind times and occasions."""
    token, end, limit = tokens[place], len(tokens), min(len(tokens), place + _FAR)
    if verb.force == "question":
        return _framed(tokens, place, verb) or _that_or_quotation(tokens, place, limit, quotation_only=True)
    if token.low == "that" and place + 1 < end:
        return place + 1
    if token.low in (",", ":") and place + 1 < end and tokens[place + 1].is_quotation:
        return place + 1
    if (framed := _framed(tokens, place, verb)) is not None:
        return framed
    if token.low == ":" and place + 1 < end:
        return place + 1
    adjunct = _behind_adjunct(tokens, place)
    if adjunct < end and _opens_clause(tokens, adjunct, verb):
        return adjunct + (tokens[adjunct].low == "that")
    if adjunct > place or token.low in PREPOSITIONS | {","}:
        return _that_or_quotation(tokens, place, limit, takes_clause=verb.takes("c"))
    return None


def _framed(tokens: Sequence[Token], place: int, verb: Verb) -> int | None:
    low = tokens[place].low
    if verb.takes("q") and (low in _QUESTIONS or (low == "about" and verb.force == "question")):
        return place
    if verb.takes("i") and low == "to":
        return place
    if verb.takes("p") and low in ("of", "about", "against"):
        return place + 1
    if verb.takes("n") and (low in DETERMINERS or low.endswith("ing") or tokens[place].is_capital):
        return place
    return None


def _object(tokens: Sequence[Token], place: int) -> int | None:
    """ "accused Y of", "described it as", "urged Y to": from the object on."""
    for ahead in range(place + 1, min(place + 12, len(tokens))):
        low = tokens[ahead].low
        if low in ("of", "as", "to") and ahead + 1 < len(tokens) and ahead > place:
            return place
        if low in (",", ".", ";", ":") or tokens[ahead].is_quotation:
            return None
    return None


def _called(tokens: Sequence[Token], place: int) -> int | None:
    """ "called it “a disgrace”", "called him a liar": from the object on."""
    for ahead in range(place + 1, min(place + 9, len(tokens))):
        token = tokens[ahead]
        if token.is_quotation or (token.low in ("a", "an") and tokens[ahead - 1].low not in PREPOSITIONS):
            return place
        if token.low in (",", ".", ";", ":", "to", "and") or is_finite(token):
            return None
    return None


def _behind_hearer(tokens: Sequence[Token], place: int) -> int | None:
    """Behind "reporters", "the BBC", "a rally in Ohio on Monday": where the clause or the words may start."""
    end = len(tokens)
    at = place
    if at < end and tokens[at].low in ("me", "him", "her", "them", "us", "you", "it", "reporters", "people"):
        return _behind_adjunct(tokens, at + 1)
    while at < end and at - place < _FAR:
        token = tokens[at]
        if token.is_quotation or token.low in (
            "that",
            ",",
            ":",
            "to",
            "whether",
            "if",
            "about",
            "how",
            "what",
            "why",
        ):
            return at
        if (
            at > place
            and tokens[at - 1].low not in PREPOSITIONS | {"and"}
            and (token.low in PRONOUNS | {"there"} or token.low in DETERMINERS)
        ):
            return at
        if is_finite(token):
            return None
        at += 1
    return None


def _behind_adjunct(tokens: Sequence[Token], place: int) -> int:
    """Behind times and adverbs: "on Monday", "last week", "later Tuesday"."""
    end = len(tokens)
    at = place
    while at < end and at - place < 8:
        low = tokens[at].low
        following = tokens[at + 1].low.rstrip(".") if at + 1 < end else ""
        if low in ADJUNCT_NOUNS or low in MONTHS or (is_adverb(tokens[at]) and low != "there"):
            at += 1
        elif low in ("on", "in", "last", "this", "late", "early") and (
            following in ADJUNCT_NOUNS or following in MONTHS
        ):
            at += 2
            at += at < end and tokens[at].low[:1].isdigit()
        elif low in ("in", "on") and following in (
            "a",
            "an",
            "the",
            "his",
            "her",
            "its",
            "their",
            "twitter",
            "facebook",
        ):
            stop = next((n for n in range(at + 1, min(at + 6, end)) if tokens[n].low in _OCCASIONS), None)
            if stop is None:
                break
            at = stop + 1
        else:
            break
    return at


_OCCASIONS = frozenset(
    "statement interview tweet email e-mail letter report release twitter facebook post speech filing".split()
)


def _opens_clause(tokens: Sequence[Token], place: int, verb: Verb) -> bool:
    """Whether a clause starts here: "that", or a subject with a finite verb after it."""
    token = tokens[place]
    if token.low == "that":
        return place + 1 < len(tokens)
    is_start = token.low in _STARTS or token.is_capital
    if not is_start and not (verb.takes("c") and token.is_word and token.low not in _NO_SUBJECT):
        return False
    if token.low in PRONOUNS - {"it"} or (is_start and verb.lemma in ("say", "think", "tell")):
        return True
    for other in tokens[place + 1 : place + 12]:
        if is_finite(other) or other.low in FINITE:
            return True
        if (
            other.low in _LEADS
            or other.low in OPENS_CLAUSE
            or other.low in (".", ";", "and", "or")
            or other.is_quotation
        ):
            return False
    return False


_NO_SUBJECT = PREPOSITIONS | OPENS_CLAUSE | frozenset("so as to and or but yes no".split())


def _that_or_quotation(
    tokens: Sequence[Token],
    place: int,
    limit: int,
    *,
    takes_clause: bool = False,
    quotation_only: bool = False,
) -> int | None:
    """Behind a longer adjunct ("said after the match that", "said in Tehran: “…”")."""
    for at in range(place, limit):
        token = tokens[at]
        if quotation_only and not token.is_quotation:
            continue
        if token.low == "that" and tokens[at - 1].low not in PREPOSITIONS and at + 1 < len(tokens):
            return at + 1
        if token.is_quotation:
            return at if tokens[at - 1].low in (":", ",") else None
        if (
            takes_clause
            and token.low in PRONOUNS
            and at > place + 1
            and tokens[at - 1].low not in OPENS_CLAUSE
            and tokens[at - 1].low != ","
        ):
            return at
        is_colon = token.low == ":" and not tokens[min(at + 1, limit - 1)].is_quotation
        if token.low in (";", "(", "—") or is_colon or (token.low in verb_forms() and not token.is_capital):
            return None
    return None


def _quotation_behind(tokens: Sequence[Token], place: int, limit: int) -> int | None:
    """The other half of an interrupted quotation: "…," said X, "…"."""
    for at in range(place, min(limit, len(tokens))):
        if tokens[at].is_quotation:
            return at if tokens[at - 1].low in (",", ":", ".", ";") or at == place else None
    return None
