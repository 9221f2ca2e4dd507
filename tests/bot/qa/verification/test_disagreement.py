from __future__ import annotations

import pytest

from ingest.text.quantities.conflict import conflict


@pytest.mark.parametrize(
    ("one", "other", "figures"),
    [
        (
            "Reuters said 4,500 workers died building the stadiums.",
            "The union said 6,500 workers died building the stadiums.",
            ("4,500", "6,500"),
        ),
        (
            "The final was moved to 18 December.",
            "The final was moved to 21 December, organisers said.",
            ("18 December", "21 December"),
        ),
        (
            "The bridge cost 3 million euros.",
            "The bridge cost 5 million euros in the end.",
            ("3 million euros", "5 million euros"),
        ),
    ],
)
def test_different_figures_for_one_thing_are_seen(one: str, other: str, figures: tuple[str, str]) -> None:
    found = conflict(one, other)
    assert found is not None
    assert (found[0].text.strip(" ."), found[1].text.strip(" .")) == figures


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Argentina beat France 4-2 in Lusail.", "Argentina beat Croatia 3-0 in Lusail."),
        ("The bridge cost 3 million euros.", "The bridge cost 3,000,000 euros."),
        ("The bridge opened in 2014.", "The bridge cost 5 million euros."),
        ("The school has 300 pupils.", "The bridge cost 5 million euros."),
        ("The final drew 88,966 people.", "The final drew a large crowd."),
    ],
)
def test_same_figures_and_other_things_are_no_disagreement(one: str, other: str) -> None:
    assert conflict(one, other) is None
