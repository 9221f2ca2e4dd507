from __future__ import annotations

import pytest

from bot.qa.selection.context import (
    asks,
    continues_quotation,
    gives_a_figure,
    leans_back,
    points_back,
    says_something,
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


@pytest.mark.parametrize(
    "text",
    [
        "BRIDGE REOPENS AFTER FOUR MONTHS.",
        "Photo: Ann Lee",
        "Read more.",
        "* Home * News * Sport * All of it.",
    ],
)
def test_headings_labels_and_rows_of_links_say_nothing(text: str) -> None:
    assert not says_something(text)


@pytest.mark.parametrize(
    "text",
    [
        "The bridge opened on Monday.",
        "“The bridge opened on Monday.”",
        "The bridge opened on a Monday.[1][23]",
        "橋は昨日開通しました。",
    ],
)
def test_whole_sentences_of_any_script_say_something(text: str) -> None:
    assert says_something(text)


def test_time_words_are_not_taken_for_something_pointed_at() -> None:
    assert points_back("Russia sent this equipment in May.")
    assert not points_back("Russia sent missiles this week.")


def test_quotations_and_questions_are_known_by_their_marks() -> None:
    assert continues_quotation("“We closed it.")
    assert continues_quotation("We had to.”")
    assert not continues_quotation("She called it “safe” on Monday.")
    assert asks("Who closed the bridge?”")
    assert not asks("The bridge was closed.")


@pytest.mark.parametrize(
    "text", ["height of the tower | 98 metres", "Seats from 40 crowns each", "Lee | mayor of York"]
)
def test_a_row_with_a_figure_or_a_pair_of_cells_gives_a_figure(text: str) -> None:
    assert gives_a_figure(text)


@pytest.mark.parametrize("text", ["Home and news and sport", "Photo: Ann Lee", "PRICES | FROM 40 CROWNS"])
def test_menus_and_labels_give_no_figure(text: str) -> None:
    assert not gives_a_figure(text)
