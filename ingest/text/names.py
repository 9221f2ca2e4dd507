"""Names in a sentence, and whether its sources name them too."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from babel import Locale

from ingest.text import lexicon
from ingest.text.folding import plain
from ingest.text.quantities.units import WEEKDAYS

_TOKEN = re.compile(r"[^\W_]+(?:[.'’\-–&+][^\W_]+)*\.?")
_BREAK, _FULL_STOP = re.compile(r"[^\s'’\"“”\-–.&]"), re.compile(r"\.\s*$")
_SENTENCE_END = re.compile(r"[.!?:]['\"”’)\]]*\s+$|[“\"«]\s*$|^\s*[-–—•*]?\s*$|\n\s*$")
_TITLES = lexicon.words("en/names", "titles")
"""What stands before a name and is none; articles write it small, with or without."""
_SMALL, _LINKS = lexicon.words("en/names", "small"), lexicon.words("en/names", "links")
_MONTHS, _OPENERS = lexicon.words("en/names", "months"), lexicon.words("en/names", "openers")
_LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl")
"""Those whose names of countries are known, from Unicode's CLDR: "Gabun" is Gabon, and "Ägypten" Egypt."""


@dataclass(frozen=True, slots=True)
class Name:
    """A run of capitalised words, e.g. ("mehdi", "sanaei"): folded words and where each stands in the text."""

    words: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    opens: bool = False
    """The first word opens the sentence, so its capital says nothing by itself."""

    @property
    def start(self) -> int:
        return self.spans[0][0]

    @property
    def end(self) -> int:
        return self.spans[-1][1]


class _Word(NamedTuple):
    """A folded word of a name and where it stands; `opens`: its capital may be the sentence's."""

    text: str
    start: int
    end: int
    opens: bool


@dataclass(slots=True)
class KnownNames:
    """The words that a sentence's names may be taken from."""

    words: set[str] = field(default_factory=set)
    places: set[str] = field(default_factory=set)
    initials: set[str] = field(default_factory=set)
    acronyms: set[str] = field(default_factory=set)
    order: list[str] = field(default_factory=list)
    capitals: set[str] = field(default_factory=set)

    def add(self, text: str) -> None:
        found = words_of(text)
        words = [word for word, _, _ in found]
        self.order += [*words, ""]
        self.acronyms |= {word.replace(".", "") for word, start, end in found if _is_acronym(text[start:end])}
        for word in words:
            self.words.add(word)
            # "Eastern.Posted": pages glue sentences together
            self.words.update(part for part in re.split(r"[-–&+'.]", word) if part)
            self.words.add(word.replace("-", "").replace("'", ""))
        self.places |= places_in(words)
        for name in names(text):
            self.capitals.update(name.words)
            self.initials |= _initials(name.words)

    def missing(self, name: Name) -> list[str]:
        """The words of `name` that no source has, in any of the ways to write them."""
        if _initials(name.words) & self.acronyms:
            return []
        # "Former" in "Former Argentina coach" opens the sentence; its capital makes no name of it
        first = 1 if name.opens and is_common(name.words[0]) else 0
        return [word for word in name.words[first:] if not self._has(word, name)]

    def abbreviate(self, word: str) -> bool:
        """Whether capitals of the sources shorten `word`: its first letter, and others in order ("VW")."""
        return any(
            word.startswith(letters[0]) and re.match(".*".join(map(re.escape, letters)), word)
            for letters in self.acronyms
        )

    def together(self, name: Name) -> bool:
        """Whether the words of a longer name stand near one another somewhere, and are not pieced together."""
        for one, two in zip(name.words, name.words[1:], strict=False):
            if {one, two} & (_SMALL | _TITLES):
                continue
            if (is_common(one) or is_common(two)) and {one, two} & self.capitals:
                continue
            if one in self.words and two in self.words and not self._near(one, two):
                return False
        return True

    def _near(self, one: str, two: str) -> bool:
        last: dict[str, int] = {}
        for index, word in enumerate(self.order):
            for part in {word, *re.split(r"[-–.]", word)} & {one, two}:
                last[part] = index
            if len(last) == 2 and abs(last[one] - last[two]) <= 4:
                return True
        return one == two

    def _has(self, word: str, name: Name) -> bool:
        if word in self.words or word in _SMALL or word in _TITLES:
            return True
        if len(word) > 3 and word.endswith("s") and word[:-1] in self.words:
            return True
        if word + "s" in self.words and len(word) > 2:
            return True
        if places_in(name.words) & self.places and (
            places_in([word]) & self.places or _is_part_of_place(word, name, self)
        ):
            return True
        if word.replace(".", "").isalpha() and 2 <= len(word) <= 8 and word.replace(".", "") in self.initials:
            return True
        parts = [part for part in re.split(r"[-–&+']", word) if part]
        return len(parts) > 1 and all(
            part in self.words or part in _SMALL or places_in([part]) & self.places or part.isdigit()
            for part in parts
        )


