"""What counts as a byline, and what becomes of the one at the top of a text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.articles.readers.bylines import byline, named, with_head
from ingest.articles.readers.document import Document

PROSE = "The mayor said on Monday that the bridge would open in spring, two years later than planned."


@pytest.mark.parametrize(
    ("line", "who"),
    [
        ("By Jane Doe", "Jane Doe"),
        ("by Jane Doe", "Jane Doe"),
        ("BY JANE DOE", "JANE DOE"),
        ("By: Jane Doe", "Jane Doe"),
        ("Written by Jane Doe", "Jane Doe"),
        ("By Jane Doe and John Roe, Reuters", "Jane Doe and John Roe, Reuters"),
        ("By Jane Doe, John Roe and Ann O’Neill-Smith", "Jane Doe, John Roe and Ann O’Neill-Smith"),
        ("By John F. Kennedy Jr.", "John F. Kennedy Jr."),
        ("By J. R. R. Tolkien", "J. R. R. Tolkien"),
        ("By The Associated Press", "The Associated Press"),
        ("Von Jürgen von der Lippe", "Jürgen von der Lippe"),
        ("Par Élodie Dupont et Jean Martin", "Élodie Dupont et Jean Martin"),
        ("Por José de la Cruz", "José de la Cruz"),
    ],
)
def test_names_behind_by_are_a_byline(line: str, who: str) -> None:
    assert byline(line) == who


@pytest.mark.parametrize(
    "line",
    [
        "By Monday the bridge was open",
        "By Monday Evening",
        "By Jane Doe.",
        "By Jane Doe on the bridge",
        "By Jane",
        "By Reuters",
        "By",
        "By The Time Of Arrival",
        "By 2030 Half Of All",
        "Von Trier Returns To Cannes",
        "By Jane Doe | 3 May 2021",
        "By and by",
        "Jane Doe",
        "By Jane Doe, who saw it",
        "By Anna Bella Carla Dora Emma",
        "By Wolfeschlegelsteinhausen Bergerdorff, Johann Gambolputty and Others",
        "",
    ],
)
def test_sentences_headlines_and_half_names_are_no_byline(line: str) -> None:
    assert byline(line) is None


@pytest.mark.parametrize("form", ["plain", "markdown"])
@pytest.mark.parametrize(
    "head",
    ["Bridge opens late\n\nBy Jane Doe", "Bridge opens late\n\n3 May 2021\n\nBy Jane Doe",
     "Bridge opens late\nBy Jane Doe\n3 May 2021", "# Bridge opens late\n\n*By Jane Doe*",
     "Bridge opens late\n=====\n\nBy Jane Doe"],
)  # fmt: skip
def test_a_byline_below_title_or_date_becomes_the_author_and_leaves_the_text(head: str, form: str) -> None:
    found = with_head(Document(f"{head}\n\n{PROSE}", form))  # type: ignore[arg-type]
    assert found.author == "Jane Doe"
    assert "Jane" not in found.text
    assert found.text.endswith(f"\n{PROSE}")


def test_a_byline_opens_the_text_when_the_title_is_known() -> None:
    found = with_head(Document(f"By Jane Doe\n{PROSE}", title="Bridge opens late"))
    assert (found.author, found.text) == ("Jane Doe", PROSE)


def test_an_author_who_is_known_stays_and_a_byline_of_others_stays_in_the_text() -> None:
    text = f"Bridge opens late\n\nBy Jane Doe\n\n{PROSE}"
    assert with_head(Document(text, author="John Roe")) == Document(text, author="John Roe")
    assert "By Jane" not in with_head(Document(text, author="Jane Doe")).text


@pytest.mark.parametrize(
    "text",
    [f"{PROSE}\n\nBy Jane Doe\n\n{PROSE}", f"Bridge opens late\n\n{PROSE}\n\nBy Jane Doe", "By Jane Doe",
     f"Bridge opens late\n\nBy Monday the bridge was open\n\n{PROSE}", f"By Jane Doe\n\n{PROSE}", "",
     f"Bridge opens late\n\nBy Jane Doe and {PROSE}"],
)  # fmt: skip
def test_what_stands_elsewhere_or_within_a_sentence_stays(text: str) -> None:
    assert with_head(Document(text)) == Document(text)


@pytest.mark.parametrize(
    "nobody", ["user", "Admin", " UNKNOWN ", "author", "", "-", "Microsoft Office User", None]
)
def test_placeholders_are_nobody(nobody: str | None) -> None:
    assert named(nobody) is None


def test_by_is_no_part_of_a_name() -> None:
    assert named(" By  Jane Doe") == "Jane Doe"
    assert named("Byron Author") == "Byron Author"


@given(st.text(alphabet="By JaneDo.,and\n 3Ma2021#*=", max_size=120))
def test_no_word_but_a_byline_is_lost(text: str) -> None:
    found = with_head(Document(text))
    left = found.text.split() + (["By", *found.author.split()] if found.author else [])
    assert len(text.split()) - len(left) in range(4)
