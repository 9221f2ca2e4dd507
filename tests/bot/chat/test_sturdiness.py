"""What goes wrong on a real Discord, and what people see of it."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import discord
import pytest
from loopback_discord import until
from stage import World, answered, shown, texts

from bot.chat.messages.displays import follow
from bot.chat.messages.language import words_in
from bot.chat.messages.layout import answer_messages
from bot.chat.messages.rendering import answer_pages
from bot.operations.records import Records
from bot.operations.records_file import RecordsBroken
from bot.qa.answers import Answer, CheckedSentence

THREADS = pytest.mark.parametrize("discord_settings", [{"threads": True}])


async def test_an_expired_interaction_is_answered_in_the_channel_without_a_ping(world: World) -> None:
    world.env.inject_error("PATCH", "/webhooks/*/messages/@original", status=401, code=50027, times=None)
    await world.ann.slash(world.channel, "ask", question="Who spoke?")
    history = world.channel.history()
    text = "\n".join(texts(message.components) for message in history)
    assert "For ann, who asked:" in text
    assert "Mehdi Sanaei claimed" in text


async def test_an_expired_private_interaction_is_answered_in_a_direct_message(world: World) -> None:
    world.env.inject_error("PATCH", "/webhooks/*/messages/@original", status=404, code=10015, times=None)
    await world.ann.slash(world.channel, "ask", question="Who spoke?", private=True)
    dm = world.ann.user.dm_channel.last_message
    assert dm is not None
    assert "Mehdi Sanaei claimed" in texts(dm.components)
    assert "Sanaei" not in "".join(
        texts(message.components) for message in world.channel.history(viewer=world.ann)[1:]
    )


async def test_an_interaction_that_discord_gave_up_on_is_dropped_quietly(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.env.inject_error("POST", "/interactions/*/callback", status=404, code=10062)
    await world.ann.slash(world.channel, "ask", question="Who spoke?")
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
    assert len(world.env.errors) == 1
    world.expected = (discord.NotFound,)


async def test_a_message_deleted_meanwhile_is_sent_anew(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert world.client.user is not None
    monkeypatch.setattr("bot.chat.messages.displays.EDIT_EVERY", 0.01)
    world.answers.pause = 0.05
    world.answers.events = [CheckedSentence("One."), CheckedSentence("Two."), answered("Who spoke?")]
    world.env.inject_error("PATCH", f"/channels/{world.channel.id}/messages/*", status=404, code=10008)
    await world.ann.send(world.channel, f"<@{world.client.user.id}> who spoke?")
    assert world.channel.last_message is not None
    assert "Mehdi Sanaei claimed" in texts(world.channel.last_message.components)


@THREADS
async def test_the_answer_comes_in_the_channel_when_its_thread_was_deleted(world: World) -> None:
    assert world.client.user is not None
    world.env.inject_error("POST", "/channels/*/messages", status=404, code=10003)
    await world.ann.send(world.channel, f"<@{world.client.user.id}> who spoke?")
    assert world.channel.last_message is not None
    assert "Mehdi Sanaei claimed" in texts(world.channel.last_message.components)


async def test_a_server_error_of_discord_is_survived(world: World) -> None:
    world.env.inject_error("PATCH", "/webhooks/*/messages/@original", status=500, times=1)
    await world.ann.slash(world.channel, "ask", question="Who spoke?")
    assert "Sanaei" in shown(await world.ann.slash(world.channel, "ask", question="Who spoke?"))


async def test_thirty_people_asking_at_once_are_all_acknowledged_and_answered(world: World) -> None:
    people = [world.guild.add_member(world.env.create_user(f"p{n}")) for n in range(30)]
    results = [world.ask_at_once(person, f"Question {n}?") for n, person in enumerate(people)]
    await asyncio.sleep(0)
    await until(lambda: all(result.acknowledged for result in results), 1.0)
    await world.env.settle(timeout=30)
    for n, result in enumerate(results):
        assert f"### Question {n}?" in shown(result)
        assert "Mehdi Sanaei claimed" in shown(result)
    outcomes = [asked.outcome for asked in await world.services.records.asked_since(0)]
    assert outcomes == ["answered"] * 30


async def test_no_more_questions_run_at_once_than_configured(world: World) -> None:
    world.answers.hold = asyncio.Event()
    for n in range(10):
        world.ask_at_once(world.ann, f"Question {n}?")
    await until(lambda: len(world.answers.asked) == world.services.settings.discord.at_once)
    await asyncio.sleep(0.1)
    assert len(world.answers.asked) == world.services.settings.discord.at_once
    world.answers.hold.set()
    await world.env.settle(timeout=30)
    assert len(world.answers.asked) == 10


async def test_a_shutdown_lets_running_answers_finish(world: World) -> None:
    world.answers.hold = asyncio.Event()
    result = world.ask_at_once(world.ann, "Who spoke?")
    await until(lambda: bool(world.answers.asked))
    winding_up = asyncio.create_task(world.services.wind_up(5.0))
    await asyncio.sleep(0.05)
    world.answers.hold.set()
    await winding_up
    assert "Mehdi Sanaei claimed" in shown(result)


async def test_a_shutdown_apologises_for_what_it_cannot_finish(world: World) -> None:
    world.answers.hold = asyncio.Event()
    result = world.ask_at_once(world.ann, "Who spoke?")
    await until(lambda: bool(world.answers.asked))
    await world.services.wind_up(0.05)
    assert "could not finish this one" in shown(result)
    (asked,) = await world.services.records.asked_since(0)
    assert asked.outcome == "interrupted"
    refused = await world.ann.slash(world.channel, "ask", question="And who won?")
    assert "I am being restarted." in shown(refused)


@pytest.mark.parametrize("command", ["sources", "help", "corpus status"])
async def test_a_shutdown_waits_for_every_command(world: World, command: str) -> None:
    going_on = asyncio.Event()
    held_back(world, going_on)
    result = world.slash_at_once(world.ann, command)
    await until(lambda: result.acknowledged)
    winding_up = asyncio.create_task(world.services.wind_up(5.0))
    await asyncio.sleep(0.05)
    assert not winding_up.done()
    going_on.set()
    await winding_up
    assert "restarted" not in shown(result)
    assert "2" in shown(result)


@pytest.mark.parametrize("command", ["sources", "help", "corpus status"])
async def test_a_shutdown_leaves_no_command_thinking(world: World, command: str) -> None:
    held_back(world, asyncio.Event())
    result = world.slash_at_once(world.ann, command)
    await until(lambda: result.acknowledged)
    await world.services.wind_up(0.05)
    assert "I am being restarted. Please ask again in a minute." in shown(result)
    refused = await world.ann.slash(world.channel, command)
    assert "I am being restarted." in shown(refused)


def held_back(world: World, until_when: asyncio.Event) -> None:
    """The articles are read only when the event is set."""
    read = world.services.read

    async def slowly(work: Callable[[Any], Any]) -> Any:
        await until_when.wait()
        return await read(work)

    world.services.read = slowly  # type: ignore[method-assign]


@THREADS
async def test_where_nothing_can_be_recorded_the_person_is_told_and_no_thread_opened(world: World) -> None:
    assert world.client.user is not None

    async def full(*_args: object, **_named: object) -> None:
        raise RecordsBroken("The disk that holds /srv/records is full.")

    for name in ("begin", "open_thread", "fail"):
        setattr(world.services.records, name, full)
    await world.ann.send(world.channel, f"<@{world.client.user.id}> who spoke?")
    assert world.channel.threads == []
    assert world.channel.last_message is not None
    text = texts(world.channel.last_message.components)
    assert "until something on my side is mended" in text
    assert "/srv" not in text


async def test_a_question_whose_failure_cannot_be_recorded_is_told_as_failed(world: World) -> None:
    async def full(*_args: object, **_named: object) -> None:
        raise RecordsBroken("The disk is full.")

    world.services.records.finish = full  # type: ignore[method-assign]
    world.services.records.fail = full  # type: ignore[method-assign]
    result = await world.ann.slash(world.channel, "ask", question="Who spoke?")
    assert "until something on my side is mended" in shown(result)


async def test_where_the_bot_may_not_read_what_was_said_it_answers_without_replying(world: World) -> None:
    assert world.client.user is not None
    world.env.inject_error("POST", f"/channels/{world.channel.id}/messages", status=403, code=160002)
    await world.ann.send(world.channel, f"<@{world.client.user.id}> who spoke?")
    assert world.channel.last_message is not None
    assert "Mehdi Sanaei claimed" in texts(world.channel.last_message.components)


async def test_a_reconnect_changes_nothing(world: World) -> None:
    before = sum(request.path.endswith("/commands") for request in world.env.http_requests)
    for event in ("disconnect", "connect", "resumed", "ready"):
        world.client.dispatch(event)
    assert "Sanaei" in shown(await world.ann.slash(world.channel, "ask", question="Who spoke?"))
    assert sum(request.path.endswith("/commands") for request in world.env.http_requests) == before


CHILD = """
import asyncio, sys, pathlib
sys.path[:0] = sys.argv[2:]
import simcord
from loopback_discord import until
from stage import ScriptedAnswers, ShelfLibrary, World, settings
from bot.chat.client import make_client
from bot.chat.services import Services
from bot.operations.records import Records

