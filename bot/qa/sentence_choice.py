"""Which sentences of the evidence answer a question best."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from bot.qa.answers import Evidence
from bot.qa.stems import content_stems
from ingest.sentences import sentence_spans
from ingest.vectors import Vectors

MOST_SENTENCES = 4
MOST_WORDS = 86  # with a mark for each sentence, an answer stays within 90

Embed = Callable[[Sequence[str]], Vectors]


@dataclass(frozen=True, slots=True)
class Chosen:
    """A sentence of an answer, as it stands in the article; `passage` is the 1-based number of its evidence."""

    text: str
    passage: int


@dataclass(frozen=True, slots=True)
class Sentence:
    text: str
    passage: int
    article: str
    start: int
    words: int
    stems: frozenset[str]


def choose_sentences(
    question: str, evidence: Sequence[Evidence], question_vector: Vectors, embed: Embed
) -> list[Chosen]:
    """One to four sentences in reading order; none when the evidence holds no sentence at all."""
    sentences = list(_sentences(evidence))
    if not sentences:
        return []
    wanted = _weights(frozenset(content_stems(question)), sentences)
    cosines = embed([sentence.text for sentence in sentences]) @ question_vector
    scores = [
        2 * float(cosine) + _covered(sentence.stems, wanted) + 0.5 * evidence[sentence.passage - 1].score
        for sentence, cosine in zip(sentences, cosines, strict=True)
    ]
    best = max(range(len(sentences)), key=scores.__getitem__)
    picked = [best]
    covered = set(sentences[best].stems)
    size = sentences[best].words
    while len(picked) < MOST_SENTENCES:
        rest = [
            n
            for n, sentence in enumerate(sentences)
            if n not in picked
            and sentence.article == sentences[best].article
            and size + sentence.words <= MOST_WORDS
        ]
        if not rest:
            break
        near = {n + step for n in picked for step in (-1, 1)}
        following = max(rest, key=lambda n: scores[n] + 0.15 * (n in near))
        picked.append(following)
        covered |= sentences[following].stems
        size += sentences[following].words
    picked.sort(key=lambda n: sentences[n].start)
    return [Chosen(sentences[n].text, sentences[n].passage) for n in picked]


def _sentences(evidence: Sequence[Evidence]) -> Iterator[Sentence]:
    """The whole sentences of every passage, once each, in reading order within an article."""
    seen = set()
    for number, found in enumerate(evidence, 1):
        passage = found.passage
        for start, end in sentence_spans(passage.text):
            place = (passage.article_id, passage.start + start)
            text = passage.text[start:end]
            if place in seen or not _says_something(text):
                continue
            seen.add(place)
            yield Sentence(
                text, number, passage.article_id, place[1], len(text.split()), frozenset(content_stems(text))
            )


def _says_something(text: str) -> bool:
    return len(text.split()) >= 5 and bool(re.search(r"[.!?…。！？؟।][\"'”’»)\]]*$", text))


def _weights(stems: frozenset[str], sentences: Sequence[Sentence]) -> dict[str, float]:
    """How much each word of the question tells apart the sentences at hand, summing to one."""
    counts = Counter(stem for sentence in sentences for stem in sentence.stems & stems)
    raw = {stem: math.log(1 + len(sentences) / (1 + counts[stem])) for stem in stems if counts[stem]}
    total = sum(raw.values())
    return {stem: weight / total for stem, weight in raw.items()}


def _covered(stems: frozenset[str], wanted: dict[str, float]) -> float:
    return sum(weight for stem, weight in wanted.items() if stem in stems)
