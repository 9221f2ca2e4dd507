"""What is said: the tokens beside a cue that are its content."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ingest.statements.clauses import Token
from ingest.statements.content_starts import content_start
from ingest.statements.cues import Cue
from ingest.statements.phrase import Range
from ingest.statements.word_classes import (
    ADJUNCT_NOUNS,
    FINITE,
    PREPOSITIONS,
    is_finite,
    is_past,
)

_CONTRASTS = frozenset("but while although though whereas despite according".split())
_LEADS = frozenset(", : — – -".split())


def contents(tokens: Sequence[Token], cue: Cue, place: int, cues: Sequence[Cue]) -> Iterator[Range]:
    """The tokens that `cues[place]` attributes: what follows it, what stands before it, or both."""
    behind = _behind(tokens, cue, cues[place + 1 :])
    ahead = _ahead(tokens, cue, cues[:place], takes_clause=behind is None or _is_quoted(tokens, behind))
    for span in (ahead, behind):
        fewest = 1 if cue.verb.takes("n") or cue.verb.takes("p") else 2
        if span is not None and (trimmed := _stripped(tokens, span, fewest)) is not None:
            yield trimmed


def _is_quoted(tokens: Sequence[Token], span: Range) -> bool:
    return tokens[span[0]].is_quotation


def _stripped(tokens: Sequence[Token], span: Range, fewest: int) -> Range | None:
    """Without marks at its ends; None where fewer words than `fewest` are left that are no quotation."""
    first, last = span
    while first < last and not tokens[first].is_quotation and tokens[first].text in ",.:;—–-)]":
        first += 1
    while first < last and not tokens[last - 1].is_quotation and tokens[last - 1].text in ",.:;—–-([!?":
        last -= 1
    words = sum(token.is_word for token in tokens[first:last])
    return (
        (first, last) if words >= fewest or any(token.is_quotation for token in tokens[first:last]) else None
    )


def _ahead(tokens: Sequence[Token], cue: Cue, earlier: Sequence[Cue], *, takes_clause: bool) -> Range | None:
    """What stands before "X said" or "said X", up to a comma or a quotation's end."""
    end = cue.first
    if end == 0 or cue.is_inherited:
        return None
    last = tokens[end - 1]
    quoted = last.is_quotation or (last.low in _LEADS and end > 1 and tokens[end - 2].is_quotation)
    if not quoted and last.low not in (",", "—", "–") and not cue.is_according:
        return None
    start = max((other.last for other in earlier if other.phrase is not cue.phrase), default=0)
    start = max(start, next((n + 1 for n in range(end - 2, -1, -1) if tokens[n].low == ";"), 0))
    if quoted:
        before = tokens[end - 2 - (not last.is_quotation)] if end > 2 else None
        if not takes_clause and before is not None and before.is_word:
            return None  # "Calling it “a shame”, X said that": no more than a word of the narrator's
        return _quoted_ahead(tokens, start, end)
    if not takes_clause or not _is_clause(tokens, start, end):
        return None
    if cue.verb.takes("t") or not (cue.is_according or _ends_cue(tokens, cue)):
        return None
    return start, end


def _quoted_ahead(tokens: Sequence[Token], start: int, end: int) -> Range:
    """The quotation before a cue, with the clause that it completes: no more than it where that has its own verb."""
    first = end - 1 if tokens[end - 1].is_quotation else end - 2
    closing = tokens[first].text[-2:-1] in ",.?!…—-" or tokens[end - 1].low == ","
    before = tokens[start:first]
    if not any(token.is_word for token in before):
        return start, end
    if closing and not tokens[first - 1].is_word and tokens[first - 1].low != ",":
        return first, end
    return (start, end) if _is_clause(tokens, start, end) or len(before) < 4 else (first, end)


def _is_clause(tokens: Sequence[Token], start: int, end: int) -> bool:
    words = tokens[start:end]
    opening = words[0].low if words else ""
    if opening in (
        "as",
        "when",
        "while",
        "after",
        "asked",
        "in",
        "on",
        "at",
        "during",
        "following",
        "speaking",
    ):
        return False
    return any(is_finite(token) or is_past(token) or token.low in FINITE for token in words)


def _ends_cue(tokens: Sequence[Token], cue: Cue) -> bool:
    """Nothing but an adjunct follows: "…, X argued.", "…, X announced on Monday."."""
    following = tokens[cue.last] if cue.last < len(tokens) else None
    return (
        following is None or not following.is_word or following.low in PREPOSITIONS | ADJUNCT_NOUNS | {"as"}
    )


def _behind(tokens: Sequence[Token], cue: Cue, later: Sequence[Cue]) -> Range | None:
    place = cue.last
    if place >= len(tokens):
        return None
    if cue.is_according:
        if cue.first > 1 or tokens[place].low != ",":
            return None
        return place + 1, _end(tokens, place + 1, later)
    start = content_start(tokens, cue)
    if start is None:
        return None
    if tokens[start].is_quotation:
        last = start + 1
        while last < len(tokens) and tokens[last].is_quotation:
            last += 1
        goes_on = last < len(tokens) and tokens[last].is_word and tokens[last - 1].text[-2:-1] not in ".?!,"
        return start, _end(tokens, last, later) if goes_on else last
    return start, _end(tokens, start, later)


def _end(tokens: Sequence[Token], start: int, later: Sequence[Cue]) -> int:
    """Where a clause ends: with the sentence, at what contrasts with it, or where somebody says something else."""
    end = len(tokens)
    for cue in later:
        if cue.first <= start:
            continue
        joint = tokens[cue.first - 1].low
        if (
            joint in ("and", "but", "while", ";", "—", ",")
            or cue.is_according
            or tokens[cue.first].low in ("and", "but")
        ):
            end = cue.first
            if joint in ("and", "but", "while"):
                end -= 1
            break
    for at in range(start + 1, end):
        if tokens[at].low == ";" or (tokens[at - 1].low == "," and tokens[at].low in _CONTRASTS):
            return at
        if tokens[at].low == ")" and not any(token.low == "(" for token in tokens[start:at]):
            return at
    return end
