"""Sentences as tokens, in which a whole quotation is one."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.statements.quotations import quotations
from ingest.text.sentences import Span, sentence_spans

_TOKEN = re.compile(
    r"(?:[A-Za-z]\.){2,}|(?:Mr|Mrs|Ms|Dr|Sen|Rep|Gov|Gen|Lt|Col|Prof|Rev|Sgt|Capt|St|Jr|Sr|Messrs|[A-Z])\.(?=[\s,])"
    r"|[^\W_]{1,60}(?:[-–'’.&/_][^\W_]{1,60})*|[^\s]"
)
_LONGEST_NICKNAME = 16
_BEFORE_NICKNAME = re.compile(r"[A-Z]\w+ $")
MOST_TOKENS = 400
"""Tokens of a sentence that are looked at: a longer one is a table or a list."""


@dataclass(slots=True)
class Token:
    """A word, a mark, or a whole quotation; `low` is lower case, "" for a quotation."""

    text: str
    low: str
    start: int
    end: int
    is_quotation: bool = False

    @property
    def is_word(self) -> bool:
        return bool(self.low) and (self.text[0].isalnum())

    @property
    def is_capital(self) -> bool:
        return bool(self.low) and (
            self.text[0].isupper() or (self.text[0].isdigit() and self.text[-1].isupper())
        )


@dataclass(slots=True)
class Sentence:
    """One sentence; `opens` says that it opens a paragraph, `closes` that it ends one."""

    tokens: list[Token]
    opens: bool
    closes: bool

    @property
    def is_quotation(self) -> bool:
        """It is all quotation."""
        return any(token.is_quotation for token in self.tokens) and not any(
            token.is_word for token in self.tokens
        )


def sentences(body: str) -> list[Sentence]:
    """The body's sentences in order; none ends inside a quotation."""
    quotes = quotations(body)
    starts = [start for start, _ in quotes]
    found: list[Sentence] = []
    for start, end in _joined(body, sentence_spans(body), quotes):
        gap = body[found[-1].tokens[-1].end : start] if found else "\n"
        if found and "\n" not in gap:
            found[-1].closes = False
        held = quotes[bisect_left(starts, start) : bisect_left(starts, end)]
        held = [one for one in held if not _is_nickname(body, *one)]
        tokens = list(_tokens(body, start, end, held))
        if tokens:
            found.append(Sentence(tokens, opens="\n" in gap, closes=True))
    return found


def _is_nickname(body: str, start: int, end: int) -> bool:
    """ "Wassim “Sal” Slaiby": a part of a name, and nobody's words."""
    following = body[end + 1 : end + 2]
    return (
        end - start < _LONGEST_NICKNAME
        and following.isupper()
        and _BEFORE_NICKNAME.search(body, max(0, start - 30), start) is not None
        and body[end - 2].isalnum()
    )


def _joined(body: str, spans: Sequence[Span], quotes: Sequence[Span]) -> Iterator[Span]:
    """Sentences put together where a boundary lies in a quotation, or between it and the clause that goes on."""
    place = 0
    current: Span | None = None
    for start, end in spans:
        if current is None:
            current = (start, end)
            continue
        while place < len(quotes) and quotes[place][1] < start:
            place += 1
        inside = place < len(quotes) and quotes[place][0] < start < quotes[place][1]
        goes_on = (
            body[current[1] - 1] in "”\"’'»"
            and body[start].islower()
            and "\n" not in body[current[1] : start]
        )
        if inside or goes_on:
            current = (current[0], end)
        else:
            yield current
            current = (start, end)
    if current is not None:
        yield current


def _tokens(body: str, start: int, end: int, quotes: Sequence[Span]) -> Iterator[Token]:
    """The tokens of one sentence that holds `quotes`, up to `MOST_TOKENS`."""
    place, count = start, 0
    for first, last in [*quotes, (end, end)]:
        for match in _TOKEN.finditer(body, place, first):
            yield Token(match.group(), match.group().lower().replace("’", "'"), *match.span())
            if (count := count + 1) > MOST_TOKENS:
                return
        if first < last:
            yield Token(body[first:last], "", first, last, is_quotation=True)
        place = last
