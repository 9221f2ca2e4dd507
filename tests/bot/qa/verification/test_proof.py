from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from bot.qa.verification.located_quote import LocatedQuote
from bot.qa.verification.proof import unproven
from ingest.text.names import names
from ingest.text.quantities.figures import figures
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


SENTENCES = (
    "The port of Vigo handled 4,120 tonnes of fish in 2018, a rise of 12 percent.",
    "Marta Kovac left the board of Lenz Optics on 14 June 2017.",
    "On Tuesday the council of Ghent voted 31-14 for the tram.",
    "Nadia Reyes wrote three novels and sold 2.5 million copies in Brazil.",
    "The lake at Tarn is 38 metres deep and froze in January.",
    "Dr Ilse Brandt treated 450 patients for $3.2 million last year.",
)
"""Each is a sentence of its own article, whose other sentences are the rest of these."""
STRANGERS = ("Oskar Velde", "Quintana")
RESPELLED = (
    (0, "Vigo's port handled 4120 tonnes of fish in 2018, 12% more."),
    (0, "In 2018 the port of Vigo handled 4.120 tonnes of fish, a rise of twelve per cent."),
    (1, "Kovac left the board of Lenz Optics on June 14, 2017."),
    (1, "Marta Kovac left Lenz Optics's board on 2017-06-14."),
    (2, "The tram won 31 to 14 in Ghent's council on Tuesday."),
    (3, "Reyes wrote 3 novels and sold 2,500,000 copies in Brazil."),
    (4, "The lake at Tarn is thirty-eight metres deep and froze in January."),
    (5, "Brandt treated 450 patients for 3.2 million dollars in 2020."),
    (5, "Ilse Brandt treated 450 patients for $3,200,000 last year."),
)


def retold(number: int, sentence: str) -> str | None:
    """Why a retelling of one of the sentences fails, quoting this one out of an article of them all."""
    others = [one for n, one in enumerate(SENTENCES) if n != number]
    body = "News\n\n" + " ".join(
        [*others[:2], "The day was long.", SENTENCES[number], "More was to come.", *others[2:]]
    )
    item = passage(article(body, published="2021-09-03"))
    start = body.index(SENTENCES[number]) + 4
    quote = LocatedQuote(item, start, start + len(SENTENCES[number]) - 8)
    return unproven(f"It is said that {sentence}" if sentence == SENTENCES[number] else sentence, [quote])


def changed() -> Iterator[tuple[int, str]]:
    """Each sentence with one figure, date or name that is another's, or nobody's."""
    for number, sentence in enumerate(SENTENCES):
        others = SENTENCES[:number] + SENTENCES[number + 1 :]
        for mine in figures(sentence):
            for other in (one for text in others for one in figures(text)):
                if other.kind == mine.kind and other.text not in sentence:
                    yield number, sentence[: mine.start] + other.text + sentence[mine.end :]
            for made_up in ("17", "November", "Sunday", "1999", "8 October 2015", "9-2"):
                if figures(made_up)[0].kind == mine.kind:
                    yield number, sentence[: mine.start] + made_up + sentence[mine.end :]
        for mine in names(sentence):
            for stranger in STRANGERS:
                yield number, sentence[: mine.start] + stranger + sentence[mine.end :]
        for time_told in (
            "last summer",
            "two years later",
            "the next day",
            "in winter",
            "in September 2021",
            "on Friday",
        ):
            if "Tuesday" not in sentence or "2021" not in time_told:  # that Tuesday is one of September 2021
                yield number, f"{sentence.rstrip('.')} {time_told}."


@pytest.mark.parametrize(("number", "sentence"), list(changed()))
def test_one_changed_figure_date_or_name_fails_whatever_the_sentence(number: int, sentence: str) -> None:
    assert retold(number, sentence) is not None


@pytest.mark.parametrize(("number", "sentence"), [*enumerate(SENTENCES), *RESPELLED])
def test_another_spelling_of_the_same_passes_whatever_the_sentence(number: int, sentence: str) -> None:
    assert retold(number, sentence) is None


CLAUSES = "Ortega sold 2 million copies by 2008, while Byron sold 6 million copies by 2012. Mr Ortiz watched."


@pytest.mark.parametrize(
    ("sentence", "holds"),
    [
        ("Ortega sold 2 million copies.", True),
        ("Byron sold 6 million copies by 2012.", True),
        ("Ortega sold 2 million copies and Byron sold 6 million copies.", True),
        ("Ortega sold 6 million copies.", False),
        ("Ortega sold copies until 2012.", False),
        ("Ortiz sold 2 million copies by 2008.", False),
    ],
)
def test_what_a_clause_says_of_its_own_subject_is_not_said_of_another(sentence: str, holds: bool) -> None:
    item = passage(article(f"Sales\n\n{CLAUSES}"))
    assert (unproven(sentence, [LocatedQuote(item, 10, 80)]) is None) is holds


def test_a_publication_month_opens_a_sentence_on_undated_news_and_dates_no_event() -> None:
    text = "The bank is giving away umbrellas to its customers."
    quote = LocatedQuote(passage(article(text, published="2021-06-05")), 0, 40)
    assert unproven("In June 2021 the bank gave umbrellas to its customers.", [quote]) is None
    assert unproven("The bank gave umbrellas to its customers in June 2021.", [quote]) is not None
    assert unproven("In May 2021 the bank gave umbrellas to its customers.", [quote]) is not None


def test_a_country_is_the_same_in_another_language() -> None:
    quote = LocatedQuote(passage(article("Games\n\n2017 Gabun | 4 | 15\n\n2019 Ägypten | 2 | 6")), 8, 20)
    assert unproven("He led four games in Gabon in 2017.", [quote]) is None
    assert unproven("He led four games in Ghana in 2017.", [quote]) is not None


def test_a_sentence_is_checked_within_100_ms_of_processor_time() -> None:
    item = passage(article(" ".join(SENTENCES) * 40, published="2021-09-03"), 0, 2_000)
    retelling = "Dr Ilse Brandt treated 450 patients for $3.2 million."
    start = time.thread_time()
    for _ in range(5):
        assert unproven(retelling, [LocatedQuote(item, item.passage.text.index("Dr Ilse"), 390)]) is None
    assert (time.thread_time() - start) / 5 < 0.1
