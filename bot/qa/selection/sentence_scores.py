"""What each sentence of the evidence, each word in it and each article is worth for a question."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from bot.qa.answers import Evidence
from bot.qa.selection.answer_type import (
    MEASURES,
    Kind,
    counted,
    expected_kinds,
    explains,
    holds,
    measures,
    share_held,
)
from bot.qa.selection.candidates import Sentence
from bot.qa.selection.context import asks, continues_quotation
from ingest.index.embedding_cache import Vectors
from ingest.text.speakers import asked_speaker, attributes, speaks, speaks_as_pronoun, words_asked_of
from ingest.text.stemming import content_stems, respelt
from ingest.text.tokens import question_words

EMBEDDED = 30
"""Sentences compared by meaning, those nearest by words; embedding them all would take longer than the search."""

SPOKEN = 3.0
"""What it adds that the one asked about is speaking: four times what the same words are worth elsewhere."""

OF_KIND = 0.5
LIFTED = 1.0  # the `fit` of a sentence that answers in other words than the question's
ASKING = -0.4  # a sentence that asks seldom answers
# how fast a sentence's say in what an answer looks like falls with its distance to the nearest one
SPREAD = 0.2
LONGEST_ROW = 40  # words; what is longer is no row but several

Embed = Callable[[Sequence[str]], Vectors]


@dataclass(frozen=True, slots=True)
class Scores:
    """For the sentences in their order: `nearness` to the question, 1 for the nearest; `fit`, 0 for nothing special,
    for being of the kind asked for. `worth` is what each stem is worth in an answer, about one in all; `asked` what
    each of the question's own is. `held` are those of the `kinds` asked for that stand in each sentence.

    `spoken` are the sentences with the words of the one whose words are asked for, `others` those with anybody else's.
    """

    nearness: Vectors
    fit: Vectors
    worth: dict[str, float]
    asked: dict[str, float]
    kinds: frozenset[Kind]
    held: Sequence[frozenset[Kind]]
    spoken: frozenset[int]
    others: frozenset[int]


def score_sentences(
    question: str, sentences: Sequence[Sentence], question_vector: Vectors | None, embed: Embed | None
) -> Scores:
    """Without a vector, sentences are compared by words alone. Raises what `embed` raises.

    The words of an answer are guessed as in a relevance model (Lavrenko and Croft, 2001): half from the question,
    half from the sentences near to it.
    """
    question = _respelt(question, sentences)
    asked = rarity_among(frozenset(content_stems(question)), sentences)
    fit = _fit(question, sentences)
    covered = np.array([sum(asked.get(stem, 0.0) for stem in sentence.stems) for sentence in sentences])
    relevance = 0.5 * covered + 0.2 * fit
    if question_vector is not None and embed is not None:
        rank = np.array([1 / (1 + sentence.passage) for sentence in sentences])
        likely = np.argsort(-covered - rank / 2, kind="stable")[:EMBEDDED]
        relevance[likely] += embed([sentences[n].text for n in likely]) @ question_vector
    kinds, things = expected_kinds(question), counted(question)
    _lift_what_is_asked(kinds, things, sentences, relevance, fit)
    best = float(relevance.max())
    nearness = np.clip(relevance / best, 0.0, 1.0) if best > 0 else np.ones(len(sentences))
    say = np.exp((relevance - best) / SPREAD)
    expected = _expected(sentences, say / say.sum())
    worth = {stem: (weight + asked.get(stem, 0.0)) / 2 for stem, weight in expected.items()}
    held = [frozenset(kind for kind in kinds if holds(kind, sentence.text)) for sentence in sentences]
    return Scores(
        nearness.astype(np.float32),
        fit.astype(np.float32),
        worth,
        asked,
        kinds,
        held,
        *_said_by(question, sentences),
    )


def row_that_answers(
    question: str, rows: Sequence[Sentence], sentences: Sequence[Sentence]
) -> Sentence | None:
    """The row of a table or list that holds more of what is asked than any sentence does, if there is one."""
    everything = [*sentences, *rows]
    question = _respelt(question, everything)
    asked = rarity_among(frozenset(content_stems(question)), everything)
    kinds, things = expected_kinds(question), counted(question)

    def held(sentence: Sentence) -> float:
        words = sum(asked.get(stem, 0.0) for stem in sentence.stems)
        return words + OF_KIND * share_held(kinds, sentence.text, things)

    wanted = kinds & (MEASURES | {"number"})
    rarest = {max(asked, key=lambda stem: asked[stem])} if asked else set()
    fitting = [
        row
        for row in rows
        if row.words <= LONGEST_ROW
        and (len(row.stems & asked.keys()) > 1 or row.stems & rarest)
        and any(measures(kind, row.text, things if kind == "count" else frozenset()) for kind in wanted)
    ]
    best = max(fitting, key=held, default=None)
    return best if best is not None and held(best) > max(map(held, sentences), default=0.0) else None


def article_chances(evidence: Sequence[Evidence]) -> dict[str, float]:
    """How likely each article is the one that answers, going by its best passage, whatever the scores' scale."""
    scores = np.array([found.score for found in evidence])
    scores = (scores - scores.min()) / (float(np.ptp(scores)) or 1.0)
    best: defaultdict[str, float] = defaultdict(float)
    for found, score in zip(evidence, scores, strict=True):
        best[found.passage.article_id] = max(best[found.passage.article_id], float(score))
    total = sum(math.exp(3 * score) for score in best.values())
    return {name: math.exp(3 * score) / total for name, score in best.items()}


