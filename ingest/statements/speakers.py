"""Who a speaker is: the name that the article gives elsewhere for "Smith", "the ambassador" or "he"."""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.statements.clauses import Token
from ingest.statements.phrase import Phrase
from ingest.statements.word_classes import (
    DAYS,
    DETERMINERS,
    MONTHS,
    OUTLET_WORDS,
    PLACES_AND_BODIES,
    PREPOSITIONS,
    PRONOUNS,
    TITLES,
    first_names,
)
from ingest.text.folding import plain
from ingest.text.names import is_common, places_in

_TITLE = r"(?:Mr|Mrs|Ms|Dr|Sen|Rep|Gov|Gen|Lt|Col|Prof|St)\."
_SMALL = r"(?:(?:de|la|von|van|der|al|bin|del|da|di|le)[ ])?"
_RUN = re.compile(
    rf"(?<!\w)(?:{_TITLE}|[A-Z]\.|[A-Z][\w'’-]*)(?:[ \u00a0]{_SMALL}(?:[A-Z][\w'’-]*|[A-Z]\.)){{1,5}}"
)
_LONGEST_BODY = 5  # words of a name that "it" and "they" stand for
_FAR = 4  # sentences back in which a pronoun's speaker is looked for
_WOMEN = frozenset(
    "mrs ms miss lady dame queen princess madam spokeswoman chairwoman congresswoman actress mother wife daughter "
    "sister woman girl".split()
)
_MEN = frozenset(
    "mr sir lord king prince pope spokesman chairman congressman actor father husband son brother man boy".split()
)


@dataclass(frozen=True, slots=True)
class Speaker:
    """A speaker resolved: `name` as the article writes it in full."""

    name: str
    role: str | None
    is_person: bool


class Speakers:
    """What one article says of its people so far; sentences have to come in order."""

    def __init__(self, body: str) -> None:
        self._body = body
        self._full: dict[str, list[str]] = defaultdict(list)  # full names by each of their last words, folded
        self._roles: dict[str, str] = {}
        self._gender: dict[str, str] = {}
        self._recent: deque[list[Speaker]] = deque([[]], maxlen=_FAR + 1)
        self._named_lately: deque[list[Speaker]] = deque([[]], maxlen=_FAR + 1)
        for name in dict.fromkeys(run for match in _RUN.finditer(body) if (run := full_name(match.group()))):
            self._full[plain(name.split()[-1])].append(name)

    def knows(self, surname: str) -> bool:
        """Whether a full name of the article ends so."""
        return plain(re.sub(r"['’]s?$", "", surname)) in self._full

    def next_sentence(self) -> None:
        self._recent.append([])
        self._named_lately.append([])

    def speaker(self, tokens: Sequence[Token], phrase: Phrase, *, speaks: bool = True) -> Speaker:
        """Who the phrase stands for; remembered for the pronouns that follow, in any case where it `speaks`."""
        first, last = phrase.name
        name = _text(self._body, tokens, (first, last))
        if tokens[first].low in PRONOUNS:
            return self._pronoun(tokens[first].low) or Speaker(name, None, is_person=False)
        role = _text(self._body, tokens, phrase.role) if phrase.role else None
        if tokens[last - 1].is_capital and tokens[first].low not in DETERMINERS:
            speaker = self._named(name, role)
        else:
            speaker = self._described(tokens[first:last], name)
        if speaks or self._is_surely_person(speaker):
            self._recent[-1].append(speaker)
        return speaker

    def _is_surely_person(self, speaker: Speaker) -> bool:
        is_called_so = speaker.name in self._gender or plain(speaker.name.split()[0]) in first_names()
        return speaker.is_person and (is_called_so or speaker.role is not None)

    def mention(self, tokens: Sequence[Token], span: tuple[int, int]) -> None:
        """A name that is neither speaker nor subject: a pronoun may stand for it where it fits nobody else."""
        name = _text(self._body, tokens, span)
        bare = _without_titles(re.sub(r"['’]s?$", "", name))
        if bare != name or full_name(name) or self.knows(name):
            role = name[: -len(bare)].strip() if name.endswith(bare) and bare != name else None
            if self._is_surely_person(speaker := self._named(bare, role or None)):
                self._named_lately[-1].append(speaker)

    def _named(self, name: str, role: str | None) -> Speaker:
        name = re.sub(r"['’]s?$", "", name)
        whole = self._in_full(name)
        words = whole.split()
        if role:
            self._roles.setdefault(whole, role)
        low = [plain(word.rstrip(".")) for word in [*(role or "").split(), *name.split()]]
        if (who := first_names().get(plain(words[0]))) in ("he", "she"):
            self._gender.setdefault(whole, who)
        for word in low:
            if word in _WOMEN or word in _MEN:
                self._gender[whole] = "she" if word in _WOMEN else "he"
        folded = {plain(word) for word in words}
        is_body = (
            bool(folded & (PLACES_AND_BODIES | OUTLET_WORDS)) or name.isupper() or bool(places_in(folded))
        )
        knows_first = plain(words[0]) in first_names() and len(words) > 1
        return Speaker(whole, role or self._roles.get(whole), is_person=knows_first or not is_body)

    def _in_full(self, name: str) -> str:
        """The one full name of the article that ends with `name`; `name` itself where there are rivals or none."""
        bare = _without_titles(name)
        if not bare:
            return name
        options = [
            full
            for full in self._full.get(plain(bare.split()[-1]), ())
            if plain(full) == plain(bare) or plain(full).endswith(" " + plain(bare)) or _same_ends(full, bare)
        ]
        options = [full for full in options if len(full.split()) > len(bare.split())] or [bare]
        if len(options) > 1:
            options = [full for full in options if plain(full.split()[0]) in first_names()] or options
        longest = max(options, key=len)
        if all(_same_ends(longest, other) or plain(longest).endswith(plain(other)) for other in options):
            return longest
        return bare

    def _described(self, tokens: Sequence[Token], text: str) -> Speaker:
        """ "the ambassador": the one person whose role has that word, where there is one."""
        stop = next((n for n, token in enumerate(tokens) if n and token.low in PREPOSITIONS), len(tokens))
        head = tokens[stop - 1].low
        if tokens[0].low in ("the", "his", "her", "their") and head in TITLES and stop == len(tokens):
            named = [name for name, role in self._roles.items() if head in plain(role).split()]
            if len(named) == 1:
                return Speaker(named[0], self._roles[named[0]], is_person=True)
        is_person = head in TITLES | _WOMEN | _MEN
        if head in _WOMEN | _MEN:
            self._gender.setdefault(text, "she" if head in _WOMEN else "he")
        return Speaker(text, None, is_person)

    def _pronoun(self, low: str) -> Speaker | None:
        """The nearest speaker, or subject of a sentence, that a pronoun may be."""
        if low not in ("he", "she"):
            others = (one for mentions in reversed(self._recent) for one in mentions if not one.is_person)
            nearest = next((one for one in others if low == "they" or not one.name.endswith("s")), None)
            return nearest if nearest is not None and len(nearest.name.split()) <= _LONGEST_BODY else None
        for mentions in reversed(self._recent):
            if (speaker := self._fitting(mentions, low)) is not None:
                if mentions is not self._recent[-1]:
                    self._recent[-1].append(speaker)
                return speaker
        for mentions in reversed(self._named_lately):  # a mere mention counts where nobody else is mentioned
            if (speaker := self._fitting(mentions, low, alone=True)) is not None:
                self._recent[-1].append(speaker)
                return speaker
        return None

    def _fitting(self, mentions: Sequence[Speaker], low: str, *, alone: bool = False) -> Speaker | None:
        """The first person of one sentence that a "he" or "she" may be, one known to be so before others."""
        fitting = [one for one in mentions if one.is_person and self._gender.get(one.name, low) == low]
        if not fitting or (alone and len({one.name for one in fitting}) > 1):
            return None
        speaker = next((one for one in fitting if one.name in self._gender), fitting[0])
        self._gender.setdefault(speaker.name, low)
        return speaker


