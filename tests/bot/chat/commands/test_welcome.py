"""The first message in a server, questions to try by a press, and what its owner is told."""

from __future__ import annotations

from pathlib import Path

import discord
import pytest
from stage import World, labels, shown, texts

from bot.qa.steps.examples import example_questions
from ingest.embedding.factory import Embedder
from tests.bot.qa.articles_at_hand import ingested

MAYOR = "Mayor Ann Lee said the Linden Bridge would open. Ann Lee said it was safe."


async def joined(world: World, **permissions: bool) -> tuple[discord.Guild, list[str]]:
    """A server that the bot has joined after its channel was made, and the texts of what stands in that channel."""
    boss = world.env.create_user("boss")
    handle = world.env.create_guild("Town", owner=boss)
    channel = handle.create_text_channel("lobby")
    guild = world.client.get_guild(handle.id)
    assert guild is not None
    await world.client.welcome.joined(guild)
    return guild, [texts(message.components) for message in channel.history()]


async def test_a_server_is_greeted_once_where_the_bot_may_write(world: World) -> None:
    _guild, (greeting,) = await joined(world)
    assert "I answer from a body of articles" in greeting
    assert "Try one:" in greeting


async def test_a_server_that_is_not_allowed_is_not_greeted(world: World) -> None:
    world.services.settings.discord.__dict__["allowed_servers"] = (1,)
    _guild, greetings = await joined(world)
    assert greetings == []


async def test_a_press_on_an_example_asks_it(world: World) -> None:
    result = await world.ann.slash(world.channel, "help")
    assert "What did Mehdi Sanaei say?" in labels(result.response.components)
    pressed = await world.ann.click(result.response.message, label="What did Mehdi Sanaei say?")
    assert "Mehdi Sanaei claimed the visit was a success." in shown(pressed)
    assert world.answers.asked[0][0] == "What did Mehdi Sanaei say?"


def test_examples_are_about_who_speaks_most_and_the_commonest_subject(
    tmp_path: Path, embedder: Embedder
) -> None:
    texts_ = {
        "one.txt": f"Linden Bridge opens\n\n{MAYOR}",
        "two.txt": "Linden Bridge in numbers\n\nIt has four arches. Nobody minds.",
    }
    with ingested(texts_, tmp_path, embedder) as index:
        assert example_questions(index, 80) == [
            "What did Ann Lee say?",
            "What do the articles say about Linden Bridge?",
            "What's new?",
        ]
        assert example_questions(index, 12) == ["What's new?"]


@pytest.mark.parametrize("runs_the_bot", [True, False])
async def test_an_owner_is_told_what_is_missing_and_only_who_runs_the_bot_of_its_config(
    world: World, runs_the_bot: bool
) -> None:
    boss = world.env.create_user("boss")
    handle = world.env.create_guild("Town", owner=boss)
    world.services.owners = frozenset({boss.id} if runs_the_bot else ())
    guild = world.client.get_guild(handle.id)
    assert guild is not None
    await world.client.welcome.joined(guild)
    told = "\n".join(message.content for message in boss.dm_channel.history())
    assert (f"home_servers = [{guild.id}]" in told) is runs_the_bot
