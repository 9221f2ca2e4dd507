"""Whether a question is plainly in another language than English, which the embedder alone knows."""

from __future__ import annotations

import re

_SMALL = {
    "de": "wer was wann wo warum wie wieviel welche welcher welches ist war hat haben der die das den dem ein eine und "
    "nicht mit von über für gibt wurde werden sind",
    "fr": "qui que quoi quand où pourquoi comment combien quel quelle quels quelles est était a ont le la les "
    "des du une et pas avec sur pour dans sont il elle",
}
_WORDS = {language: frozenset(words.split()) for language, words in _SMALL.items()}


def other_language(question: str) -> str | None:
    """ "de" or "fr", where two of the question's words, and most that tell at all, are small words of it."""
    words = re.findall(r"[^\W\d_]+", question.lower())
    counts = {language: sum(word in small for word in words) for language, small in _WORDS.items()}
    best = max(counts, key=lambda language: counts[language])
    return best if counts[best] >= 2 and 2 * counts[best] >= len(words) - 2 else None
