"""Questions that ask the same are put together."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bot.watching.grouping import agglomerated, wording_vectors


def unit(*degrees: float) -> np.ndarray:
    turned = np.deg2rad(degrees)
    return np.stack([np.cos(turned), np.sin(turned)], axis=1)


def test_the_nearest_join_first_and_a_chain_does_not_pull_the_far_together() -> None:
    assert sorted(map(sorted, agglomerated(unit(0, 10, 60, 70, 35)))) == [[0, 1, 4], [2, 3]]


def test_the_most_typical_stands_first() -> None:
    assert agglomerated(unit(0, 20, 12))[0][0] == 2


def test_groups_of_before_stay_first_and_apart_and_take_in_what_is_new() -> None:
    groups = agglomerated(unit(0, 5, 3, 90), kept=[[0], [1]])
    assert [sorted(group) for group in groups] in ([[0, 2], [1], [3]], [[0], [1, 2], [3]])


@given(st.lists(st.floats(0, 360), max_size=12), st.integers(0, 4))
def test_every_question_is_in_one_group(degrees: list[float], kept: int) -> None:
    places = [[place] for place in range(min(kept, len(degrees)))]
    groups = agglomerated(unit(*degrees), places) if degrees else agglomerated([])
    assert sorted(place for group in groups for place in group) == list(range(len(degrees)))


def test_without_an_embedder_the_same_wording_is_one_group() -> None:
    vectors = wording_vectors(["Who  spoke?", "who spoke", "Where?"])
    assert sorted(map(sorted, agglomerated(vectors))) == [[0, 1], [2]]
