"""/said, played through a simulated Discord."""

from __future__ import annotations

from dataclasses import replace

from stage import World, shown

from bot.qa.steps.statements import Lookup
from ingest.errors import IndexMissing


async def test_what_somebody_said_is_shown_with_its_source_and_kept_as_asked(world: World) -> None:
    result = await world.ann.slash(
        world.channel, "said", person="Mehdi Sanaei", about="the visit", since="2015-01-01"
    )
    assert world.answers.lookups == [Lookup("Mehdi Sanaei", "the visit", "2015-01-01")]
    assert "Mehdi Sanaei claimed the visit was a success." in shown(result)
    (asked,) = await world.services.records.asked_since(0)
    assert (asked.kind, asked.question) == ("said", "Mehdi Sanaei · the visit")


async def test_a_day_that_is_none_is_refused_in_words(world: World) -> None:
    result = await world.ann.slash(world.channel, "said", person="Mehdi Sanaei", since="yesterday")
    assert "Write a day as 2026-01-31." in shown(result)
    assert world.answers.lookups == []


async def test_speakers_are_offered_while_a_name_is_typed(world: World) -> None:
    choices = await world.ann.autocomplete(world.channel, "said", "person", "Meh")
    assert [choice["value"] for choice in choices] == ["Mehdi Sanaei"]
    world.library.error = IndexMissing("Nothing has been ingested yet.")
    assert await world.ann.autocomplete(world.channel, "said", "person", "Meh") == []


async def test_who_may_not_see_the_articles_is_not_offered_speakers(world: World) -> None:
    readers = world.guild.create_role("readers")
    settings = replace(world.services.server(world.guild.id), allowed_roles=(readers.id,))
    await world.services.save_server(world.guild.id, settings)
    assert await world.ann.autocomplete(world.channel, "said", "person", "Meh") == []
