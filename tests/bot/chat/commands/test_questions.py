from __future__ import annotations

import asyncio
from dataclasses import replace

import discord
import pytest
from stage import RIBBON, SANAEI, World, answered, labels, not_found, shown, texts

from bot.chat.access import ServerSettings
from bot.qa import phrases
from bot.qa.answers import ArticleRef, CheckedSentence
from bot.web.signed_links import ReaderAddresses
from ingest.errors import IndexMissing, UserFacingError

GRANTED = pytest.mark.parametrize("discord_settings", [{"message_content": True, "threads": True}])
WITH_THREADS = pytest.mark.parametrize("discord_settings", [{"threads": True}])


async def test_ask_shows_the_answer_with_its_marks_and_sources(world: World) -> None:
    result = await world.ann.slash(world.channel, "ask", question="What did Sanaei claim?")
    text = shown(result)
    assert "Mehdi Sanaei claimed the visit was a success. **\\[1\\]**" in text
    assert "**\\[1\\]** **[Ambassador speaks on the visit](https://news.example/visit#" in text
    assert "Example Wire · November 23, 2015" in text
    assert "> " not in text, "the answer is the quote: it does not stand there twice"
    assert not result.ephemeral


async def test_ask_is_acknowledged_before_anything_else_is_sent(world: World) -> None:
    await world.ann.slash(world.channel, "ask", question="Who spoke?")
    first = next(request for request in world.env.http_requests if request.method in {"POST", "PATCH"})
    assert first.path.startswith("/interactions/")
    assert first.json["type"] == 5


async def test_a_private_answer_is_seen_by_the_asker_alone(world: World) -> None:
    result = await world.ann.slash(world.channel, "ask", question="Who spoke?", private=True)
    assert result.ephemeral


async def test_a_day_may_be_set_beyond_which_nothing_is_evidence(world: World) -> None:
    await world.ann.slash(world.channel, "ask", question="Who spoke?", as_of="May 2015")
    assert world.answers.as_of == "2015-05-31"
    refused = await world.ann.slash(world.channel, "ask", question="Who spoke?", as_of="soon")
    assert "I cannot read that date" in shown(refused)
    assert len(world.answers.asked) == 1


async def test_the_answer_says_as_of_when_in_the_readers_words_and_how_old_its_sources_are(
    world: World,
) -> None:
    then = replace(answered("x"), as_of="2015-12-01", notes=(phrases.as_of("2015-12-01", undated=True),))
    world.answers.events = [then]
    text = shown(await world.ann.slash(world.channel, "ask", question="Who spoke?"))
    assert "As of December 1, 2015: only articles" in text
    assert "November 23, 2015 (<t:1448236800:R>)" in text


async def test_the_link_opens_at_the_quoted_words(world: World) -> None:
    result = await world.ann.slash(world.channel, "ask", question="Who spoke?")
    assert (
        "(https://news.example/visit#:~:text=Mehdi%20Sanaei%20claimed%20the%20visit%20was%20a%20success.)"
        in shown(result)
    )


async def test_a_mention_is_answered_as_a_reply(world: World) -> None:
    assert world.client.user is not None
    await world.ann.send(world.channel, f"<@{world.client.user.id}> what did Sanaei claim?")
    assert world.answers.asked == [("what did Sanaei claim?", ())]
    reply = world.channel.last_message
    assert reply is not None
    assert reply.author.id == world.client.user.id
    assert "Mehdi Sanaei claimed" in texts(reply.components)


async def test_a_message_that_is_not_for_the_bot_is_left_alone(world: World) -> None:
    await world.ann.send(world.channel, "what did Sanaei claim?")
    assert world.answers.asked == []


async def test_another_bots_mention_is_left_alone(world: World) -> None:
    assert world.client.user is not None
    robot = world.guild.add_member(world.env.create_user("robot", bot=True))
    await robot.send(world.channel, f"<@{world.client.user.id}> what did Sanaei claim?")
    assert world.answers.asked == []


async def test_a_bare_mention_is_told_how_to_ask(world: World) -> None:
    assert world.client.user is not None
    await world.ann.send(world.channel, f"<@{world.client.user.id}>")
    assert world.channel.last_message is not None
    assert "write your question after my name" in texts(world.channel.last_message.components)


