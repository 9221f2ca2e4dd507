"""What a sentence may take its figures and names from, given where its quotes stand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.qa.verification.located_quote import LocatedQuote
from ingest.text.names import KnownNames
from ingest.text.quantities.comparing import KnownFigures


@dataclass(slots=True)
class Sources:
    """`near` are the names in the quoted sentences and the article's head, `context` those just around them too."""

    quotes: Sequence[LocatedQuote]
    known_figures: KnownFigures = field(default_factory=KnownFigures)
    near: KnownNames = field(default_factory=KnownNames)
    context: KnownNames = field(default_factory=KnownNames)
    outlets: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for quote in self.quotes:
            self.known_figures.add(quote.sentences)
            for text in (quote.sentences, quote.about):
                self.near.add(text)
                self.context.add(text)
            self.context.add(quote.context)
            self.known_figures.add_day(quote.evidence.article.published)
            self.outlets += quote.outlet

    def in_article(self, pattern: str) -> bool:
        """Whether the body of one of the articles, in plain lower case, has what the pattern describes."""
        return any(re.search(pattern, quote.plain_body) for quote in self.quotes)
