"""Which sentences of the evidence answer a question best."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from bot.qa.answers import Evidence
from bot.qa.selection.answer_type import Kind
from bot.qa.selection.candidates import Sentence, evidence_rows, evidence_sentences
from bot.qa.selection.context import continues_quotation, leans_back, points_back
from bot.qa.selection.sentence_scores import Embed, Scores, article_chances, row_that_answers, score_sentences
from ingest.index.embedding_cache import Vectors
from ingest.text.speakers import attributes, is_named, words_asked_of

MOST_SENTENCES = 4
MOST_WORDS = 86  # with a mark for each sentence, an answer stays within 90

ANOTHER_ARTICLE = 0.26
"""The chance of being the article that answers, from which on a second one is quoted beside the first."""

LEAST_NEAR = 0.4  # as near as the nearest is 1; what is farther off fills an answer without adding to it
COVERED = 0.9  # share of the question's words, by worth
# what a sentence more must reach, once so much is covered; less, if it holds another date or figure of the kind asked
NEAR_WHEN_COVERED = 0.7
NEAR_WHEN_TELLING = 0.6
NAMED: frozenset[Kind] = frozenset({"person", "place"})  # kinds that nearly every sentence holds
UNRESOLVED = 0.7  # a sentence that leans on one that is not at hand is worth less
NEAR_COPY = 0.7  # share of the shorter sentence's words


@dataclass(frozen=True, slots=True)
class Chosen:
    """A sentence of an answer, as it stands in the article; `passage` is the 1-based number of its evidence."""

    text: str
    passage: int


def choose_sentences(
    question: str,
    evidence: Sequence[Evidence],
    question_vector: Vectors | None = None,
    embed: Embed | None = None,
) -> list[Chosen]:
    """One to four sentences, at most 90 words, in reading order; none when the evidence holds no sentence at all, or
    the words of one are asked for whom nothing in it names.

    Each word counts once, so that a question of two parts gets a sentence for each. Most answers come from one
    article; a second joins where it is nearly as likely to be the one. Raises what `embed` raises.
    """
    sentences = evidence_sentences(evidence)
    if not sentences or _asks_for_a_stranger(question, evidence):
        return []
    if row := row_that_answers(question, evidence_rows(evidence), sentences):
        sentences.append(row)
    scores = score_sentences(question, sentences, question_vector, embed)
    speaking = [sentences[index] for index in scores.spoken]
    articles = _likely_articles(evidence, speaking or sentences)
    picked = _Picked(sentences, scores)
    for article in articles:
        picked.add_from((article,))
    while picked.add_from(articles):
        pass
    picked.add_what_is_pointed_at()
    return [Chosen(sentence.text, sentence.passage) for sentence in picked.in_reading_order(articles)]


def _asks_for_a_stranger(question: str, evidence: Sequence[Evidence]) -> bool:
    """Whether somebody's words are asked for whom nothing in the evidence names."""
    speaker = words_asked_of(question)
    texts = (
        " ".join((one.passage.text, one.article.title, one.article.author or "", one.article.source or ""))
        for one in evidence
    )
    return bool(speaker) and not is_named(speaker, texts)


def _likely_articles(evidence: Sequence[Evidence], sentences: Sequence[Sentence]) -> tuple[str, ...]:
    """The article most likely to answer, and a second one where it is likely too."""
    quotable = {sentence.article for sentence in sentences}
    chances = {name: chance for name, chance in article_chances(evidence).items() if name in quotable}
    first, *others = sorted(chances, key=lambda name: chances[name], reverse=True)
    return (first, *(name for name in others[:1] if chances[name] > ANOTHER_ARTICLE))


