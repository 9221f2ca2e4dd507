"""What differs between two texts, word by word."""

from __future__ import annotations

import time

import pytest

from ingest.text.differences import Difference, differences

OLD = "The bridge cost forty million euros.\n\nIt was opened on Monday by the mayor. Cyclists cheered."


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (OLD.replace("\n\n", " \n"), []),
        (
            OLD.replace("forty", "fifty"),
            [Difference("The bridge cost", "forty", "fifty", "million euros. It was opened on")],
        ),
        (
            OLD + " It rained.",
            [Difference("Monday by the mayor. Cyclists cheered.", "", "It rained.", "")],
        ),
        (
            OLD.replace(" Cyclists cheered.", ""),
            [Difference("opened on Monday by the mayor.", "Cyclists cheered.", "", "")],
        ),
    ],
)
def test_only_the_words_that_differ_are_told_with_some_around_them(
    new: str, expected: list[Difference]
) -> None:
    assert differences(OLD, new) == expected


def test_changes_apart_are_apart_and_a_patchwork_is_one() -> None:
    new = OLD.replace("forty million", "fifty thousand").replace("Cyclists", "Children")
    assert [(one.old, one.new) for one in differences(OLD, new)] == [
        ("forty million", "fifty thousand"),
        ("Cyclists", "Children"),
    ]


@pytest.mark.parametrize("unit", ["a ", "a b. ", "x.\n"])
def test_hostile_texts_take_no_long_time(unit: str) -> None:
    started = time.perf_counter()
    differences("p " + unit * 100_000 + "q", "r " + (unit + "c ") * 80_000 + "s")
    assert time.perf_counter() - started < 5