async def test_a_direct_message_is_answered_and_the_next_one_follows_it(world: World) -> None:
    await world.ann.send_dm("what did Sanaei claim?")
    await world.ann.send_dm("and what did others say?")
    assert [question for question, _ in world.answers.asked] == [
        "what did Sanaei claim?",
        "and what did others say?",
    ]
    (turn,) = world.answers.asked[1][1]
    assert turn.question == "what did Sanaei claim?"
    assert turn.cited_article_ids == ("a1",)


async def test_a_reply_to_an_answer_is_a_follow_up(world: World) -> None:
    assert world.client.user is not None
    result = await world.ann.slash(world.channel, "ask", question="What did Sanaei claim?")
    assert result.response is not None
    await world.ann.send(world.channel, f"<@{world.client.user.id}> when?", reply_to=result.response.message)
    question, history = world.answers.asked[-1]
    assert question == "when?"
    assert [turn.question for turn in history] == ["What did Sanaei claim?"]


@WITH_THREADS
async def test_a_mention_opens_a_thread_named_after_the_question(world: World) -> None:
    assert world.client.user is not None
    await world.ann.send(world.channel, f"<@{world.client.user.id}> what did @everyone claim?")
    (thread,) = world.channel.threads
    assert thread.name == "what did @\u200beveryone claim?"
    assert "Mehdi Sanaei claimed" in texts(thread.history()[-1].components)
    assert await world.services.records.threads() == {thread.id}


@GRANTED
async def test_a_follow_up_in_the_thread_needs_no_mention_where_the_content_may_be_read(world: World) -> None:
    assert world.client.user is not None
    await world.ann.send(world.channel, f"<@{world.client.user.id}> what did Sanaei claim?")
    (thread,) = world.channel.threads
    await world.ann.send(thread, "and when was that?")
    question, history = world.answers.asked[-1]
    assert question == "and when was that?"
    assert [turn.question for turn in history] == ["what did Sanaei claim?"]


@WITH_THREADS
async def test_a_follow_up_in_the_thread_needs_a_mention_where_the_content_is_hidden(world: World) -> None:
    assert world.client.user is not None
    await world.ann.send(world.channel, f"<@{world.client.user.id}> what did Sanaei claim?")
    (thread,) = world.channel.threads
    await world.ann.send(thread, "and when was that?")
    assert len(world.answers.asked) == 1
    await world.ann.send(thread, f"<@{world.client.user.id}> and when was that?")
    assert [turn.question for turn in world.answers.asked[-1][1]] == ["what did Sanaei claim?"]


@WITH_THREADS
async def test_where_no_thread_may_be_opened_the_answer_says_why_and_comes_in_the_channel(
    world: World,
) -> None:
    assert world.client.user is not None
    channel = world.guild.create_text_channel(
        "no-threads",
        overwrites={world.guild.default_role: discord.PermissionOverwrite(create_public_threads=False)},
    )
    await world.ann.send(channel, f"<@{world.client.user.id}> what did Sanaei claim?")
    assert channel.last_message is not None
    text = texts(channel.last_message.components)
    assert "Mehdi Sanaei claimed" in text
    assert "lack Create Public Threads" in text


async def test_where_the_bot_may_not_speak_it_says_so_in_a_direct_message(world: World) -> None:
    assert world.client.user is not None
    muted = world.guild.create_text_channel("muted")
    bot_role = world.guild.create_role("talks", permissions=discord.Permissions(send_messages=True))
    talker = world.guild.add_member(world.env.create_user("talker"), roles=[bot_role])
    world.env.inject_error("POST", f"/channels/{muted.id}/messages", status=403, code=50013, times=None)
    await talker.send(muted, f"<@{world.client.user.id}> what did Sanaei claim?")
    dm = talker.user.dm_channel.last_message
    assert dm is not None
    assert "I lack the permission to send messages there" in texts(dm.components)


async def test_ask_about_this_takes_the_words_of_a_message_into_a_form(world: World) -> None:
    message = await world.ann.send(world.channel, "The visit was a success, they say.")
    form = await world.ann.context_menu(world.channel, "Ask about this", message)
    assert form.modal is not None
    result = await world.ann.submit_modal(form, {"text": "Was the visit a success?"})
    assert world.answers.asked == [("Was the visit a success?", ())]
    assert "Mehdi Sanaei claimed" in shown(result)


