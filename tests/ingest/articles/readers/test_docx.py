from __future__ import annotations

import io
import zipfile
from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st
from made_documents import docx

from ingest.articles.readers.document import Document, Reject
from ingest.articles.readers.docx import read

WHOLE = docx(
    ("Title", "Bridge opens late"),
    ("Normal", "The minister said so on Monday."),
    ("List Bullet", "The pier is cracked."),
    ("List Bullet", "The road is closed."),
    ("Normal", "She denied it."),
    table=[["Year", "Cost", "Paid"], ["2014", "12", "12"]],
    author="Jane Doe",
    created=datetime(2021, 5, 3, 10, 0),
)


def refused(data: bytes) -> str:
    (found,) = read(data, "a.docx")
    assert isinstance(found, Reject)
    return found.reason


def packed(**parts: bytes) -> bytes:
    """The whole document with parts replaced or added; a name's last `_` stands for its dot."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(WHOLE)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, parts.get(name, old.read(name)))
        for name in parts.keys() - set(old.namelist()):
            new.writestr(name, parts[name])
    return out.getvalue()


def test_paragraphs_lists_and_tables_come_in_their_order_with_the_facts() -> None:
    (found,) = read(WHOLE, "a.docx")
    assert found == Document(
        "Bridge opens late\n\nThe minister said so on Monday.\n\nThe pier is cracked.\nThe road is closed.\n\n"
        "She denied it.\n\nYear | Cost | Paid\n2014 | 12 | 12",
        title="Bridge opens late", author="Jane Doe", published="2021-05-03",
    )  # fmt: skip


def test_facts_of_the_template_are_not_taken_for_the_documents() -> None:
    (found,) = read(docx(("Normal", "Text.")), "a.docx")
    assert isinstance(found, Document)
    assert (found.author, found.published) == (None, None)


def test_a_byline_is_the_author_where_the_facts_name_a_placeholder() -> None:
    made = docx(("Title", "Bridge opens late"), ("Normal", "By Jane Doe"), ("Normal", "Text."), author="user")
    (found,) = read(made, "a.docx")
    assert isinstance(found, Document)
    assert (found.author, "Jane" in found.text) == ("Jane Doe", False)


def test_an_archive_that_unfolds_is_refused_before_it_is_unpacked() -> None:
    assert "unpacks to more" in refused(packed(**{"word/media/big.xml": b" " * 150_000_000}))
    assert "unpacks to more" in refused(packed(**{f"word/{number}.bin": b"" for number in range(6000)}))


def test_entities_are_refused() -> None:
    laughs = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    outside = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'
    for part in (laughs, outside):
        assert "entities" in refused(packed(**{"word/document.xml": part}))


def test_broken_and_empty_files_are_rejects_that_say_so() -> None:
    assert "broken" in refused(b"no archive")
    assert "broken" in refused(WHOLE[:-500])
    assert "broken" in refused(packed(**{"word/document.xml": b"<not xml"}))
    assert "no text" in refused(docx(("Normal", " ")))


def test_xml_that_nests_deeply_is_read_or_rejected() -> None:
    nested = b"<w:p>" * 50_000 + b"</w:p>" * 50_000
    with zipfile.ZipFile(io.BytesIO(WHOLE)) as archive:
        document = archive.read("word/document.xml").replace(b"<w:body>", b"<w:body>" + nested)
    for found in read(packed(**{"word/document.xml": document}), "a.docx"):
        assert isinstance(found, Document | Reject)


@given(st.data())
def test_a_damaged_file_is_read_or_rejected(data: st.DataObject) -> None:
    whole = bytearray(WHOLE)
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    for found in read(bytes(whole), "a.docx"):
        assert isinstance(found, Document | Reject)
