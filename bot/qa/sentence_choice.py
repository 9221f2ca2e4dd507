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
from bot.qa.speakers import asked_speaker, attributes, speaks
from bot.qa.standing_alone import leans_back
from bot.qa.stems import content_stems, respelt
from ingest.vectors import Vectors
from ingest.words import question_words

MOST_SENTENCES = 4
MOST_WORDS = 86  # with a mark for each sentence, an answer stays within 90

EMBEDDED = 40
"""Sentences compared with the question by meaning; the rest only by words, as embedding them all takes too long."""

ANOTHER_ARTICLE = 0.2
"""The chance of being the article that answers, above which a second one is quoted beside the first."""

SPOKEN = 0.4
KIND = 0.1
UNRESOLVED = 0.7
NEAR_COPY = 0.7

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
        slips = respelt(question_words(question), vocabulary)
        for wrong, right in slips.items():
            question = re.sub(rf"\b{re.escape(wrong)}\b", right, question, flags=re.IGNORECASE)
        self._evidence = evidence
        self._sentences = sentences
        self._asked = _weights(frozenset(content_stems(question)), sentences)
        self._bonus = _bonuses(question, sentences)
        self._relevance = _relevance(sentences, self._asked, self._bonus, question_vector, embed)
        self._worth = _worth(sentences, self._asked, self._relevance)
        self._picked: list[int] = []
        self._covered: set[str] = set()
        self._words = 0

    def likely_articles(self) -> tuple[str, ...]:
        """The article most likely to answer, and a second one where it is likely too."""
        chances = _article_chances(self._evidence, self._sentences, self._relevance)
        ranked = sorted(chances, key=lambda name: chances[name], reverse=True)
        return tuple(ranked[:1] + [name for name in ranked[1:2] if chances[name] > ANOTHER_ARTICLE])

    def add_from(self, articles: Sequence[str]) -> bool:
        """Add the sentence worth most beside those picked, with what it needs to be understood, if any fits."""
        best: tuple[float, list[int]] = (0.0, [])
        for index, sentence in enumerate(self._sentences):
            if sentence.article in articles and index not in self._picked and not self._said(sentence):
                unit, resolved = self._unit(index)
                new = [n for n in unit if n not in self._picked]
                words = sum(self._sentences[n].words for n in new)
                if len(self._picked) + len(new) > MOST_SENTENCES or self._words + words > MOST_WORDS:
                    continue
                stems = frozenset().union(*(self._sentences[n].stems for n in new))
                gain = (
                    sum(self._worth[stem] for stem in stems if stem not in self._covered) + self._bonus[index]
                )
                gain *= (1.0 if resolved else UNRESOLVED) / math.sqrt(words + 5)
                best = max(best, (gain, new))
        for index in best[1]:
            self._picked.append(index)
            self._covered |= self._sentences[index].stems
            self._words += self._sentences[index].words
        return bool(best[1])

    def in_reading_order(self, articles: Sequence[str]) -> list[Sentence]:
        picked = [self._sentences[n] for n in self._picked]
        return sorted(picked, key=lambda sentence: (articles.index(sentence.article), sentence.start))

    def _said(self, sentence: Sentence) -> bool:
        """Whether a picked sentence says the same in nearly the same words."""
        for n in self._picked:
            other = self._sentences[n].stems
            if len(sentence.stems & other) > NEAR_COPY * min(len(sentence.stems), len(other)):
                return True
        return False

    def _unit(self, index: int) -> tuple[list[int], bool]:
        """A sentence with those it leans on, and whether all of these are at hand."""
        unit, resolved = [index], True
        first = index
        for _ in range(2):
            if not leans_back(self._sentences[first].text):
                break
            before = self._sentences[first].before
            if before is None:
                resolved = False
                break
            first = before
            unit.append(first)
        return unit, resolved


def _weights(stems: frozenset[str], sentences: Sequence[Sentence]) -> dict[str, float]:
    """How much each word of the question tells apart the sentences at hand, summing to one."""
    counts = Counter(stem for sentence in sentences for stem in sentence.stems & stems)
    raw = {stem: math.log(1 + len(sentences) / (1 + count)) for stem, count in counts.items()}
    total = sum(raw.values())
    return {stem: weight / total for stem, weight in raw.items()}


def _bonuses(question: str, sentences: Sequence[Sentence]) -> list[float]:
    """What a sentence is worth for being of the kind asked for: a figure, a date, the words of somebody."""
    kinds = expected_kinds(question)
    speaker = asked_speaker(question)
    bonuses = []
    for sentence in sentences:
        bonus = KIND * share_held(kinds, sentence.text)
        if speaker is not None:
            spoken = speaks(sentence.text, speaker) if speaker else attributes(sentence.text)
            bonus += SPOKEN * spoken
        bonuses.append(bonus)
    return bonuses


def _relevance(
    sentences: Sequence[Sentence],
    asked: dict[str, float],
    bonus: Sequence[float],
    question_vector: Vectors,
    embed: Embed,
) -> Vectors:
    """How near each sentence is to the question, by meaning, words and kind."""
    covered = np.array([sum(asked.get(stem, 0.0) for stem in sentence.stems) for sentence in sentences])
    rank = np.array([-1.0 / (1 + sentence.passage) for sentence in sentences])
    nearest = np.argsort(rank / 2 - covered)[:EMBEDDED]
    cosines = np.zeros(len(sentences))
    cosines[nearest] = embed([sentences[n].text for n in nearest]) @ question_vector
    relevance: Vectors = (cosines + 0.5 * covered + np.array(bonus)).astype(np.float32)
    return relevance


def _worth(sentences: Sequence[Sentence], asked: dict[str, float], relevance: Vectors) -> dict[str, float]:
    """What each word is worth in an answer: half for standing in the question, half in the sentences near to it."""
    nearness = np.exp((relevance - relevance.max()) / 0.1)
    nearness /= nearness.sum()
    counts = Counter(stem for sentence in sentences for stem in sentence.stems)
    expected: defaultdict[str, float] = defaultdict(float)
    for sentence, weight in zip(sentences, nearness, strict=True):
        for stem in sentence.stems:
            expected[stem] += float(weight) * math.log(1 + len(sentences) / counts[stem])
    total = sum(expected.values()) or 1.0
    return {stem: 0.5 * weight / total + 0.5 * asked.get(stem, 0.0) for stem, weight in expected.items()}


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
            votes = sum(score * 0.7**n for n, score in enumerate(sorted(found_scores, reverse=True)))
            points[name] = 1.6 * votes + 6 * sum(nearest[:3]) / 3
    most = max(points.values())
    raw = {name: math.exp(point - most) for name, point in points.items()}
    total = sum(raw.values())
    return {name: value / total for name, value in raw.items()}
