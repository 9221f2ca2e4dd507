from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.articles.readers.document import Document, Reject
from ingest.articles.readers.markdown import read


def one(text: str) -> Document:
    (found,) = read(text.encode(), "a.md")
    assert isinstance(found, Document)
    return found


def test_yaml_front_matter_gives_the_facts() -> None:
    found = one(
        "---\ntitle: Bridge opens late\nurl: https://example.org/b?utm_source=x\nsource: The Example\n"
        "authors: [Jane Doe, {name: Joe Roe}]\ndate: 2021-05-03\ntags: [a]\n---\n\n# Text\n"
    )
    assert found == Document(
        "\n# Text\n", "markdown", "Bridge opens late", "https://example.org/b?utm_source=x", "The Example",
        "Jane Doe, Joe Roe", "2021-05-03",
    )  # fmt: skip


def test_toml_front_matter_gives_the_facts() -> None:
    found = one('+++\ntitle = "Bridge"\nauthor = "Jane Doe"\npublished = 2021-05-03T10:00:00Z\n+++\nText')
    assert (found.title, found.author, found.published) == ("Bridge", "Jane Doe", "2021-05-03T10:00:00+00:00")
    assert found.text == "Text"


def test_a_colon_in_a_title_that_breaks_yaml_is_forgiven() -> None:
    found = one("---\ntitle: Tehran: the visit\nauthor: Jane Doe\n---\nText")
    assert (found.title, found.author, found.text) == ("Tehran: the visit", "Jane Doe", "Text")


def test_broken_toml_is_a_reject_that_says_where() -> None:
    (found,) = read(b"+++\ntitle = Bridge\n+++\nText", "a.md")
    assert isinstance(found, Reject)
    assert "front matter" in found.reason
    assert "line 1" in found.reason


@pytest.mark.parametrize(
    "text", ["---\n\nA rule, then text.\n\n---\n\nMore.", "# No front matter\n\nText", "---\njust text", ""]
)
def test_a_rule_at_the_top_is_no_front_matter(text: str) -> None:
    assert one(text).text == text


def test_front_matter_cannot_run_code_or_unfold_without_end() -> None:
    found = one("---\ntitle: !!python/object/apply:os.getcwd []\nauthor: Jane Doe\n---\nText")
    assert found.author == "Jane Doe"
    assert "getcwd" in (found.title or "getcwd")
    laughs = "\n".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12))
    assert one(f"---\na0: &a0 ha\n{laughs}\nauthors: *a11\ntitle: Laughs\n---\nText").title == "Laughs"


@pytest.mark.parametrize(
    "title",
    [
        "[unclosed",
        "!!python/object/apply:os.getcwd []",
        "*a11",
        "{a: 1",
        "[Bridge, late]",
        "{a: 1}",
        "yes",
        "| x",
    ],
)
def test_a_title_that_is_no_plain_string_is_none(title: str) -> None:
    found = one(f"---\ntitle: {title}\nauthor: Jane Doe\nurl: https://example.org/b\n---\n# Bridge\n\nText")
    assert (found.title, found.author, found.url) == (None, "Jane Doe", "https://example.org/b")


def test_words_that_only_look_like_yaml_are_a_title_and_lists_beside_them_are_lists() -> None:
    found = one("---\ntitle: [Update] Bridge: the visit\nauthors: [Jane Doe, Joe Roe]\n---\nText")
    assert (found.title, found.author) == ("[Update] Bridge: the visit", "Jane Doe, Joe Roe")
    assert one("---\ntitle: 1984\n---\nText").title == "1984"
    below = one('---\ntitle: "Late" again: the bridge\nauthors:\n  - name: Jane Doe\n  - Joe Roe\n---\nText')
    assert (below.title, below.author) == ('"Late" again: the bridge', "Jane Doe, Joe Roe")


def test_a_byline_below_the_heading_is_the_author_where_front_matter_names_nobody() -> None:
    found = one(
        "---\ntitle: Bridge opens late\nauthor: admin\n---\n# Bridge opens late\n\n**By Jane Doe**\n\nText"
    )
    assert (found.author, "Jane" in found.text) == ("Jane Doe", False)


@given(st.text(max_size=200))
def test_any_front_matter_is_read_or_rejected(text: str) -> None:
    for rule in ("---", "+++"):
        (found,) = read(f"{rule}\n{text}\n{rule}\nText".encode("utf-8", "replace"), "a.md")
        assert isinstance(found, Document | Reject)
