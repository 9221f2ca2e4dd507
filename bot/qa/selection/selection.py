"""Answer sentence selection: the sentence that answers, those that add to it, and how likely that is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.qa.answers import Evidence
from bot.qa.selection.candidates import Candidate, candidates, texts_to_read
from bot.qa.selection.context import continues_quotation, leans_back
from bot.qa.selection.cross_encoder import CrossEncoder
from bot.qa.selection.features import Floats, chance_features, sentence_features, weights
from bot.qa.understanding.speech import asks_what_was_said, speech_preference

MOST_SENTENCES = 3  # besides one that the lead leans on
MOST_WORDS = 86  # with a mark for each sentence, an answer stays within 90
ENOUGH_WORDS = 45  # of an answer whose further sentences hardly make it likelier that it holds what was asked
LEAST_SHARE = 0.02  # of the lead's probability: a sentence with less is never said
NEAR_COPY = 0.7  # share of the shorter sentence's words


@dataclass(frozen=True, slots=True)
class Chosen:
    """Words of an answer as they stand in the article: a sentence, or two that follow one another.

    `passage` is the 1-based number of its evidence; `answer` the span of the text that is the answer itself.
    """

    text: str
    passage: int
    answer: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Selection:
    """The sentence that answers first. `chance` (0 to 1) is that it holds the answer; below a learned bound the
    selection is `doubtful`: the nearest there is.
    """

    chosen: tuple[Chosen, ...]
    chance: float
    doubtful: bool


class Selector:
    """Chooses sentences; blocks for tenths of a second, and may be called from many threads."""

    def __init__(self, encoder: CrossEncoder) -> None:
        self._encoder = encoder

    def select(self, question: str, evidence: Sequence[Evidence]) -> Selection:
        texts = texts_to_read(evidence)
        options = candidates(evidence, texts, self._encoder.read(question, texts))
        return choose(question, options, evidence)


def choose(question: str, options: Sequence[Candidate], evidence: Sequence[Evidence]) -> Selection:
    """The pure part of `Selector.select`."""
    if not options:
        return Selection((), 0.0, True)
    learned = weights()
    mixed = sentence_features(question, options, evidence) @ learned.sentence
    places = [(one.article, one.start, one.start + len(one.text)) for one in options]
    mixed = mixed + speech_preference(question, places, evidence)
    logit = learned.chance @ chance_features(options, mixed, evidence) + learned.chance_offset
    chance = 1 / (1 + math.exp(-float(logit)))
    # people say more than one thing on a matter
    least = 0.0 if asks_what_was_said(question) else learned.longer
    groups = _groups(options, _worthwhile(options, mixed, learned.further, least), evidence)
    chosen = tuple(_chosen(options, group, evidence, learned.marked) for group in groups)
    return Selection(chosen, chance, chance < learned.low)


def _worthwhile(options: Sequence[Candidate], mixed: Floats, further: float, least: float) -> list[int]:
    """The short answer, or a long one where its further sentences add more than `least` to the probability that it
    holds what was asked.
    """
    probabilities = np.exp(mixed - np.logaddexp.reduce(mixed))
    short = _picked(options, mixed, further, ENOUGH_WORDS)
    long = _picked(options, mixed, LEAST_SHARE, MOST_WORDS)
    return long if probabilities[long].sum() - probabilities[short].sum() > least else short


def _picked(options: Sequence[Candidate], mixed: Floats, further: float, room: int) -> list[int]:
    """Indices in the order of their scores, the sentence that the lead leans on right behind it.

    No sentence is added that has less than `further` of the lead's probability, or that makes it longer than `room`.
    """
    order = [int(n) for n in np.argsort(-mixed, kind="stable")]
    lead = order[0]
    picked = [lead]
    before = options[lead].before
    leaning = before is not None and _leans(options[lead].text)
    if leaning and before is not None and options[lead].words + options[before].words <= MOST_WORDS:
        picked.append(before)
    words = sum(options[n].words for n in picked)
    said = 1
    for n in order[1:]:
        if said == MOST_SENTENCES or math.exp(float(mixed[n] - mixed[lead])) < further:
            break
        if n in picked or words + options[n].words > room or _repeats(options, n, picked):
            continue
        picked.append(n)
        words += options[n].words
        said += 1
    return picked


def _leans(text: str) -> bool:
    return leans_back(text) or continues_quotation(text)


def _repeats(options: Sequence[Candidate], n: int, picked: Sequence[int]) -> bool:
    """Whether a picked sentence says the same in nearly the same words."""
    stems, others = options[n].stems, (options[other].stems for other in picked)
    return any(len(stems & other) > NEAR_COPY * min(len(stems), len(other)) for other in others)


def _groups(
    options: Sequence[Candidate], picked: Sequence[int], evidence: Sequence[Evidence]
) -> list[list[int]]:
    """Sentences that follow one another, put together in reading order where one passage holds both; the lead's group
    first, unless it leans on a sentence that only another passage holds.
    """
    groups: list[list[int]] = []
    for n in picked:
        group = next((each for each in groups if _joins(options, each, n, evidence)), None)
        if group is not None:
            group.append(n)
            group.sort()
        elif groups and options[groups[0][0]].before == n and _leans(options[groups[0][0]].text):
            groups.insert(0, [n])
        else:
            groups.append([n])
    return groups


def _joins(options: Sequence[Candidate], group: Sequence[int], n: int, evidence: Sequence[Evidence]) -> bool:
    joined = sorted([*group, n])
    neighbours = options[n].before == group[-1] or options[group[0]].before == n
    return neighbours and _holding(options[joined[0]], options[joined[-1]], evidence) is not None


def _holding(first: Candidate, last: Candidate, evidence: Sequence[Evidence]) -> int | None:
    """The 1-based number of a passage in which both sentences stand."""
    for number in (first.passage, last.passage):
        passage = evidence[number - 1].passage
        if passage.start <= first.start and last.start + len(last.text) <= passage.end:
            return number
    return None


def _chosen(
    options: Sequence[Candidate], group: Sequence[int], evidence: Sequence[Evidence], marked: float
) -> Chosen:
    first, last = options[group[0]], options[group[-1]]
    number = _holding(first, last, evidence) or first.passage
    passage = evidence[number - 1].passage
    text = passage.text[first.start - passage.start : last.start + len(last.text) - passage.start]
    likeliest = max((options[n] for n in group), key=lambda one: one.answer.chance if one.answer else 0.0)
    answer = None
    if likeliest.answer is not None and likeliest.answer.chance >= marked:
        shift = likeliest.start - first.start
        answer = (likeliest.answer.start + shift, likeliest.answer.end + shift)
    return Chosen(text, number, answer)
