"""Where a sentence attributes: the verb, its subject, and on which side of it they stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ingest.statements import noun_phrases
from ingest.statements.clauses import Token
from ingest.statements.phrase import Phrase
from ingest.statements.verbs import Verb, verb_forms
from ingest.statements.word_classes import (
    ADJUNCT_NOUNS,
    BE,
    COLLECTIVES,
    DETERMINERS,
    FINITE,
    HAVE,
    MODALS,
    NEGATIONS,
    OPENS_CLAUSE,
    PREPOSITIONS,
    PRONOUNS,
    is_adverb,
    is_finite,
    is_past,
)
from ingest.text.names import is_common

ACCORDING = Verb("according to", "neutral", "", "base")
_SAY = verb_forms()["say"][0]
_COORDINATES = frozenset("and but then or while".split())
_BEFORE_PARTICIPLE = frozenset(", — – by while and before without".split())
_PLURAL_PRONOUNS = frozenset("they we i you".split())
_PLURAL_DETERMINERS = frozenset("some many others most both few several all".split())
_NOT_SPEAKING = frozenset("i we you".split())
"""Who is the author or the reader, and no speaker that the article quotes."""
_NEAR = 10
_NOUNS = {
    noun: Verb(lemma, force, "-", "base")
    for noun, lemma, force in (
        ("claim", "claim", "claim"), ("claims", "claim", "claim"), ("assertion", "assert", "claim"),
        ("assertions", "assert", "claim"), ("allegation", "allege", "claim"), ("allegations", "allege", "claim"),
        ("argument", "argue", "claim"), ("suggestion", "suggest", "claim"), ("warning", "warn", "warning"),
        ("warnings", "warn", "warning"), ("prediction", "predict", "warning"), ("promise", "promise", "promise"),
        ("pledge", "pledge", "promise"), ("vow", "vow", "promise"), ("belief", "believe", "belief"),
        ("contention", "contend", "claim"), ("statement", "state", "neutral"), ("announcement", "announce", "neutral"),
        ("admission", "admit", "admission"), ("insistence", "insist", "claim"), ("denial", "deny", "denial"),
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cue:
    """Tokens `first` to `last` (exclusive) hold the verb and, where it stands beside it, its subject.

    `is_inherited`: the subject is that of the clause before: "…, adding that" (until it is known, `phrase` is None).
    `is_inverted`: the subject follows the verb.
    """

    first: int
    last: int
    verb: Verb
    phrase: Phrase | None
    is_inverted: bool = False
    is_inherited: bool = False
    via: Phrase | None = None

    @property
    def is_according(self) -> bool:
        return self.verb is ACCORDING


def cues(tokens: Sequence[Token]) -> list[Cue]:
    """Every cue of a sentence, in order; what stands in a quotation is none."""
    found: list[Cue] = []
    forms = verb_forms()
    for place, token in enumerate(tokens):
        cue = None
        if token.low == "according":
            cue = _according(tokens, place)
        elif token.low == "saying" and place and tokens[place - 1].low == "as":
            cue = _quoted_as_saying(tokens, place)
        elif token.low in forms and not token.is_capital:
            cue = _cue(tokens, place, _meant(tokens, place))
        elif token.low.endswith("'s"):
            cue = _noun(tokens, place)
        if cue is not None and (
            cue.phrase is not None or (cue := _inherited(tokens, cue, found)) is not None
        ):
            found.append(cue)
        elif cue is None and place and tokens[place - 1].is_quotation:
            found += _unlisted(tokens, place)
    return found


def _according(tokens: Sequence[Token], place: int) -> Cue | None:
    if place + 2 >= len(tokens) or tokens[place + 1].low != "to":
        return None
    phrase = noun_phrases.after(tokens, place + 2, len(tokens), any_noun=True)
    return Cue(place, phrase.last, ACCORDING, phrase) if phrase is not None else None


def _quoted_as_saying(tokens: Sequence[Token], place: int) -> Cue | None:
    """ "X was quoted (by Y) as saying", and "Y quoted X as saying"."""
    quoted = next(
        (n for n in range(place - 1, max(0, place - _NEAR), -1) if tokens[n].low in ("quoted", "cited")), None
    )
    if quoted is None:
        return None
    by = noun_phrases.after(tokens, quoted + 2, place - 1) if tokens[quoted + 1].low == "by" else None
    passive = next((n for n in range(quoted - 1, max(-1, quoted - 4), -1) if tokens[n].low in BE), None)
    if passive is not None:
        start = passive - 1 if tokens[passive - 1].low in HAVE else passive
        phrase = noun_phrases.before(tokens, start)
        return Cue(phrase.first, place + 1, _SAY, phrase, via=by) if phrase is not None else None
    phrase = noun_phrases.after(tokens, quoted + 1, place - 1)
    reporter = noun_phrases.before(tokens, quoted)
    return Cue(quoted, place + 1, _SAY, phrase, via=reporter) if phrase is not None else None


def _meant(tokens: Sequence[Token], place: int) -> Verb | None:
    """The verb that a form stands for here: "called for", "called on", or "called"."""
    following = tokens[place + 1].low if place + 1 < len(tokens) else ""
    return next((verb for verb in verb_forms()[tokens[place].low] if verb.particle in ("", following)), None)


def _noun(tokens: Sequence[Token], place: int) -> Cue | None:
    """ "Smith's claim that"."""
    if place + 2 >= len(tokens) or tokens[place + 2].low != "that" or tokens[place + 1].low not in _NOUNS:
        return None
    phrase = noun_phrases.before(tokens, place + 1)
    return Cue(place + 1, place + 2, _NOUNS[tokens[place + 1].low], phrase) if phrase is not None else None


def _cue(tokens: Sequence[Token], place: int, verb: Verb | None) -> Cue | None:
    """The cue at a form of a verb, if it is a verb here, active, and not negated."""
    if verb is None:
        return None
    start, auxiliaries = _verb_group(tokens, place)
    if NEGATIONS & auxiliaries or any(low.endswith("n't") for low in auxiliaries):
        return None
    following = tokens[place + 1].low if place + 1 < len(tokens) else ""
    if verb.shape == "past" and (auxiliaries & BE or following == "by"):
        return None
    if auxiliaries & MODALS and (verb.shape != "base" or not auxiliaries & {"do", "does", "did"}):
        return None
    if verb.shape == "third" and auxiliaries & (BE | HAVE):
        return None
    if verb.shape == "ing" and not auxiliaries & BE:
        is_participle = start > 0 and (
            tokens[start - 1].low in _BEFORE_PARTICIPLE or tokens[start - 1].is_quotation
        )
        return Cue(place, _behind(place, verb), verb, None) if is_participle else None
    if verb.takes("o") and following in ("of", "as", "in", "by", "for"):
        return None
    return _with_subject(tokens, place, start, verb, bool(auxiliaries))


def _with_subject(
    tokens: Sequence[Token], place: int, start: int, verb: Verb, has_auxiliary: bool
) -> Cue | None:
    previous = tokens[start - 1] if start else None
    inverted = _inverted(tokens, place, verb) if not has_auxiliary and start == place else None
    if inverted is not None:
        return inverted
    if previous is None or previous.is_quotation:
        return None
    if previous.low in _COORDINATES and verb.shape != "base":
        return Cue(start, _behind(place, verb), verb, None)
    phrase = noun_phrases.before(tokens, start)
    if phrase is None or tokens[phrase.last - 1].low in _NOT_SPEAKING or _is_possessive(tokens, phrase):
        return None
    if verb.shape == "base" and not has_auxiliary and not _is_plural(tokens, phrase):
        return None
    return Cue(phrase.first, _behind(place, verb), verb, phrase)


def _behind(place: int, verb: Verb) -> int:
    return place + 1 + bool(verb.particle)


def _is_possessive(tokens: Sequence[Token], phrase: Phrase) -> bool:
    return tokens[phrase.last - 1].low.endswith("'s")


def _verb_group(tokens: Sequence[Token], place: int) -> tuple[int, set[str]]:
    """Where the verb's adverbs and auxiliaries start, and which they are."""
    start, low = place, set()
    while start > 0 and place - start < 6:
        token = tokens[start - 1]
        if token.low in BE | HAVE | MODALS | NEGATIONS or token.low.endswith("n't"):
            low.add(token.low)
        elif token.low in ("to", "not"):
            low.add("not")  # an infinitive says nothing yet
        elif not is_adverb(token):
            break
        start -= 1
    return start, low


