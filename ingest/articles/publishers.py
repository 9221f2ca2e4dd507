"""Whether a name is that of the outlet which a domain belongs to: "Los Angeles Times" and latimes.com.

A domain is its outlet's name run together, with words left whole or cut to their first letters, and small or generic
words dropped. Reading it so needs no table, and knows outlets that no table lists.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from ingest.text import lexicon

_SECOND_LEVEL, _SMALL, _GENERIC = (
    lexicon.words("any/outlets", name) for name in ("second level", "small", "generic")
)
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}", re.IGNORECASE)
_MOST_WORDS = 8


def domain_labels(source: str | None) -> tuple[str, ...]:
    """The parts of a domain or URL that can name its outlet: "www.news.bbc.co.uk" gives "news" and "bbc"."""
    text = (source or "").strip().lower()
    host = (urlsplit(text).hostname or "") if "://" in text else text
    if not _HOST.fullmatch(host):
        return ()
    labels = host.split(".")[:-1]
    if len(labels) > 1 and labels[-1] in _SECOND_LEVEL:
        labels.pop()
    return tuple(label.replace("-", "") for label in labels if label not in ("www", "m", "amp", "edition"))


def names_outlet(words: Sequence[str], labels: Sequence[str]) -> bool:
    """Whether `words`, folded to lower case, are the name of the outlet whose domain has these labels."""
    # "nj.com" is "nj"
    plain = [re.sub(r"[^\w]", "", re.sub(r"\.[a-z]{2,4}$", "", word)) for word in words]
    plain = [word for word in plain if word]
    matter = [word for word in plain if word not in _SMALL]
    if not matter or len(plain) > _MOST_WORDS or all(word in _GENERIC for word in matter):
        return False
    if len(plain) == 1 and re.fullmatch(r"[b-df-hj-np-tv-z]{3,5}", plain[0]):
        letters = re.compile(".*".join(plain[0]))  # "CVG" of computerandvideogames.com
        if any(letters.match(label) and len(label) > 3 * len(plain[0]) for label in labels):
            return True
    return any(
        _spells(label[len(small) :], plain, len(matter) > 1)
        for label in labels
        if label not in _GENERIC
        for small in ("", *(word for word in _SMALL if label.startswith(word)))
    )


def _spells(label: str, words: Sequence[str], several: bool) -> bool:
    """Whether the words, one after the other, use up the label: whole, by their first letter, or not at all."""
    if not words:
        return label == "" or label in _GENERIC
    word, rest = words[0], words[1:]
    if label.startswith(word) and _spells(label[len(word) :], rest, several):
        return True
    if several and label.startswith(word[0]) and _spells(label[1:], rest, several):
        return True
    return word in _SMALL | _GENERIC and _spells(label, rest, several)
