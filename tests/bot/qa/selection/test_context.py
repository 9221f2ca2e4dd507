from __future__ import annotations

import pytest

from bot.qa.selection.context import (
    asks,
    continues_quotation,
    leans_back,
)


@pytest.mark.parametrize(
    "text",
    [
        "He opened the bridge.",
        "But the bridge stayed shut.",
        "“But we tried,” she said.",
        "The move surprised the council.",
        "This was the first of four.",
        "However, nobody was hurt.",
        "(It has since been mended.)",
        "On Monday he opened the bridge.",
        "-based Northair denied it.",
    ],
)
def test_a_sentence_that_points_at_the_one_before_leans_back(text: str) -> None:
    assert leans_back(text)


@pytest.mark.parametrize(
    "text",
    [
        "Ann Lee opened the bridge, and she was glad.",
        "This year the bridge was painted.",
        "Butter is made of cream.",
        "In London, Ann Lee said her plan had failed.",
        "橋は昨日開通しました。",
    ],
)
def test_a_sentence_that_names_what_it_speaks_of_stands_alone(text: str) -> None:
    assert not leans_back(text)


def test_quotations_and_questions_are_known_by_their_marks() -> None:
    assert continues_quotation("“We closed it.")
    assert continues_quotation("We had to.”")
    assert not continues_quotation("She called it “safe” on Monday.")
    assert asks("Who closed the bridge?”")
    assert not asks("The bridge was closed.")
