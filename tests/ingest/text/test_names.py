from __future__ import annotations

import pytest

from ingest.text.names import KnownNames, names

SOURCE = (
    "The French coach of Human Rights Watch met British fans in the United States. Gianni Infantino, FIFA's "
    "president, and Lionel Scaloni spoke to Messi. Müller of AFP wept in the stadium.Posted in Doha."
)


def missing(said: str) -> list[str]:
    known = KnownNames()
    known.add(SOURCE)
    return [word for name in names(said) for word in known.missing(name)]


@pytest.mark.parametrize(
    "said",
    [
        "In France, HRW met fans from the UK.",
        "Human Rights Watch of the U.S. spoke.",
        "American fans met President Infantino of FIFA.",
        "Critics met Messi's coach.",
        "Muller wept in the stadium in December.",
        "Yesterday Messi spoke to Mr Infantino on Monday.",
        "Former France coach spoke.",
    ],
)
def test_name_is_the_same_however_it_is_written(said: str) -> None:
    assert missing(said) == []


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ("Ronaldo spoke to Messi.", "ronaldo"),
        ("German fans met Messi.", "german"),
        ("Messi met Amnesty International.", "international"),
        ("Messi met the Adult Swim team.", "swim"),
        ("Officials met Agence France-Presse and AP.", "ap"),
        ("He met (Archive Team) fans.", "archive"),
    ],
)
def test_name_that_no_source_has_is_missing(said: str, word: str) -> None:
    assert word in missing(said)


def test_name_pieced_together_from_two_people_is_seen() -> None:
    known = KnownNames()
    known.add(SOURCE + " Filling words go here for a while so that nobody stands close. Julian wept.")
    assert known.together(names("It was Lionel Scaloni.")[0])
    assert not known.together(names("It was Gianni Scaloni.")[0])
