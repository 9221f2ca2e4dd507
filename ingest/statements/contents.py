"""What is said: the tokens beside a cue that are its content."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ingest.statements.clauses import Token
from ingest.statements.cues import Cue
from ingest.statements.noun_phrases import Range
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
    is_past,
)

_CONTRASTS = frozenset("but while although though whereas despite according".split())
_QUESTIONS = frozenset("whether if how why what who when where which".split())
_LEADS = frozenset(", : — – -".split())
_STARTS = DETERMINERS | PRONOUNS | frozenset("there if even only".split())
_FAR = 30


def contents(tokens: Sequence[Token], cue: Cue, place: int, cues: Sequence[Cue]) -> Iterator[Range]:
    """The tokens that `cues[place]` attributes: what follows it, what stands before it, or both."""
    behind = _behind(tokens, cue, cues[place + 1 :])
    ahead = _ahead(tokens, cue, cues[:place], takes_clause=behind is None or _is_quoted(tokens, behind))
    for span in (ahead, behind):
        fewest = 1 if cue.verb.takes("n") or cue.verb.takes("p") else 2
        if span is not None and (trimmed := _stripped(tokens, span, fewest)) is not None:
            yield trimmed


def _is_quoted(tokens: Sequence[Token], span: Range) -> bool:
    return tokens[span[0]].is_quotation


def _stripped(tokens: Sequence[Token], span: Range, fewest: int) -> Range | None:
    """Without marks at its ends; None where fewer words than `fewest` are left that are no quotation."""
    first, last = span
    while first < last and not tokens[first].is_quotation and tokens[first].text in ",.:;—–-)]":
        first += 1
    while first < last and not tokens[last - 1].is_quotation and tokens[last - 1].text in ",.:;—–-([!?":
        last -= 1
    words = sum(token.is_word for token in tokens[first:last])
    return (
        (first, last) if words >= fewest or any(token.is_quotation for token in tokens[first:last]) else None
    )


def _ahead(tokens: Sequence[Token], cue: Cue, earlier: Sequence[Cue], *, takes_clause: bool) -> Range | None:
    """What stands before "X said" or "said X", up to a comma or a quotation's end."""
    end = cue.first
    if end == 0 or cue.is_inherited:
        return None
    last = tokens[end - 1]
    quoted = last.is_quotation or (last.low in _LEADS and end > 1 and tokens[end - 2].is_quotation)
    if not quoted and last.low not in (",", "—", "–") and not cue.is_according:
        return None
    start = max((other.last for other in earlier if other.phrase is not cue.phrase), default=0)
    start = max(start, next((n + 1 for n in range(end - 2, -1, -1) if tokens[n].low == ";"), 0))
    if quoted:
        before = tokens[end - 2 - (not last.is_quotation)] if end > 2 else None
        if not takes_clause and before is not None and before.is_word:
            return None  # "Calling it “a shame”, X said that": no more than a word of the narrator's
        return _quoted_ahead(tokens, start, end)
    if not takes_clause or not _is_clause(tokens, start, end):
        return None
    if cue.verb.takes("t") or not (cue.is_according or _ends_cue(tokens, cue)):
        return None
    return start, end


def _quoted_ahead(tokens: Sequence[Token], start: int, end: int) -> Range:
    """The quotation before a cue, with the clause that it completes: no more than it where that has its own verb."""
    first = end - 1 if tokens[end - 1].is_quotation else end - 2
    closing = tokens[first].text[-2:-1] in ",.?!…—-" or tokens[end - 1].low == ","
    before = tokens[start:first]
    if not any(token.is_word for token in before):
        return start, end
    if closing and not tokens[first - 1].is_word and tokens[first - 1].low != ",":
        return first, end
    return (start, end) if _is_clause(tokens, start, end) or len(before) < 4 else (first, end)


def _is_clause(tokens: Sequence[Token], start: int, end: int) -> bool:
    words = tokens[start:end]
    opening = words[0].low if words else ""
    if opening in (
        "as",
        "when",
        "while",
        "after",
        "asked",
        "in",
        "on",
        "at",
        "during",
        "following",
        "speaking",
    ):
        return False
    return any(is_finite(token) or is_past(token) or token.low in FINITE for token in words)


def _ends_cue(tokens: Sequence[Token], cue: Cue) -> bool:
    """Nothing but an adjunct follows: "…, X argued.", "…, X announced on Monday."."""
    following = tokens[cue.last] if cue.last < len(tokens) else None
    return (
        following is None or not following.is_word or following.low in PREPOSITIONS | ADJUNCT_NOUNS | {"as"}
    )


def _behind(tokens: Sequence[Token], cue: Cue, later: Sequence[Cue]) -> Range | None:
    place = cue.last
    if place >= len(tokens):
        return None
    if cue.is_according:
        if cue.first > 1 or tokens[place].low != ",":
            return None
        return place + 1, _end(tokens, place + 1, later)
    start = _start(tokens, cue)
    if start is None:
        return None
    if tokens[start].is_quotation:
        last = start + 1
        while last < len(tokens) and tokens[last].is_quotation:
            last += 1
        goes_on = last < len(tokens) and tokens[last].is_word and tokens[last - 1].text[-2:-1] not in ".?!,"
        return start, _end(tokens, last, later) if goes_on else last
    return start, _end(tokens, start, later)


def _start(tokens: Sequence[Token], cue: Cue) -> int | None:
    """Where the content behind a cue starts."""
    verb, place, end = cue.verb, cue.last, len(tokens)
    if verb.takes("o"):
        return _object(tokens, place)
    if verb.takes("k"):
        return _called(tokens, place)
    if verb.takes("e"):
        return place if place < end and tokens[place].is_word else None
    if verb.takes("h"):
        at = _behind_hearer(tokens, place)
        if at is None and verb.takes("c"):
            return None
        place = place if at is None else at
    limit = min(end, place + _FAR)
    token = tokens[place] if place < end else None
    if token is None:
        return None
    if cue.is_inverted:
        return _quotation_behind(tokens, place, limit)
    if verb.takes("t") and token.low != "that":
        return None
    if token.is_quotation:
        return place
    if verb.takes("h") and place > cue.last and token.low == "to" and place + 1 < end:
        return (
            place if tokens[place + 1].low not in DETERMINERS and not tokens[place + 1].is_capital else None
        )
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
    for at in range(place, limit):
        if tokens[at].is_quotation:
            return at if tokens[at - 1].low in (",", ":", ".", ";") or at == place else None
    return None


def _end(tokens: Sequence[Token], start: int, later: Sequence[Cue]) -> int:
    """Where a clause ends: with the sentence, at what contrasts with it, or where somebody says something else."""
    end = len(tokens)
    for cue in later:
        if cue.first <= start:
            continue
        joint = tokens[cue.first - 1].low
        if (
            joint in ("and", "but", "while", ";", "—", ",")
            or cue.is_according
            or tokens[cue.first].low in ("and", "but")
        ):
            end = cue.first
            if joint in ("and", "but", "while"):
                end -= 1
            break
    for at in range(start + 1, end):
        if tokens[at].low == ";" or (tokens[at - 1].low == "," and tokens[at].low in _CONTRASTS):
            return at
        if tokens[at].low == ")" and not any(token.low == "(" for token in tokens[start:at]):
            return at
    return end