async def main():
    folder = pathlib.Path(sys.argv[1])
    services = Services(settings(folder), ScriptedAnswers(), ShelfLibrary(), Records(folder / "records.sqlite"), folder)
    async with simcord.run(make_client(services)) as env:
        world = World(env, env.bot, folder)
        await world.ann.slash(world.channel, "ask", question="What did Sanaei claim?")
        (asked,) = await services.records.asked_since(0)
        await world.ann.click(world.channel.last_message, custom_id=f"byline:up:{asked.key}:0")
        world.answers.hold = asyncio.Event()
        world.ask_at_once(world.ann, "And who won?")
        while len(await services.records.asked_since(0)) < 2:
            await asyncio.sleep(0.01)
        print(asked.key, flush=True)
        await asyncio.sleep(60)

asyncio.run(main())
"""


async def test_question_answer_buttons_and_feedback_survive_kill_9(world: World, tmp_path: Path) -> None:
    folder = tmp_path / "killed"
    folder.mkdir()
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", CHILD, str(folder), str(Path(__file__).parent), str(Path(__file__).parents[3]),
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert child.stdout is not None
    key = (await child.stdout.readline()).decode().strip()
    child.kill()
    await child.wait()
    assert key

    records = Records(folder / "records.sqlite")
    world.services.records.close()
    world.services.records = records
    await world.services.load()
    kept, lost = await records.asked_since(0)
    assert (kept.key, kept.question, kept.outcome) == (key, "What did Sanaei claim?", "answered")
    assert (lost.question, lost.outcome) == ("And who won?", "interrupted")
    assert (await records.feedback_since(0)).votes == {key: (("up", ""),)}

    # the message still stands in Discord; its button knows only its custom_id
    assert kept.answer is not None
    words = words_in("en")
    channel = world.client.get_channel(world.channel.id)
    assert isinstance(channel, discord.TextChannel)
    (view,) = answer_messages(answer_pages(kept.answer, words), kept.answer, key, words)
    message = await channel.send(view=view)
    assert "**Mehdi Sanaei claimed" in shown(
        await world.ann.click(message, custom_id=f"byline:passage:{key}:0")
    )
    await world.ann.click(message, custom_id=f"byline:down:{key}:0")
    assert (await records.feedback_since(0)).votes[key][-1] == ("down", "")


async def test_slow_progress_does_not_hold_the_answer_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.chat.messages.displays.EDIT_EVERY", 0.0)
    monkeypatch.setattr("bot.chat.messages.displays.PROGRESS_PATIENCE", 0.05)

    class Stuck:
        async def progress(self, text: str) -> None:
            await asyncio.sleep(60)

    async def events():  # type: ignore[no-untyped-def]
        yield CheckedSentence("One.")
        yield answered("Who spoke?")

    started = time.monotonic()
    answer = await follow(events(), Stuck(), words_in("en"))  # type: ignore[arg-type]
    assert isinstance(answer, Answer)
    assert time.monotonic() - started < 1.0
