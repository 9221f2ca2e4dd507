"""The sentences that an answer may quote: every one that stands in a passage of the evidence, rows and items too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.qa.answers import Evidence
from bot.qa.selection.cross_encoder import AnswerSpan, Reading, Text
from ingest.text.sentences import sentence_spans
from ingest.text.stemming import content_stems

FARTHEST = 200
"""Code points (a heading, a caption) that may stand between a sentence and the one it leans on."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One sentence as it stands in a body from `start` on; `passage` is the 1-based number of its evidence.

    `score` is the cross-encoder's, `answer` the words that it takes for the answer, as a span of `text`.
    `before` is the index, in the list it belongs to, of the sentence it follows, where that stands in the evidence too.
    """

    text: str
    passage: int
    article: str
    start: int
    words: int
    stems: frozenset[str]
    score: float
    answer: AnswerSpan | None
    before: int | None = None


def texts_to_read(evidence: Sequence[Evidence]) -> list[Text]:
    """The passages as the cross-encoder reads them."""
    return [
        Text(each.article.title, each.passage.text, sentence_spans(each.passage.text)) for each in evidence
    ]


def candidates(
    evidence: Sequence[Evidence], texts: Sequence[Text], readings: Sequence[Reading]
) -> list[Candidate]:
    """Every sentence once, by article in the order of the evidence, then in reading order.

    Where passages overlap, a sentence counts as the passage has it in which it scores higher.
    """
    best: dict[tuple[str, int], Candidate] = {}
    for number, (each, text, reading) in enumerate(zip(evidence, texts, readings, strict=True), 1):
        for (start, end), score, answer in zip(text.sentences, reading.scores, reading.answers, strict=True):
            one = _candidate(each, number, start, end, float(score), answer)
            place = (one.article, one.start)
            if place not in best or one.score > best[place].score:
                best[place] = one
    order = {
        article: rank for rank, article in enumerate(dict.fromkeys(each.article.id for each in evidence))
    }
    return _linked(sorted(best.values(), key=lambda one: (order[one.article], one.start)))


def _candidate(
    each: Evidence, number: int, start: int, end: int, score: float, answer: AnswerSpan | None
) -> Candidate:
    text = each.passage.text[start:end]
    if answer is not None:
        first, last = max(answer.start - start, 0), min(answer.end - start, len(text))
        answer = AnswerSpan(first, last, answer.chance) if first < last else None
    return Candidate(
        text=text,
        passage=number,
        article=each.article.id,
        start=each.passage.start + start,
        words=len(text.split()),
        stems=frozenset(content_stems(text)),
        score=score,
        answer=answer,
    )


def _linked(ordered: list[Candidate]) -> list[Candidate]:
    """The same, each with the index of the sentence before it."""
    linked: list[Candidate] = []
    for one in ordered:
        last = linked[-1] if linked else None
        near = (
            last is not None
            and last.article == one.article
            and one.start - last.start - len(last.text) <= FARTHEST
        )
        linked.append(replace(one, before=len(linked) - 1 if near else None))
    return linked
