"""A quote where it stands, and what of its article speaks for a sentence that cites it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from bot.qa.answers import Evidence
from bot.qa.verification.quotes import Span
from ingest.articles.publishers import domain_labels
from ingest.text.folding import plain
from ingest.text.sentences import sentence_spans

_REACH = 1_500  # characters to each side of a quote that are looked at for whole sentences
_BEFORE, _AFTER = 3, 1  # sentences around the quoted ones in which "he" and "the company" are named


@dataclass(frozen=True)
class LocatedQuote:
    """Words of the evidence, with `start` and `end` in the article's body."""

    evidence: Evidence
    start: int
    end: int

    @property
    def quote(self) -> str:
        return self.evidence.article.body[self.start : self.end]

    @property
    def sentences(self) -> str:
        """The whole sentences that the quote stands in, so that no quote can be cut from under its "not"."""
        return self.evidence.article.body[slice(*self.span)]

    @cached_property
    def span(self) -> Span:
        spans = self._spans
        first, last = self._touched
        return (spans[first][0], spans[last][1]) if spans else (self.start, self.end)

    @cached_property
    def context(self) -> str:
        """The sentences of the quote, with those just before and after them."""
        spans = self._spans
        if not spans:
            return self.quote
        first, last = self._touched
        start = spans[max(0, first - _BEFORE)][0]
        return self.evidence.article.body[start : spans[min(len(spans) - 1, last + _AFTER)][1]]

    @cached_property
    def about(self) -> str:
        """The article's title, source and author, one behind the other."""
        article = self.evidence.article
        return " . ".join(part for part in (article.title, article.source, article.author) if part)

    @property
    def head(self) -> str:
        """The article's title, source, author and date, as a model is told of them."""
        article = self.evidence.article
        return "; ".join(
            part for part in (article.title, article.source, article.author, article.published) if part
        )

    @cached_property
    def plain_body(self) -> str:
        return plain(self.evidence.article.body)

    @cached_property
    def outlet(self) -> tuple[str, ...]:
        """The parts of the article's domains that can name its outlet."""
        article = self.evidence.article
        return (*domain_labels(article.source), *domain_labels(article.url))

    @cached_property
    def _spans(self) -> list[Span]:
        """The sentences of a window around the quote that begins at white space."""
        body = self.evidence.article.body
        begin, end = max(0, self.start - _REACH), min(len(body), self.end + _REACH)
        if begin:
            begin = body.find(" ", begin, self.start) + 1 or begin
        return [(begin + first, begin + last) for first, last in sentence_spans(body[begin:end])]

    @cached_property
    def _touched(self) -> tuple[int, int]:
        touched = [n for n, (first, last) in enumerate(self._spans) if first < self.end and last > self.start]
        return (touched[0], touched[-1]) if touched else (0, len(self._spans) - 1)
