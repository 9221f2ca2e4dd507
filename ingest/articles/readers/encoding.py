"""Bytes to text: byte order marks, UTF-8, the charset a page declares, else Windows-1252 or what the bytes show.

A file that mixes UTF-8 with bytes of another encoding, as pasted texts do, is decoded piece by piece.
"""

from __future__ import annotations

import codecs
import re

from ingest.articles.readers.older_encodings import SCRIPTS, WESTERN, encoding_of

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
_MOST_CONTROL = 0.01
_BY_CHANCE = 0.2  # up to which bytes of another encoding may happen to be UTF-8
# What a declared name stands for in browsers: sites that say Latin-1 send Windows-1252.
_MEANT = {
    "iso8859-1": WESTERN, "ascii": WESTERN, "iso8859-9": "cp1254", "gb2312": "gb18030", "gbk": "gb18030",
    "shift_jis": "cp932", "euc_kr": "cp949", "iso8859-11": "cp874", "tis-620": "cp874",
}  # fmt: skip
_SEQUENCE = rb"(?:[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3})"
_WIDE = re.compile(_SEQUENCE + rb"+")
_CUT_OFF = re.compile(rb"[\xe0-\xf4][\x80-\xbf]{1,2}|[\xc2-\xf4]\Z")
_HIGH = re.compile(rb"[\x80-\xff]+")
# "é\xa0»", "Spaß“", "CAFÉ”" are UTF-8 by chance: letters that end a word, then marks that follow one.
_ENDED_WORD = re.compile(
    rb"[\xc6-\xcd\xd2-\xdf\xe0-\xef][\x82\x84\x85\x8b\x91-\x97\x99\x9b\xa0\xab\xae\xb0\xb7\xbb]+"
)


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
    pieces = _pieces(data)
    unexplained = b"".join(high for piece, wide in pieces if not wide for high in _HIGH.findall(piece))
    explained = sum(len(piece) for piece, wide in pieces if wide)
    if explained >= 2 * len(unexplained):
        return _joined(pieces, WESTERN, mostly_utf8=explained >= 4 * len(unexplained))
    codec = encoding_of(data, unexplained, page)
    if codec is None:
        raise Undecodable("its encoding is not recognised; save it as UTF-8")
    if codec != WESTERN and (codec in SCRIPTS or explained < _BY_CHANCE * len(unexplained)):
        return data.decode(codec, errors="replace")
    return _joined(pieces, codec, mostly_utf8=False)


def _pieces(data: bytes) -> list[tuple[bytes, bool]]:
    """`data` cut into what is UTF-8 beyond ASCII (True) and the rest."""
    pieces, place = [], 0
    for run in _WIDE.finditer(data):
        if _ENDED_WORD.fullmatch(run[0]) or not _is_utf8(run[0]):
            continue
        pieces += [(data[place : run.start()], False), (run[0], True)]
        place = run.end()
    return [*pieces, (data[place:], False)]


def _is_utf8(run: bytes) -> bool:
    try:
        run.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _joined(pieces: list[tuple[bytes, bool]], codec: str, mostly_utf8: bool) -> str:
    """The pieces as one text; in a text that is UTF-8 mostly, half a character is a lost one."""
    text = []
    for piece, wide in pieces:
        if wide:
            text.append(piece.decode("utf-8"))
        elif mostly_utf8:
            parts = _CUT_OFF.split(piece)
            text.append("\ufffd".join(part.decode(codec, errors="replace") for part in parts))
        else:
            text.append(piece.decode(codec, errors="replace"))
    return "".join(text)


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
    if not codec._is_text_encoding or codec.name.startswith("utf"):
        return None  # readable as a declaration, so not UTF-16, and UTF-8 it is not either
    return _MEANT.get(codec.name, codec.name)
