from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.readers.encoding import Undecodable, decode

TEXT = "Der Bürgermeister sagte am Montag, die Brücke werde später eröffnet: „Es tut mir leid.“ – 北京\n"


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be"])
def test_unicode_is_read_with_and_without_a_mark(codec: str) -> None:
    assert decode(TEXT.encode(codec)) == TEXT


def test_a_charset_that_a_page_declares_is_honoured() -> None:
    for declared in (
        '<meta charset="windows-1251">',
        "<META http-equiv=x content='text/html; charset=windows-1251'>",
    ):
        page = f"<html><head>{declared}</head><body>Мост откроют весной</body></html>"
        assert "Мост откроют весной" in decode(page.encode("windows-1251"), page=True)


def test_a_charset_that_does_not_exist_is_passed_over() -> None:
    assert decode(b'<meta charset="no-such-thing">caf\xc3\xa9', page=True).endswith("café")
    assert "bridge" in decode(b'<meta charset="base64"> the bridge is late, says the mayor \xe9', page=True)


def test_western_text_of_one_byte_a_letter_is_guessed() -> None:
    text = "Le maire a déclaré lundi que le pont, promis pour l'été, ne serait pas ouvert avant l'hiver. " * 5
    assert decode(text.encode("cp1252")) == text


def test_a_cut_off_copy_in_utf8_is_not_taken_for_another_encoding() -> None:
    assert decode((TEXT * 3).encode()[:-2]).startswith(TEXT)


@pytest.mark.parametrize(
    "data",
    [bytes(range(256)) * 20, b"\x00" * 500, b"\x89PNG\r\n\x1a\n" + b"abc" * 50, b"PK\x03\x04" + b"x" * 50,
     b"%PDF-1.4 text", b"\x7fELF" + b"\x01\x02" * 300, b"text \x01\x02\x03\x04\x05" * 50],
)  # fmt: skip
def test_what_is_not_text_is_refused_with_a_reason(data: bytes) -> None:
    with pytest.raises(Undecodable, match=r"^it"):
        decode(data)


@given(st.binary(max_size=400), st.booleans())
def test_any_bytes_are_text_or_refused(data: bytes, page: bool) -> None:
    with contextlib.suppress(Undecodable):
        assert isinstance(decode(data, page), str)


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1))
def test_every_text_survives_utf8(text: str) -> None:
    assert decode(text.encode()) == text.removeprefix("\ufeff")