def _respelt(question: str, sentences: Sequence[Sentence]) -> str:
    vocabulary = frozenset(word for sentence in sentences for word in sentence.vocabulary)
    for wrong, right in respelt(question_words(question), vocabulary).items():
        question = re.sub(rf"\b{re.escape(wrong)}\b", right, question, flags=re.IGNORECASE)
    return question


def rarity_among(stems: frozenset[str], sentences: Sequence[Sentence]) -> dict[str, float]:
    """How much each word of the question tells apart the sentences at hand, one in all."""
    counts = Counter(stem for sentence in sentences for stem in sentence.stems & stems)
    raw = {stem: math.log(1 + len(sentences) / (1 + count)) for stem, count in counts.items()}
    total = sum(raw.values())
    return {stem: weight / total for stem, weight in raw.items()}


def _fit(question: str, sentences: Sequence[Sentence]) -> Vectors:
    kinds, things = expected_kinds(question), counted(question)
    speaker = asked_speaker(question)
    fit = np.zeros(len(sentences), dtype=np.float32)
    for index, sentence in enumerate(sentences):
        fit[index] = OF_KIND * share_held(kinds, sentence.text, things) + ASKING * asks(sentence.text)
        if speaker is not None and _is_spoken(index, sentences, speaker):
            fit[index] += SPOKEN
    return fit


def _lift_what_is_asked(
    kinds: frozenset[Kind],
    things: frozenset[str],
    sentences: Sequence[Sentence],
    relevance: Vectors,
    fit: Vectors,
) -> None:
    """Bring near what answers in words that the question has not: "It starts at $44,000", "It was no open race".

    Where an article's nearest sentence lacks the measure asked for, that is the nearest of its others which has it;
    where a reason is asked for, the sentence after the nearest one, where it explains.
    """
    for article in dict.fromkeys(sentence.article for sentence in sentences):
        own = [n for n, one in enumerate(sentences) if one.article == article]
        fact = max(own, key=lambda n: float(relevance[n]))
        lifted = []
        for kind in kinds & MEASURES:
            beside = things if kind == "count" else frozenset()
            fitting = [n for n in own if measures(kind, sentences[n].text, beside)]
            if fitting and fact not in fitting:
                lifted.append(max(fitting, key=lambda n: float(relevance[n])))
        if "reason" in kinds:
            lifted += [n for n in own if sentences[n].before == fact and explains(sentences[n].text)]
        for index in lifted:
            relevance[index] = relevance[fact]
            fit[index] = max(float(fit[index]), LIFTED)


def _said_by(question: str, sentences: Sequence[Sentence]) -> tuple[frozenset[int], frozenset[int]]:
    """The sentences with the words asked for, and those that give somebody else's.

    Where the one asked about does not speak, the sentences that name him or her, and nobody else's.
    """
    if not (speaker := words_asked_of(question)):
        return frozenset(), frozenset()
    own = {index for index in range(len(sentences)) if _is_spoken(index, sentences, speaker)}
    if not own:
        return frozenset(n for n, one in enumerate(sentences) if speaker & one.vocabulary), frozenset()
    attributed = {index for index, sentence in enumerate(sentences) if attributes(sentence.text)}
    return frozenset(own), frozenset(attributed - own)


def _is_spoken(index: int, sentences: Sequence[Sentence], speaker: frozenset[str], back: int = 2) -> bool:
    """Whether one named by `speaker` says this sentence: by name, or as the one who spoke just before."""
    sentence = sentences[index]
    attributed = attributes(sentence.text)
    if not speaker:
        return attributed
    if speaks(sentence.text, speaker):
        return True
    if back == 0 or sentence.before is None:
        return False
    goes_on = speaks_as_pronoun(sentence.text) if attributed else continues_quotation(sentence.text)
    return goes_on and _is_spoken(sentence.before, sentences, speaker, back - 1)


def _expected(sentences: Sequence[Sentence], say: Vectors) -> dict[str, float]:
    """How much each word is to be expected in an answer, going by sentences that have a `say`; one in all."""
    counts = Counter(stem for sentence in sentences for stem in sentence.stems)
    raw: defaultdict[str, float] = defaultdict(float)
    for sentence, weight in zip(sentences, say, strict=True):
        for stem in sentence.stems:
            raw[stem] += float(weight) * math.log(1 + len(sentences) / counts[stem])
    total = sum(raw.values()) or 1.0
    return {stem: weight / total for stem, weight in raw.items()}
