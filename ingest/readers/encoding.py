"""Bytes to text: byte order marks, UTF-8, the charset a page declares, and a guess as the last resort."""

from __future__ import annotations

import codecs
import re

from charset_normalizer import from_bytes

# UTF-32 stands before UTF-16: its little-endian mark begins with UTF-16's.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BINARY = {
    b"%PDF-": "a PDF",
    b"PK\x03\x04": "a ZIP archive (DOCX, EPUB, …)",
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"GIF8": "a GIF image",
    b"\x1f\x8b": "a gzip archive",
    b"\x7fELF": "a program",
    b"MZ\x90": "a program",
    b"SQLite format 3": "an SQLite database",
    b"\xd0\xcf\x11\xe0": "an old Office document",
    b"{\\rtf": "an RTF document",
}
_DECLARED = re.compile(
    rb"""<(?:meta|\?xml)[^<>]{0,200}?(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]{2,40})""", re.I
)
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")
_GUESS_BYTES = 200_000
_MOST_CONTROL = 0.01


class Undecodable(ValueError):
    """The bytes are not text; the message says what they look like, as a phrase for a reject's reason."""


def mark_of(data: bytes) -> str | None:
    """The codec that a byte order mark at the start names, if one stands there."""
    return next((codec for mark, codec in _MARKS if data.startswith(mark)), None)


def decode(data: bytes, page: bool = False) -> str:
    """The text of `data`. `page` honours a charset declared in HTML. Raises Undecodable for what is not text."""
    for start, name in _BINARY.items():
        if data.startswith(start):
            raise Undecodable(f"it is {name} under the name of a text file")
    text = _decoded(data, page)
    if len(_CONTROL.findall(text)) > _MOST_CONTROL * len(text) + 2:
        raise Undecodable("it holds binary data, not text")
    return text


def _decoded(data: bytes, page: bool) -> str:
    if codec := mark_of(data) or _unmarked_wide(data):
        return data.decode(codec, errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    if page and (declared := _declared(data)):
        return data.decode(declared, errors="replace")
    forgiving = data.decode("utf-8", errors="replace")
    broken, wide = forgiving.count("\ufffd"), sum(map(len, re.findall(r"[^\x00-\x7f\ufffd]+", forgiving)))
    if wide > 4 * broken:  # UTF-8 with a few broken bytes, as a cut-off copy has
        return forgiving
    best = from_bytes(data[:_GUESS_BYTES]).best()
    if best is None:
        raise Undecodable("its encoding is not recognised; save it as UTF-8")
    return data.decode(best.encoding, errors="replace")


def _unmarked_wide(data: bytes) -> str | None:
    """UTF-16 without a mark shows as NULs in every other byte."""
    head = data[:2000]
    if len(head) < 4 or b"\0" not in head:
        return None
    even, odd = head[::2].count(0) / len(head[::2]), head[1::2].count(0) / len(head[1::2])
    if odd > 0.4 and even < 0.1:
        return "utf-16-le"
    if even > 0.4 and odd < 0.1:
        return "utf-16-be"
    return None


def _declared(data: bytes) -> str | None:
    found = _DECLARED.search(data[:4096])
    if not found:
        return None
    try:
        codec = codecs.lookup(found[1].decode("ascii"))
    except LookupError:
        return None
    return codec.name if codec._is_text_encoding else None
