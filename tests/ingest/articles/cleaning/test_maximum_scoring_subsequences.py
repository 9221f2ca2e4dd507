from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from ingest.articles.cleaning.maximum_scoring_subsequences import maximal_stretches


def by_definition(weights: list[int], first: int = 0) -> list[tuple[int, int, int]]:
    """Ruzzo and Tompa's own definition: the best contiguous part, then the same left and right of it."""
    spans = [
        (sum(weights[start:end]), start, end)
        for start in range(len(weights))
        for end in range(start + 1, len(weights) + 1)
    ]
    best = max(spans, key=lambda span: (span[0], span[1] - span[2]), default=(0, 0, 0))
    if best[0] <= 0:
        return []
    total, start, end = best
    left = by_definition(weights[:start], first)
    right = by_definition(weights[end:], first + end)
    return [*left, (first + start, first + end - 1, total), *right]


@given(st.lists(st.integers(-9, 9), max_size=14))
def test_the_stretches_are_those_of_the_definition_in_weight(weights: list[int]) -> None:
    found = maximal_stretches(weights)
    assert sorted(total for _, _, total in found) == sorted(total for _, _, total in by_definition(weights))
    for first, last, total in found:
        assert sum(weights[first : last + 1]) == total > 0
    assert all(one[1] < other[0] for one, other in pairwise(found))
