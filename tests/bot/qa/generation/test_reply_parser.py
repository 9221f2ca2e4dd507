from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.qa.drafts import DraftEvent, DraftQuote, DraftSentence, NotCovered
from bot.qa.generation.reply_parser import DraftReader
from tests.loopback_openai import draft, sentence


def read(reply: str, size: int = 7) -> list[DraftEvent]:
    reader = DraftReader()
    events: list[DraftEvent] = []
    for at in range(0, len(reply), size):
        events += reader.feed(reply[at : at + size])
    return [*events, *reader.close()]


REPLY = draft(
    sentence('It "opened" {in} May.', (1, "opened \\ to traffic"), (2, "in May")),
    sentence("It cost 3 million.", (2, "cost 3 million"), role="differs"),
    not_covered=["the builder"],
)
EVENTS = [
    DraftSentence('It "opened" {in} May.', (DraftQuote(1, "opened \\ to traffic"), DraftQuote(2, "in May"))),
    DraftSentence("It cost 3 million.", (DraftQuote(2, "cost 3 million"),), "differs"),
    NotCovered("the builder"),
]


@pytest.mark.parametrize("size", [1, 3, 50, 10_000])
def test_reply_means_the_same_in_pieces_of_any_size(size: int) -> None:
    assert read(REPLY, size) == EVENTS


def test_sentence_is_given_as_soon_as_its_last_sign_is_there() -> None:
    reader = DraftReader()
    end = REPLY.index("},", REPLY.index("in May")) + len('"}]}')
    before = REPLY.index('"role"')
    assert list(reader.feed(REPLY[:before])) == []
    first = REPLY.index(', {"text"')
    assert list(reader.feed(REPLY[before:first])) == EVENTS[:1]
    assert end


@pytest.mark.parametrize(
    "wrapped",
    [
        f"```json\n{REPLY}\n```",
        f"Here is the JSON:\n{REPLY}",
        f'<think>{{"text": "no"}}</think>\n{REPLY}',
        REPLY[:-1],
    ],
)
def test_wrapping_around_the_json_does_no_harm(wrapped: str) -> None:
    assert read(wrapped)[:2] == EVENTS[:2]


def test_reply_that_breaks_off_keeps_its_whole_sentences() -> None:
    assert read(REPLY[: REPLY.index("cost 3")]) == EVENTS[:1]


@pytest.mark.parametrize(
    "reply", [draft(), '{"sentences": [], "not_covered": []}', "NOT COVERED", "not covered."]
)
def test_silence_of_the_passages_is_told(reply: str) -> None:
    assert read(reply) == [NotCovered()]


def test_loose_shapes_of_weak_models_are_understood() -> None:
    assert read('[{"sentence": "A.", "quote": "a b c", "passage": "[2]"},]') == [
        DraftSentence("A.", (DraftQuote(2, "a b c"),))
    ]
    assert read('{"answer": "The bridge opened in May [2]."}') == [
        DraftSentence("The bridge opened in May [2].", (DraftQuote(2, "The bridge opened in May."),))
    ]


def test_prose_with_quotes_and_marks_is_understood() -> None:
    prose = (
        'The bridge opened in May. "was opened to traffic in May" [2]\n'
        "- It cost 3 million euros [1][3].\nNo proof here."
    )
    assert read(prose) == [
        DraftSentence("The bridge opened in May.", (DraftQuote(2, "was opened to traffic in May"),)),
        DraftSentence(
            "It cost 3 million euros.",
            (DraftQuote(1, "It cost 3 million euros."), DraftQuote(3, "It cost 3 million euros.")),
        ),
        DraftSentence("No proof here.", ()),
    ]


@given(st.text(max_size=200), st.integers(1, 50))
def test_no_reply_breaks_the_reader(reply: str, size: int) -> None:
    read(reply, size)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=9),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["sentences", "text", "quotes", "quote", "passage", "not_covered", "role"]),
                inner,
                max_size=4,
            )
        ),
        max_leaves=20,
    )
)
def test_no_json_breaks_the_reader(value: object) -> None:
    for event in read(json.dumps(value)):
        assert isinstance(event, DraftSentence | NotCovered)


@given(
    st.lists(
        st.tuples(
            st.text(min_size=1),
            st.lists(st.tuples(st.integers(1, 9), st.text(min_size=1)), min_size=1, max_size=2),
        ),
        max_size=4,
    )
)
def test_every_sentence_of_a_well_formed_reply_arrives(
    sentences: list[tuple[str, list[tuple[int, str]]]],
) -> None:
    wanted = [
        DraftSentence(text.strip(), tuple(DraftQuote(*quote) for quote in quotes if quote[1].strip()))
        for text, quotes in sentences
        if text.strip() and any(quote.strip() for _, quote in quotes)
    ]
    got = read(draft(*(sentence(text, *quotes) for text, quotes in sentences)))
    assert [
        event for event in got if isinstance(event, DraftSentence) and event.quotes and event in wanted
    ] == wanted


HOSTILE = {
    "frames": '{"sentences":[' * 15_000,
    "objects": '{"a":' * 40_000 + "}" * 40_000,
    "broken-objects": "{x" * 60_000 + "}" * 60_000,
    "closed-frames": '{"sentences":[' * 12_000 + "]}" * 12_000,
    "empty-objects": "{}" * 100_000,
    "thoughts": "<think>" + "x" * 200_000,
    "fence": "```" + "a" * 200_000,
    "spaces": " " * 200_000,
    "lines-before-json": "a" + "\n" * 100_000 + '{"' + "\n" * 100_000,
    "one-line": "word " * 40_000,
    "stops": "." * 200_000,
    "marks": "Yes " + "[1]" * 60_000,
    "quotes": 'So. "a" ' + " " * 100_000 + '"' * 100_000,
    "proofs": '"abcdefghi" [1]\n' * 12_000,
    "not-covered": '{"not_covered":[' * 12_000,
    "sentences-of-strings": json.dumps({"sentences": ["A b."] * 25_000}),
    "long-sentence": json.dumps({"text": "a . " * 50_000}),
    "string": '{"text": "' + '\\"' * 100_000,
}


@pytest.mark.parametrize("size", [12, 200_000])
@pytest.mark.parametrize("reply", HOSTILE.values(), ids=HOSTILE)
def test_no_reply_takes_longer_than_its_length_allows(reply: str, size: int) -> None:
    began = time.thread_time()
    read(reply, size)
    assert time.thread_time() - began < 1.5


def test_deep_nesting_is_no_error() -> None:
    assert read('{"sentences":[' * 400 + "]}" * 400, 10_000) == [NotCovered()]


@given(
    st.lists(
        st.sampled_from(
            ["{", "}", "[", "]", '"', "\\", ",", ":", "\n", " ", "```", "<think>", "</think>", '"sentences"', '"text"',
             '"quotes"', '"not_covered"', "A b.", "[1]", "“", "”"]
        ),
        max_size=60,
    ).map("".join)
)  # fmt: skip
def test_reply_of_loose_parts_means_the_same_in_pieces_of_any_size(reply: str) -> None:
    for event in read(reply, 1):
        assert isinstance(event, DraftSentence | NotCovered)
    if reply.lstrip().startswith("{"):
        assert read(reply, 1) == read(reply, 1_000)
