from __future__ import annotations

from typing import Any

import discord
import pytest
from stage import ARTICLES, ShelfOfTwo, World, labels, shown, texts

from bot.chat.access import ServerSettings
from bot.chat.commands.server_settings import changed_settings, settings_text
from bot.chat.messages.language import words_in
from bot.settings import DiscordSettings
from ingest.articles.article import Article
from ingest.errors import IndexMissing


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    articles = [
        Article(
            f"m{n}",
            f"Article number {n} " + "of note " * 30,
            "",
            url=f"https://news.example/{n}?" + "q" * 190,
        )
        for n in range(25)
    ]
    monkeypatch.setattr(
        ShelfOfTwo, "find_articles", lambda self, text, limit=25, offset=0: articles[offset : offset + limit]
    )


async def test_sources_lists_articles_with_dates_and_links(world: World) -> None:
    result = await world.ann.slash(world.channel, "sources")
    text = shown(result)
    assert "1\\. **[Ambassador speaks on the visit](https://news.example/visit)** · Example Wire" in text
    assert "2\\. **Bridge @\u200beveryone opens** · Town \\*Paper\\* · February 1, 2016" in text
    assert result.ephemeral


async def test_sources_can_be_searched(world: World) -> None:
    text = shown(await world.ann.slash(world.channel, "sources", query="bridge"))
    assert "Bridge" in text
    assert "Ambassador" not in text
    assert "There are none" in shown(await world.ann.slash(world.channel, "sources", query="zzz"))


