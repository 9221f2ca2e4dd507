"""Text as it is compared: lower case, without accents."""

from __future__ import annotations

import unicodedata

_FOLDS = {"ø": "o", "đ": "d", "ł": "l", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th", "ð": "d"}


def plain(word: str) -> str:
    """`word`, or any text, in lower case without accents, and with the plain apostrophe and hyphen."""
    if word.isascii():
        return word.lower()
    folded = unicodedata.normalize("NFKD", word.casefold().replace("’", "'").replace("–", "-"))
    kept = "".join(char for char in folded if not "\u0300" <= char <= "\u036f")
    return "".join(_FOLDS.get(char, char) for char in kept)