def _inverted(tokens: Sequence[Token], place: int, verb: Verb) -> Cue | None:
    """ "…," said X: a verb behind what is said, its subject behind it."""
    previous = tokens[place - 1] if place else None
    if previous is None or verb.shape not in ("past", "third") or (verb.takes("c") and verb.takes("h")):
        return None
    ends_quotation = previous.is_quotation
    if not ends_quotation and previous.low not in (",", "—", "–"):
        return None
    phrase = noun_phrases.after(tokens, place + 1, len(tokens))
    if (
        phrase is None
        or tokens[phrase.first].low in _NOT_SPEAKING
        or (len(tokens) > phrase.last and is_finite(tokens[phrase.last]))
    ):
        return None
    if not ends_quotation:
        following = tokens[phrase.last] if phrase.last < len(tokens) else None
        closed = following is None or not following.is_word or following.low in PREPOSITIONS | OPENS_CLAUSE
        if not closed or not any(token.low in FINITE or is_past(token) for token in tokens[: place - 1]):
            return None
    return Cue(place, phrase.last, verb, phrase, is_inverted=True)


def _inherited(tokens: Sequence[Token], cue: Cue, found: Sequence[Cue]) -> Cue | None:
    """The cue with the subject of the one before, or of the sentence."""
    cue = replace(cue, is_inherited=True)
    if found and found[-1].phrase is not None and not found[-1].is_according:
        return replace(cue, phrase=found[-1].phrase)
    phrase = opening_subject(tokens, cue.first)
    return replace(cue, phrase=phrase) if phrase is not None else None


