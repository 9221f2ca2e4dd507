"""Words that no article has, read as the word they were meant to be."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from rapidfuzz.distance import OSA

from bot.qa.retrieval.query import Query
from ingest.text.names import is_common
from ingest.text.stemming import stem

SHORTEST = 5
SHORTEST_NAME = 7  # a short name one letter off is somebody else's
TWO_SLIPS = 11  # letters from which on two slips still leave no doubt

Vocabulary = Callable[[str], Iterable[tuple[str, int]]]
"""The index's words that begin so, each with the number of passages it stands in."""


def respelt(
    query: Query, frequencies: Mapping[str, int], vocabulary: Vocabulary, written: Callable[[str], str]
) -> Query:
    """The query with those of its words put right that no passage has (`frequencies`) and that are near one.

    `written` gives a word of the index as an article spells it, for the embedder, which knows no stems.
    """
    text, words = query.text, list(query.words)
    for place, (word, count) in enumerate(frequencies.items()):
        if count:
            continue
        named = re.search(rf"\b{re.escape(word)}\b", query.text) is None
        if (meant := meant_word(word, named, vocabulary)) is not None:
            whole = written(meant)
            if _edits(word, whole) > _slips(word) and _ending(word) != _ending(whole):
                continue  # the stems are near, and the words are not: "beyonce" is not "beyond"
            words[place] = whole
            text = re.sub(rf"\b{re.escape(word)}\b", whole, text, flags=re.IGNORECASE)
    return query if text == query.text else replace(query, text=text, words=tuple(dict.fromkeys(words)))


def meant_word(word: str, named: bool, vocabulary: Vocabulary) -> str | None:
    """The word of the index that a lower-case `word`, which is not in it, was most likely meant to be.

    None where there is no near one, and where `word` is a good word itself: an article that lacks "rugby" does not
    speak of rubies. `named` tells that it was typed with a capital. The first two letters are taken as they are.
    """
    if len(word) < (SHORTEST_NAME if named else SHORTEST) or not word.isalpha() or is_common(word):
        return None
    slips = _slips(word)
    forms = {word, stem(word)}  # the index keeps stems
    near = [
        (distance, -count, other)
        for other, count in vocabulary(word[:2])
        if abs(len(other) - len(word)) <= slips + 1
        and (distance := min(_edits(form, other) for form in forms)) <= slips
    ]
    return min(near)[2] if near else None


def _edits(one: str, other: str) -> int:
    """Letters changed, left out, added or swapped with their neighbour: optimal string alignment distance."""
    return OSA.distance(one, other)


def _slips(word: str) -> int:
    return 2 if len(word) >= TWO_SLIPS else 1


def _ending(word: str) -> str:
    return word[len(stem(word)) :]
