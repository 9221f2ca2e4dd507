"""What belongs together: people in one thread, replies, what is private, and what is not meant for the bot."""

from __future__ import annotations

import discord
import pytest
from simcord.actors import MemberActor
from stage import World, not_found, shown, texts

from bot.chat.access import ServerSettings
from bot.chat.conversations.threads import thread_name

GRANTED = pytest.mark.parametrize("discord_settings", [{"message_content": True, "threads": True}])
READING = pytest.mark.parametrize("discord_settings", [{"message_content": True}])
THREADS = pytest.mark.parametrize("discord_settings", [{"threads": True}])


@pytest.fixture
def ben(world: World) -> MemberActor:
    return world.guild.add_member(world.env.create_user("ben"))


def name_of(world: World) -> str:
    assert world.client.user is not None
    return f"<@{world.client.user.id}>"


def followed(world: World) -> list[str]:
    """The questions that came before the last one, as the answering side was told them."""
    return [turn.question for turn in world.answers.asked[-1][1]]


async def thread_of(world: World, question: str) -> discord.Thread:
    await world.ann.send(world.channel, f"{name_of(world)} {question}")
    (thread,) = world.channel.threads
    return thread  # type: ignore[no-any-return]


# -- privacy


@GRANTED
async def test_nobody_elses_question_follows_a_private_one(world: World, ben: MemberActor) -> None:
    thread = await thread_of(world, "What did Sanaei claim?")
    result = await world.ann.slash(thread, "ask", question="And what of my own secret?", private=True)
    assert result.ephemeral
    await ben.send(thread, "and when was that?")
    assert followed(world) == ["What did Sanaei claim?"]


@GRANTED
async def test_a_public_question_does_not_follow_the_persons_own_private_one(
    world: World, ben: MemberActor
) -> None:
    thread = await thread_of(world, "What did Sanaei claim?")
    await world.ann.slash(thread, "ask", question="And what of my own secret?", private=True)
    await world.ann.send(thread, "and when was that?")
    assert followed(world) == ["What did Sanaei claim?"]
    await ben.send(thread, "and where was that?")
    assert "And what of my own secret?" not in followed(world)


@GRANTED
async def test_a_private_question_follows_the_persons_own_private_one(world: World) -> None:
    thread = await thread_of(world, "What did Sanaei claim?")
    await world.ann.slash(thread, "ask", question="And what of my own secret?", private=True)
    await world.ann.slash(thread, "ask", question="And why?", private=True)
    assert followed(world) == ["What did Sanaei claim?", "And what of my own secret?"]


@GRANTED
async def test_chatter_in_a_thread_that_no_article_answers_is_left_in_silence(world: World) -> None:
    thread = await thread_of(world, "What did Sanaei claim?")
    before = len(thread.history())  # type: ignore[arg-type]
    world.answers.events = [not_found("anyone up for valorant tonight")]
    await world.ann.send(thread, "anyone up for valorant tonight")
    assert world.answers.asked[-1][0] == "anyone up for valorant tonight"
    assert len(thread.history()) == before + 1  # type: ignore[arg-type]
    await world.ann.send(thread, f"{name_of(world)} anyone up for valorant tonight")
    assert len(thread.history()) == before + 3  # type: ignore[arg-type]


# -- two people in one thread


@GRANTED
async def test_in_a_thread_a_question_follows_the_persons_own_last_one(
    world: World, ben: MemberActor
) -> None:
    thread = await thread_of(world, "When did the Ostrava glassworks open?")
    await ben.send(thread, "What happened to the Quillon dam?")
    await world.ann.send(thread, "Why did it close?")
    assert followed(world) == ["When did the Ostrava glassworks open?"]


@GRANTED
async def test_whoever_has_asked_nothing_in_a_thread_follows_what_stands_there(
    world: World, ben: MemberActor
) -> None:
    thread = await thread_of(world, "When did the Ostrava glassworks open?")
    await ben.send(thread, "And why did it close?")
    assert followed(world) == ["When did the Ostrava glassworks open?"]


# -- what is not meant for the bot


@GRANTED
@pytest.mark.parametrize(
    "text", ["thanks!", "lol", "ok", "😀", "<:pepe:123456789012345678>", "@ben what do you think?"]
)
async def test_small_talk_in_a_thread_is_left_alone(world: World, text: str) -> None:
    thread = await thread_of(world, "What did Sanaei claim?")
    before = len(thread.history())  # type: ignore[arg-type]
    await world.ann.send(thread, text)
    assert len(world.answers.asked) == 1
    assert len(thread.history()) == before + 1  # type: ignore[arg-type]


@GRANTED
async def test_people_talking_to_each_other_in_a_thread_are_left_alone(
    world: World, ben: MemberActor
) -> None:
    thread = await thread_of(world, "What did Sanaei claim?")
    await world.ann.send(thread, f"{ben.mention} shall we meet for lunch at noon?")
    mine = await ben.send(thread, "and when was that?")
    asked = len(world.answers.asked)
    await world.ann.send(thread, "Shall we see each other there?", reply_to=mine)
    assert len(world.answers.asked) == asked == 2
    await world.ann.send(thread, f"{name_of(world)} and what would {ben.mention} say?")
    assert world.answers.asked[-1][0] == "and what would @ben say?"


