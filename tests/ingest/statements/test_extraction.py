"""Statements of made-up sentences: each promise is a form that news has for saying."""

from __future__ import annotations

import time

import pytest

from ingest.statements.extraction import statements_of
from ingest.statements.statement import Statement


def told(body: str) -> list[tuple[str, str]]:
    return [(one.speaker, body[one.start : one.end]) for one in statements_of(body)]


def only(body: str) -> Statement:
    statements = statements_of(body)
    assert len(statements) == 1, told(body)
    return statements[0]


@pytest.mark.parametrize(
    ("body", "speaker", "words"),
    [
        ("“We will win,” said Anna Berg.", "Anna Berg", "“We will win,”"),
        ('"We will win," Anna Berg said on Monday.', "Anna Berg", '"We will win,"'),
        ('Anna Berg told reporters: "We will win."', "Anna Berg", '"We will win."'),
        ('"Will we win?" Anna Berg asked.', "Anna Berg", '"Will we win?"'),
        ("«We will win», Anna Berg said.", "Anna Berg", "«We will win»"),
        ("‘We will win,’ said Anna Berg.", "Anna Berg", "‘We will win,’"),
        ('"We will win," Anna Berg thundered.', "Anna Berg", '"We will win,"'),
        ('Anna Berg: "We will win."', "Anna Berg", '"We will win."'),
        ("Anna Berg said that the bridge was safe.", "Anna Berg", "the bridge was safe"),
        ("Anna Berg said the bridge was safe.", "Anna Berg", "the bridge was safe"),
        ("The bridge is safe, Anna Berg said.", "Anna Berg", "The bridge is safe"),
        ("The bridge is safe, said Anna Berg.", "Anna Berg", "The bridge is safe"),
        ("According to Anna Berg, the bridge is safe.", "Anna Berg", "the bridge is safe"),
        ("The bridge is safe, according to Anna Berg.", "Anna Berg", "The bridge is safe"),
        ("Anna Berg denied taking the money.", "Anna Berg", "taking the money"),
        ("Anna Berg denied that she took it.", "Anna Berg", "she took it"),
        ("Anna Berg warned of a second flood.", "Anna Berg", "a second flood"),
        ("Anna Berg vowed to rebuild the bridge.", "Anna Berg", "to rebuild the bridge"),
        ("Anna Berg accused Tom Hill of taking money.", "Anna Berg", "Tom Hill of taking money"),
        ("Anna Berg described the plan as a gift.", "Anna Berg", "the plan as a gift"),
        ("Anna Berg called the plan “a gift.”", "Anna Berg", "the plan “a gift.”"),
        ("Anna Berg called for a new bridge.", "Anna Berg", "a new bridge"),
        ("Anna Berg pointed out that it was safe.", "Anna Berg", "it was safe"),
        ("Anna Berg was quoted as saying the bridge was safe.", "Anna Berg", "the bridge was safe"),
        ("In a statement, Anna Berg said the bridge was safe.", "Anna Berg", "the bridge was safe"),
        ("Anna Berg said in a statement that it was safe.", "Anna Berg", "it was safe"),
        ("Anna Berg said on Monday the bridge was safe.", "Anna Berg", "the bridge was safe"),
        ("Anna Berg on Monday said the bridge was safe.", "Anna Berg", "the bridge was safe"),
        ("Anna Berg, the mayor of Lund, said it was safe.", "Anna Berg", "it was safe"),
        ("Anna Berg, who leads the town, said it was safe.", "Anna Berg", "it was safe"),
        ("Mayor Anna Berg has repeatedly claimed that it was safe.", "Anna Berg", "it was safe"),
        ("Anna Berg’s claim that it was safe helped nobody.", "Anna Berg", "it was safe helped nobody"),
        ("The ministry of works said it was safe.", "The ministry of works", "it was safe"),
        ("Officials believe the bridge was safe.", "Officials", "the bridge was safe"),
        ("The man who built the bridge said it was safe.", "The man", "it was safe"),
        ("Anna Berg asked whether the bridge was safe.", "Anna Berg", "whether the bridge was safe"),
    ],
)  # fmt: skip
def test_the_words_are_given_to_who_said_them(body: str, speaker: str, words: str) -> None:
    assert told(body) == [(speaker, words)]


@pytest.mark.parametrize(
    "body",
    [
        "Anna Berg did not say whether the bridge was safe.",
        "Anna Berg was told that the bridge was safe.",
        "Anna Berg is said to have built the bridge.",
        "Anna Berg, accused of taking money, left the town.",
        "The report was published on Monday.",
        "He walked over the so-called “bridge of sighs” and went home.",
        "Anna Berg declined to say where she was.",
        "You think the bridge was safe.",
        "It is believed that the bridge was safe.",
        "Her hopes of a new bridge were small.",
    ],
)
def test_where_nobody_says_anything_there_is_no_statement(body: str) -> None:
    assert told(body) == []