async def test_ask_without_a_question_opens_a_form_for_a_long_one(world: World) -> None:
    form = await world.ann.slash(world.channel, "ask")
    long = "Please tell me in detail " * 40
    await world.ann.submit_modal(form, {"text": long})
    assert world.answers.asked == [(long, ())]


async def test_nothing_found_names_the_nearest_articles(world: World) -> None:
    world.answers.events = [not_found("Who spoke?")]
    result = await world.ann.slash(world.channel, "ask", question="Who spoke?")
    text = shown(result)
    assert "No article here answers that." in text
    assert "[Ambassador speaks on the visit](https://news.example/visit)" in text
    assert result.response is not None
    assert "Tell the editors" in labels(result.response.components)


async def test_no_ping_and_no_foreign_link_comes_out_of_an_article_a_question_or_a_model(
    world: World,
) -> None:
    world.answers.events = [
        answered("?", "<@123> cut @everyone [2] [free](https://evil.example) <@&5>.", (RIBBON,))
    ]
    result = await world.ann.slash(world.channel, "ask", question="@here <@42> who spoke?")
    text = shown(result)  # the fixture checks every body that was sent
    assert "](https://evil.example)" not in text
    assert "Town \\*Paper\\*" in text


async def test_an_error_meant_for_people_is_shown_to_the_asker_alone(world: World) -> None:
    world.answers.error = UserFacingError("There is no such day in the articles.")
    result = await world.ann.slash(world.channel, "ask", question="Who spoke?")
    assert result.response is None
    (followup,) = result.followups
    assert followup.ephemeral
    assert "There is no such day" in texts(followup.components)


async def test_what_is_to_be_mended_is_told_to_those_who_run_the_bot_and_to_them_alone(world: World) -> None:
    assert world.client.user is not None
    world.answers.error = IndexMissing("No index at /srv/secret. Run `python -m ingest` first.")
    asked = await world.ann.slash(world.channel, "ask", question="Who spoke?")
    await world.ann.send(world.channel, f"<@{world.client.user.id}> who spoke?")
    assert world.channel.last_message is not None
    for text in (shown(asked), texts(world.channel.last_message.components)):
        assert "until something on my side is mended" in text
        assert "/srv/secret" not in text

    world.services.owners = frozenset({world.ann.id})
    assert "/srv/secret" in shown(await world.ann.slash(world.channel, "ask", question="Who spoke?"))
    await world.ann.send(world.channel, f"<@{world.client.user.id}> who spoke?")
    assert "/srv/secret" not in texts(world.channel.last_message.components)