def names(text: str) -> list[Name]:
    """Runs of capitalised words in `text`; months and weekdays are dates and left out.

    The word that opens a sentence counts when it is no ordinary word, or when a name goes on after it.
    """
    runs: list[list[_Word]] = [[]]
    previous_end = 0
    for word, start, end in words_of(text):
        run, between = runs[-1], text[previous_end:start]
        if run and (_BREAK.search(between) or (len(run[-1].text) > 2 and _FULL_STOP.search(between))):
            runs.append([])
        original = text[start:end]
        inner = any(char.isupper() for char in original[1:])
        capital = original[0].isupper() or (original[0].isdigit() and inner)
        if (capital or inner) and not (
            word in _MONTHS or word.rstrip("s") in WEEKDAYS or (word in _OPENERS and not inner)
        ):
            opens = start == 0 or bool(_SENTENCE_END.search(text[max(0, start - 12) : start]))
            runs[-1].append(_Word(word, start, end, opens and not inner))
        elif not (capital or inner) and runs[-1] and word in _LINKS:
            runs[-1].append(_Word(word, start, end, False))
        else:
            runs.append([])
        previous_end = end
    return [name for run in runs if (name := _name_of(run))]


def _name_of(words: list[_Word]) -> Name | None:
    """The name in a run of words: small words at its ends go, and an opening word that says nothing by its capital."""
    while words and words[-1].text in _SMALL:
        words.pop()
    if words and words[0].opens:
        first = words[0].text
        if first in _OPENERS or (len(words) == 1 and is_common(first)):
            words.pop(0)
            while words and words[0].text in _SMALL:
                words.pop(0)
    if not words:
        return None
    return Name(tuple(w.text for w in words), tuple((w.start, w.end) for w in words), words[0].opens)


def words_of(text: str) -> list[tuple[str, int, int]]:
    """The words of `text`, folded (case, accents, possessive and final dot gone), with where they stand."""
    out = []
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        raw = match.group()
        if raw.endswith("."):
            raw, end = raw[:-1], end - 1
        if re.match(r"[cdjlmnst]['’]\w", raw, re.IGNORECASE):  # "C'est", "l'Europe"
            raw, start = raw[2:], start + 2
        for ending in ("'s", "’s"):
            if raw.lower().endswith(ending) and len(raw) > 2:
                raw, end = raw[:-2], end - 2
        out.append((plain(raw), start, end))
    return out


def places_in(words: Iterable[str]) -> set[str]:
    """The places that `words` name, under one name each: "French" and "France" are the same."""
    listed = list(words)
    nations = _nations()
    found = set()
    for size in (1, 2, 3):
        for index in range(len(listed) - size + 1):
            key = "_".join(listed[index : index + size])
            for form in (key, key.removesuffix("s"), key.replace(".", "") if "." in key else key):
                if form in nations:
                    found.add(nations[form])
            if size == 1 and "-" in key:
                found |= {nations[part] for part in key.split("-") if part in nations}
    return found


@cache
def is_common(word: str) -> bool:
    """Whether `word` is an ordinary word rather than a name, by how it is mostly written."""
    common = _common_words()
    return any(
        form in common
        for form in (
            word,
            *(
                word.removesuffix(ending)
                for ending in ("s", "es", "ed", "ing", "ly", "er", "ers", "d")
                if word.endswith(ending)
            ),
            *(word[: -len(ending)] + "e" for ending in ("ing", "ers", "er") if word.endswith(ending)),
            *(part for part in (word.replace("-", ""),) if part != word),
        )
        if len(form) > 2
    )


def _is_part_of_place(word: str, name: Name, known: KnownNames) -> bool:
    """ "United" in "United Kingdom", where a source says "British"."""
    nations = _nations()
    for size in (2, 3):
        for index in range(len(name.words) - size + 1):
            part = name.words[index : index + size]
            if word in part and nations.get("_".join(part)) in known.places:
                return True
    return False


def _is_acronym(word: str) -> bool:
    letters = word.replace(".", "").removesuffix("s")
    return len(letters) >= 2 and letters.isupper()


def _initials(words: Iterable[str]) -> set[str]:
    """What a name is shortened to: the first letters of its words, with and without the small ones."""
    listed = [part for word in words for part in word.split("-")]
    big = "".join(word[0] for word in listed if word not in _SMALL and word)
    every = "".join(word[0] for word in listed if word)
    return {letters for letters in (big, every) if len(letters) >= 2}


@cache
def _nations() -> dict[str, str]:
    table = dict(lexicon.table("en/nations"))
    english = Locale("en").territories
    for language in _LANGUAGES:
        for code, name in Locale(language).territories.items():
            key, place = (plain(form).replace(" ", "_") for form in (name, english.get(code, "")))
            if code.isalpha() and len(key) > 3 and place and key not in table:
                table[key] = table.get(place, place)
    return table


@cache
def _common_words() -> frozenset[str]:
    nations = {word for key in _nations() for word in key.split("_")}
    return lexicon.words("en/common_words") - (
        nations
        - {"us", "un", "south", "north", "west", "new", "states", "united", "island", "ark", "wis", "mont"}
    )
