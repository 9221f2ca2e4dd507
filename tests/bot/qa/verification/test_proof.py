from __future__ import annotations

import time

import pytest

from bot.qa.verification.located_quote import LocatedQuote
from bot.qa.verification.proof import unproven
from tests.bot.qa.articles_at_hand import article, passage

BODY = """Lakers win again

Anthony Davis scored 41 points on Friday. The forward had been out for three weeks. “I feel good now,” Davis said.

The club paid $7.4 million for five players last year: Ortiz, Lund, Byron, Brandt and Leitner. The National Basketball \
Association (NBA) opened on March 3, 2020. Ticket sales rose by 20% in Boston, while visits fell by 13% in Denver. \
The reading was 7·4 in a Covid-19 ward of 30 beds. The arena is called Stadium 974. He joined the team in May. \
The arena has 40,000 seats for fans of basketball, the club said. \
The mayor spoke for 15 minutes after 90 minutes of play."""


def proven(sentence: str, *quotes: str, **about: str) -> bool:
    item = passage(article(BODY, **{"source": "latimes.com", "published": "2021-06-05", **about}))
    places = [(BODY.index(quote), BODY.index(quote) + len(quote)) for quote in quotes]
    return unproven(sentence, [LocatedQuote(item, *place) for place in places]) is None


@pytest.mark.parametrize(
    ("sentence", "quote"),
    [
        ("The club paid $7.4m for 5 players.", "paid $7.4 million for five players"),
        ("The NBA opened on 2020-03-03.", "opened on March 3, 2020"),
        ("The NBA opened on 3 March 2020.", "opened on March 3, 2020"),
        ("The reading was 7.4 in the COVID-19 ward.", "The reading was 7·4"),
        ("The club paid for players in 2020.", "paid $7.4 million for five players"),
        ("The mayor spoke for a quarter, 15 minutes.", "The mayor spoke for 15 minutes"),
        ("The play took 1.5 hours.", "after 90 minutes of play"),
    ],
)
def test_figures_and_dates_are_the_same_in_any_spelling(sentence: str, quote: str) -> None:
    assert proven(sentence, quote)


@pytest.mark.parametrize(
    ("sentence", "quote"),
    [
        ("The club paid $7.4m for 41 players.", "paid $7.4 million for five players"),
        ("Davis scored 40 points.", "scored 41 points"),
        ("Davis scored 20 points.", "scored 41 points"),
        ("The NBA opened on March 4, 2020.", "opened on March 3, 2020"),
        ("The NBA opened in March 2021.", "opened on March 3, 2020"),
        ("The club paid €7.4m for five players.", "paid $7.4 million for five players"),
        ("The mayor spoke for 15 hours.", "The mayor spoke for 15 minutes"),
    ],
)
def test_a_changed_figure_fails_though_it_stands_elsewhere_in_the_passage(sentence: str, quote: str) -> None:
    assert not proven(sentence, quote)


def test_a_figure_that_the_quoted_sentence_has_for_something_else_fails() -> None:
    assert proven("In Denver visits fell by 13%.", "by 13% in Denver")
    assert not proven("Ticket sales rose by 13% in Boston.", "rose by 20% in Boston")


def test_a_count_of_what_is_listed_is_proven_by_the_list() -> None:
    assert proven("He named three players: Ortiz, Lund and Byron.", "Ortiz, Lund, Byron, Brandt and Leitner")
    assert not proven(
        "He named four players: Ortiz, Lund and Byron.", "Ortiz, Lund, Byron, Brandt and Leitner"
    )


def test_a_number_that_is_part_of_a_name_may_stand_anywhere_in_the_article() -> None:
    assert proven("Stadium 974 has 40,000 seats.", "The arena has 40,000 seats")
    assert not proven("Stadium 975 has 40,000 seats.", "The arena has 40,000 seats")


def test_the_day_of_the_article_is_known_only_to_what_was_reported_then() -> None:
    assert proven(
        "In June 2021 the Los Angeles Times reported that the arena has 40,000 seats.", "40,000 seats"
    )
    assert not proven("He joined the team on June 5, 2021.", "He joined the team in May")


@pytest.mark.parametrize(
    ("sentence", "quote"),
    [
        ("Anthony Davis feels good.", "“I feel good now,” Davis said"),
        ("Davis had been out for three weeks.", "The forward had been out for three weeks"),
        ("The Los Angeles Times wrote that he joined in May.", "He joined the team in May"),
        ("The National Basketball Association opened on March 3, 2020.", "(NBA) opened on March 3, 2020"),
    ],
)
def test_names_resolve_inside_the_article(sentence: str, quote: str) -> None:
    assert proven(sentence, quote)


@pytest.mark.parametrize(
    ("sentence", "quote"),
    [
        ("LeBron James scored 41 points.", "scored 41 points"),
        ("Anthony Lund scored 41 points.", "scored 41 points"),
        ("Leitner scored 41 points.", "scored 41 points"),
        ("According to Reuters, he joined the team in May.", "He joined the team in May"),
    ],
)
def test_a_name_from_elsewhere_fails(sentence: str, quote: str) -> None:
    assert not proven(sentence, quote)


def test_a_german_noun_is_no_name() -> None:
    text = "Anzeige\n\nAuf der Messe werden dieses Jahr mehr als 40.000 Besucher erwartet, sagt die Leitung."
    item = passage(article(text))
    quote = LocatedQuote(item, text.index("mehr"), text.index(" erwartet"))
    assert unproven("Die Veranstalter erwarten auf der Messe mehr als 40.000 Gäste.", [quote]) is None
    assert unproven("Die Veranstalter erwarten auf der Messe mehr als 45.000 Gäste.", [quote]) is not None


def test_a_sentence_over_an_endless_article_is_checked_at_once() -> None:
    body = BODY + " The club said that Mr Ortiz of Boston paid 5 dollars." * 20_000
    item = passage(article(body), 0, 3_000)
    start = time.perf_counter()
    assert unproven("Anthony Davis scored 41 points.", [LocatedQuote(item, 20, 55)]) is None
    assert time.perf_counter() - start < 2
