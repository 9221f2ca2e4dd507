"""The words of a text that carry its meaning, cut to their stems so that "claimed" meets "claims"."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from difflib import get_close_matches
from functools import lru_cache

import snowballstemmer

from ingest.text.tokens import question_words

SHORTEST_MISSPELT = 5
CLOSE_ENOUGH = 0.82  # one letter wrong, doubled, dropped or swapped in a word of six

# words of grammar and of asking: they stand in every question and tell nothing about this one
_GRAMMAR = """
a about according after all also an and any are as at be became been before being between both but by can could d
did do does doing during each for from further had has have having he her hers him his how i if in into is it its
itself just ll many may me might more most mr mrs much must my no nor not of off on once only or other our out over own
re regarding s same shall she should so some such t than that the their them then there these they this those through
to too under until up upon us ve very via was we were what when where whether which while who whom whose why will
with within would you your
"""
GRAMMAR = frozenset(_GRAMMAR.split())

_STEMMER = snowballstemmer.stemmer("english")


def content_stems(text: str) -> list[str]:
    """The stems of the words of `text` that are not grammar, in order, repeats included."""
    return [stem(word) for word in question_words(text) if word not in GRAMMAR]


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """A lower-case word without its ending and accents; words of other scripts come back as they are."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))
    return str(_STEMMER.stemWord(plain)) if plain.isascii() else word


def respelt(words: Collection[str], vocabulary: Collection[str]) -> dict[str, str]:
    """For each word that `vocabulary` lacks, the one in it that differs by a slip of the fingers, where there is one.

    Short words are left alone: one letter off, they are other words.
    """
    unknown = [word for word in words if len(word) >= SHORTEST_MISSPELT and word not in vocabulary]
    found = {}
    for word in unknown:
        likely = [other for other in vocabulary if abs(len(other) - len(word)) <= 2 and other[0] == word[0]]
        if match := get_close_matches(word, likely, n=1, cutoff=CLOSE_ENOUGH):
            found[word] = match[0]
    return found
