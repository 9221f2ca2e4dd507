"""Characters that carry no words: invisible, control and direction marks go, so that a quote is what it looks like."""

from __future__ import annotations

import re
import unicodedata

_LINE_END = re.compile("\r\n|[\r\v\f\x1c\x1d\x1e\x85\u2028]")
_SPACE = re.compile("[\t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_PLANE_ENDS = "".join(chr(plane << 16 | end) for plane in range(1, 15) for end in (0xFFFE, 0xFFFF))
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\xad"  # control characters and the soft hyphen
    "\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"  # zero width, direction
    "\u115f\u1160\u2800\u3164\uffa0"  # letters by category, yet drawn as nothing
    "\ud800-\udfff\ue000-\uf8ff\U000f0000-\U0010ffff"  # half characters, private use (icon fonts)
    f"\ufdd0-\ufdef\ufff9-\ufffc\ufffe\uffff{_PLANE_ENDS}"  # anchors and non-characters
    "\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"  # layout controls of single scripts
    "\U000e0000-\U000e0fff]"  # tags and variation selectors that can smuggle text
)
# A joiner shapes words in these scripts (Persian, Urdu, the Indic ones) and emoji; anywhere else it only hides.
_JOINED = "\u0600-\u08ff\u0900-\u0dff\u1780-\u17ff\ufb50-\ufdff\ufe70-\ufeff"
_EMOJI = "\u2600-\u27bf\ufe0f\U0001f000-\U0001faff"
_IDLE_JOINER = re.compile(
    f"(?<![{_JOINED}])\u200c|(?<![{_JOINED}{_EMOJI}])\u200d|[\u200c\u200d](?![{_JOINED}{_EMOJI}])"
)


# Scrapers leave a zero-width space where a blank was; elsewhere it only allows a break inside a word.
_LOST_BLANK = re.compile('(?<=[.,;:!?…”"\\d])\u200b+(?=[^\\W\\d_])')


def tidy_characters(text: str) -> str:
    """NFC, line ends as "\\n", every other space as one " ", and nothing that is invisible or steers direction."""
    text = _LINE_END.sub("\n", text).replace("\u2029", "\n\n")
    text = _SPACE.sub(" ", text)
    # Most texts hold none of these: asking their alphabet first is several times faster than a substitution.
    alphabet = "".join(set(text))
    if "\u200b" in alphabet:
        text = _LOST_BLANK.sub(" ", text)
    if _UNSEEN.search(alphabet):
        text = _UNSEEN.sub("", text)
    if "\u200c" in alphabet or "\u200d" in alphabet:
        text = _IDLE_JOINER.sub("", text)
    return unicodedata.normalize("NFC", text)