@THREADS
async def test_thanks_to_the_bot_get_a_friendly_line_and_no_thread(world: World) -> None:
    await world.ann.send(world.channel, f"{name_of(world)} thanks!")
    await world.ann.send_dm("thanks!")
    assert world.answers.asked == []
    assert world.channel.threads == []
    assert world.channel.last_message is not None
    assert texts(world.channel.last_message.components) == "You are welcome."
    assert await world.services.records.asked_since(0) == []


# -- what a question is about


@READING
async def test_a_claim_that_is_replied_to_is_what_the_question_is_about(
    world: World, ben: MemberActor
) -> None:
    claim = await ben.send(world.channel, "The Pellworm ferry sank in 1920, I think.")
    await world.ann.send(world.channel, f"{name_of(world)} is that right?", reply_to=claim)
    assert world.answers.asked[-1][0] == "is that right?"
    assert followed(world) == ["The Pellworm ferry sank in 1920, I think."]


@READING
async def test_a_mere_mention_under_a_question_asks_that_question(world: World, ben: MemberActor) -> None:
    question = await ben.send(world.channel, "When did the Pellworm ferry sink?")
    await world.ann.send(world.channel, name_of(world), reply_to=question)
    assert world.answers.asked == [("When did the Pellworm ferry sink?", ())]


async def test_where_the_claim_cannot_be_read_the_bot_says_so(world: World, ben: MemberActor) -> None:
    claim = await ben.send(world.channel, "The Pellworm ferry sank in 1920, I think.")
    await world.ann.send(world.channel, f"{name_of(world)} is that right?", reply_to=claim)
    assert world.answers.asked == []
    assert world.channel.last_message is not None
    assert "I cannot see the message that you reply to." in texts(world.channel.last_message.components)


@pytest.mark.parametrize("discord_settings", [{"cooldown_seconds": 30.0}])
async def test_a_question_without_content_is_asked_back_at_no_cost(world: World) -> None:
    for question, said in (("who?", "What about?"), ("😀 ?!", "there were no words in that")):
        result = await world.ann.slash(world.channel, "ask", question=question)
        assert result.ephemeral
        assert said in shown(result)
    assert await world.services.records.asked_since(0) == []
    assert "Sanaei" in shown(await world.ann.slash(world.channel, "ask", question="Who spoke?"))


@pytest.mark.parametrize("discord_settings", [{"cooldown_seconds": 30.0}])
async def test_a_mention_that_is_sent_to_ask_in_private_does_not_have_to_wait_there(world: World) -> None:
    quiet = ServerSettings.of(world.services.settings.discord, {"private_channels": [world.channel.id]})
    world.services.servers[world.guild.id] = quiet
    await world.ann.send(world.channel, f"{name_of(world)} who spoke?")
    assert world.channel.last_message is not None
    assert "use `/ask`" in texts(world.channel.last_message.components)
    assert "Sanaei" in shown(await world.ann.slash(world.channel, "ask", question="Who spoke?"))


# -- mentions


@THREADS
@pytest.mark.parametrize("text", ["😀", "<:pepe:123456789012345678>", "\u200b\u2060"])
async def test_a_mention_without_words_opens_no_thread(world: World, text: str) -> None:
    await world.ann.send(world.channel, f"{name_of(world)} {text}")
    assert world.channel.threads == []
    assert world.channel.last_message is not None
    assert "write your question after my name" in texts(world.channel.last_message.components)


@THREADS
async def test_a_threads_name_shows_names_and_no_numbers(world: World, ben: MemberActor) -> None:
    thread = await thread_of(
        world, f"<:pepe:123456789012345678> what did {ben.mention} say in <#{world.channel.id}>?"
    )
    assert thread.name == "what did @\u200bben say in #general?"


def test_a_threads_name_fits_into_discords_hundred_characters() -> None:
    assert len(thread_name("@" * 70)) <= 100
    assert thread_name(" ") == "…"


@READING
async def test_the_bots_role_is_as_good_as_its_name(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    role = world.guild.create_role("byline", mentionable=True)
    monkeypatch.setattr(discord.Guild, "self_role", property(lambda guild: guild.get_role(role.id)))
    await world.ann.send(world.channel, f"<@&{role.id}> what did Sanaei claim?")
    assert world.answers.asked == [("what did Sanaei claim?", ())]


async def test_where_a_mention_of_the_role_cannot_be_read_the_bot_asks_for_its_name(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    role = world.guild.create_role("byline", mentionable=True)
    monkeypatch.setattr(discord.Guild, "self_role", property(lambda guild: guild.get_role(role.id)))
    await world.ann.send(world.channel, f"<@&{role.id}> what did Sanaei claim?")
    assert world.channel.last_message is not None
    assert "Please mention me by my name." in texts(world.channel.last_message.components)


async def test_a_mention_that_is_put_in_afterwards_is_answered_once(world: World) -> None:
    message = await world.ann.send(world.channel, "what did Sanaei claim?")
    await world.ann.edit(message, f"{name_of(world)} what did Sanaei claim?")
    await world.ann.edit(message, f"{name_of(world)} what did Sanaei claim then?")
    assert world.answers.asked == [("what did Sanaei claim?", ())]
