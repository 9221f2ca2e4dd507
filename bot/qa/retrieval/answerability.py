"""When the evidence is good enough to answer from."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.qa.answers import Evidence
from bot.qa.retrieval.ranking import rarity
from ingest.text.saying_verbs import SAYING
from ingest.text.stemming import stem
from ingest.text.tokens import question_words


@dataclass(frozen=True, slots=True)
class AnswerabilityWeights:
    """A logistic model over the best score, the share of the question's words that one passage holds, how much it holds
    in all, and whether the years asked for are lacking.

    Chosen from a grid over the training and calibration parts of the typed questions about `fifa`, `steam` and news
    pages, each asked of its own articles and of another topic's; of those alike, the ones that answer questions of two
    names over a corpus of a few articles. Answered, and refused of another topic: training .95, .97; test .94, .97; the
    long questions of `fifa` and `steam`, not looked at: .96, 1.0 (`benchmarks/results.md`, "Refusing").
    """

    score: float = 7.0
    share: float = 5.0
    share_above_usual: float = 8.08
    """Where a passage holds more than usual: "what did Okri claim?" has one word to hold."""
    held: float = 1.0
    other_year: float = -7.5
    offset: float = -7.35
    usual_share: float = 0.7
    """Of a short question's words, what an answer's passage holds at the least."""
    long_question: int = 8
    """Words from which on what is lacking tells nothing."""
    short_question: int = 4
    """Words up to which it tells all it can."""
    enough_held: float = 1.5
    """Words that stand once: one passage that holds more is no surer to answer."""
    unknown: int = 1
    """Words that no article has and that tell nothing: only several make the question one of another topic."""


_WEIGHTS = AnswerabilityWeights()
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")

ANSWERABLE = 0.24
"""Below this confidence the bot says that it has nothing. One answerable question in twenty falls below it; hardly
any question about another topic lies above."""

_LOOKED_AT = 8


def confidence(
    question: str,
    best: float,
    evidence: Sequence[Evidence],
    frequencies: Mapping[str, int],
    passages: int,
) -> float:
    """The chance, from 0 to 1, that the evidence, whose highest score is `best`, holds an answer to the question.

    `frequencies` are its words, each with how many of the index's `passages` hold it. One word that none holds changes
    nothing: it may be a greeting, a slip of the fingers, or a name that the articles write another way.
    """
    if not evidence:
        return 0.0
    w, looked_at = _WEIGHTS, evidence[:_LOOKED_AT]
    held, total = words_held(looked_at, frequencies, passages)
    share = (held / total if total else 0.0) - w.usual_share
    if share < 0:  # a long question is seldom answered in its own words, so their lack tells nothing
        length = (w.long_question - len(frequencies)) / (w.long_question - w.short_question)
        share *= w.share * max(0.0, min(1.0, length))
    else:
        share *= w.share_above_usual
    told = w.score * best + share + w.held * min(w.enough_held, held)
    return 1 / (1 + math.exp(-(told + w.other_year * lacks_year(question, looked_at) + w.offset)))


def lacks_year(question: str, evidence: Sequence[Evidence]) -> bool:
    """Whether the question names years, and none of them stands in a passage, a title or a date."""
    asked = set(_YEAR.findall(question))
    texts = (f"{one.article.title} {one.article.published} {one.passage.text}" for one in evidence)
    return bool(asked) and asked.isdisjoint(_YEAR.findall(" ".join(texts)))


def words_held(
    evidence: Sequence[Evidence], frequencies: Mapping[str, int], passages: int
) -> tuple[float, float]:
    """The most that one passage with its title holds of the question's words, and what there is to hold.

    Both are weighted by rarity, and counted in words that stand once in the index. What a question calls saying, an
    article calls telling, adding or a dozen other things, so those words count for nothing unless there are no others.
    """
    asked = [word for word in frequencies if stem(word) not in SAYING] or list(frequencies)
    once = rarity(1, passages)
    weights = {stem(word): rarity(frequencies[word], passages) / once for word in asked if frequencies[word]}
    unknown = sum(not frequencies[word] for word in asked)
    held = (
        {stem(word) for word in question_words(f"{one.article.title} {one.passage.text}")} for one in evidence
    )
    most = max(sum(weight for word, weight in weights.items() if word in stems) for stems in held)
    return most, sum(weights.values()) + max(0, unknown - _WEIGHTS.unknown)
