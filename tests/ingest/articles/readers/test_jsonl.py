from __future__ import annotations

import io
import json

from hypothesis import given
from hypothesis import strategies as st

from ingest.articles.readers import jsonl
from ingest.articles.readers.document import Document, Reject

ROW = {"title": "Bridge", "url": "https://example.org/b", "text": "The **mayor** said.", "published": "2021-05-03",
       "author": "Jane Doe", "source": "The Example", "id": 7, "junk": {"a": [1]}}  # fmt: skip


def test_the_named_keys_are_taken_and_all_others_ignored() -> None:
    (found,) = jsonl.read(json.dumps(ROW).encode(), "a.jsonl")
    assert found == Document(
        "The **mayor** said.", "markdown", "Bridge", "https://example.org/b", "The Example", "Jane Doe", "2021-05-03",
        "7", 1,
    )  # fmt: skip


def test_bad_lines_are_rejects_with_their_number_and_the_rest_is_read() -> None:
    deep = "[" * 100_000
    lines = [json.dumps(ROW), "", '{"text": ', "[]", '{"title": "no text"}', '{"text": 5}', deep,
             '{"text": 1e99999999}',
             '{"text": "x", "n": ' + "9" * 5000 + "}", "\x00\x01", json.dumps(ROW)]  # fmt: skip
    found = list(jsonl.read("\n".join(lines).encode(), "a.jsonl"))
    assert [type(each) for each in found] == [Document, *[Reject] * 8, Document]
    assert [each.path for each in found if isinstance(each, Reject)] == [
        f"a.jsonl:{line}" for line in range(3, 11)
    ]
    assert all(len(each.reason) < 200 for each in found if isinstance(each, Reject))


def test_nulls_and_other_kinds_of_values_are_unknown() -> None:
    row = {
        "text": "x",
        "title": None,
        "url": "",
        "author": ["A", None, "B"],
        "published": "soon",
        "source": {},
        "id": True,
    }
    (found,) = jsonl.read(json.dumps(row).encode(), "a.jsonl")
    assert found == Document("x", "markdown", author="A, B", line=1)


def test_authors_may_be_objects_and_lists_of_them() -> None:
    for author, name in (
        ({"name": "Jane Doe"}, "Jane Doe"),
        ([{"name": "Jane Doe"}, "Joe Roe", {"url": "x"}, None], "Jane Doe, Joe Roe"),
        ({"name": ["Jane"]}, None),
        ("admin", None),
        ("By Jane Doe", "Jane Doe"),
    ):
        (found,) = jsonl.read(
            json.dumps({"text": "x", "title": {"a": 1}, "author": author}).encode(), "a.jsonl"
        )
        assert found == Document("x", "markdown", author=name, line=1)


def test_half_characters_that_json_can_spell_are_left_out() -> None:
    (found,) = jsonl.read(
        b'{"text": "a\\ud800b", "url": "https://example.org/\\udc00x", "title": "t\\ud83d"}', "a.jsonl"
    )
    assert isinstance(found, Document)
    assert (found.url, found.title) == ("https://example.org/x", "t")


def test_a_line_beyond_the_limit_is_a_reject_and_the_next_is_read() -> None:
    short = json.dumps({"text": "short"}).encode()
    old, jsonl.LONGEST_LINE = jsonl.LONGEST_LINE, 1000
    try:
        file = io.BytesIO(b"\n".join([short, b'{"text": "' + b"x" * 5000 + b'"}', short]))
        found = list(jsonl.read_lines(file, "a.jsonl"))
    finally:
        jsonl.LONGEST_LINE = old
    assert [type(each) for each in found] == [Document, Reject, Document]
    assert found[1].path == "a.jsonl:2"  # type: ignore[union-attr]


def test_a_byte_order_mark_is_no_part_of_the_first_line() -> None:
    assert [type(each) for each in jsonl.read(b"\xef\xbb\xbf" + json.dumps(ROW).encode(), "a.jsonl")] == [
        Document
    ]
    (found,) = jsonl.read(json.dumps(ROW).encode("utf-16"), "a.jsonl")
    assert isinstance(found, Reject)
    assert "UTF-8" in found.reason


@given(st.binary(max_size=300))
def test_any_bytes_are_rows_or_rejects(data: bytes) -> None:
    for found in jsonl.read(data, "a.jsonl"):
        assert isinstance(found, Document | Reject)