async def test_any_other_error_is_logged_under_the_reference_that_is_shown(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.answers.error = RuntimeError("secret detail")
    result = await world.ann.slash(world.channel, "ask", question="Who spoke?")
    text = shown(result)
    assert "secret detail" not in text
    reference = text.split("`")[1]
    assert any(reference in record.getMessage() for record in caplog.records)


async def test_progress_is_shown_and_edited_at_most_every_1_2_seconds(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.chat.messages.displays.EDIT_EVERY", 0.2)
    sentences = [CheckedSentence(f"Sentence {n}.") for n in range(12)]
    world.answers.events = [*sentences, answered("Who spoke?")]
    world.answers.pause = 0.05
    await world.ann.slash(world.channel, "ask", question="Who spoke?")
    edits = [request for request in world.env.http_requests if request.method == "PATCH"]
    assert 3 <= len(edits) <= 5  # 0.65 s of work in steps of 0.2 s, and the answer itself
    assert "Sentence 0." in texts(edits[-2].json["components"])
    assert "Mehdi Sanaei claimed" in texts(edits[-1].json["components"])


@pytest.mark.parametrize("discord_settings", [{"allowed_servers": (1,)}])
async def test_servers_that_are_not_allowed_get_no_answer(world: World) -> None:
    assert world.client.user is not None
    result = await world.ann.slash(world.channel, "ask", question="Who spoke?")
    assert result.ephemeral
    assert "I do not answer in this server." in shown(result)
    await world.ann.send(world.channel, f"<@{world.client.user.id}> who spoke?")
    assert world.answers.asked == []
    for command in ("sources", "help", "corpus status", "forget-me"):
        assert "I do not answer in this server." in shown(await world.ann.slash(world.channel, command))
    assert await world.ann.autocomplete(world.channel, "summary", "article", "amb") == []
    await world.ann.send_dm("who spoke?")
    assert len(world.answers.asked) == 1


@pytest.mark.parametrize("discord_settings", [{"cooldown_seconds": 30.0}])
async def test_asking_too_soon_is_told_how_long_to_wait(world: World) -> None:
    await world.ann.slash(world.channel, "ask", question="Who spoke?")
    result = await world.ann.slash(world.channel, "ask", question="And who won?")
    assert result.ephemeral
    assert "you can ask again in 30 seconds" in shown(result)
    ben = world.guild.add_member(world.env.create_user("ben"))
    await ben.slash(world.channel, "ask", question="Me too?")
    assert len(world.answers.asked) == 2


@pytest.mark.parametrize("discord_settings", [{"cooldown_seconds": 30.0}])
async def test_somebody_who_goes_on_and_on_is_refused_once(world: World) -> None:
    assert world.client.user is not None
    for _ in range(5):
        await world.ann.send(world.channel, f"<@{world.client.user.id}> who spoke?")
    said = [message for message in world.channel.history() if message.author.id == world.client.user.id]
    assert len(said) == 2  # the answer, and one refusal
    assert len(world.answers.asked) == 1


async def test_a_mention_in_an_ignored_channel_is_met_with_silence(world: World) -> None:
    assert world.client.user is not None
    quiet = ServerSettings.of(world.services.settings.discord, {"ignored_channels": [world.channel.id]})
    world.services.servers[world.guild.id] = quiet
    await world.ann.send(world.channel, f"<@{world.client.user.id}> who spoke?")
    assert world.answers.asked == []
    assert len(world.channel.history()) == 1


async def test_a_long_answer_goes_on_in_further_messages(world: World) -> None:
    long = " ".join(f"Sentence number {n} says something of note. [1]" for n in range(250))
    world.answers.events = [answered("Who spoke?", long, (SANAEI,) * 12)]
    result = await world.ann.slash(world.channel, "ask", question="Who spoke?")
    assert len(result.followups) >= 2
    text = shown(result)
    for n in range(250):
        assert f"Sentence number {n} says something of note. **\\[1\\]**" in text


async def test_the_question_is_on_record_before_it_is_answered(world: World) -> None:
    world.answers.hold = asyncio.Event()

    async def release() -> None:
        await asyncio.sleep(0.2)
        (asked,) = await world.services.records.asked_since(0)
        assert (asked.question, asked.outcome) == ("Who spoke?", "running")
        assert world.answers.hold is not None
        world.answers.hold.set()

    releasing = asyncio.create_task(release())
    await world.ann.slash(world.channel, "ask", question="Who spoke?")
    await releasing
    (asked,) = await world.services.records.asked_since(0)
    assert asked.outcome == "answered"


class TestWithTheReader:
    @pytest.fixture(autouse=True)
    def reader(self, world: World) -> ReaderAddresses:
        world.services.addresses = ReaderAddresses("https://read.example", b"k" * 32)
        return world.services.addresses

    async def test_a_source_can_be_read_in_the_reader_too(
        self, world: World, reader: ReaderAddresses
    ) -> None:
        result = await world.ann.slash(world.channel, "ask", question="Who spoke?")
        (asked,) = await world.services.records.asked_since(0)
        assert f"[read it here]({reader.answer(asked.key, 0)})" in shown(result)

    async def test_an_article_without_an_address_opens_in_the_reader(
        self, world: World, reader: ReaderAddresses
    ) -> None:
        world.answers.events = [answered("Who spoke?", "The ribbon was cut. [2]", (RIBBON,))]
        result = await world.ann.slash(world.channel, "ask", question="Who spoke?")
        (asked,) = await world.services.records.asked_since(0)
        assert f"[Bridge @\u200beveryone opens]({reader.answer(asked.key, 0)})" in shown(result)

    async def test_many_sources_with_reader_links_fit_into_messages(self, world: World) -> None:
        many = [ArticleRef(f"a{n}", "A title", f"https://news.example/{n}") for n in range(30)]
        cited = tuple(replace(SANAEI, article=one) for one in many)
        world.answers.events = [answered("Who spoke?", "It was so. [1]", cited)]
        result = await world.ann.slash(world.channel, "ask", question="Who spoke?")
        assert shown(result).count("read it here") == 30
