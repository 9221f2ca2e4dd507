"""Which older encoding a text is in that is not UTF-8: Windows-1252, unless its bytes speak against it.

Encodings of Latin letters are told apart by the alphabets of the languages written in them; other scripts, where most
letters are bytes above 127, by charset_normalizer.
"""

from __future__ import annotations

import re

from charset_normalizer import from_bytes

from ingest.text.lexicon import lines

WESTERN = "cp1252"

_SAMPLE_BYTES = 200_000
_TAG = re.compile(rb"<(?:script|style)\b[^<>]{0,5000}>[^<]*|<[^<>]{1,5000}>", re.I)
_LETTER = re.compile(rb"[A-Za-z]")
_HIGH = re.compile(rb"[\x80-\xff]")
_OTHER_SCRIPT = 0.35  # of the letters; no language in Latin letters has as many accents
_ANOTHER_LANGUAGE = 0.02  # below, accents are those of names in an English text
_CLEARLY = 0.015  # by which an alphabet must fit better than those of Windows-1252
_MARKS = frozenset("“”„‘’‚–—…«»‹›•·§°©®™€£ \u00a0\u00ad")
_ALPHABETS = tuple(tuple(line.split()) for line in lines("any/alphabets"))
SCRIPTS = (
    "cp1251", "koi8_r", "koi8_u", "iso8859_5", "cp866", "cp1253", "iso8859_7", "cp1255", "iso8859_8", "cp1256",
    "iso8859_6", "cp874", "gb18030", "big5", "cp932", "euc_jp", "cp949",
)  # fmt: skip

_OWN_LETTERS = (
    ("euc_jp", re.compile("[ぁ-ん]"), 0.2),
    ("cp932", re.compile("[ぁ-ん]"), 0.2),
    ("cp949", re.compile("[가-힣]"), 0.8),
)


def encoding_of(data: bytes, unexplained: bytes, page: bool) -> str | None:
    """The codec for `data`; `unexplained` are its high bytes that are no UTF-8. None when nothing is recognised."""
    sample = data[:_SAMPLE_BYTES]
    if page:
        sample = _TAG.sub(b" ", sample)
    high, low = len(_HIGH.findall(sample)), len(_LETTER.findall(sample))
    marks = sum(byte in _WESTERN_MARKS for byte in sample)
    if high - marks > _OTHER_SCRIPT * (high - marks + low) and high >= 8:
        best = from_bytes(sample, cp_isolation=list(SCRIPTS)).best()
        return best.encoding if best else _east_asian(sample)
    letters = [byte for byte in unexplained[:_SAMPLE_BYTES] if byte not in _WESTERN_MARKS]
    if len(letters) < _ANOTHER_LANGUAGE * (len(letters) + low) or len(letters) < 4:
        return WESTERN
    return _latin(unexplained[:_SAMPLE_BYTES])


def _east_asian(sample: bytes) -> str | None:
    """The codec in which the text is full of what its script alone has; short texts among signs need this."""
    for codec, own, least in _OWN_LETTERS:
        text = sample.decode(codec, errors="ignore")
        if len(own.findall(text)) > least * len(re.findall(r"[^\x00-\x7f]", text)):
            return codec
    return None


def _latin(high: bytes) -> str:
    """The codec in which the most of the bytes are letters of one alphabet."""
    best, most = WESTERN, 0.0
    for codec, alphabet in _ALPHABETS:
        fitting = set(alphabet + alphabet.upper()) | _MARKS
        share = sum(letter in fitting for letter in high.decode(codec, errors="replace")) / len(high)
        if share > most + (_CLEARLY if codec != best else 0):
            best, most = codec, share
    return best


_WESTERN_MARKS = frozenset("".join(_MARKS - {" "}).encode(WESTERN))
