"""The sentences that an answer may quote: whole ones that stand in a passage of the evidence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bot.qa.answers import Evidence
from bot.qa.selection.context import gives_a_figure, says_something
from ingest.text.sentences import sentence_spans
from ingest.text.stemming import GRAMMAR, content_stems
from ingest.text.tokens import question_words

FARTHEST = 200
"""Code points (a heading, a caption) that may stand between a sentence and the one it leans on."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence as it stands in a body from `start` on; `passage` is the 1-based number of its evidence.

    `before` is the index, in the list it belongs to, of the sentence it follows, where that stands in the evidence too.
    """

    text: str
    passage: int
    article: str
    start: int
    words: int
    stems: frozenset[str]
    vocabulary: frozenset[str]
    before: int | None


def evidence_sentences(evidence: Sequence[Evidence]) -> list[Sentence]:
    """Every sentence of the evidence once, by article in the order of the evidence, then in reading order.

    Headings and scraps are left out, unless there is nothing else.
    """
    return _kept(evidence, says_something) or _kept(evidence, lambda text: len(question_words(text)) > 2)


def evidence_rows(evidence: Sequence[Evidence]) -> list[Sentence]:
    """The rows of tables and lists that give a figure or a pair of cells, which `evidence_sentences` leaves out."""
    return [replace(row, before=None) for row in _kept(evidence, gives_a_figure)]


def _kept(evidence: Sequence[Evidence], keep: Callable[[str], bool]) -> list[Sentence]:
    places: dict[str, dict[int, tuple[str, int]]] = {}
    for number, found in enumerate(evidence, 1):
        passage = found.passage
        standing = places.setdefault(passage.article_id, {})
        for start, end in sentence_spans(passage.text):
            text = passage.text[start:end]
            if keep(text):
                standing.setdefault(passage.start + start, (text, number))
    sentences: list[Sentence] = []
    for article, standing in places.items():
        last: int | None = None
        for start, (text, number) in sorted(standing.items()):
            near = last is not None and start - sentences[last].start - len(sentences[last].text) <= FARTHEST
            words = question_words(text)
            sentences.append(
                Sentence(
                    text=text,
                    passage=number,
                    article=article,
                    start=start,
                    # scripts without spaces are cut into pairs of characters, two to a word
                    words=max(len(text.split()), len(words) // 2),
                    stems=frozenset(content_stems(text)),
                    vocabulary=frozenset(words) - GRAMMAR,
                    before=last if near else None,
                )
            )
            last = len(sentences) - 1
    return sentences
