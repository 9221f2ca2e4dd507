"""Figures and names that the quoted sentences do have, of something else: of another clause, in another's place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from bot.qa.verification.quotes import quoted_words
from bot.qa.verification.sources import Sources
from ingest.text.folding import plain
from ingest.text.names import Name, is_common, names, places_in
from ingest.text.quantities.comparing import KnownFigures
from ingest.text.quantities.figures import figures

_CLAUSE = re.compile(r";\s|,?\s(?:while|whereas)\s|,\s(?:and|but)\s(?:the\s(?:[a-z]+\s)?)?(?=[\"'“‘]?[A-Z])")
_LEANS = re.compile(
    r"\b(?:he|she|they|him|her|hers|his|their|them|it|its|we|our|us|i|my|me|you|your|il|elle|ils|er|sie|"
    r"the (?:[\w.-]+ )?(?:bank|company|firm|group|studio|publisher|developer|club|team|side|agency|maker|outlet|paper|"
    r"player|striker|forward|captain|coach|actor|singer|star|author|owner|founder|boss|executive|automaker))\b"
    r"|^\W*[\"“][^\"”]*[\"”]?\W*$",
    re.IGNORECASE,
)


def from_another_clause(sentence: str, sources: Sources) -> Iterator[str]:
    """What stands in a clause of the quoted sentences whose own names the sentence puts another clause's name for.

    "Vivendi sold 2 million, and Valve sold 6 million" does not say that Vivendi sold 6 million.
    """
    words = _words(sentence)
    mine = [set(name.words) for name in names(sentence)]
    mine += [set(re.findall(r"[\w'-]+", plain(quoted))) for quoted in quoted_words(sentence)]
    for quote in sources.quotes:
        clauses = _clauses(quote.sentences, quote.evidence.article.published)
        places = [[n for n, clause in enumerate(clauses) if clause.names_any(own)] for own in mine]
        atoms = [(" ".join(own), at, own) for own, at in zip(mine, places, strict=True)]
        for figure in figures(sentence):
            if not figure.soft and figure.kind != "weekday":
                atoms.append(
                    (
                        figure.text,
                        [n for n, clause in enumerate(clauses) if clause.known.holds(figure)],
                        set(),
                    )
                )
        for text, at, own in atoms:
            if len(at) != 1 or len(clauses) < 2 or not clauses[at[0]].named:
                continue
            others = [one for one in clauses[at[0]].named if not one & own]
            subject = clauses[at[0]].named[0]
            if (
                not subject & (own | words)
                and not any(one & words for one in others)
                and any(where and at[0] not in where for where in places)
            ):
                yield text


@dataclass(frozen=True, slots=True)
class _Clause:
    named: list[set[str]]
    known: KnownFigures

    def names_any(self, words: set[str]) -> bool:
        return any(words & one for one in self.named)


def _clauses(text: str, published: str | None) -> list[_Clause]:
    """The clauses of a sentence that have a subject of their own, each with its names and figures."""
    cuts = [0, *(match.end() for match in _CLAUSE.finditer(text)), len(text)]
    named = [(name.start, set(name.words)) for name in names(text)]
    found = []
    for start, end in pairwise(cuts):
        known = KnownFigures()
        known.add(text[start:end])
        known.add_day(published)
        found.append(_Clause([words for place, words in named if start <= place < end], known))
    return found


def takes_anothers_place(name: Name, sentence: str, sources: Sources) -> bool:
    """Whether a name from around the quoted sentences stands where these, which lean on nothing, name another."""
    if len(name.words) == 1 and is_common(name.words[0]):  # "The Games"
        return False
    words = _words(sentence)
    return not any(_LEANS.search(quote.sentences) for quote in sources.quotes) and any(
        not set(rival.words) & words and not places_in(rival.words)
        for quote in sources.quotes
        for rival in names(quote.sentences)
    )


def _words(sentence: str) -> set[str]:
    return {word for name in names(sentence) for word in name.words} | set(
        re.findall(r"[\w'-]+", plain(sentence))
    )
