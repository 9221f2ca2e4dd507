from __future__ import annotations

from ingest.text.stemming import content_stems, stem


def test_forms_of_a_word_share_a_stem_and_grammar_has_none() -> None:
    assert content_stems("What did the ambassador claim?") == content_stems("the ambassador claims")
    assert content_stems("what is it about") == []


def test_accents_do_not_part_words_and_other_scripts_stay_whole() -> None:
    assert stem("café") == stem("cafe")
    assert stem("москва") == "москва"
