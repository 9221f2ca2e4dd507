"""What a sentence may take its figures and names from, given where its quotes stand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property

from bot.qa.verification.located_quote import LocatedQuote
from ingest.text.names import KnownNames
from ingest.text.quantities.comparing import KnownFigures
from ingest.text.quantities.relative_times import RelativeTime, relative_times


class Sources:
    """`near` are the names in the quoted sentences and the article's head, `context` those just around them too."""

    def __init__(self, quotes: Sequence[LocatedQuote]) -> None:
        self.quotes = quotes
        self.outlets = tuple(label for quote in quotes for label in quote.outlet)
        self.known_figures = KnownFigures()
        for quote in quotes:
            self.known_figures.add(quote.sentences)
            self.known_figures.add_day(quote.evidence.article.published)

    @cached_property
    def near(self) -> KnownNames:
        return _named([text for quote in self.quotes for text in (quote.sentences, quote.about)])

    @cached_property
    def context(self) -> KnownNames:
        return _named([text for quote in self.quotes for text in (quote.context, quote.about)])

    @cached_property
    def times(self) -> list[RelativeTime]:
        """The relative times ("last year") of the quoted sentences and the article's head."""
        return [
            time
            for quote in self.quotes
            for text in (quote.sentences, quote.about)
            for time in relative_times(text)
        ]

    def in_article(self, pattern: str) -> bool:
        """Whether the body of one of the articles, in plain lower case, has what the pattern describes."""
        return any(re.search(pattern, quote.plain_body) for quote in self.quotes)


def _named(texts: Sequence[str]) -> KnownNames:
    known = KnownNames()
    for text in dict.fromkeys(texts):
        known.add(text)
    return known
