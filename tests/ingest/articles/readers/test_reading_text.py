from __future__ import annotations

from ingest.articles.cleaning.article_body import clean
from ingest.articles.readers.document import MOST_CHARACTERS, Document, Reject
from ingest.articles.readers.text import read


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
    assert one(b"Date: unknown\n\nText.").text == "Date: unknown\n\nText."
    asked = "Interviewer: Why is it late?\nAuthor: It was cracked.\n\nText."
    assert one(asked.encode()).text == asked
    talk = "Author: Why is it late?\nMayor: It was cracked.\nAuthor: Who knew?\nMayor: Nobody."
    assert one(f"{talk}\n\nText.".encode()).text == f"{talk}\n\nText."


def test_a_line_that_names_the_title_alone_is_the_title() -> None:
    found = one(b"Title: Bridge opens late\n\nText.")
    assert (found.title, found.text) == ("Bridge opens late", "Text.")


def test_unknown_fields_at_the_head_are_left_out_and_the_known_are_kept() -> None:
    head = "Title: Bridge opens late\nLanguage: en\nTags: bridges, roads\nAuthor: Jane Doe\nSection:"
    found = one(f"{head}\n\nThe mayor said: no.".encode())
    assert (found.title, found.author, found.text) == ("Bridge opens late", "Jane Doe", "The mayor said: no.")
    unknown = "Language: en\nTags: bridges\n\nText."
    assert one(unknown.encode()).text == unknown


def test_binary_and_endless_text_are_rejects_that_say_so() -> None:
    for data, reason in (
        (b"\x00\x01\x02" * 99, "binary"),
        (b"word " * (MOST_CHARACTERS // 4), "longer than 3 million"),
    ):
        (found,) = read(data, "folder/a.txt")
        assert isinstance(found, Reject)
        assert found.path == "folder/a.txt"
        assert reason in found.reason


def test_a_headline_with_its_byline_and_date_on_the_next_lines_is_the_title() -> None:
    text = "Will the bridge open?\nBy Jane Doe\n3 May 2021\nThe mayor said on Monday that it would not."
    found = one(text.encode())
    cleaned = clean(found.text, found.form, found.title)
    assert (cleaned.title, found.author, cleaned.published) == (
        "Will the bridge open?",
        "Jane Doe",
        "2021-05-03",
    )
    assert cleaned.body == "3 May 2021\n\nThe mayor said on Monday that it would not."
    assert one(b"Bridge opens late\n3 May 2021\nThe mayor said no.").title == "Bridge opens late"


def test_a_placeholder_is_no_author() -> None:
    for nobody in ("admin", "Unknown", ""):
        assert one(f"Title: Bridge\nAuthor: {nobody}\n\nText.".encode()).author is None
