"""The figures of the quality benchmark are what they are called."""

from __future__ import annotations

import pytest

from benchmarks.quality import area, as_table


def test_the_area_under_the_curve_is_the_share_of_pairs_in_order() -> None:
    assert area([0.9, 0.8], [0.1, 0.2]) == 1.0
    assert area([0.5], [0.5]) == 0.5
    assert area([0.3, 0.7], [0.5]) == 0.5
    assert area([0.1], [0.2, 0.3, 0.05]) == pytest.approx(1 / 3)


def test_the_table_has_a_row_for_every_figure_of_either_set() -> None:
    table = as_table({"one": {"a": "1"}, "two": {"a": "2", "b": "3"}})
    assert table.splitlines() == ["| | `one` | `two` |", "|---|---|---|", "| a | 1 | 2 |", "| b |  | 3 |"]
