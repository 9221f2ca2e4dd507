"""When the evidence is good enough to answer from."""

from __future__ import annotations

import math

import numpy as np

from bot.qa.ranking import Scores, Signals

ANSWERABLE = 0.0
"""Below this confidence the bot says that it has nothing."""


def confidence(signals: Signals, scores: Scores) -> float:
    """The calibrated chance, from 0 to 1, that the best of the candidates hold an answer."""
    best = np.argsort(-scores)[:5]
    return 1 / (1 + math.exp(-10 * (float(signals.cosine[best].max() + signals.words[best].max()) - 0.9)))
