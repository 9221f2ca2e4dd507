"""The parts of a question that asks for several things: "who won the final, and where was it played?"."""

from __future__ import annotations

import re

MOST = 3
"""Parts that are looked at one by one; what follows stays with the last."""

_ASKING = r"(?:who|whom|whose|what|when|where|why|how|which|did|does)"
_JOINT = re.compile(rf"\?\s+(?=\w)|;\s+|,?\s+and\s+(?:also\s+)?(?={_ASKING}\b)", re.IGNORECASE)
_LEAST_WORDS = 3  # "who said what and when" asks about one thing


def parts(question: str) -> tuple[str, ...]:
    """The questions that `question` joins, in order; itself alone where it asks for one thing."""
    pieces = [piece.strip(" ,;?") for piece in _JOINT.split(question, maxsplit=MOST - 1)]
    if len(pieces) < 2 or any(len(piece.split()) < _LEAST_WORDS for piece in pieces):
        return (question,)
    return tuple(pieces)
