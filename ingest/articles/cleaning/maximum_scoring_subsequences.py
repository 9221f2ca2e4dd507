"""The stretches of a sequence of weights whose sums are highest."""

from __future__ import annotations

from collections.abc import Sequence


def maximal_stretches(weights: Sequence[float]) -> list[tuple[int, int, float]]:
    """All maximal scoring subsequences as (first, last, sum), by Ruzzo and Tompa's algorithm."""
    # Of each stretch: first, last, the sum before it, the sum up to its end, and the nearest earlier stretch whose
    # sum before it is lower (-1: none). Following that chain is what keeps the search linear.
    found: list[tuple[int, int, float, float, int]] = []
    total = 0.0
    for index, weight in enumerate(weights):
        before, total = total, total + weight
        if weight <= 0:
            continue
        first, left = index, before
        while True:
            at = len(found) - 1
            while at >= 0 and found[at][2] >= left:
                at = found[at][4]
            if at < 0 or found[at][3] >= total:
                break
            first, left = found[at][0], found[at][2]
            del found[at:]
        found.append((first, index, left, total, at))
    return [(first, last, end - start) for first, last, start, end, _ in found]
