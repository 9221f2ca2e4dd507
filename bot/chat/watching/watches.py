"""/watch, /watches and "Tell me when this changes": questions whose answer somebody wants to hear of again."""

from __future__ import annotations

import time
from typing import Any

import discord
from discord import app_commands, ui
from discord.app_commands import locale_str as _

from bot.chat.commands.questions import Questions
from bot.chat.commands.request import QUESTION_LIMIT, Request, check_asks
from bot.chat.messages.displays import NO_PINGS, InteractionDisplay, acknowledge
from bot.chat.messages.failures import Refused
from bot.chat.messages.language import Words
from bot.chat.messages.layout import Message, text_message
from bot.chat.messages.markup import one_line, plain
from bot.chat.services import Services, of_interaction, place_of
from bot.chat.watching.buttons import WatchingButton
from bot.operations.watch_records import Watch
from bot.qa.answering import final_answer
from bot.qa.answers import Answer
from bot.qa.conversation.follow_ups import leans
from bot.watching.changes import evidence_of

_LISTED = 12  # as many as a message has room for, and a person may have


class Watches:
    def __init__(self, services: Services, questions: Questions) -> None:
        self._services = services
        self._questions = questions

    def register(self, tree: app_commands.CommandTree[Any]) -> None:
        @tree.command(name=_("watch"), description=_("Be told when articles change the answer to a question"))
        @app_commands.describe(
            question=_("The question, in full"),
            channel=_("Where to tell it to everybody; a direct message to you if left out"),
        )
        async def watch(
            interaction: discord.Interaction[Any],
            question: app_commands.Range[str, 1, QUESTION_LIMIT],
            channel: discord.TextChannel | None = None,
        ) -> None:
            await self._watch(interaction, question, channel)

        @tree.command(name=_("watches"), description=_("Show the questions that you watch, and end them"))
        async def watches(interaction: discord.Interaction[Any]) -> None:
            words, _place, person = of_interaction(interaction)
            await acknowledge(interaction, private=True)
            own = await self._services.watches.watches(person.id)
            await interaction.edit_original_response(view=_list(own, words), allowed_mentions=NO_PINGS)

    async def _watch(
        self, interaction: discord.Interaction[Any], question: str, channel: discord.TextChannel | None
    ) -> None:
        words, place, person = of_interaction(interaction)
        services = self._services
        check_asks(question, words, follows=False)
        if channel is not None:
            self._check_channel(interaction, channel, words)
        services.check_may_ask(place, person, words)
        await acknowledge(interaction, private=True)
        with services.working():
            async with services.slots:
                answer = await final_answer(services.answers.answer(question))
            note = await self._keep(interaction, question, answer, channel.id if channel else None)
            request = Request(question, person, place, words, heading=question, remarks=(note,))
            await self._questions.deliver(
                request, InteractionDisplay(interaction, private=True, words=words), answer
            )

    async def pressed(self, interaction: discord.Interaction[Any], key: str, _number: int) -> None:
        """Under an answer, or a refusal: the question as it stands there, told by direct message."""
        words, place, person = of_interaction(interaction)
        self._services.check_place(place, person, words)
        await acknowledge(interaction, private=True)
        record = await self._services.records.asked(key)
        if record is not None and record.kind != "question":
            raise Refused(words("Only questions can be watched."))
        if record is None or record.answer is None:
            raise Refused(words("That answer is no longer on record. Please ask again."))
        if record.parent and leans(record.question):
            raise Refused(
                words(
                    "That question leans on the one before it. Watch it in full with {command}.",
                    command="`/watch`",
                )
            )
        note = await self._keep(interaction, record.question, record.answer, None)
        await interaction.edit_original_response(view=text_message(note), allowed_mentions=NO_PINGS)

    async def end(self, interaction: discord.Interaction[Any], number: str) -> None:
        """Its owner may end a watch, and who manages the server, one that is told in a channel."""
        words, place, person = of_interaction(interaction)
        await acknowledge(interaction, private=True)
        watch = (
            await self._services.watches.watch(int(number)) if number.isascii() and number.isdigit() else None
        )
        if watch is not None:
            manages = person.manages_server and watch.channel is not None and watch.server == place.server
            if watch.person != person.id and not manages:
                raise Refused(words("Only whoever began this watch can end it."))
            await self._services.watches.end(watch.id)
        text = words("Ended: you are not told of it any more.")
        await interaction.edit_original_response(view=text_message(text), allowed_mentions=NO_PINGS)

    async def _keep(
        self, interaction: discord.Interaction[Any], question: str, answer: Answer, channel: int | None
    ) -> str:
        """Keep the watch, and what to tell of it. Raises Refused where it makes no sense, or there are too many."""
        words, place, person = of_interaction(interaction)
        if answer.as_of:
            raise Refused(words("What was published by a day in the past does not change any more."))
        own = self._services.settings.discord
        watch = Watch(
            0, person.id, place.server, channel, words.language, question, time.time(), evidence_of(answer)
        )
        kept = await self._services.watches.add(
            watch, min(own.watches_a_person, _LISTED), own.watches_a_server
        )
        if kept == "full":
            raise Refused(
                words(
                    "There are as many watches as there may be. End one with {command}.", command="`/watches`"
                )
            )
        where = f"<#{channel}>" if channel else words("a direct message")
        return words("Watched: when articles change this, you hear of it in {where}.", where=where)

    def _check_channel(
        self, interaction: discord.Interaction[Any], channel: discord.TextChannel, words: Words
    ) -> None:
        """Raise Refused unless the person may speak there, may ask there, and so may the bot."""
        _words, _place, person = of_interaction(interaction)
        self._services.check_place(place_of(channel, interaction.guild_id), person, words)
        people = [interaction.user, channel.guild.me]
        if not all(
            isinstance(one, discord.Member)
            and (may := channel.permissions_for(one)).send_messages
            and may.view_channel
            for one in people
        ):
            raise Refused(words("Both of us must be able to write in that channel."))


def _list(watches: list[Watch], words: Words) -> Message:
    if not watches:
        return text_message(words("You watch nothing. {command} begins to.", command="`/watch`"))
    message = Message()
    message.add_item(ui.TextDisplay("### " + words("What you watch")))
    for one in watches[:_LISTED]:
        where = f" <#{one.channel}>" if one.channel else ""
        button = WatchingButton("end", one.id, words("End"))
        text = f"{plain(one_line(one.question, 200))}{where}\n-# <t:{int(one.at)}:R>"
        message.add_item(ui.Section(ui.TextDisplay(text), accessory=button))
    return message