def test_a_quotation_goes_on_behind_its_attribution() -> None:
    body = '"We will win," Anna Berg said. "We always do. Ask anybody."'
    assert told(body) == [("Anna Berg", '"We will win,"'), ("Anna Berg", '"We always do. Ask anybody."')]


def test_both_halves_of_an_interrupted_quotation_are_one_speakers() -> None:
    body = '"We will," Anna Berg said, "always win."'
    assert told(body) == [("Anna Berg", '"We will,"'), ("Anna Berg", '"always win."')]


def test_a_quotation_over_paragraphs_is_one() -> None:
    body = 'Anna Berg said: "We will win.\n\n"We always do."'
    assert only(body).kind == "direct"
    assert body[only(body).start : only(body).end] == '"We will win.\n\n"We always do."'


def test_a_paragraph_that_is_all_quotation_follows_who_was_just_reported() -> None:
    body = "Anna Berg said the bridge was safe.\n\n“I built it.”"
    assert told(body)[-1] == ("Anna Berg", "“I built it.”")


def test_the_kind_tells_reported_words_from_quoted_ones() -> None:
    assert only("Anna Berg said that it was “safe as a house” and new.").kind == "mixed"
    assert only("Anna Berg said that it was safe.").kind == "indirect"


def test_a_surname_stands_for_the_full_name_that_the_article_gives() -> None:
    body = "The mayor, Anna Berg, came on foot. Later Berg said the bridge was safe."
    statement = only(body)
    assert statement.speaker == "Anna Berg"
    assert body[statement.speaker_start : statement.speaker_end] == "Berg"


def test_a_surname_that_two_people_bear_stays_as_written() -> None:
    body = "Anna Berg met Peter Berg. Berg said the bridge was safe."
    assert only(body).speaker == "Berg"


def test_a_role_stands_for_the_one_person_who_was_given_it() -> None:
    body = "Iranian ambassador Mehdi Sanaei said it was safe. The ambassador warned of floods."
    assert [one.speaker for one in statements_of(body)] == ["Mehdi Sanaei", "Mehdi Sanaei"]
    assert statements_of(body)[0].role == "Iranian ambassador"


def test_a_role_before_a_name_holds_no_place_name_of_it() -> None:
    assert only("Iranian ambassador to Russia Mehdi Sanaei said it was safe.").speaker == "Mehdi Sanaei"


def test_a_pronoun_is_the_nearest_speaker_who_fits() -> None:
    body = "Mr. Tom Hill met Mrs. Anna Berg. She said the bridge was safe. He denied it was new."
    assert [one.speaker for one in statements_of(body)] == ["Anna Berg", "Tom Hill"]


def test_somebody_elses_clause_is_not_part_of_the_words() -> None:
    body = "Anna Berg said the bridge was safe, but Tom Hill said it was old."
    assert told(body) == [("Anna Berg", "the bridge was safe"), ("Tom Hill", "it was old")]


def test_the_same_speaker_goes_on_in_one_sentence() -> None:
    body = "Anna Berg said the bridge was safe, adding that it was new."
    assert told(body) == [("Anna Berg", "the bridge was safe"), ("Anna Berg", "it was new")]


def test_second_hand_words_name_who_passes_them_on() -> None:
    body = "Reuters reports that Anna Berg claimed the bridge was safe."
    assert [(one.speaker, one.via) for one in statements_of(body)] == [
        ("Reuters", None),
        ("Anna Berg", "Reuters"),
    ]
    assert only("“It is safe,” Anna Berg told the BBC.").via == "BBC"


def test_the_verb_keeps_its_force() -> None:
    assert only("Anna Berg denied that it was old.").force == "denial"
    assert only("Anna Berg claimed it was old.").verb == "claim"


def test_verbs_inside_a_quotation_attribute_nothing() -> None:
    body = "“My father said that it was safe,” said Anna Berg."
    assert told(body) == [("Anna Berg", "“My father said that it was safe,”")]


@pytest.mark.parametrize(
    "text",
    ['"', "“", "” ", "said ", "said, ", '" said "', "A said ", "‘A", '\n"', "who said that ", "Anna Berg "],
)
def test_hostile_text_takes_linear_time(text: str) -> None:
    def seconds(size: int) -> float:
        body = text * (size // len(text))
        start = time.process_time()
        for one in statements_of(body):
            assert body[one.start : one.end]
        return time.process_time() - start

    seconds(10_000)
    assert seconds(1_000_000) < 16 * max(seconds(200_000), 0.05)
