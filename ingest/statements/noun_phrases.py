"""The noun phrase before or after a verb: who speaks, as written."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.statements.clauses import Token
from ingest.statements.phrase import Phrase, parted
from ingest.statements.verbs import verb_forms
from ingest.statements.word_classes import (
    ADJUNCT_NOUNS,
    COLLECTIVES,
    DAYS,
    DETERMINERS,
    JOINS,
    MONTHS,
    OPENS_CLAUSE,
    PREPOSITIONS,
    PRONOUNS,
    SPEECH_NOUNS,
    TITLES,
    is_adverb,
    is_finite,
    is_past,
)

LONGEST = 25
"""Tokens of a phrase."""
_INSIDE = frozenset("of for at from to with in on and &".split())
_BOUNDARIES = frozenset(", : ; — – - ( ) [ ] . ? ! … • | /".split())
_MARKS_INSIDE = frozenset("' ’ . $ %".split())


def before(tokens: Sequence[Token], end: int) -> Phrase | None:
    """The phrase whose last token is `end - 1`: the subject of a verb that follows."""
    if end <= 0:
        return None
    if tokens[end - 1].low == "," or tokens[end - 1].low in ("—", "–", ")"):
        return _before_apposition(tokens, end - 1)
    if tokens[end - 1].low in RELATIVE_SUBJECTS:
        stop = end - 2 if end >= 2 and tokens[end - 2].low == "," else end - 1
        if stop and tokens[stop - 1].low == ")":
            return _before_apposition(tokens, stop - 1)
        return _trimmed(tokens, _start_of(tokens, stop), stop)
    first = _start_of(tokens, end)
    relative = next((n for n in (first - 1, first - 2) if n > 0 and tokens[n].low == "who"), None)
    if relative is not None and _is_predicate(tokens[relative + 1]):
        stop = relative - (tokens[relative - 1].low == ",")
        return _trimmed(tokens, _start_of(tokens, stop), stop)
    return _trimmed(tokens, first, end)


def _is_predicate(token: Token) -> bool:
    """ "who waved a flag": a verb, so that the relative clause is about somebody else's doings and not a subject."""
    return (
        is_past(token)
        or is_finite(token)
        or (not token.is_capital and token.low.endswith("s") and token.low not in DETERMINERS)
    )


RELATIVE_SUBJECTS = frozenset(["who", "that", "which"])


def _start_of(tokens: Sequence[Token], end: int) -> int:
    """Walk left to what bounds the clause."""
    first = end
    while first > 0 and end - first < LONGEST:
        token = tokens[first - 1]
        low = token.low
        if token.is_quotation or low in _BOUNDARIES or low in OPENS_CLAUSE or is_finite(token):
            break
        if low in JOINS and not _joins_names(tokens, first - 1, end):
            break
        if not token.is_capital and low in verb_forms() and not _is_noun(tokens, first - 1):
            break
        first -= 1
    return first


def _is_noun(tokens: Sequence[Token], place: int) -> bool:
    """A form of a verb that is a noun or an adjective here: "the report", "a company statement"."""
    verb = verb_forms()[tokens[place].low][0]
    if verb.shape in ("past", "ing") and tokens[place].low in ("said", "told", "saying", "telling"):
        return False
    previous = tokens[place - 1] if place else None
    return previous is not None and (
        previous.low in DETERMINERS
        or previous.low in PREPOSITIONS
        or previous.low.endswith(("'s", "al", "ic"))
    )


def _joins_names(tokens: Sequence[Token], place: int, end: int) -> bool:
    """ "and" between two parts of one subject: names, or plural roles."""
    if place == 0 or place + 1 >= end or tokens[place].low not in ("and", "&"):
        return False
    left, right = tokens[place - 1], tokens[place + 1]
    return (left.is_capital and right.is_capital) or (
        right.low in COLLECTIVES or left.low in COLLECTIVES or tokens[end - 1].low in COLLECTIVES
    )