def full_name(run: str) -> str:
    """The name in a run of capitalised words: "Browns DL Sheldon Richardson's" → "Sheldon Richardson"; "" for none."""
    words = re.sub(r"['’]s?$", "", run.strip()).split()
    while words and (plain(words[0].rstrip(".")) in TITLES | DAYS | MONTHS | DETERMINERS | PREPOSITIONS):
        words.pop(0)
    if len(words) > 2 and places_in([plain(words[0])]):  # "to Russia Mehdi Sanaei"
        words.pop(0)
    given = next(
        (
            n
            for n, word in enumerate(words[:-1])
            if plain(word) in first_names() and not is_common(plain(word))
        ),
        None,
    )
    if given is None:
        given = next((n for n, word in enumerate(words[:-1]) if plain(word) in first_names()), None)
    if given is not None and len(words) - given <= 4:
        words = words[given:]
    titled = [n for n, word in enumerate(words[:-1]) if plain(word.rstrip(".")) in TITLES]
    words = words[titled[-1] + 1 :] if titled else words
    if not 2 <= len(words) <= 4 or any(word.endswith("'s") for word in words):
        return ""
    if is_common(plain(words[0])) and plain(words[0]) not in first_names():
        return ""
    return " ".join(words)


def _without_titles(name: str) -> str:
    words = name.split()
    titled = [n for n, word in enumerate(words[:-1]) if plain(word.rstrip(".")) in TITLES]
    return " ".join(words[titled[-1] + 1 :] if titled else words)


def _same_ends(full: str, short: str) -> bool:
    """ "Donald J. Trump" and "Donald Trump"."""
    one, two = plain(full).split(), plain(short).split()
    return one[-1] == two[-1] and one[0] == two[0]


def _text(body: str, tokens: Sequence[Token], span: tuple[int, int]) -> str:
    return " ".join(body[tokens[span[0]].start : tokens[span[1] - 1].end].split())
