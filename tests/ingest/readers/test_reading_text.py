from __future__ import annotations

from ingest.readers.document import MOST_CHARACTERS, Document, Reject
from ingest.readers.text import read


def one(data: bytes) -> Document:
    (found,) = read(data, "a.txt")
    assert isinstance(found, Document)
    return found


def test_fields_at_the_head_of_a_text_are_taken_and_left_out_of_it() -> None:
    head = "Title: Bridge opens late\r\nURL: https://example.org/bridge\r\nSource: The Example\r\nBy: J. Doe"
    head += "\r\nDate: 3 May 2021"
    found = one(f"{head}\r\n\r\nThe mayor said: no.\r\n".encode())
    assert (found.title, found.url, found.source) == (
        "Bridge opens late",
        "https://example.org/bridge",
        "The Example",
    )
    assert (found.author, found.published, found.text) == ("J. Doe", "2021-05-03", "The mayor said: no.\n")


def test_a_first_paragraph_that_is_not_all_fields_is_text() -> None:
    text = "Date: a fruit of the palm.\nIt is sweet.\n\nMore of it."
    assert one(text.encode()) == Document(text)
    assert one(b"Title: alone\n\nText.").text == "Title: alone\n\nText."


def test_binary_and_endless_text_are_rejects_that_say_so() -> None:
    for data, reason in (
        (b"\x00\x01\x02" * 99, "binary"),
        (b"word " * (MOST_CHARACTERS // 4), "longer than 3 million"),
    ):
        (found,) = read(data, "folder/a.txt")
        assert isinstance(found, Reject)
        assert found.path == "folder/a.txt"
        assert reason in found.reason
