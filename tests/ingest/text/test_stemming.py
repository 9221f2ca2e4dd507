from __future__ import annotations

from ingest.text.stemming import content_stems, respelt, stem


def test_forms_of_a_word_share_a_stem_and_grammar_has_none() -> None:
    assert content_stems("What did the ambassador claim?") == content_stems("the ambassador claims")
    assert content_stems("what is it about") == []


def test_accents_do_not_part_words_and_other_scripts_stay_whole() -> None:
    assert stem("café") == stem("cafe")
    assert stem("москва") == "москва"


def test_a_slip_of_the_fingers_is_mended_from_the_words_at_hand() -> None:
    vocabulary = {"quarantined", "plague", "sanaei", "people"}
    assert respelt(["plauge", "sanai", "quarantind"], vocabulary) == {
        "plauge": "plague",
        "sanai": "sanaei",
        "quarantind": "quarantined",
    }


def test_known_short_and_unlike_words_are_left_as_they_are() -> None:
    assert respelt(["plague", "rat", "bicycle"], {"plague", "cat", "people"}) == {}
