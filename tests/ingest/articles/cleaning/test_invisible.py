from __future__ import annotations

import sys
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from ingest.articles.cleaning.invisible import tidy_characters

any_text = st.text(st.characters(codec=None, exclude_categories=()))
# Visible, although Unicode counts them with the invisible format characters: Arabic number signs and the like.
VISIBLE = {*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD}


def test_no_invisible_control_or_private_character_survives_between_letters() -> None:
    for point in range(sys.maxunicode + 1):
        if unicodedata.category(chr(point)) in ("Cc", "Cf", "Co", "Cs") and point not in VISIBLE:
            assert tidy_characters(f"a{chr(point)}b") in ("ab", "a b", "a\nb"), hex(point)


@given(any_text)
def test_tidy_text_is_composed_encodable_and_stays_as_it_is(text: str) -> None:
    tidy = tidy_characters(text)
    tidy.encode("utf-8")
    assert unicodedata.is_normalized("NFC", tidy)
    assert tidy_characters(tidy) == tidy


@given(st.text(st.characters(categories=("L", "Nd", "P"), exclude_characters="\u115f\u1160\u3164\uffa0")))
def test_letters_digits_and_marks_are_only_composed(text: str) -> None:
    assert tidy_characters(text) == unicodedata.normalize("NFC", text)


def test_every_line_end_is_one_and_every_space_is_one() -> None:
    assert tidy_characters("a\r\nb\rc\u2028d\u0085e\u00a0f\u3000g\th") == "a\nb\nc\nd\ne f g h"
