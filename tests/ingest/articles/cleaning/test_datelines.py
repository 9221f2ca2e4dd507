from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.articles.cleaning.datelines import without_dateline


@pytest.mark.parametrize(
    "dateline",
    ["HANOI, Vietnam (AP) — ", "MADRID — ", "BERLIN -- ", "CLEVELAND, Ohio – ", "SANTA FE, N.M. (AP) — ",
     "DUBAI, United Arab Emirates — ", "Lausanne (AFP) – ", "DOHA, Qatar—", "DOHA (ILO News) – "],
)  # fmt: skip
def test_a_report_begins_behind_its_dateline(dateline: str) -> None:
    assert (
        without_dateline(f"A caption.\n\n{dateline}The minister spoke.")
        == "A caption.\n\nThe minister spoke."
    )


@pytest.mark.parametrize(
    "body",
    ["FILE - Mr Thani speaks.", "Qatar University - College of Law", "Why — especially — does it seem so?",
     "English - Other languages (4)", "Client Update - Valve", "NASA said that it — with others — flew.",
     "The EU (AP) — a union — met."],
)  # fmt: skip
def test_what_opens_otherwise_is_left_as_it_is(body: str) -> None:
    assert without_dateline(body) == body


@given(st.text("AB. ,(—\nab", max_size=200))
def test_nothing_is_added_to_a_body(body: str) -> None:
    assert len(without_dateline(body)) <= len(body)
