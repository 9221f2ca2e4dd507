"""The words of a text that carry its meaning, cut to their stems so that "claimed" meets "claims"."""

from __future__ import annotations

import threading
import unicodedata
from functools import lru_cache

import Stemmer

from ingest.text.lexicon import words
from ingest.text.tokens import question_words

GRAMMAR = words("en/grammar")
"""Words of grammar and of asking: they stand in every question and tell nothing about this one."""


class _Stemmers(threading.local):
    """A stemmer keeps state while it works, so each thread has its own."""

    def __init__(self) -> None:
        self.english = Stemmer.Stemmer("english", 0)  # 0: no cache of its own beside `stem`'s


_STEMMERS = _Stemmers()


def content_stems(text: str) -> list[str]:
    """The stems of the words of `text` that are not grammar, in order, repeats included."""
    return [stem(word) for word in question_words(text) if word not in GRAMMAR]


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """A lower-case word without its ending and accents (Snowball's English stemmer, Porter 2), as the index keeps it.

    Words of other scripts come back as they are.
    """
    plain = "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))
    return str(_STEMMERS.english.stemWord(plain)) if plain.isascii() else word
