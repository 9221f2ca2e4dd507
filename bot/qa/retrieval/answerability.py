"""When the evidence is good enough to answer from."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

from bot.qa.answers import Evidence
from bot.qa.retrieval.ranking import rarity
from ingest.text.saying_verbs import SAYING
from ingest.text.stemming import stem
from ingest.text.tokens import question_words

# Logistic regression over two numbers: the best score, and the share of the question's words that one passage holds.
# Learned on `fifa` (its own questions, against the same with their articles left out, and questions about another
# topic) and on our short questions; benchmarks/results.md has the figures for each, and what else was tried: margins,
# the best sentence, late interaction. None told more.
_SCORE, _HELD, _OFFSET = 6.52, 8.08, -5.5
# Where none of the years that a question names is in its evidence, it is seldom answered; set by hand, since few do.
_OTHER_YEAR = 4.0
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
_USUAL = 0.7  # of a short question's words, what an answer's passage holds at the least
_LONG, _SHORT = 8, 4  # words from which on what is lacking tells nothing, and up to which it tells all it can

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

    `frequencies` are its words, each with how many of the index's `passages` hold it.
    """
    if not evidence:
        return 0.0
    held = share_held(evidence[:_LOOKED_AT], frequencies, passages) - _USUAL
    if held < 0:  # a long question is seldom answered in its own words, so their lack tells nothing
        held *= max(0.0, min(1.0, (_LONG - len(frequencies)) / (_LONG - _SHORT)))
    other_year = _OTHER_YEAR * lacks_year(question, evidence[:_LOOKED_AT])
    return 1 / (1 + math.exp(-(_SCORE * best + _HELD * held - other_year + _OFFSET)))


def lacks_year(question: str, evidence: Sequence[Evidence]) -> bool:
    """Whether the question names years, and none of them stands in a passage, a title or a date."""
    asked = set(_YEAR.findall(question))
    texts = (f"{one.article.title} {one.article.published} {one.passage.text}" for one in evidence)
    return bool(asked) and asked.isdisjoint(_YEAR.findall(" ".join(texts)))


def share_held(evidence: Sequence[Evidence], frequencies: Mapping[str, int], passages: int) -> float:
    """The largest share of the words, weighted by rarity, that one passage with its title holds.

    What a question calls saying, an article calls telling, adding or a dozen other things, so those words count for
    nothing unless there are no others.
    """
    asked = [word for word in frequencies if stem(word) not in SAYING] or list(frequencies)
    weights = {stem(word): rarity(frequencies[word], passages) for word in asked}
    total = sum(weights.values())
    if not total:
        return 0.0
    held = (
        {stem(word) for word in question_words(f"{one.article.title} {one.passage.text}")} for one in evidence
    )
    return max(sum(weight for word, weight in weights.items() if word in stems) for stems in held) / total
