from __future__ import annotations

import time

import simcord
from stage import ARTICLES, RIBBON, SANAEI, World, answered, cite, labels, not_found, shown

from bot.chat.client import make_client
from bot.chat.insights.figures import figures
from bot.chat.messages.language import words_in
from bot.chat.messages.passages import passage_texts
from bot.chat.services import Services
from bot.operations.records import Records
from bot.qa.excerpts import context, shorter
from bot.web.signed_links import ReaderAddresses

OTHERS = cite(2, ARTICLES[0], "Others disagreed.")


def shown_labels(world: World) -> list[str]:
    message = world.channel.last_message
    assert message is not None
    return labels([component.to_dict() for component in message.components])


async def restarted(world: World) -> World:
    """The bot as after kill -9: new process state, same files, same Discord."""
    records = Records(world.tmp_path / "records.sqlite")
    services = Services(world.services.settings, world.answers, world.library, records, world.tmp_path)  # type: ignore[arg-type]
    world.services.records.close()
    world.client.services.records = records  # the fixture closes this one
    await world.env.restart_bot(make_client(services))
    return world


async def test_show_passage_shows_the_words_in_their_context_to_the_asker_alone(world: World) -> None:
    result = await world.ann.slash(world.channel, "ask", question="Who spoke?")
    assert result.response is not None
    pressed = await world.ann.click(result.response.message, label="Passage")
    assert pressed.ephemeral
    assert (
        "The ambassador spoke. **Mehdi Sanaei claimed the visit was a success.** Others disagreed."
        in shown(pressed)
    )


async def test_shorter_keeps_the_sentence_that_the_answer_opens_with_and_its_own_links(world: World) -> None:
    world.services.addresses = ReaderAddresses("https://read.example", b"k" * 32)
    text = "Mehdi Sanaei claimed the visit was a success. [1] Others disagreed. [2]"
    world.answers.events = [answered("What did Sanaei claim?", text, (SANAEI, OTHERS))]
    result = await world.ann.slash(world.channel, "ask", question="What did Sanaei claim?")
    assert result.response is not None
    pressed = shown(await world.ann.select(result.response.message, ["shorter"]))
    assert "Mehdi Sanaei claimed the visit was a success. **\\[1\\]**" in pressed
    assert "Others" not in pressed
    (asked,) = await world.services.records.asked_since(0)
    assert f"({world.services.addresses.answer(asked.key, 0)})" in pressed


async def test_more_detail_asks_the_other_articles(world: World) -> None:
    result = await world.ann.slash(world.channel, "ask", question="Who spoke?")
    assert result.response is not None
    world.answers.events = [answered("Who spoke?", "The ribbon was cut. [2]", (RIBBON,))]
    pressed = await world.ann.click(result.response.message, label="More")
    assert world.answers.excluded[-1] == ("a1",)
    assert pressed.ephemeral
    assert "The ribbon was cut." in shown(pressed)


async def test_more_detail_widens_the_passages_where_other_articles_say_nothing(world: World) -> None:
    result = await world.ann.slash(world.channel, "ask", question="Who spoke?")
    assert result.response is not None
    world.answers.events = [not_found("Who spoke?")]
    pressed = shown(await world.ann.click(result.response.message, label="More"))
    assert pressed.startswith("-# Other articles say nothing to this. More of the cited ones:")
    assert "The ambassador spoke. **Mehdi Sanaei" in pressed


async def test_votes_are_kept_and_a_no_asks_why(world: World) -> None:
    result = await world.ann.slash(world.channel, "ask", question="Who spoke?")
    assert result.response is not None
    (asked,) = await world.services.records.asked_since(0)
    assert "Thank you" in shown(
        await world.ann.click(result.response.message, custom_id=f"byline:up:{asked.key}:0")
    )
    form = await world.ann.click(result.response.message, custom_id=f"byline:down:{asked.key}:0")
    feedback = await world.services.records.feedback_since(0)
    assert feedback.votes == {asked.key: (("down", ""),)}
    thanks = await world.ann.submit_modal(form, {"text": "The year is wrong."})
    assert "The editors will see it" in shown(thanks)
    feedback = await world.services.records.feedback_since(0)
    assert feedback.votes == {asked.key: (("down", "The year is wrong."),)}


async def test_a_vote_shows_under_the_answer_that_it_counts(world: World) -> None:
    result = await world.ann.slash(world.channel, "ask", question="Who spoke?")
    assert result.response is not None
    (asked,) = await world.services.records.asked_since(0)
    message = result.response.message
    await world.ann.click(message, custom_id=f"byline:up:{asked.key}:0")
    assert shown_labels(world)[:2] == ["1", "👎"]
    bob = world.guild.add_member(world.env.create_user("bob"))
    await bob.click(message, custom_id=f"byline:down:{asked.key}:0")
    assert shown_labels(world)[:2] == ["1", "1"]


