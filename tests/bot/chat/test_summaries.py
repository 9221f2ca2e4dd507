from __future__ import annotations

from dataclasses import replace

import pytest
from stage import ARTICLES, World, labels, shown

from bot.chat.article_choice import choice_name, links_in
from ingest.articles.article import Article
from ingest.errors import IndexMissing


async def test_an_article_is_found_while_its_title_is_typed(world: World) -> None:
    choices = await world.ann.autocomplete(world.channel, "summary", "article", "ambassador vis")
    assert [(choice["name"], choice["value"]) for choice in choices] == [
        ("Ambassador speaks on the visit (2015-11-23, Example Wire)", "a1")
    ]


async def test_autocomplete_offers_nothing_while_there_is_no_index(world: World) -> None:
    world.library.error = IndexMissing("Nothing has been ingested yet.")
    assert await world.ann.autocomplete(world.channel, "summary", "article", "x") == []


async def test_who_may_not_see_the_articles_is_not_offered_their_titles(world: World) -> None:
    readers = world.guild.create_role("readers")
    ben = world.guild.add_member(world.env.create_user("ben"), roles=[readers])
    settings = replace(world.services.server(world.guild.id), allowed_roles=(readers.id,))
    await world.services.save_server(world.guild.id, settings)
    assert await world.ann.autocomplete(world.channel, "summary", "article", "ambassador") == []
    assert len(await ben.autocomplete(world.channel, "summary", "article", "ambassador")) == 1


async def test_a_summary_is_headed_by_the_articles_title(world: World) -> None:
    result = await world.ann.slash(world.channel, "summary", article="a1")
    assert world.answers.asked == [("a1", ())]
    assert "Mehdi Sanaei claimed the visit was a success." in shown(result)
    (asked,) = await world.services.records.asked_since(0)
    assert (asked.kind, asked.question) == ("summary", ARTICLES[0].title)


async def test_a_summary_may_be_asked_for_by_address(world: World) -> None:
    await world.ann.slash(world.channel, "summary", article="https://news.example/visit")
    assert world.answers.asked == [("a1", ())]


async def test_an_unknown_article_is_refused_in_words(world: World) -> None:
    result = await world.ann.slash(world.channel, "summary", article="nonsense")
    assert "No article of the corpus goes by that." in shown(result)
    assert world.answers.asked == []


async def test_the_article_behind_a_link_is_summarised(world: World) -> None:
    message = await world.ann.send(world.channel, "Look: (https://news.example/visit).")
    await world.ann.context_menu(world.channel, "Summarise the linked article", message)
    assert world.answers.asked == [("a1", ())]


@pytest.mark.parametrize(
    ("text", "reply"),
    [("no link here", "no link in that message"), ("https://elsewhere.example/x", "is not among mine")],
)
async def test_a_link_that_is_not_in_the_corpus_is_told_so(world: World, text: str, reply: str) -> None:
    message = await world.ann.send(world.channel, text)
    result = await world.ann.context_menu(world.channel, "Summarise the linked article", message)
    assert reply in shown(result)


async def test_a_digest_passes_topic_and_days_on(world: World) -> None:
    result = await world.ann.slash(world.channel, "digest", topic="bridges", days=30)
    assert world.answers.asked == [("bridges 30", ())]
    assert "Mehdi Sanaei claimed" in shown(result)
    assert "The last 30 days." in shown(result)


async def test_a_press_looks_further_back_until_ten_years(world: World) -> None:
    result = await world.ann.slash(world.channel, "digest", topic="bridges")
    for days in (30, 365, 3650):
        result = await world.ann.click(result.response.message, label=f"Look {days:,} days back")
    assert [asked for asked, _ in world.answers.asked] == [f"bridges {days}" for days in (7, 30, 365, 3650)]
    assert not any(label.startswith("Look ") for label in labels(result.response.components))


def test_a_choice_fits_into_a_hundred_characters() -> None:
    long = Article(
        "x", "word " * 60, "", source="A very long name of a publisher " * 3, published="2020-01-02T10:00"
    )
    name = choice_name(long)
    assert len(name) <= 100
    assert "(2020-01-02, A very long name of a" in name


def test_addresses_are_found_as_people_write_them() -> None:
    assert links_in("see <https://a.example/x_y> and (https://b.example/z#part).") == [
        "https://a.example/x_y",
        "https://b.example/z#part).",
        "https://b.example/z#part",
        "https://b.example/z",
    ]
    assert links_in("https://a.example/x#:~:text=word") == ["https://a.example/x"]
    assert links_in("HTTPS://A.example/x") == ["HTTPS://A.example/x"]