@pytest.mark.parametrize("query", ["*", "%", "😀", '"'])
async def test_a_search_without_a_word_finds_nothing_rather_than_everything(
    world: World, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    # as an index asked for no word
    monkeypatch.setattr(ShelfOfTwo, "find_articles", lambda *_: list(ARTICLES))
    text = shown(await world.ann.slash(world.channel, "sources", query=query))
    assert "There are none" in text
    assert "Ambassador" not in text


@pytest.mark.parametrize("letter", ["*", "x", "😀"])
async def test_ten_articles_of_long_names_and_addresses_fit_into_a_message(
    world: World, monkeypatch: pytest.MonkeyPatch, letter: str
) -> None:
    articles = [
        Article(
            f"m{n}",
            letter * 120,
            "",
            url=f"https://news.example/{n}?" + "q" * 180,
            source="_" * 60,
            published="2023-09-30",
        )
        for n in range(11)
    ]
    monkeypatch.setattr(ShelfOfTwo, "find_articles", lambda *_: articles)
    text = shown(await world.ann.slash(world.channel, "sources", query="a" + "*" * 59))
    assert len(text.encode("utf-16-le")) // 2 <= 4_000
    assert "\n10\\. **" in text
    assert "(https://news.example/0?" in text


async def test_sources_turn_pages_there_and_back(world: World, many: None) -> None:
    result = await world.ann.slash(world.channel, "sources", query="a: b")
    assert result.response is not None
    assert labels(result.response.components) == ["Next"]
    await world.ann.click(result.response.message, label="Next")
    assert "11\\. **[Article number 10" in shown(result)
    assert result.response is not None
    assert labels(result.response.components) == ["Back", "Next"]
    await world.ann.click(result.response.message, label="Next")
    assert "25\\. " in shown(result)
    await world.ann.click(result.response.message, label="Back")
    assert "11\\. " in shown(result)


async def test_help_says_what_there_is_from_when_and_how_to_ask(world: World) -> None:
    text = shown(await world.ann.slash(world.channel, "help"))
    assert f"{len(ARTICLES)} articles" in text
    assert "From November 23, 2015 to February 1, 2016." in text
    assert "`/ask`" in text
    assert "90 days" in text


async def test_help_works_without_an_index(world: World) -> None:
    world.library.error = IndexMissing("Nothing has been ingested yet. Run python -m ingest.")
    text = shown(await world.ann.slash(world.channel, "help"))
    assert "until something on my side is mended" in text
    assert "`/ask`" in text


async def test_forget_me_deletes_what_is_kept_of_a_person(world: World) -> None:
    await world.ann.slash(world.channel, "ask", question="Who spoke?")
    assert "1 entry deleted" in shown(await world.ann.slash(world.channel, "forget-me"))
    assert await world.services.records.asked_since(0) == []


ADMIN = discord.Permissions(manage_guild=True)


class TestSettings:
    @pytest.fixture
    def boss(self, world: World):  # type: ignore[no-untyped-def]
        role = world.guild.create_role("boss", permissions=ADMIN)
        return world.guild.add_member(world.env.create_user("boss"), roles=[role])

    async def test_a_channel_can_be_switched_off_and_stays_off_after_a_restart(
        self, world: World, boss
    ) -> None:  # type: ignore[no-untyped-def]
        text = await chosen(world, boss, "ignored_channels", [world.channel])
        assert f"Never answers in: <#{world.channel.id}>" in text
        assert "I do not answer in this channel." in shown(
            await world.ann.slash(world.channel, "ask", question="Who spoke?")
        )
        world.services.servers.clear()
        await world.services.load()
        assert world.services.server(world.guild.id).ignored_channels == (world.channel.id,)
        panel = await boss.slash(world.channel, "settings")
        await boss.click(panel.response.message, label="Back to config.toml")
        assert "Sanaei" in shown(await world.ann.slash(world.channel, "ask", question="Who spoke?"))

    async def test_outside_the_allowed_channels_the_allowed_ones_are_named(self, world: World, boss) -> None:  # type: ignore[no-untyped-def]
        other = world.guild.create_text_channel("news")
        await chosen(world, boss, "allowed_channels", [other])
        text = shown(await world.ann.slash(world.channel, "ask", question="Who spoke?"))
        assert f"I answer in other channels only: <#{other.id}>" in text
        assert "Sanaei" in shown(await world.ann.slash(other, "ask", question="Who spoke?"))

    async def test_answers_are_private_in_private_channels_unless_said_otherwise(
        self, world: World, boss
    ) -> None:  # type: ignore[no-untyped-def]
        await chosen(world, boss, "private_channels", [world.channel])
        assert (await world.ann.slash(world.channel, "ask", question="Who spoke?")).ephemeral
        assert not (
            await world.ann.slash(world.channel, "ask", question="Who spoke?", private=False)
        ).ephemeral

    async def test_a_mention_in_a_private_channel_is_pointed_to_the_private_way(
        self, world: World, boss
    ) -> None:  # type: ignore[no-untyped-def]
        assert world.client.user is not None
        await chosen(world, boss, "private_channels", [world.channel])
        await world.ann.send(world.channel, f"<@{world.client.user.id}> who spoke?")
        assert world.channel.last_message is not None
        assert "Here I answer in private: use `/ask`" in texts(world.channel.last_message.components)
        assert world.answers.asked == []

    async def test_asking_can_be_kept_to_a_role(self, world: World, boss) -> None:  # type: ignore[no-untyped-def]
        readers = world.guild.create_role("readers")
        ben = world.guild.add_member(world.env.create_user("ben"), roles=[readers])
        await chosen(world, boss, "allowed_roles", [readers])
        assert "kept to certain roles" in shown(
            await world.ann.slash(world.channel, "ask", question="Who spoke?")
        )
        assert "Sanaei" in shown(await ben.slash(world.channel, "ask", question="Who spoke?"))

    async def test_cooldowns_and_threads_can_be_set(self, world: World, boss) -> None:  # type: ignore[no-untyped-def]
        text = await chosen(world, boss, "cooldown_seconds", ["60"])
        assert "60 s a person, 0 s a channel" in text
        panel = await boss.slash(world.channel, "settings")
        await boss.click(panel.response.message, label="Threads: off")
        assert world.services.server(world.guild.id).threads

    async def test_a_member_whom_the_server_let_use_the_command_is_still_refused(self, world: World) -> None:
        command = world.env.backend.find_command("settings", None, type=1)
        assert command is not None
        world.guild.set_command_permissions(int(command["id"]), {world.ann: True})
        result = await world.ann.slash(world.channel, "settings")
        assert "That needs the permission Manage Server." in shown(result)


async def chosen(world: World, boss: Any, field: str, values: list[Any]) -> str:
    """The panel's text after a choice in one of its menus."""
    panel = await boss.slash(world.channel, "settings")
    assert panel.response is not None
    await boss.select(panel.response.message, values, custom_id=f"bylineset:{field}")
    return settings_text(world.services.server(world.guild.id), words_in("en"))


def test_what_a_menu_cannot_show_is_kept_and_a_channel_stands_in_one_list() -> None:
    now = ServerSettings.of(DiscordSettings(ignored_channels=tuple(range(1, 31)), allowed_channels=(99, 5)))
    after = changed_settings(now, "ignored_channels", ["1", "99"])
    assert after.ignored_channels == (1, 99, 26, 27, 28, 29, 30)
    assert after.allowed_channels == (5,)
