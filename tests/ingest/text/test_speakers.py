from __future__ import annotations

import pytest

from ingest.text.speakers import (
    asked_speaker,
    attributes,
    is_named,
    speaks,
    speaks_as_pronoun,
    words_asked_of,
)


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("What did Ann Lee say about the bridge?", {"ann", "lee"}),
        ("what did lee promise", {"lee"}),
        ("How has the mayor responded to the strike?", {"mayor"}),
        ("According to the city's chief engineer Ann Lee, what failed?", {"ann", "lee"}),
        ("What was Lee's reaction to the vote?", {"lee"}),
        ("Which promises did Lee make?", {"lee"}),
        ("lee statement on tolls", {"lee"}),
        ("Lee on the new bridge", {"lee"}),
    ],
)
def test_the_one_whose_words_are_asked_for_is_found(question: str, names: set[str]) -> None:
    assert asked_speaker(question) == frozenset(names)


@pytest.mark.parametrize(
    "question",
    [
        "When did the bridge open?",
        "How many jets did Northair order?",
        "How did the engineers mend the bridge?",
        "",
    ],
)
def test_a_question_about_facts_asks_for_nobodys_words(question: str) -> None:
    assert asked_speaker(question) is None


def test_who_said_asks_for_the_words_of_anybody() -> None:
    assert asked_speaker("Who said the bridge was safe?") == frozenset()


@pytest.mark.parametrize(
    "text",
    [
        "Ann Lee said the bridge was safe.",
        "“The bridge is safe,” Lee told reporters.",
        '"The bridge is safe," said Ann Lee, who built it.',
        "According to Lee, the bridge is safe.",
        "Chief engineer Ann Lee, however, denied that it had failed.",
        "Lee: The bridge is safe.",
    ],
)
def test_the_subject_of_a_verb_of_speech_speaks(text: str) -> None:
    assert speaks(text, frozenset({"lee"}))


@pytest.mark.parametrize(
    "text",
    [
        "The bridge that Lee built was closed.",
        "Lee's deputy said the bridge was safe.",
        "Lee was accused of neglect.",
        "The mayor said Lee had been warned.",
        "“Lee is wrong,” the mayor said.",
    ],
)
def test_one_who_is_only_mentioned_does_not_speak(text: str) -> None:
    assert not speaks(text, frozenset({"lee"}))


def test_a_pronoun_can_speak_for_the_sentence_before() -> None:
    assert speaks_as_pronoun("“We closed it,” she said.")
    assert not speaks_as_pronoun("“We closed it,” Ann Lee said.")


def test_words_inside_a_quotation_attribute_nothing() -> None:
    assert not attributes("“They say it is safe.”")
    assert attributes("“They say it is safe,” he added.")


def test_only_the_plain_form_asks_for_nothing_but_words() -> None:
    assert words_asked_of("what did Ann Lee say about the toll") == {"ann", "lee"}
    assert words_asked_of("Which figures did Northair announce in May?") == frozenset()


def test_a_name_stands_in_a_text_give_or_take_a_slip_but_is_no_common_word() -> None:
    assert is_named(frozenset({"blater"}), ["Sepp Blatter spoke."])
    assert is_named(frozenset({"critics"}), ["A critic spoke."])
    assert not is_named(frozenset({"thorne"}), ["The crown of thorns was saved."])
