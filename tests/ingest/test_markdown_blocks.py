from __future__ import annotations

import pytest

from ingest.articles.cleaning.markup import Block, markdown_blocks, text_blocks


def shape(blocks: list[Block]) -> list[tuple[str, str]]:
    return [(block.kind, block.text) for block in blocks]


def test_headings_of_both_kinds_lists_tables_and_code_are_told_apart() -> None:
    text = "# One\n\nTwo\n===\n\npara\nmore\n\n* a\n* b\n\n| x | y |\n|---|---|\n| 1 | 2 |\n\n"
    text += "```\n  a*b*\n```\n\n> quoted"
    assert shape(markdown_blocks(text)) == [
        ("heading", "One"),
        ("heading", "Two"),
        ("prose", "para\nmore"),
        ("list", "a\nb"),
        ("table", "x | y\n1 | 2"),
        ("code", "  a*b*"),
        ("prose", "quoted"),
    ]


def test_a_line_knows_what_of_it_stood_outside_links() -> None:
    line = markdown_blocks("Before [the *link*](https://example.org/a_(b)) after [[1]](#n).")[0].lines[0]
    assert (line.text, line.bare, line.links) == ("Before the link after [1].", "Before after .", 2)


@pytest.mark.parametrize(
    ("item", "words"),
    [
        ("- Lyon – 3 points", "Lyon – 3 points"),
        ("* sum * of - two, see +", "sum * of - two, see +"),
        ("- - nested", "nested"),
        ("* [ ] - open", "- open"),
        ("* [x] - [y](https://example.org) z", "y z"),
        ("3. Lyon - 4", "3. Lyon - 4"),
    ],
)
def test_only_the_marks_before_a_list_item_go(item: str, words: str) -> None:
    assert shape(markdown_blocks(item)) == [("list", words)]


def test_brackets_and_parentheses_that_are_no_link_stay() -> None:
    for text in ("He [sic] said (so) it was [unclosed", "a](b) and [c] (d)", "f(x)[0](", "[ ] open"):
        assert markdown_blocks(text)[0].text.split() == text.split()


def test_addresses_written_out_count_as_links() -> None:
    assert text_blocks("see https://example.org/x now")[0].lines[0].bare == "see now"


def test_a_row_of_links_in_a_long_line_becomes_a_block_of_its_own() -> None:
    menu = "".join(f"[entry {number}](/{number}) | " for number in range(8))
    prose = (
        "The council said that the bridge would open in the spring of next year, and that it would be late. "
        * 3
    )
    blocks = markdown_blocks(f"{prose} {menu} {prose}")
    assert [block.lines[0].menu for block in blocks] == [False, True, False]


def test_names_linked_within_a_sentence_do_not_part_it() -> None:
    names = ", ".join(f"[Name {number}](/{number})" for number in range(9))
    text = (
        "The council said that the bridge would open in the spring of next year, and that it would be late. "
        * 3
    )
    assert len(markdown_blocks(f"{text} Those named are {names} and others. {text}")) == 1
