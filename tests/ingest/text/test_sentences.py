"""Where sentences end: what `sentence_spans` mends in the boundaries that sentencex draws."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.text.sentences import sentence_spans

ONE_SENTENCE = [
    # no boundary inside a token
    "Rep. David McKinley, R-W.Va., visited the U.S.-Mexico border.",
    "The site Booking.Com and the file notes.Txt are theirs.",
    "It stands at https://example.com/a.The/b.Php?x=Y.Z for all.",
    "They chanted U.S.A.!, after he scored.",
    # times
    "Tickets go on sale at 10 a.m. Friday, Dec. 6.",
    "It begins at 2 p.m. Eastern, precisely when the other match ends.",
    "It starts at 11 a.m. ET/8 a.m. PT on air.",
    "It starts at 8 p.m. London time.",
    "It starts at 8 p.m. July 4.",
    # dates and ordinals
    "Am 3. Juli 2022 begann die Anhörung.",
    "Zwischen dem 12. und 15. August ist geschlossen.",
    "Der 1. FC Köln gewann im 21. Jahrhundert nie.",
    # abbreviations of four languages
    "Das kostet ca. 70 Mio. Versicherte bzw. Kliniken sog. Gebühren von 5 Mrd. Euro.",
    "Das gilt z. B. Für Ärzte.",
    "Los EE. UU. han dicho mucho.",
    "Mme. Le Pen a lu l'art. 5.",
    "It cost approx. 5 million, vs. Nasdaq, in Vol. 55 of it.",
    "Gov. Noem met Atty. Gen. James, D-Calif. and others in Bellevue, Wash. offices.",
    "Add 1 tsp. olive oil.",
    "Acme Inc. said so, and Acme Corp., too.",
    "George H. W. Bush read J. K. Rowling.",
    # what goes on
    "They won ... and lost.",
    "Jeopardy! host Ken won.",
    "12. Protect yourself.",
    "2012 Gabun und Äquatorialg. | 2 | 7",
    "It rose 3.5 percent. 🎉",
]

TWO_SENTENCES = [
    ("They live in the U.S.", "The president came."),
    ("It opens at 10 a.m.", "The court is closed."),
    ("It opens at 10 a.m.", "Monday is a holiday."),
    ("It was made by Acme Inc.", "It was good."),
    ("They finished No. 1.", "The others did not."),
    ("It ended on Sept. 18.", "July was hot."),
    ("Die Firma wächst um 3.", "Dann fällt sie."),
    ("Es gab 70 Mio.", "Das war viel."),
    ("He said: “It is over. We lost.”", "Then he left."),
    ('"We are happy," he said.', '"It was a good game."'),
    ("It is unclear, said the group in London.", "“We do not know.”"),
    ("He likes modern art.", "She does not."),
    ("It sticks out to me.", "It is odd."),
    ("(It is much more affordable.)", "John Ford had others."),
    ("A brand was named.", "adidas will pay."),
    ("¿Qué?", "¡Sí!"),
]


@pytest.mark.parametrize("text", ONE_SENTENCE)
def test_a_sentence_is_not_cut_at_a_dot_that_does_not_end_it(text: str) -> None:
    assert sentences(text) == [text]


@pytest.mark.parametrize(("one", "two"), TWO_SENTENCES)
def test_a_sentence_ends_where_the_next_begins(one: str, two: str) -> None:
    assert sentences(f"{one} {two}") == [one, two]


def test_an_opening_quotation_mark_goes_with_what_it_opens() -> None:
    text = '"A is a country and B is" not so, he added. "It is great," she said. "We are open."'
    assert '"We are open."' in sentences(text)


def test_a_closing_mark_goes_with_what_it_closes() -> None:
    assert sentences("They spoke of the ‘run-up to an election.’’ Critically, it is not.")[0].endswith("’’")


def test_a_blank_that_was_lost_does_not_hide_a_boundary() -> None:
    assert sentences("It was Wednesday.The stabbing was later.") == [
        "It was Wednesday.",
        "The stabbing was later.",
    ]
    assert sentences("It is 2.0.Then came more.") == ["It is 2.0.", "Then came more."]


pieces = st.sampled_from(
    ["U.S.", "a.m.", "Friday", "3.", "Juli", "“", "”", '"', "(", ")", ".", "...", "!", "Mio.", "me.", "It is", "bzw.",
     "a.B", "\n", " ", "  ", "|", "🎉", "www.a.Com", "他说。", ",", "’", "EE.", "UU.", "\ud800"]
)  # fmt: skip


@given(
    st.one_of(
        st.text(max_size=200), st.lists(pieces, max_size=40).map(" ".join), st.lists(pieces).map("".join)
    )
)
def test_spans_are_trimmed_and_in_order_and_leave_nothing_out(text: str) -> None:
    spans = sentence_spans(text)
    assert all(start < end and text[start:end] == text[start:end].strip() for start, end in spans)
    assert all(one[1] <= two[0] for one, two in pairwise(spans))
    assert not any("\n" in text[start:end] for start, end in spans)
    covered = {place for span in spans for place in range(*span)}
    assert all(letter.isspace() for place, letter in enumerate(text) if place not in covered)


@pytest.mark.parametrize(
    "piece", [".", ". ", "! ", "?!", "A.B", "a.m. Friday ", '" me. Ab', "(A. ", '"A." ', "。|"]
)
def test_endless_marks_are_read_to_their_end(piece: str) -> None:
    text = (piece * 20_000).strip()
    spans = sentence_spans(text)
    assert (spans[0][0], spans[-1][1]) == (0, len(text))


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]
