"""Words whose dot ends no sentence, in the languages that news is read in here: English, German, French, Spanish.

The language of a text is not known where sentences are told apart, so all four stand side by side in the lexicon.
"""

from __future__ import annotations

import re

from ingest.text.lexicon import words

_ALWAYS, _BEFORE_NAME, _BEFORE_NUMBER, _BEFORE_SMALL = (
    words("any/abbreviations", section)
    for section in ("always", "before name", "before number", "before small")
)
_STARTERS = words("any/sentence_starters")

_MONTH = (
    r"(?:Jan(?:uar|uary|vier)?|Feb(?:ruar|ruary)?|Mar(?:ch)?|März|Apr(?:il)?|Mai|June?|Juni|July?|Juli"
    r"|Aug(?:ust)?|Sept?(?:ember)?|O[ck]t(?:ober)?|Nov(?:ember)?|De[cz](?:ember)?"
    r"|janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
    r"|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre)\b"
)
_DAY = r"(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs?)?|Fri|Sat(?:ur)?|Sun)(?:day)?s?\b"
_ZONE = r"(?:[A-Z]{1,3}[DS]?T|GMT|UTC|local|Local|Eastern|Central|Mountain|Pacific)\b"

_HOUR = re.compile(r"(?<!\w)[ap]\. ?m\.$", re.IGNORECASE)
_AFTER_HOUR = re.compile(
    rf"\(?(?:{_DAY}(?!['’]s?\b| (?:is|was|will|would|has|had|marks|brings)\b)"
    rf"|(?:{_MONTH}|May)\.? \d|{_ZONE}|[A-Z]\w+ (?:[A-Z]\w+ )?[Tt]ime\b"
    rf"|\d{{1,2}}(?:[/:]\d|(?:st|nd|rd|th)\b|\.? {_MONTH}| ?[ap]\.?m\b))"
)

_DATED = re.compile(rf"(?<!\S)(?P<month>(?:{_MONTH}|May)\.? )?(?:[12]?\d|3[01])\.$")
_STARTS_WITH_MONTH = re.compile(rf"(?:{_MONTH}|May (?=\d))(?! (?:is|was|will|has|had)\b)")
# "im 21. Jahrhundert": these stand before a number only in German, where a dot makes it an ordinal
_ORDINAL = re.compile(
    r"(?<!\w)(?:der|dem|den|vom|zum|zur|im|ins|beim|ein(?:e[mnrs]?)?|sein(?:e[mnrs]?)?|ihr(?:e[mnrs]?)?)"
    r" \d{1,3}\.$",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(?<!\S)\(?\d{1,3}\.$")
_NEXT_NUMBER = re.compile(r"(?:und|oder|bis|sowie|bzw\.) \d")
_ORDINAL_NOUN = re.compile(
    r"(?:Jahrhundert|Jahrtausend|Jahrestag|Jubiläum|Geburtstag|Lebensjahr|Platz|Rang|Runde|Spieltag|Spielminute|Minute"
    r"|Liga|Bundesliga|Weltkrieg|Etappe|Auflage|Quartal|Halbjahr|Staffel|Stock|Klasse|FC)(?:e?s|e)?\b"
)

_LONG = re.compile(r"(?<!\w)(?:z\. ?B|z\. ?T|d\. ?h|p\. ?ex|i\. ?d\. ?R|p\. ?ej|c\.-à-d)\.$", re.IGNORECASE)
_PLURAL = re.compile(r"(?<!\w)([A-Z])\1\.$")  # Spanish doubles the letters: "EE. UU.", "FF. AA."
_PLURAL_NEXT = re.compile(r"([A-Z])\1\.")
_OPENING = " \"“”„«‘‚'(["
_NEAR = 24  # characters before the dot that are looked at

_APART = re.compile(r"""[^\w.]+""")

_FIRST_WORD = re.compile(r"\w+(?=[\s,’'])")


def goes_on(before: str, after: str) -> bool:
    """The dot that ends `before` abbreviates, counts or dates something, so that `after` belongs to its sentence."""
    following = after.lstrip(_OPENING)
    if not following or not before.endswith("."):
        return False
    before = before[-_NEAR:]
    word = _APART.split(before[:-1])[-1].lower()
    if _abbreviates(word, following) or (word.isdigit() and _orders(before, following)):
        return True
    return len(word) < 4 and (
        bool(_LONG.search(before))
        or bool(_HOUR.search(before) and (_AFTER_HOUR.match(after) or following[0].islower()))
        or bool(_PLURAL.search(before) and _PLURAL_NEXT.match(following))
    )


def starts_sentence(text: str) -> bool:
    """The first word of `text` is one that names rarely start with."""
    word = _FIRST_WORD.match(text)
    return word is not None and word.group()[0].isupper() and word.group().lower() in _STARTERS


def may_go_on(word: str) -> bool:
    """Cheap and too generous: False where `goes_on` cannot be true after `word` and a dot."""
    if len(word) < 4 or "." in word:
        return True
    return not word.isalpha() or word.lower() in _KNOWN


def _abbreviates(word: str, following: str) -> bool:
    if word in _ALWAYS:
        return True
    if word in _BEFORE_NAME and not starts_sentence(following):
        return True
    if word in _BEFORE_NUMBER and following[0].isdigit():
        return True
    return following[0].islower() and (word in _BEFORE_SMALL or word in _BEFORE_NAME or "." in word)


def _orders(before: str, following: str) -> bool:
    """A number with a dot that is a day of a month or, in German, an ordinal."""
    dated = _DATED.search(before)
    if dated and not dated["month"] and _STARTS_WITH_MONTH.match(following):
        return True
    if not _NUMBER.search(before):
        return False
    return bool(_ORDINAL_NOUN.match(following) or _NEXT_NUMBER.match(following)) or bool(
        _ORDINAL.search(before) and following[0].isupper() and not starts_sentence(following)
    )


_KNOWN = _ALWAYS | _BEFORE_NAME | _BEFORE_NUMBER | _BEFORE_SMALL
