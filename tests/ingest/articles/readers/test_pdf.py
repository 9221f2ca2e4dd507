from __future__ import annotations

import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_documents import pdf
from pypdf import PdfWriter

from ingest.articles.readers.document import Document, Reject
from ingest.articles.readers.pdf import joined, read

LINES = [
    "The minister told parliament on Monday that the bridge would open in spring, two years later",
    "than planned. Engineers had found cracks in the northern pier, and the repair cost a lot of mon-",
    "ey, more than the council had set aside.",
    "She denied that anybody had known of the damage before the contract was signed by the parties",
    "and by the mayor.",
]
TEXT = (
    "The minister told parliament on Monday that the bridge would open in spring, two years later than planned. "
    "Engineers had found cracks in the northern pier, and the repair cost a lot of money, more than the council "
    "had set aside.\n\nShe denied that anybody had known of the damage before the contract was signed by the parties "
    "and by the mayor."
)


def one(data: bytes) -> Document:
    (found,) = read(data, "a.pdf")
    assert isinstance(found, Document)
    return found


def refused(data: bytes) -> str:
    (found,) = read(data, "a.pdf")
    assert isinstance(found, Reject)
    return found.reason


def test_wrapped_lines_and_broken_words_are_joined_to_paragraphs() -> None:
    found = one(pdf([LINES], Title="Bridge opens late", Author="Jane Doe", CreationDate="D:20210503100000Z"))
    assert found.text == TEXT
    assert (found.title, found.author, found.published) == ("Bridge opens late", "Jane Doe", "2021-05-03")


def test_a_date_in_the_text_counts_before_the_day_the_file_was_made() -> None:
    found = one(pdf([["Published: 2 March 2019", "", *LINES]], CreationDate="D:20210503100000Z"))
    assert found.published == "2019-03-02"


@pytest.mark.parametrize(
    "headline",
    ["Bridge opens late", "The bridge over the river opens two years later than promised, and costs more"],
)
def test_a_byline_on_the_first_page_is_the_author_where_the_file_names_a_placeholder(headline: str) -> None:
    found = one(pdf([[headline, "By Jane Doe", *LINES]], Author="user"))
    assert (found.author, found.text) == ("Jane Doe", f"{headline}\n\n{TEXT}")


def test_a_title_that_a_program_made_up_is_none() -> None:
    assert one(pdf([LINES], Title="Microsoft Word - draft7.docx")).title is None


def test_running_heads_and_page_numbers_go() -> None:
    pages = [
        f"The Example, {number} May\n{LINES[0]} {number}\nand so on.\n{number}" for number in range(1, 7)
    ]
    text = joined(pages)
    assert "The Example" not in text
    assert re.findall(r"later (\d)", text) == list("123456")
    assert not re.search(r"^\d$", text, re.M)


def test_a_hyphen_that_joins_two_words_stays() -> None:
    assert "anti-Putin" in joined(["They held an anti-\nPutin rally in the north of the city on Monday."])


def test_broken_locked_and_empty_files_are_rejects_that_say_so() -> None:
    whole = pdf([LINES])
    assert "broken" in refused(b"%PDF-1.4\nnothing")
    assert "broken" in refused(b"")
    assert "no text" in refused(pdf([[]]))
    writer = PdfWriter()
    writer.append(io.BytesIO(whole))
    writer.encrypt("secret", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    assert "encrypted" in refused(out.getvalue())


@pytest.mark.parametrize(
    "loop", [rb"/Kids [2 0 R]", rb"/Kids [2 0 R 2 0 R 4 0 R]", rb"/Kids 2 0 R", rb"/Kids [99 0 R]"]
)
def test_page_trees_that_loop_come_to_an_end(loop: bytes) -> None:
    data = re.sub(rb"/Kids \[[^\]]*\]", loop, pdf([LINES]))
    for found in read(data, "a.pdf"):
        assert isinstance(found, Document | Reject)


@given(st.data())
def test_a_damaged_file_is_read_or_rejected(data: st.DataObject) -> None:
    whole = bytearray(pdf([LINES[:3]]))
    for _ in range(data.draw(st.integers(1, 12))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    for found in read(bytes(whole[: data.draw(st.integers(0, len(whole)))]), "a.pdf"):
        assert isinstance(found, Document | Reject)
