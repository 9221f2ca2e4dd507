"""What a question becomes: evidence, citations, an answer, and the events on the way there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from ingest.articles.article import Article
from ingest.index.chunking import Passage
from ingest.statements.statement import Statement

_TELLING = 60  # characters by which a quote is found in an answer; its end may have been trimmed


@dataclass(frozen=True, slots=True)
class Evidence:
    """A passage found for a question. `score` is comparable within one question only."""

    passage: Passage
    article: Article
    score: float
    copies: tuple[Article, ...] = ()
    """The articles that have nearly the same passage."""
    statements: tuple[Statement, ...] = ()
    """Who says what in it, where the question asks that."""


@dataclass(frozen=True, slots=True)
class ArticleRef:
    """Enough of an article to name it and to link to it."""

    article_id: str
    title: str
    url: str | None = None
    source: str | None = None
    author: str | None = None
    published: str | None = None

    @classmethod
    def of(cls, article: Article) -> ArticleRef:
        return cls(article.id, article.title, article.url, article.source, article.author, article.published)


@dataclass(frozen=True, slots=True)
class Citation:
    """The words that a mark [number] stands for: `article.body[start:end] == quote`."""

    number: int
    article: ArticleRef
    quote: str
    start: int
    end: int
    answer_span: tuple[int, int] | None = None
    """The span of `quote` that is the answer itself, where that is known."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """A drafted sentence that failed its check, and why."""

    sentence: str
    reason: str


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens billed by a model endpoint for one answer."""

    tokens_in: int = 0
    tokens_out: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(self.tokens_in + other.tokens_in, self.tokens_out + other.tokens_out)


@dataclass(frozen=True, slots=True)
class Answer:
    """What is shown and recorded. On `not_found` the text is empty and `nearest` is filled.

    `text` carries the marks [1] [2]; `notes` are the bot's own words beside the answer (why the quoting answer
    came instead of a model's, which part is not covered), from fixed templates that carry no claim. `chance` is the
    calibrated one that the answer is in it, where it is known; a `doubtful` answer shows the nearest passages.
    `as_of` is the last day whose articles were evidence, in ISO 8601, where there is one.
    """

    question: str
    outcome: Literal["answered", "not_found"]
    text: str
    citations: tuple[Citation, ...]
    generator: str
    generation: str
    seconds: float
    nearest: tuple[ArticleRef, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    notes: tuple[str, ...] = ()
    usage: Usage = field(default_factory=Usage)
    chance: float | None = None
    doubtful: bool = False
    as_of: str = ""

    def answer_spans(self) -> list[tuple[int, int]]:
        """The spans of `text` that are the answer itself, in order, where its quotes stand in it word for word."""
        spans = []
        for citation in self.citations:
            place = self.text.find(citation.quote[:_TELLING]) if citation.answer_span else -1
            if citation.answer_span is not None and place >= 0:
                start, end = (place + offset for offset in citation.answer_span)
                if self.text[start:end] == citation.quote[slice(*citation.answer_span)]:
                    spans.append((start, end))
        return sorted(set(spans))


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a question stands: `passages` is how many are being read, from "reading" on."""

    stage: Literal["searching", "reading", "writing", "checking", "second_look"]
    passages: int = 0


@dataclass(frozen=True, slots=True)
class CheckedSentence:
    """A sentence that passed its check by code, shown while the rest is still being written.

    `being_checked`: a second look is still to come, and ends in a `SentenceVerdict` with the same text.
    """

    text: str
    being_checked: bool = False


@dataclass(frozen=True, slots=True)
class SentenceVerdict:
    """What the second look found of a sentence shown before: confirmed, or struck."""

    text: str
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier question of a conversation, with what was answered."""

    question: str
    answer: str
    cited_article_ids: tuple[str, ...] = ()


AnswerEvent = Progress | CheckedSentence | SentenceVerdict | Answer
"""What `Answerer.answer` yields; the `Answer` is always the last."""