async def test_an_answer_has_four_buttons_and_a_menu(world: World) -> None:
    result = await world.ann.slash(world.channel, "ask", question="Who spoke?")
    assert result.response is not None
    rows = [part for part in result.response.components if part["type"] == 1]
    assert [[one["type"] for one in row["components"]] for row in rows] == [[2, 2, 2, 2], [3]]


async def test_telling_the_editors_of_a_good_answer_does_not_count_it_as_unanswered(world: World) -> None:
    result = await world.ann.slash(world.channel, "ask", question="Who spoke?")
    assert result.response is not None
    told = await world.ann.select(result.response.message, ["tell"])
    assert "will look at this answer" in shown(told)
    records, feedback = (
        await world.services.records.asked_since(0),
        await world.services.records.feedback_since(0),
    )
    assert figures(records, feedback, time.time(), 1).unanswered == ()


async def test_the_menu_asks_the_same_privately(world: World) -> None:
    result = await world.ann.slash(world.channel, "ask", question="Who spoke?")
    assert result.response is not None
    form = await world.ann.select(result.response.message, ["privately"])
    assert (await world.ann.submit_modal(form, {"text": "Who spoke first?"})).ephemeral
    assert world.answers.asked[-1][0] == "Who spoke first?"


async def test_what_was_not_found_can_be_asked_in_other_words(world: World) -> None:
    world.answers.events = [not_found("Who spoke?")]
    result = await world.ann.slash(world.channel, "ask", question="Who spoke?")
    assert result.response is not None
    form = await world.ann.click(result.response.message, label="Ask in other words")
    world.answers.events = None
    assert "Mehdi Sanaei" in shown(await world.ann.submit_modal(form, {"text": "Which man spoke?"}))


async def test_what_was_not_found_can_be_reported_to_the_editors(world: World) -> None:
    world.answers.events = [not_found("Who spoke?")]
    result = await world.ann.slash(world.channel, "ask", question="Who spoke?")
    assert result.response is not None
    assert "Passed on" in shown(await world.ann.click(result.response.message, label="Tell the editors"))
    (asked,) = await world.services.records.asked_since(0)
    assert (await world.services.records.feedback_since(0)).reports == {asked.key: 1}


async def test_buttons_forms_and_feedback_survive_a_restart(world: World) -> None:
    result = await world.ann.slash(world.channel, "ask", question="Who spoke?")
    assert result.response is not None
    message = result.response.message
    assert set(labels(result.response.components)) == {"👍", "👎", "Passage", "More"}
    (asked,) = await world.services.records.asked_since(0)
    form = await world.ann.click(message, custom_id=f"byline:down:{asked.key}:0")
    world = await restarted(world)
    assert "**Mehdi Sanaei claimed" in shown(await world.ann.click(message, label="Passage"))
    assert "The editors will see it" in shown(await world.ann.submit_modal(form, {"text": "Too vague."}))
    feedback = await world.services.records.feedback_since(0)
    assert feedback.votes == {asked.key: (("down", "Too vague."),)}


async def test_a_follow_up_after_a_restart_still_knows_the_conversation(
    world: World, simcord_env: simcord.Env
) -> None:
    await world.ann.send_dm("what did Sanaei claim?")
    world = await restarted(world)
    await world.ann.send_dm("and when?")
    assert [turn.question for turn in world.answers.asked[-1][1]] == ["what did Sanaei claim?"]


async def test_a_button_of_a_deleted_answer_says_so(world: World) -> None:
    result = await world.ann.slash(world.channel, "ask", question="Who spoke?")
    assert result.response is not None
    await world.services.records.forget(world.ann.id)
    for label in ("Passage", "More"):
        pressed = await world.ann.click(result.response.message, label=label)
        assert "no longer on record" in shown(pressed)
    assert "no longer on record" in shown(await world.ann.select(result.response.message, ["shorter"]))


def test_context_ends_at_sentences_and_words() -> None:
    body = "One is here. Two is here. THREE IS HERE. Four is here. Five is here."
    start = body.index("THREE")
    before, after = context(body, start, start + 14, around=20)
    assert before == "… Two is here. "
    assert after == " Four is here. …"
    assert context(body, start, start + 14) == ("One is here. Two is here. ", " Four is here. Five is here.")


def test_words_that_changed_since_are_not_shown_as_if_they_stood_there() -> None:
    (text,) = passage_texts(answered("Who spoke?"), 1, {}, words_in("en"))
    assert "The article has changed since" in text
    assert "> Mehdi Sanaei claimed the visit was a success." in text


def test_a_sentence_may_have_its_marks_before_its_full_stop() -> None:
    text = "Sanaei claimed it was a success [1][2]! Others disagreed [2]. Nobody left."
    assert shorter(answered("What did Sanaei claim?", text)).text == "Sanaei claimed it was a success [1][2]!"


def test_an_answer_of_one_sentence_is_its_own_shortest_form() -> None:
    assert shorter(answered("Who spoke?")).text == "Mehdi Sanaei claimed the visit was a success. [1]"
