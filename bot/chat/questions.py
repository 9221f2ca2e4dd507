"""Asking: /ask, a mention, a direct message, a reply, "Ask about this", and a form for long questions."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str as _

from bot.chat.access import Person, Place, answers_in
from bot.chat.displays import NO_PINGS, ChannelDisplay, Display, InteractionDisplay, acknowledge, follow
from bot.chat.failures import Refused, explain
from bot.chat.forms import Submit, text_form
from bot.chat.language import Words
from bot.chat.layout import answer_messages, text_message
from bot.chat.markup import one_line, visible
from bot.chat.rendering import answer_pages
from bot.chat.services import Services, person_of, place_of, words_of
from bot.qa.answers import Answer, AnswerEvent
from bot.records import Kind
from ingest.errors import UserFacingError

log = logging.getLogger(__name__)

QUESTION_LIMIT = 2_000
_TOLD_AGAIN = 15.0  # seconds until the same person is refused in words again
_TALK_LASTS = 30 * 60  # seconds in which the next direct message counts as a follow-up


@dataclass(frozen=True)
class Request:
    """A question on its way: where from, what it follows, and how its answer is headed."""

    question: str
    person: Person
    place: Place
    words: Words
    kind: Kind = "question"
    parent: str | None = None
    heading: str = ""
    remarks: tuple[str, ...] = ()


class Questions:
    """Takes questions from wherever they come and shows their answers."""

    def __init__(self, services: Services) -> None:
        self._services = services

    # -- interactions

    def register(self, tree: app_commands.CommandTree[Any]) -> None:
        @tree.command(name=_("ask"), description=_("Ask a question about the articles"))
        @app_commands.describe(
            question=_("Your question; leave it out to write a long one in a form"),
            private=_("Show the answer to you alone"),
        )
        async def ask(
            interaction: discord.Interaction[Any],
            question: app_commands.Range[str, 1, QUESTION_LIMIT] | None = None,
            private: bool | None = None,
        ) -> None:
            if question is None:
                await interaction.response.send_modal(question_form(words_of(interaction), private))
            else:
                await self.from_interaction(interaction, question, private)

        @tree.context_menu(name=_("Ask about this"))
        async def ask_about(interaction: discord.Interaction[Any], message: discord.Message) -> None:
            text = message_text(message)
            if not text:
                raise Refused(words_of(interaction)("There are no words in that message to ask about."))
            await interaction.response.send_modal(
                question_form(words_of(interaction), None, about=one_line(text, 1_000))
            )

    def submits(self) -> Mapping[str, Submit]:
        return {"ask": self._asked_in_form}

    async def _asked_in_form(self, interaction: discord.Interaction[Any], argument: str, text: str) -> None:
        private = {"private": True, "public": False}.get(argument)
        await self.from_interaction(interaction, text, private)

    async def from_interaction(
        self, interaction: discord.Interaction[Any], question: str, private: bool | None = None
    ) -> None:
        words, place, person = of_interaction(interaction)
        self._services.check_may_ask(place, person, words)
        hidden = self._services.is_private(place) if private is None else private
        await acknowledge(interaction, private=hidden)
        request = Request(question, person, place, words, heading=question, parent=await self._talk(place))
        await self.show(request, InteractionDisplay(interaction, private=hidden, words=words))

    # -- messages

    async def from_message(self, message: discord.Message, me: discord.ClientUser) -> None:
        """Answer a message if it is meant for the bot; every other message is left alone."""
        if message.author.bot or message.type not in {discord.MessageType.default, discord.MessageType.reply}:
            return
        place = place_of(message.channel, message.guild.id if message.guild else None)
        ignored = self._services.server(place.server).ignored_channels
        if not answers_in(place, self._services.settings.discord) or place.within(ignored):
            return
        replied = message.reference.resolved if message.reference else None
        is_reply = isinstance(replied, discord.Message) and replied.author.id == me.id
        in_thread = message.channel.id in self._services.threads
        question = re.sub(rf"<@!?{me.id}>", " ", message.content).strip()
        # the content is empty where Discord did not let the bot see it: then the message is not for the bot
        if not (message.guild is None or me in message.mentions or ((is_reply or in_thread) and question)):
            return
        words = words_of(message)
        permissions = getattr(message.channel, "permissions_for", None)
        allowed = permissions(message.author) if permissions and message.guild else None
        display = ChannelDisplay(message.channel, message, words)
        try:
            if not question:
                raise Refused(
                    words("Ask me something about the articles: write your question after my name.")
                )
            self._services.check_may_ask(place, person_of(message.author, allowed), words)
            if message.guild is not None and self._services.is_private(place):
                raise Refused(
                    words("Here I answer in private: use {ask}, and only you see it.", ask="`/ask`")
                )
        except UserFacingError as error:
            # told once, not at every message: a refusal must not become a way to make the bot talk
            if self._services.cooldowns.take({("told", message.author.id): _TOLD_AGAIN}) == 0:
                await display.fail(explain(error, words))
            return
        parent = await self._answer_replied_to(message)
        remarks: tuple[str, ...] = ()
        channel: discord.abc.Messageable = message.channel
        if parent is None and self._services.server(place.server).threads and not in_thread:
            channel, remarks = await self._thread_for(message, question, words)
        if channel is not message.channel:
            place = place_of(channel, place.server)
        parent = parent or await self._talk(place)
        request = Request(
            question, person_of(message.author, allowed), place, words, parent=parent, remarks=remarks
        )
        await self.show(request, ChannelDisplay(channel, message, words))

    # -- both

    async def show(
        self, request: Request, display: Display, events: AsyncIterator[AnswerEvent] | None = None
    ) -> None:
        """Work a question out, keep it, and show it; summaries and digests bring their own `events`."""
        services = self._services
        key: str | None = None
        with services.working():
            try:
                key = await self._begin(request)
                with services.metrics.question():
                    async with services.slots:
                        if events is None:
                            history = await services.records.history(request.parent)
                            events = services.answers.answer(request.question, history=history)
                        answer = await follow(events, display, request.words)
                    await services.records.finish(key, answer)
                await self._put(request, display, answer, key)
            except asyncio.CancelledError:
                await asyncio.shield(self._apologise(request, display, key))
                raise
            except Exception as error:
                services.metrics.asked("failed")
                services.metrics.failed(type(error).__name__)
                if key is not None:
                    await services.records.fail(key)
                await display.fail(explain(error, request.words))

    async def deliver(self, request: Request, display: Display, answer: Answer) -> None:
        """Keep and show an answer that was worked out already."""
        key = await self._begin(request)
        await self._services.records.finish(key, answer)
        await self._put(request, display, answer, key)

    async def _begin(self, request: Request) -> str:
        return await self._services.records.begin(
            request.question,
            kind=request.kind,
            person=request.person.id,
            server=request.place.server,
            channel=request.place.channel,
            parent=request.parent,
        )

    async def _put(self, request: Request, display: Display, answer: Answer, key: str) -> None:
        services = self._services
        services.metrics.asked(answer.outcome)
        pages = answer_pages(
            answer,
            request.words,
            heading=request.heading,
            links=await services.links(answer, key),
            remarks=request.remarks,
        )
        for message in await display.finish(answer_messages(pages, answer, key, request.words)):
            await services.records.link_message(message, key)

    async def _apologise(self, request: Request, display: Display, key: str | None) -> None:
        if key is not None:
            await self._services.records.fail(key, "interrupted")
        await display.fail(
            request.words(
                "I am being restarted and could not finish this one. Please ask it again in a minute."
            )
        )

    async def _talk(self, place: Place) -> str | None:
        """The answer that a question follows by standing where it stands: in a thread of ours, or in a DM."""
        if place.channel in self._services.threads:
            latest = await self._services.records.latest_in(place.channel)
        elif place.server is None:
            latest = await self._services.records.latest_in(place.channel, time.time() - _TALK_LASTS)
        else:
            return None
        return latest.key if latest else None

    async def _answer_replied_to(self, message: discord.Message) -> str | None:
        if message.reference is None or message.reference.message_id is None:
            return None
        asked = await self._services.records.answer_in(message.reference.message_id)
        return asked.key if asked else None

    async def _thread_for(
        self, message: discord.Message, question: str, words: Words
    ) -> tuple[discord.abc.Messageable, tuple[str, ...]]:
        """A thread named after the question; the channel itself where there can be none, saying why."""
        channel = message.channel
        if not isinstance(channel, discord.TextChannel) or message.guild is None:
            return channel, ()
        mine = channel.permissions_for(message.guild.me)
        if not (mine.create_public_threads and mine.send_messages_in_threads):
            return channel, (
                words(
                    "I would open a thread for this, but lack Create Public Threads and Send Messages in "
                    "Threads."
                ),
            )
        try:
            thread = await message.create_thread(name=thread_name(question), auto_archive_duration=1440)
        except discord.HTTPException as error:
            log.info("no thread in channel %s: %s", channel.id, error)
            return channel, ()
        self._services.threads.add(thread.id)
        await self._services.records.open_thread(thread.id)
        return thread, ()


def question_form(words: Words, private: bool | None, about: str = "") -> discord.ui.Modal:
    """A form for a long question, or for one about the words of a message."""
    return text_form(
        "ask",
        {True: "private", False: "public", None: ""}[private],
        title=words("Ask about the articles"),
        label=words("Your question"),
        placeholder=words("What would you like to know?"),
        default=about,
        limit=QUESTION_LIMIT,
    )


def thread_name(question: str) -> str:
    """The question in Discord's 100 characters; names are not escaped, and never ping, but may look as if."""
    return one_line(question, 80).replace("@", "@\u200b") or "…"


