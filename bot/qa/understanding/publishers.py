"""Publishers and authors named in a question, as people write them: "bbc", "the guardian", "theguardian.com"."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from ingest.articles.article import Article
from ingest.text import lexicon
from ingest.text.names import is_common
from ingest.text.stemming import GRAMMAR
from ingest.text.tokens import question_words

LONGEST = 4
"""Words of a publisher's or an author's name at the most."""
_TAILS, _BEFORE, _AFTER = (
    lexicon.words("en/asking_of_outlets", section) for section in ("tails", "before", "after")
)


@dataclass(frozen=True, slots=True)
class Named:
    """A publisher or author in a question: the articles by it, and the question's words that name it.

    `cued`: a word beside it says that somebody is to say something, so that it is not what the question is about.
    `at_edge`: it opens or ends the question, as in "emirates order cnbc".
    """

    articles: frozenset[str]
    words: tuple[str, ...]
    cued: bool
    at_edge: bool = False

    @property
    def phrase(self) -> str:
        return " ".join(self.words)


class Publishers:
    """Who published and wrote the articles of one index, by the names that a question may give them."""

    def __init__(self, headers: Iterable[Article]) -> None:
        self._articles: dict[str, set[str]] = defaultdict(set)
        for header in headers:
            for key in _keys(header):
                self._articles[key].add(header.id)

    def named(self, question: str) -> Named | None:
        """The longest name in the question; one that is an ordinary word counts only where a word beside it cues it."""
        words = question_words(question)
        for count in range(min(LONGEST, len(words)), 0, -1):
            for start in range(len(words) - count + 1):
                run = words[start : start + count]
                if (named := self._named(run, words[:start], words[start + count :])) is not None:
                    return named
        return None

    def _named(self, run: list[str], before: list[str], after: list[str]) -> Named | None:
        articles = self._articles.get("".join(run))
        if not articles or (len(run) == 1 and run[0] in GRAMMAR):
            return None
        near = [word for word in before[-2:] if word not in ("the", "an", "a")]
        asked_of = bool(near and near[-1] in ("did", "does", "do", "has")) and bool(after)
        cued = bool(near and near[-1] in _BEFORE) or bool(after and after[0] in _AFTER) or asked_of
        if not cued and len(run) == 1 and is_common(run[0]):
            return None
        return Named(frozenset(articles), tuple(run), cued, at_edge=not (before and after))


def _keys(header: Article) -> set[str]:
    """The names of an article's publisher and author, each as one word, as a question's run of words is compared."""
    host = (urlsplit(header.url).hostname or "") if header.url else ""
    names = {_name(header.source or ""), _name(host)}
    names |= {_glued(author) for author in re.split(r"[;,&]|\band\b", header.author or "")}
    names |= {name.removeprefix("the") for name in names if len(name) > 6}
    return {name for name in names if len(name) > 1 and name not in GRAMMAR}


def _name(source: str) -> str:
    """ "BBC News" and "www.bbc.co.uk" are both "bbc"."""
    words = question_words(source.replace(".", " "))
    while len(words) > 1 and words[-1] in _TAILS:
        words.pop()
    while len(words) > 1 and words[0] in _TAILS | {"the"}:
        words.pop(0)
    return words[-1] if "." in source and " " not in source and words else "".join(words)


def _glued(name: str) -> str:
    return "".join(question_words(name))
