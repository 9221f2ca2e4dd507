"""/timeline over a real index, played through a simulated Discord."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from stage import World, shown

from bot.operations.index_pool import Library
from bot.qa.retrieval.search import Retriever
from bot.qa.selection.cross_encoder import CrossEncoder
from bot.qa.timeline.topics import Topics
from bot.settings import load_settings
from ingest.embedding.factory import Embedder


@pytest.fixture(scope="module")
def topics(newsroom: Path, embedder: Embedder) -> Iterator[Topics]:
    library, encoder = Library(load_settings(newsroom).ingest.index, embedder.identity.key), CrossEncoder()
    yield Topics(library, Retriever(embedder), encoder)
    encoder.close()
    library.close()


@pytest.mark.simcord(settle_timeout=30)
async def test_a_timeline_is_shown_with_its_sources_and_kept_as_asked(world: World, topics: Topics) -> None:
    world.services.topics = topics
    result = await world.ann.slash(world.channel, "timeline", topic="the Linden Bridge")
    text = shown(result)
    assert "February 1, 2016: The Linden Bridge was opened on Monday after three years of work." in text
    assert "Mayor opens the Linden Bridge" in text
    (asked,) = await world.services.records.asked_since(0)
    assert (asked.kind, asked.question, asked.outcome) == ("timeline", "the Linden Bridge", "answered")
    assert not result.followups


@pytest.mark.simcord(settle_timeout=30)
async def test_the_picture_follows_in_the_theme_that_was_chosen(world: World, topics: Topics) -> None:
    world.services.topics = topics
    result = await world.ann.slash(
        world.channel, "timeline", topic="the Linden Bridge", picture="dark", private=True
    )
    (message,) = result.followups
    assert [file.filename for file in message.attachments] == ["timeline-dark.png"]
    assert message.ephemeral


async def test_a_day_that_is_none_is_refused_in_words(world: World) -> None:
    result = await world.ann.slash(world.channel, "timeline", topic="the bridge", since="last week")
    assert "Write a day as 2026-01-31." in shown(result)