def message_text(message: discord.Message) -> str:
    """The words of a message: its content, or the text of its components."""
    texts = [message.content, *(component.content for component in _texts(message.components))]
    return visible("\n".join(text for text in texts if text)).strip()


def _texts(components: Sequence[Any]) -> list[discord.TextDisplay]:
    found: list[discord.TextDisplay] = []
    for component in components:
        if isinstance(component, discord.TextDisplay):
            found.append(component)
        found += _texts(getattr(component, "children", ()))
    return found


def of_interaction(interaction: discord.Interaction[Any]) -> tuple[Words, Place, Person]:
    place = place_of(interaction.channel, interaction.guild_id)
    return words_of(interaction), place, person_of(interaction.user, interaction.permissions)


async def say_privately(interaction: discord.Interaction[Any], text: str) -> None:
    """Answer an interaction for the person alone, whether it was acknowledged already or not."""
    message = text_message(text)
    if interaction.response.type is discord.InteractionResponseType.deferred_channel_message:
        private = bool(interaction.extras.get("private", True))
        await InteractionDisplay(interaction, private=private, words=words_of(interaction)).fail(text)
    elif interaction.response.is_done():
        await interaction.followup.send(view=message, ephemeral=True, allowed_mentions=NO_PINGS)
    else:
        await interaction.response.send_message(view=message, ephemeral=True, allowed_mentions=NO_PINGS)
