"""What is known of each candidate sentence besides its score, and the linear model that mixes it all.

The weights stand in `selection.json`, written by `python -m training.calibrate` from questions of articles that the
cross-encoder was not trained on.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import numpy as np
import numpy.typing as npt

from bot.qa.answers import Evidence
from bot.qa.selection.candidates import Candidate
from bot.qa.selection.context import asks, is_whole
from ingest.text.stemming import content_stems

Floats = npt.NDArray[np.float64]

SENTENCE_FEATURES = (
    "cross-encoder",  # its score
    "passage",  # the passage's search score below the best one's
    "best article",  # 1 where the article is that of the best passage
    "covered",  # share of the question's words in the sentence, by rarity among the candidates
    "titled",  # share of them in its article's title
    "length",  # logarithm of its words
    "whole",  # 1 where it ends as a sentence does
    "asks",  # 1 where it is itself a question
)
CHANCE_FEATURES = (
    "read",  # logarithm of the odds that any sentence answers, as the cross-encoder has it
    "lead",  # the best sentence's mixed score
    "margin",  # how far it is above the next one of another article
    "search",  # the best passage's score, whose scale is the same for every question
)


@dataclass(frozen=True, slots=True)
class SelectionWeights:
    """One weight a feature. `further`, `longer` and `low` were chosen on the same questions as the weights; `marked` is
    set by hand: a span likelier than all others together.
    """

    sentence: Floats
    chance: Floats
    chance_offset: float
    further: float  # of the lead's probability: what another sentence must have to be said too
    longer: float  # probability that a long answer must add to the short one
    low: float  # chance below which an answer is marked as the nearest there is
    marked: float  # chance of the words that are the answer from which on they are marked


@lru_cache(maxsize=1)
def weights() -> SelectionWeights:
    """Read from the package."""
    stored = json.loads(resources.files("bot.qa.selection").joinpath("selection.json").read_text("utf-8"))
    return SelectionWeights(
        np.array([stored["sentence"][name] for name in SENTENCE_FEATURES]),
        np.array([stored["chance"][name] for name in CHANCE_FEATURES]),
        stored["chance_offset"],
        stored["further"],
        stored["longer"],
        stored["low"],
        stored["marked"],
    )


def sentence_features(question: str, options: Sequence[Candidate], evidence: Sequence[Evidence]) -> Floats:
    """(candidates, features), in the order of SENTENCE_FEATURES."""
    asked = _rarity(frozenset(content_stems(question)), options)
    titles = {each.article.id: frozenset(content_stems(each.article.title)) for each in evidence}
    best = max(each.score for each in evidence)
    covering = {article: sum(asked.get(stem, 0.0) for stem in stems) for article, stems in titles.items()}
    rows = [
        (
            one.score,
            evidence[one.passage - 1].score - best,
            float(one.article == evidence[0].article.id),
            sum(asked.get(stem, 0.0) for stem in one.stems),
            covering[one.article],
            math.log(1 + one.words),
            float(is_whole(one.text)),
            float(asks(one.text)),
        )
        for one in options
    ]
    return np.array(rows, np.float64).reshape(len(rows), len(SENTENCE_FEATURES))


def chance_features(options: Sequence[Candidate], mixed: Floats, evidence: Sequence[Evidence]) -> Floats:
    """In the order of CHANCE_FEATURES; `mixed` are the candidates' scores."""
    scores = np.array([one.score for one in options])
    lead = int(mixed.argmax())
    others = [float(mixed[n]) for n, one in enumerate(options) if one.article != options[lead].article]
    return np.array(
        [
            float(np.logaddexp.reduce(scores)),
            float(mixed[lead]),
            min(float(mixed[lead]) - max(others, default=-9.0), 9.0),
            max(each.score for each in evidence),
        ]
    )


def _rarity(stems: frozenset[str], options: Sequence[Candidate]) -> dict[str, float]:
    """How much each word of the question tells apart the sentences at hand, one in all."""
    counts = Counter(stem for one in options for stem in one.stems & stems)
    raw = {stem: math.log(1 + len(options) / (1 + count)) for stem, count in counts.items()}
    total = sum(raw.values())
    return {stem: weight / total for stem, weight in raw.items()}