class _Picked:
    """The answer in the making: sentences are added until nothing that is worth it fits."""

    def __init__(self, sentences: Sequence[Sentence], scores: Scores) -> None:
        self._sentences = sentences
        self._scores = scores
        self._indices: list[int] = []
        self._stems: set[str] = set()
        self._words = 0

    def add_from(self, articles: Sequence[str]) -> bool:
        """Add the sentence worth most beside those picked, with what it needs to be understood, if any fits."""
        units = (
            self._unit(index)
            for index, sentence in enumerate(self._sentences)
            if sentence.article in articles
        )
        fitting = [(self._gain(unit, resolved), unit) for unit, resolved in units if self._fits(unit)]
        gain, unit = max(fitting, default=(0.0, []))
        if gain > 0:
            self._add(unit)
        return gain > 0

    def add_what_is_pointed_at(self) -> None:
        """Spend what room is left on sentences that say what "this equipment" is."""
        for index in list(self._indices):
            before = self._sentences[index].before
            if before is not None and points_back(self._sentences[index].text) and self._has_room([before]):
                self._add([before])

    def in_reading_order(self, articles: Sequence[str]) -> list[Sentence]:
        picked = [self._sentences[index] for index in self._indices]
        return sorted(picked, key=lambda sentence: (articles.index(sentence.article), sentence.start))

    def _unit(self, index: int) -> tuple[list[int], bool]:
        """A sentence with those before it that it leans on and are not picked yet, and whether these are at hand."""
        unit = [index]
        for _ in range(2):
            sentence = self._sentences[unit[-1]]
            unattributed = continues_quotation(sentence.text) and not attributes(sentence.text)
            if not leans_back(sentence.text) and not unattributed:
                return unit, True
            if sentence.before is None:
                return unit, False
            if sentence.before in self._indices:
                return unit, True
            unit.append(sentence.before)
        return unit, True

    def _fits(self, unit: Sequence[int]) -> bool:
        index = unit[0]
        if index in self._indices or index in self._scores.others or not self._near_enough(index):
            return False
        overlong = self._sentences[index].words > MOST_WORDS  # quoted alone, where nothing else can be
        room = len(unit) == 1 and not self._indices if overlong else self._has_room(unit)
        return room and not self._is_said(index)

    def _near_enough(self, index: int) -> bool:
        """Whether a sentence is worth its room: fewer are, once all that is asked has been said."""
        if not self._indices:
            return True
        least = LEAST_NEAR
        if index not in self._scores.spoken and self._covers_the_question():
            least = NEAR_WHEN_TELLING if self._scores.held[index] - NAMED else NEAR_WHEN_COVERED
        return bool(self._scores.nearness[index] >= least)

    def _covers_the_question(self) -> bool:
        """Whether the question's words, and something of each kind that it asks for, stand in what is picked."""
        words = sum(worth for stem, worth in self._scores.asked.items() if stem in self._stems)
        held = frozenset[Kind]().union(*(self._scores.held[index] for index in self._indices))
        return words >= COVERED and held >= self._scores.kinds

    def _has_room(self, unit: Sequence[int]) -> bool:
        new = [index for index in unit if index not in self._indices]
        words = sum(self._sentences[index].words for index in new)
        return len(self._indices) + len(new) <= MOST_SENTENCES and self._words + words <= MOST_WORDS

    def _add(self, unit: Sequence[int]) -> None:
        for index in unit:
            if index not in self._indices:
                self._indices.append(index)
                self._stems |= self._sentences[index].stems
                self._words += self._sentences[index].words

    def _is_said(self, index: int) -> bool:
        """Whether a picked sentence says the same in nearly the same words."""
        stems = self._sentences[index].stems
        picked = (self._sentences[n].stems for n in self._indices)
        return any(len(stems & other) > NEAR_COPY * min(len(stems), len(other)) for other in picked)

    def _gain(self, unit: Sequence[int], resolved: bool) -> float:
        """What a unit adds: words not covered yet, for their number, as far as its sentence is to the point."""
        index = unit[0]
        words = self._sentences[index].words
        if words > MOST_WORDS:
            return 1e-9
        stems = frozenset().union(*(self._sentences[n].stems for n in unit)) - self._stems
        gain = 0.05 + sum(self._scores.worth[stem] for stem in stems)
        gain *= (1 + float(self._scores.fit[index])) * math.pow(self._scores.nearness[index], 1.5)
        return gain * (1.0 if resolved else UNRESOLVED) / math.sqrt(words + 5)
