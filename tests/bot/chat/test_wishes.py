from __future__ import annotations

import pytest
from stage import ARTICLES, SANAEI, World, answered, labels, shown

from bot.qa.answers import Answer
from bot.qa.answers import CheckedSentence as Sentence

TALK = """help
hello
hi there!
thanks
thank you so much!
how are you?
who are you?
what can you do?
good bot
lol
what are your sources
shorter please
tell me more
tl;dr
can you help me?
bye
ok cool
never mind
what's up
how do I use this
show me your sources
elaborate please
are you a bot?
good morning
in one sentence""".splitlines()

CHATTER = """brb
anyone up for valorant?
lol same
did you see the game last night
gg
who wants pizza
what time are we meeting tomorrow?
omg that is so funny
my mic is broken again
afk 5 min
ok see you all at 8
that movie was terrible tbh
does anyone have a charger?
nah not today
happy birthday Tom!!
wait what
is this thing on?
I need coffee
can someone lend me 5 bucks
good night everyone""".splitlines()

THREADS = pytest.mark.parametrize("discord_settings", [{"message_content": True, "threads": True}])


async def test_small_talk_and_commands_are_never_searched_for_by_ask(world: World) -> None:
    for line in TALK:
        assert shown(await world.ann.slash(world.channel, "ask", question=line)), line
    assert world.answers.asked == []
    assert await world.services.records.asked_since(0) == []


async def test_nor_by_mention_nor_in_direct_messages(world: World) -> None:
    assert world.client.user is not None
    for line in TALK:
        await world.ann.send(world.channel, f"<@{world.client.user.id}> {line}")
        await world.ann.send_dm(line)
    assert world.answers.asked == []
    assert await world.services.records.asked_since(0) == []


@THREADS
async def test_nor_in_a_thread_and_what_was_talked_of_before_stays_the_subject(world: World) -> None:
    assert world.client.user is not None
    await world.ann.send(world.channel, f"<@{world.client.user.id}> what did Sanaei claim?")
    (thread,) = world.channel.threads
    for line in TALK:
        await world.ann.send(thread, line)
    assert len(world.answers.asked) == 1
    await world.ann.send(thread, "and when was that?")
    assert [turn.question for turn in world.answers.asked[-1][1]] == ["what did Sanaei claim?"]


@THREADS
async def test_chatter_in_a_thread_gets_no_answer_and_is_not_on_record(world: World) -> None:
    assert world.client.user is not None
    await world.ann.send(world.channel, f"<@{world.client.user.id}> what did Sanaei claim?")
    (thread,) = world.channel.threads
    before = len(thread.history())
    unsure = Answer("", "answered", "Others disagreed. [1]", (SANAEI,), "quoting", "g1", 0.1, doubtful=True)
    world.answers.events = [Sentence("Others disagreed."), unsure]
    for line in CHATTER:
        await world.ann.send(thread, line)
    assert len(thread.history()) == before + len(CHATTER)
    assert len(await world.services.records.asked_since(0)) == 1


async def test_shorter_please_shortens_the_last_answer(world: World) -> None:
    world.answers.events = [answered("", "Mehdi Sanaei claimed the visit was a success [1]. It ended [1].")]
    await world.ann.slash(world.channel, "ask", question="What did Sanaei claim?")
    text = shown(await world.ann.slash(world.channel, "ask", question="shorter please"))
    assert "claimed the visit was a success" in text
    assert "It ended" not in text
    assert len(world.answers.asked) == 1


async def test_tell_me_more_shows_the_words_in_their_context(world: World) -> None:
    await world.ann.slash(world.channel, "ask", question="What did Sanaei claim?")
    assert "The ambassador spoke." in shown(
        await world.ann.slash(world.channel, "ask", question="tell me more")
    )
    assert len(world.answers.asked) == 1


async def test_a_summary_in_words_is_a_summary(world: World) -> None:
    result = await world.ann.slash(world.channel, "ask", question="tl;dr of the ambassador article please")
    assert world.answers.asked == [("a1", ())]
    assert "Ambassador speaks on the visit" in shown(result)


async def test_where_several_articles_may_be_meant_each_has_a_button(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.chat.commands.summaries.articles_named", lambda *_: list(ARTICLES))
    result = await world.ann.slash(world.channel, "summary", article="the one of town")
    assert world.answers.asked == []
    assert result.response is not None
    first, second = labels(result.response.components)
    assert first == "Ambassador speaks on the visit (2015-11-23, Example Wire)"
    await world.ann.click(result.response.message, label=second)
    assert world.answers.asked == [("a2", ())]
