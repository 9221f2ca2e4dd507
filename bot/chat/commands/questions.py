"""Asking: /ask, a mention, a direct message, a reply, "Ask about this", and a form for long questions."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str as _

from bot.chat.access import Place, answers_in
from bot.chat.article_choice import article_question
from bot.chat.commands.request import QUESTION_LIMIT, Request, check_asks, message_text, question_form
from bot.chat.commands.showing import Showing
from bot.chat.commands.wishes import Wishes
from bot.chat.conversations.addressing import Heard, claim_replied_to, heard
from bot.chat.conversations.threads import thread_for
from bot.chat.conversations.turns import answer_before, answer_replied_to, own_last_answer
from bot.chat.messages.displays import (
    ChannelDisplay,
    Display,
    InteractionDisplay,
    acknowledge,
)
from bot.chat.messages.failures import Refused
from bot.chat.messages.forms import Submit
from bot.chat.messages.markup import one_line
from bot.chat.services import Services, of_interaction, person_of, place_of, words_of
from bot.qa.conversation.follow_ups import leans
from bot.qa.retrieval.as_of import last_day
from bot.qa.understanding.small_talk import has_words, leaves_open
from bot.qa.understanding.wishes import wish_in

log = logging.getLogger(__name__)

_TOLD_AGAIN = 15.0  # seconds until the same person is refused in words again
_ABOUT_LIMIT = 500  # characters of a message that a question was written under


class Questions(Showing):
    """Takes questions from wherever they come and shows their answers."""

    def __init__(self, services: Services, wishes: Wishes) -> None:
        super().__init__(services)
        self._wishes = wishes

    # -- interactions

    def register(self, tree: app_commands.CommandTree[Any]) -> None:
        @tree.command(name=_("ask"), description=_("Ask a question about the articles"))
        @app_commands.describe(
            question=_("Your question; leave it out to write a long one in a form"),
            private=_("Show the answer to you alone"),
            as_of=_("Only what was published by then: 2015-05-31, May 2015, 2015"),
        )
        async def ask(
            interaction: discord.Interaction[Any],
            question: app_commands.Range[str, 1, QUESTION_LIMIT] | None = None,
            private: bool | None = None,
            as_of: app_commands.Range[str, 1, 40] | None = None,
        ) -> None:
            if question is None:
                await interaction.response.send_modal(question_form(words_of(interaction), private))
            else:
                await self.from_interaction(interaction, question, private, as_of)

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
        self,
        interaction: discord.Interaction[Any],
        question: str,
        private: bool | None = None,
        as_of: str | None = None,
    ) -> None:
        words, place, person = of_interaction(interaction)
        if as_of is not None and (as_of := last_day(as_of)) is None:
            raise Refused(words("I cannot read that date: write 2015-05-31, May 2015 or 2015."))
        services = self._services
        hidden = services.is_private(place) if private is None else private
        services.check_place(place, person, words)
        if (wish := wish_in(question)) is not None:
            hidden = hidden or wish.kind != "summary"
            await acknowledge(interaction, private=hidden)
            parent = await own_last_answer(services, place, person, private=hidden)
            request = Request(question, person, place, words, parent=parent, private=hidden, wish=wish)
            if await self._granted(request, InteractionDisplay(interaction, private=hidden, words=words)):
                return
        else:
            follows = leaves_open(question) and bool(
                await answer_before(services, place, person, private=hidden)
            )
            check_asks(question, words, follows=follows)
        services.check_may_ask(place, person, words)
        if wish is None:
            await acknowledge(interaction, private=hidden)
        parent = await answer_before(services, place, person, private=hidden)
        request = Request(
            question, person, place, words, heading=question, parent=parent, private=hidden, as_of=as_of or ""
        )
        await self.show(request, InteractionDisplay(interaction, private=hidden, words=words))

    # -- messages

    async def from_message(self, message: discord.Message, me: discord.ClientUser) -> None:
        """Answer a message if it is meant for the bot; every other message is left alone."""
        if (mention := self._heard(message, me)) is not None:
            await self._answer(message, mention, me)

    async def from_edit(
        self, before: discord.Message, after: discord.Message, me: discord.ClientUser
    ) -> None:
        """Answer a message whose author put the bot's name in afterwards."""
        mention = self._heard(after, me)
        if mention is not None and mention.called and self._heard(before, me) is None:
            await self._answer(after, mention, me)

    def _heard(self, message: discord.Message, me: discord.ClientUser) -> Heard | None:
        if message.author.bot or message.type not in {discord.MessageType.default, discord.MessageType.reply}:
            return None
        place = _place_of_message(message)
        ignored = self._services.server(place.server).ignored_channels
        if not answers_in(place, self._services.settings.discord) or place.within(ignored):
            return None
        return heard(message, me, in_thread=place.channel in self._services.threads)

    async def _answer(self, message: discord.Message, mention: Heard, me: discord.ClientUser) -> None:
        words, place = words_of(message), _place_of_message(message)
        permissions = getattr(message.channel, "permissions_for", None)
        # after an edit, Discord may tell of the author as a user without roles
        is_member = isinstance(message.author, discord.Member)
        allowed = permissions(message.author) if permissions and is_member else None
        request = Request(
            "", person_of(message.author, allowed), place, words, unaddressed=_overheard(mention, message)
        )
        display: Display = ChannelDisplay(message.channel, message, words)
        with self._services.working():
            try:
                understood = await self._understood(message, mention, me, request)
                if understood.wish is not None and await self._granted(understood, display):
                    return
                channel, remarks = await self._channel_for(message, understood)
            except Exception as error:
                # told once, not at every message: a refusal must not become a way to make the bot talk
                if self._services.cooldowns.take({("told", message.author.id): _TOLD_AGAIN}) == 0:
                    await display.fail(self._explained(error, request, display))
                return
            if channel is not message.channel:
                understood = replace(understood, place=place_of(channel, place.server))
                display = ChannelDisplay(channel, message, words)
            await self.show(replace(understood, remarks=remarks), display)

    async def _understood(
        self, message: discord.Message, mention: Heard, me: discord.ClientUser, request: Request
    ) -> Request:
        """What is asked, and what it follows. Raises Refused where it asks nothing, or may not be asked."""
        services, words = self._services, request.words
        place, person, in_private = request.place, request.person, request.place.server is None
        claim = claim_replied_to(message, me)
        about = one_line(message_text(claim), _ABOUT_LIMIT) if claim is not None else ""
        question = mention.question
        if not has_words(question) and about:
            question, about = about, ""  # a mere mention under a message asks what that message asks
        services.check_place(place, person, words)
        if not in_private and services.is_private(place):
            raise Refused(words("Here I answer in private: use {ask}, and only you see it.", ask="`/ask`"))
        if mention.unread:
            raise Refused(words("I cannot read messages that mention my role. Please mention me by my name."))
        if not has_words(question):
            raise Refused(words("Ask me something about the articles: write your question after my name."))
        replied_to = await answer_replied_to(services, message)
        if (wish := wish_in(question)) is not None:
            parent = replied_to or await own_last_answer(services, place, person, private=in_private)
            return replace(request, question=question, parent=parent, private=in_private, wish=wish)
        parent = replied_to or await answer_before(services, place, person, private=in_private)
        if claim is not None and not about and parent is None and leans(question):
            raise Refused(
                words("I cannot see the message that you reply to. Please write the whole question.")
            )
        check_asks(question, words, follows=bool(parent or about))
        services.check_may_ask(place, person, words)
        return replace(request, question=question, parent=parent, about=about, private=in_private)

    async def _channel_for(
        self, message: discord.Message, request: Request
    ) -> tuple[discord.abc.Messageable, tuple[str, ...]]:
        """Where the answer goes: what begins a conversation gets a thread, where the server wants threads."""
        services, place = self._services, request.place
        if request.parent or place.channel in services.threads or not services.server(place.server).threads:
            return message.channel, ()
        return await thread_for(services, message, request.question, request.words)

    # -- both

    async def _granted(self, request: Request, display: Display) -> bool:
        """Do what was asked of the bot itself; False where it is a question after all. Nothing of it is recorded."""
        wish, services = request.wish, self._services
        assert wish is not None
        if request.unaddressed and wish.kind in ("talk", "thanks"):
            return True  # people talk to each other
        if wish.kind != "summary":
            for message in await display.finish(await self._wishes.messages(wish, request)):
                if request.parent and wish.kind in ("shorter", "more"):
                    await services.records.link_message(message, request.parent)
            return True
        articles = await self._wishes.articles(wish, request)
        if len(articles) > 1:
            await display.finish([article_question(articles, request.words)])
        elif articles:
            title = articles[0].title
            asked = replace(
                request, question=title, heading=title, kind="summary", parent=None, unaddressed=False
            )
            services.check_may_ask(request.place, request.person, request.words)
            await self.show(asked, display, services.answers.summarise(articles[0].id))
        elif not wish.about:
            raise Refused(request.words("Which article? Name it by a word or two of its title."))
        return bool(articles)


def _overheard(mention: Heard, message: discord.Message) -> bool:
    """Whether the message was said in a thread of the bot's without calling it or replying to it."""
    return not mention.called and message.reference is None


def _place_of_message(message: discord.Message) -> Place:
    return place_of(message.channel, message.guild.id if message.guild else None)