def _before_apposition(tokens: Sequence[Token], comma: int) -> Phrase | None:
    """The subject in front of "…, who leads the party, said": the last phrase left of an inserted part."""
    mark = tokens[comma].low
    opening = {")": "("}.get(mark, mark)
    stop = comma
    for _ in range(4):
        start = next(
            (n for n in range(stop - 1, max(-1, stop - 2 * LONGEST), -1) if tokens[n].low == opening), None
        )
        if start is None or start + 1 == stop or any(t.is_quotation for t in tokens[start:stop]):
            return None
        first = _start_of(tokens, start)
        inserted = tokens[start + 1 : stop]
        phrase = _trimmed(tokens, first, start) if first < start else None
        if phrase is not None and not _inserts(tokens[first:start]) and _inserts(inserted):
            role = (start + 1, comma) if inserted[0].low in DETERMINERS or inserted[0].low in TITLES else None
            return Phrase(phrase.first, phrase.last, phrase.name, phrase.role or role)
        if opening != ",":
            return None
        stop = start
    return None


def _inserts(tokens: Sequence[Token]) -> bool:
    """Whether words between commas describe the name before them, as an apposition or a relative clause does."""
    low = tokens[0].low
    return (
        low in DETERMINERS
        or low in ("who", "whose", "which", "of", "formerly", "then", "now", "himself", "herself", "speaking", "via",
                   "himself", "in", "at", "on", "from", "aged", "jr", "jr.", "sr", "like", "along", "through", "with",
                   "by", "former", "also", "however", "too", "meanwhile", "for", "when", "as", "while", "himself")
        or low in TITLES
        or low[0].isdigit()
        or low in DAYS
        or (low.endswith("ing") or is_past(tokens[0]))
        or low.startswith(("r-", "d-"))
        or any(token.low.endswith("'s") for token in tokens[:3])
        or low in ("r", "d", "co-founder", "senior", "managing", "associate")
        or any(token.low in TITLES for token in tokens[:5])
    )  # fmt: skip


def _trimmed(tokens: Sequence[Token], first: int, last: int) -> Phrase | None:
    """The phrase in a run of tokens, without adverbs and prepositions before it and adjuncts behind it."""
    while first < last and (
        is_adverb(tokens[first]) or tokens[first].low in _MARKS_INSIDE or tokens[first].low in JOINS
    ):
        first += 1
    while last > first and is_adverb(tokens[last - 1]) and tokens[last - 1].low not in PRONOUNS:
        last -= 1
    last = _without_adjunct(tokens, first, last)
    if first >= last:
        return None
    if tokens[last - 1].low in PRONOUNS:
        return Phrase(last - 1, last, (last - 1, last))
    if tokens[first].low in PREPOSITIONS or tokens[first].low in ADJUNCT_NOUNS:
        first = _behind_preposition(tokens, first, last)
        if first >= last:
            return None
    words = tokens[first:last]
    if len(words) == 1 and not words[0].is_capital and words[0].low.endswith("ing"):
        return None
    if any(token.low in PRONOUNS for token in words) or words[-1].low in PREPOSITIONS | DETERMINERS - {
        "some",
        "many",
        "others",
        "most",
        "both",
        "all",
        "one",
        "few",
        "several",
        "another",
    }:
        return None
    if not any(token.is_word for token in words):
        return None
    return parted(tokens, first, last)


def _without_adjunct(tokens: Sequence[Token], first: int, last: int) -> int:
    """Where a phrase ends that a time or an occasion follows: "Trump on Monday", "he in a statement"."""
    for place in range(first + 1, last):
        low = tokens[place].low
        if low in ("on", "in", "during", "via", "at", "last", "this"):
            rest = {token.low.rstrip(".") for token in tokens[place + 1 : last]}
            if rest & (ADJUNCT_NOUNS | SPEECH_NOUNS | MONTHS):
                return place
        if low in DAYS and place + 1 == last:
            return place
    return last


