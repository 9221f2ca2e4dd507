from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.text.quotation_marks import whole_quotations


def cut(body: str, text: str) -> str:
    start = body.index(text)
    return whole_quotations(body, start, start + len(text))


@pytest.mark.parametrize(
    ("body", "text", "shown"),
    [
        (
            "Liu warned: “They are here. They stay.”",
            "Liu warned: “They are here.",
            "Liu warned: “They are here.”",
        ),
        ('"It rained. It stopped."', 'It stopped."', '"It stopped."'),
        ('"It rained. It froze. It stopped."', "It froze.", '"It froze."'),
        ('"It rained. It froze.\n\n"It stopped."', "It froze.", '"It froze."'),
        ("Er sagte: „Das ist gut. Sehr.“", "Er sagte: „Das ist gut.", "Er sagte: „Das ist gut.“"),
        ('"No," he said. "It was so. It is."', '"No," he said. "It was so.', '"No," he said. "It was so."'),
    ],
)
def test_a_sentence_cut_from_a_quotation_gets_the_marks_it_lost(body: str, text: str, shown: str) -> None:
    assert cut(body, text) == shown


@pytest.mark.parametrize(
    "text",
    ['He said "no" and “yes”.', 'A 70" screen.', "‘It’s mine,’ he said.", '”Odd opening,” he said.', "« Oui »",
     "more »", 'the "Beta" and the "-vr" switch', '"It rained," he said, "and froze."'],
)  # fmt: skip
def test_whole_quotations_inches_and_apostrophes_are_left_alone(text: str) -> None:
    assert cut(text, text) == text


def test_a_mark_that_nobody_closed_does_not_make_what_follows_a_quotation() -> None:
    assert cut('It is "new. Nobody knows it. Everybody "likes" it.', "Nobody knows it.") == "Nobody knows it."


@given(st.text('ab" “”„.\n', max_size=40), st.integers(0, 40), st.integers(0, 40))
def test_only_quotation_marks_at_the_edges_are_ever_added(body: str, start: int, length: int) -> None:
    text = body[start : start + length]
    shown = whole_quotations(body, min(start, len(body)), min(start + length, len(body)))
    assert text in shown
    assert len(shown) <= len(text) + 2
    assert shown.strip('"“”„') == text.strip('"“”„')
