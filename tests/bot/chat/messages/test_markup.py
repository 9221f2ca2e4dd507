from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.messages.markup import (
    length,
    masked_link,
    one_line,
    plain,
    split_text,
    visible,
    web_url,
    with_marks,
)

PINGS = re.compile(r"@(everyone|here)|<@[!&]?\d+>|<#\d+>", re.IGNORECASE)


@pytest.mark.parametrize(
    "text",
    ["@everyone", "@HERE now", "<@123>", "<@!123>", "<@&99>", "<#42>", "@\u200beveryone", "<\u2060@5>"],
)
def test_no_ping_survives(text: str) -> None:
    assert not PINGS.search(plain(text))


@given(st.text(alphabet="@everyonhr<>&!#0123[]()*_`\\| \n\u200b\u200d\u202e:/", max_size=60))
def test_no_arrangement_of_characters_makes_a_ping_or_a_masked_link(text: str) -> None:
    safe = plain(text)
    assert not PINGS.search(safe)
    assert not re.search(r"(?<!\\)(?:\\\\)*\[[^\]]*(?<!\\)(?:\\\\)*\]\(", safe)


def test_markdown_is_shown_and_not_obeyed() -> None:
    assert plain("**bold** `code` ||spoiler||") == r"\*\*bold\*\* \`code\` \|\|spoiler\|\|"
    assert (
        plain("# Big\n> quoted\n- item\n-# small\n1. one")
        == "\\# Big\n\\> quoted\n\\- item\n\\-# small\n1\\. one"
    )
    assert plain("[click](https://evil.example)") == r"\[click\](https:\/\/evil.example)"


def test_characters_that_cannot_be_seen_are_dropped_but_scripts_keep_their_joiners() -> None:
    assert visible("a\u202eb\u200bc\u00add\u0007") == "abcd"
    assert visible("@\u200ceveryone") == "@everyone"
    assert visible("می\u200cخواهم") == "می\u200cخواهم"


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)", "file:///etc/passwd", "https://", "//example.org", "discord://x", "", None,
        "https://a b.example", "https://user@evil.example/", "https://" + "a" * 600, "http://[broken",
        "https://evil.example\\@bank.example/", "https://evil.example\\.bank.example", "https:/\\evil.example/",
        "https://bank.example:evil/", "https://e.example/" + "😀" * 300,
    ],
)  # fmt: skip
def test_only_web_addresses_become_links(url: str | None) -> None:
    assert web_url(url) is None


def test_a_web_address_is_kept_as_it_is() -> None:
    assert web_url("https://example.org/a?b=c#d") == "https://example.org/a?b=c#d"
    assert (
        masked_link("read [it]", "https://example.org/a_(b)")
        == r"[read \[it\]](https://example.org/a_%28b%29)"
    )


def test_a_backslash_at_the_end_of_an_address_leaves_the_link_whole() -> None:
    assert masked_link("it", "https://example.org/a\\") == "[it](https://example.org/a%5C)"


def test_only_marks_that_stand_for_a_citation_are_set_in_bold() -> None:
    assert with_marks(plain("Yes. [1] In [2019] he said [sic] so. [7]"), frozenset({1})) == (
        r"Yes. **\[1\]** In \[2019\] he said \[sic\] so. \[7\]"
    )


def test_marks_side_by_side_share_one_span() -> None:
    assert with_marks(plain("So it was.[1][2] And then.[1][9]"), frozenset({1, 2})) == (
        r"So it was.**\[1\]\[2\]** And then.\[1\]\[9\]"
    )


def test_a_line_is_shortened_at_a_word() -> None:
    assert one_line("one two\nthree four five", 14) == "one two three…"
    assert len(one_line("x" * 50, 20)) == 20


SENTENCES = st.lists(
    st.text(alphabet="abc de*_[]<@`\\|é漢😀", min_size=1, max_size=40).map(lambda words: words + ". [1] [2]"),
    min_size=1,
    max_size=20,
)


@given(SENTENCES, st.integers(60, 200))
def test_splitting_loses_nothing_and_cuts_no_escape_and_no_mark(sentences: list[str], limit: int) -> None:
    text = with_marks(plain(" ".join(sentences)), frozenset({1, 2}))
    pieces = split_text(text, limit)
    assert all(length(piece) <= limit for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())
    for piece in pieces:
        assert piece.count("**") % 2 == 0
        trailing = len(piece) - len(piece.rstrip("\\"))
        assert trailing % 2 == 0


def test_a_mark_stays_with_its_sentence() -> None:
    text = with_marks(plain("First sentence here. [1] [2] Second sentence is here. [1]"), frozenset({1, 2}))
    assert split_text(text, 50) == [
        r"First sentence here. **\[1\]** **\[2\]**",
        r"Second sentence is here. **\[1\]**",
    ]


def test_the_first_piece_may_have_less_room() -> None:
    assert split_text("alpha beta gamma", 100, first=7) == ["alpha", "beta gamma"]
    assert split_text("alphabetical order", 100, first=3) == ["", "alphabetical order"]


@given(st.text(alphabet="ab 😀𝒳漢", max_size=60), st.integers(2, 40))
def test_a_line_is_as_long_as_discord_counts(text: str, limit: int) -> None:
    shortened = one_line(text, limit)
    assert length(shortened) <= limit
    assert shortened.rstrip("…") in " ".join(text.split())


@pytest.mark.parametrize("piece", ["\n", " ", "1", "\n ", "- ", "#", "@", "<", "[", "\u200b", "://"])
def test_no_text_takes_longer_than_its_length_allows(piece: str) -> None:
    text = piece * (100_000 // len(piece)) + "x"
    began = time.thread_time()
    plain(text)
    one_line(text, 300)
    assert time.thread_time() - began < 0.5