def _behind_preposition(tokens: Sequence[Token], first: int, last: int) -> int:
    """ "In a statement the company": the last phrase of a run that opens with another."""
    name = last
    while name > first and tokens[name - 1].is_capital and tokens[name - 1].low not in DAYS | MONTHS:
        name -= 1
    articles = [n for n in range(first + 1, last) if tokens[n].low in DETERMINERS]
    if name < last and (name - 1 <= first or tokens[name - 1].low not in PREPOSITIONS | DETERMINERS):
        return name
    return articles[-1] if len(articles) > 1 else last


def _end_of(tokens: Sequence[Token], start: int, end: int) -> int:
    """Walk right to what bounds the phrase."""
    last = start
    while last < end and last - start < LONGEST:
        token = tokens[last]
        low = token.low
        if (
            token.is_quotation
            or (low in _BOUNDARIES and low != "-")
            or (low in OPENS_CLAUSE and last > start)
        ):
            break
        if last > start and tokens[last - 1].is_capital and (is_past(token) or is_adverb(token)):
            break
        if low in PRONOUNS:
            last += last == start
            break
        if last > start and (
            is_finite(token)
            or low in DAYS
            or (low in PREPOSITIONS - {"of", "for", "from", "to"} and not _of_place(tokens, last))
        ):
            break
        if last > start and not token.is_capital and low in verb_forms() and not _is_noun(tokens, last):
            break
        if low in JOINS and not _joins_names(tokens, last, end):
            break
        last += 1
    return last


def after(tokens: Sequence[Token], start: int, end: int, *, any_noun: bool = False) -> Phrase | None:
    """The phrase that starts at `start`: the subject of a verb before it ("…," said X)."""
    last = _end_of(tokens, start, end)
    while last > start and (tokens[last - 1].low in PREPOSITIONS or is_adverb(tokens[last - 1])):
        last -= 1
    if last == start:
        return None
    words = tokens[start:last]
    if words[-1].low in DETERMINERS and words[-1].low not in ("one", "some", "many", "another"):
        return None
    if not (
        any_noun
        or words[0].is_capital
        or words[0].low in DETERMINERS | PRONOUNS | TITLES | COLLECTIVES
        or any(t.is_capital or t.low in TITLES for t in words)
    ):
        return None
    return _with_apposition(tokens, parted(tokens, start, last), end)


def _of_place(tokens: Sequence[Token], place: int) -> bool:
    """ "a professor at Yale", "head of research at the bank": a preposition that belongs to a role."""
    following = tokens[place + 1] if place + 1 < len(tokens) else None
    if following is None or tokens[place].low not in ("at", "with", "in"):
        return False
    nouns = {token.low for token in tokens[place + 1 : place + 5]}
    return (
        not nouns & (SPEECH_NOUNS | ADJUNCT_NOUNS | MONTHS)
        and ((following.is_capital and not following.low[0].isdigit()) or following.low == "the")
        and not tokens[place - 1].is_capital
    )


def _with_apposition(tokens: Sequence[Token], phrase: Phrase, end: int) -> Phrase:
    """With the role that follows a name between commas: "said John Smith, a professor at Yale"."""
    place = phrase.last
    if place + 1 >= end or tokens[place].low != "," or phrase.role is not None:
        return phrase
    last = place + 1
    while (
        last < end
        and tokens[last].low not in _BOUNDARIES
        and not tokens[last].is_quotation
        and last - place < LONGEST
    ):
        if tokens[last].low in ("who", "which", "when", "as", "after", "during"):
            break
        last += 1
    inserted = tokens[place + 1 : last]
    if (
        inserted
        and (inserted[0].low in ("a", "an", "the", "who") or any(t.low in TITLES for t in inserted[:4]))
        and not any(is_finite(t) for t in inserted)
    ):
        return Phrase(phrase.first, phrase.last, phrase.name, (place + 1, last))
    return phrase
