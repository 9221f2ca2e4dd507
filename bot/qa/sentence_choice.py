"""Which sentences of the evidence answer a question best."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from bot.qa.answers import Evidence
from bot.qa.evidence_sentences import Sentence, evidence_sentences
from bot.qa.expected import expected_kinds, share_held
from bot.qa.speakers import asked_speaker, attributes, speaks, speaks_as_pronoun
from bot.qa.standing_alone import continues_quotation, leans_back
from bot.qa.stems import content_stems, respelt
from ingest.vectors import Vectors
from ingest.words import question_words

MOST_SENTENCES = 4
MOST_WORDS = 86  # with a mark for each sentence, an answer stays within 90

EMBEDDED = 40
ANOTHER_ARTICLE = 0.2
SPOKEN = 2.0
KIND = 0.5
UNRESOLVED = 0.7
NEAR_COPY = 0.7
GATE = 1.0
SHORTNESS = 0.5
CONTEXT = 0.5
QUESTION = 0.6
FADE = 0.7
VOTES = 2.0
NEAREST = 0.0
LEAST_NEAR = 0.5
BOOSTREL = 0.2
T = 0.1
MIX = 0.5
LEASTGAIN = 0.0

Embed = Callable[[Sequence[str]], Vectors]


@dataclass(frozen=True, slots=True)
class Chosen:
    """A sentence of an answer, as it stands in the article; `passage` is the 1-based number of its evidence."""

    text: str
    passage: int


def choose_sentences(
    question: str, evidence: Sequence[Evidence], question_vector: Vectors, embed: Embed
) -> list[Chosen]:
    """One to four sentences, at most 90 words, in reading order; none when the evidence holds no sentence at all.

    Words that the question and the sentences nearest to it have in common are worth most, each counted once, so
    that a question of two parts gets a sentence for each (a relevance model, Lavrenko and Croft 2001, covered
    greedily). Most answers come from one article; a second joins where it is nearly as likely to be the one.
    """
    sentences = evidence_sentences(evidence)
    if not sentences:
        return []
    choice = _Choice(question, evidence, sentences, question_vector, embed)
    articles = choice.likely_articles()
    for article in articles:
        choice.add_from((article,))
    while choice.add_from(articles):
        pass
    return [Chosen(sentence.text, sentence.passage) for sentence in choice.in_reading_order(articles)]


class _Choice:
    """The answer in the making."""

    def __init__(
        self,
        question: str,
        evidence: Sequence[Evidence],
        sentences: list[Sentence],
        question_vector: Vectors,
        embed: Embed,
    ) -> None:
        vocabulary = frozenset(word for sentence in sentences for word in sentence.vocabulary)
        for wrong, right in respelt(question_words(question), vocabulary).items():
            question = re.sub(rf"\b{re.escape(wrong)}\b", right, question, flags=re.IGNORECASE)
        self._evidence = evidence
        self._sentences = sentences
        asked = _weights(frozenset(content_stems(question)), sentences)
        self._fit = _fit(question, sentences)
        relevance = _relevance(sentences, asked, self._fit, question_vector, embed)
        self._relevance = relevance
        self._nearness = np.clip(relevance / (float(relevance.max()) or 1.0), 0.0, 1.0)
        self._worth = _worth(sentences, asked, relevance)
        self._picked: list[int] = []
        self._covered: set[str] = set()
        self._words = 0
        self._first = 0.0

    def likely_articles(self) -> tuple[str, ...]:
        """The article most likely to answer, and a second one where it is likely too."""
        chances = _article_chances(self._evidence, self._sentences, self._relevance)
        ranked = sorted(chances, key=lambda name: chances[name], reverse=True)
        return tuple(ranked[:1] + [name for name in ranked[1:2] if chances[name] > ANOTHER_ARTICLE])

    def add_from(self, articles: Sequence[str]) -> bool:
        """Add the sentence worth most beside those picked, with what it needs to be understood, if any fits."""
        best: tuple[float, list[int]] = (LEASTGAIN * self._first, [])
        for index, sentence in enumerate(self._sentences):
            if sentence.article not in articles or index in self._picked or self._is_said(sentence):
                continue
            if self._picked and self._nearness[index] < LEAST_NEAR:
                continue
            unit, resolved = self._unit(index)
            new = [n for n in unit if n not in self._picked]
            context = sum(self._sentences[n].words for n in new) - sentence.words
            if len(self._picked) + len(new) > MOST_SENTENCES:
                continue
            if self._words + sentence.words + context > MOST_WORDS:
                continue
            stems = frozenset().union(*(self._sentences[n].stems for n in new))
            gain = sum(self._worth[stem] for stem in stems if stem not in self._covered)
            gain *= (1 + self._fit[index]) * float(self._nearness[index]) ** GATE
            gain *= 1.0 if resolved else UNRESOLVED
            gain /= (sentence.words + CONTEXT * context + 5) ** SHORTNESS
            best = max(best, (gain, new))
        if not self._picked:
            self._first = best[0]
        for index in best[1]:
            self._picked.append(index)
            self._covered |= self._sentences[index].stems
            self._words += self._sentences[index].words
        return bool(best[1])

    def in_reading_order(self, articles: Sequence[str]) -> list[Sentence]:
        picked = [self._sentences[n] for n in self._picked]
        return sorted(picked, key=lambda sentence: (articles.index(sentence.article), sentence.start))

    def _is_said(self, sentence: Sentence) -> bool:
        """Whether a picked sentence says the same in nearly the same words."""
        for n in self._picked:
            other = self._sentences[n].stems
            if len(sentence.stems & other) > NEAR_COPY * min(len(sentence.stems), len(other)):
                return True
        return False

    def _unit(self, index: int) -> tuple[list[int], bool]:
        """A sentence with those it leans on, and whether all of these are at hand."""
        unit = [index]
        for _ in range(2):
            sentence = self._sentences[unit[-1]]
            unattributed = continues_quotation(sentence.text) and not attributes(sentence.text)
            if not leans_back(sentence.text) and not unattributed:
                return unit, True
            if sentence.before is None:
                return unit, False
            unit.append(sentence.before)
        return unit, True


def _weights(stems: frozenset[str], sentences: Sequence[Sentence]) -> dict[str, float]:
    """How much each word of the question tells apart the sentences at hand, summing to one."""
    counts = Counter(stem for sentence in sentences for stem in sentence.stems & stems)
    raw = {stem: math.log(1 + len(sentences) / (1 + count)) for stem, count in counts.items()}
    total = sum(raw.values())
    return {stem: weight / total for stem, weight in raw.items()}


def _fit(question: str, sentences: Sequence[Sentence]) -> list[float]:
    """How far each sentence is of the kind asked for: a figure, a date, somebody's words; 0 where it is not."""
    kinds = expected_kinds(question)
    speaker = asked_speaker(question)
    fit = []
    for index, sentence in enumerate(sentences):
        value = KIND * share_held(kinds, sentence.text)
        if speaker is not None and _is_spoken(index, sentences, speaker):
            value += SPOKEN
        if sentence.text.rstrip("\"'”’)").endswith("?"):
            value -= 1 - QUESTION
        fit.append(value)
    return fit


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


