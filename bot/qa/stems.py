"""The words of a sentence that carry its meaning, cut to their stems so that "claimed" meets "claims"."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

import snowballstemmer

from ingest.words import question_words

_STEMMER = snowballstemmer.stemmer("english")  # type: ignore[no-untyped-call]

# words of grammar and of asking: they stand in every question and tell nothing about this one
GRAMMAR = frozenset(
    "a about according after all also an and any are as at be became been before being between both but by can "
    "could d did do does doing during each for from further had has have having he her hers him his how i if in "
    "into is it its itself just ll many may me might more most much must my no nor not of off on once only or "
    "other our out over own re regarding s same shall she should so some such t than that the their them then "
    "there these they this those through to too under until up upon us ve very via was we were what when where "
    "whether which while who whom whose why will with within would you your".split()
)


def content_stems(text: str) -> list[str]:
    """The stems of the words of `text` that are not grammar, in order, repeats included."""
    return [stem(word) for word in question_words(text) if word not in GRAMMAR]


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """A lower-case word without its ending and accents; words of other scripts come back as they are."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))
    if not plain.isascii():
        return word
    # A compiled C twin is used where it is installed; both know only whole words of the alphabet they were made for
    return str(_STEMMER.stemWord(plain))