def opening_subject(tokens: Sequence[Token], end: int) -> Phrase | None:
    """The phrase that opens a sentence, behind what is set before it with a comma: its subject, as a rule."""
    start = 0
    while start < end and (is_adverb(tokens[start]) or tokens[start].low in ("but", "and", ",")):
        start += 1
    if start < end and (tokens[start].low in PREPOSITIONS | OPENS_CLAUSE or _is_participle(tokens[start])):
        comma = next((n for n in range(start, end) if tokens[n].low == ","), None)
        if comma is None:
            return None
        start = comma + 1
    phrase = noun_phrases.after(tokens, start, end)
    if phrase is None:
        return None
    words = tokens[phrase.first : phrase.last]
    if words[0].is_capital and words[0].low not in DETERMINERS:
        return phrase
    if any(token.low in ADJUNCT_NOUNS for token in words):
        return None
    return phrase if len(words) == 1 or (words[0].low in DETERMINERS and len(words) <= 4) else None


def _is_participle(token: Token) -> bool:
    """ "Speaking in Tehran, …", "Spotted by a reader, …"."""
    return token.low.endswith("ing") or (token.low.endswith("ed") and is_common(token.low))


def _is_plural(tokens: Sequence[Token], phrase: Phrase) -> bool:
    last, first = tokens[phrase.last - 1].low, tokens[phrase.first].low
    if last in PRONOUNS:
        return last in _PLURAL_PRONOUNS
    words = {token.low for token in tokens[phrase.first : phrase.last]}
    return (
        (last.endswith("s") and not last.endswith(("ss", "'s")))
        or bool(words & (COLLECTIVES | {"and"}))
        or first in _PLURAL_DETERMINERS
    )


def _unlisted(tokens: Sequence[Token], place: int) -> Iterator[Cue]:
    """ "…," Smith thundered: a verb that no list has, right behind the words and one name or pronoun."""
    if tokens[place - 1].text[-2:-1] != ",":
        return
    for verb in range(place + 1, min(place + 5, len(tokens))):
        if is_past(tokens[verb]) and tokens[verb].low not in verb_forms():
            phrase = noun_phrases.before(tokens, verb)
            if phrase is not None and phrase.first == place:
                lemma = Verb(tokens[verb].low, "neutral", "", "past")
                yield Cue(place, verb + 1, lemma, phrase)
            return