def _relevance(
    sentences: Sequence[Sentence],
    asked: dict[str, float],
    fit: Sequence[float],
    question_vector: Vectors,
    embed: Embed,
) -> Vectors:
    """How near each sentence is to the question, by meaning, words and kind."""
    covered = np.array([sum(asked.get(stem, 0.0) for stem in sentence.stems) for sentence in sentences])
    rank = np.array([1.0 / (1 + sentence.passage) for sentence in sentences])
    nearest = np.argsort(-covered - rank / 2)[:EMBEDDED]
    cosines = np.zeros(len(sentences))
    cosines[nearest] = embed([sentences[n].text for n in nearest]) @ question_vector
    relevance: Vectors = (cosines + 0.5 * covered + BOOSTREL * np.array(fit)).astype(np.float32)
    return relevance


def _worth(sentences: Sequence[Sentence], asked: dict[str, float], relevance: Vectors) -> dict[str, float]:
    """What each word is worth in an answer: half for standing in the question, half in the sentences near to it."""
    nearness = np.exp((relevance - relevance.max()) / T)
    nearness /= nearness.sum()
    counts = Counter(stem for sentence in sentences for stem in sentence.stems)
    expected: defaultdict[str, float] = defaultdict(float)
    for sentence, weight in zip(sentences, nearness, strict=True):
        for stem in sentence.stems:
            expected[stem] += float(weight) * math.log(1 + len(sentences) / counts[stem])
    total = sum(expected.values()) or 1.0
    return {
        stem: (1 - MIX) * weight / total + MIX * asked.get(stem, 0.0) for stem, weight in expected.items()
    }


def _article_chances(
    evidence: Sequence[Evidence], sentences: Sequence[Sentence], relevance: Vectors
) -> dict[str, float]:
    """How likely each article is the one that answers: by its passages' scores and by its three nearest sentences."""
    scores = np.array([found.score for found in evidence])
    scores = (scores - scores.min()) / (float(np.ptp(scores)) or 1.0)
    by_article: dict[str, list[float]] = {}
    for found, score in zip(evidence, scores, strict=True):
        by_article.setdefault(found.passage.article_id, []).append(float(score))
    points = {}
    for name, found_scores in by_article.items():
        nearest = sorted(
            (float(r) for s, r in zip(sentences, relevance, strict=True) if s.article == name), reverse=True
        )
        if nearest:
            votes = sum(score * FADE**n for n, score in enumerate(sorted(found_scores, reverse=True)))
            points[name] = VOTES * votes + NEAREST * sum(nearest[:3]) / 3
    most = max(points.values())
    raw = {name: math.exp(point - most) for name, point in points.items()}
    total = sum(raw.values())
    return {name: value / total for name, value in raw.items()}
