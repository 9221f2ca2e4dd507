"""What the buttons under an answer do."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import discord

from bot.chat.commands.excerpts import WIDE, passage_messages, shorter_messages
from bot.chat.commands.private import say_privately
from bot.chat.commands.questions import Questions
from bot.chat.commands.request import Request, question_form
from bot.chat.messages.buttons import Press
from bot.chat.messages.displays import NO_PINGS, InteractionDisplay, acknowledge, follow
from bot.chat.messages.failures import Refused
from bot.chat.messages.forms import Submit, text_form
from bot.chat.messages.language import Words
from bot.chat.messages.layout import Message, text_message
from bot.chat.services import Services, of_interaction
from bot.operations.records import Asked, Vote
from bot.qa.answers import Answer

log = logging.getLogger(__name__)

_REASON_LIMIT = 1_000
_MOST_MESSAGES = 5


class Feedback:
    def __init__(self, services: Services, questions: Questions) -> None:
        self._services = services
        self._questions = questions

    def presses(self) -> Mapping[str, Press]:
        return {
            "passage": self._passage,
            "shorter": self._shorter,
            "more": self._more,
            "up": self._up,
            "down": self._down,
            "tell": self._tell,
            "privately": self._privately,
            "rephrase": self._rephrase,
        }

    def submits(self) -> Mapping[str, Submit]:
        return {"why": self._why}

    async def _passage(self, interaction: discord.Interaction[Any], key: str, number: int) -> None:
        words, answer, _asked = await self._answer(interaction, key)
        await self._show(interaction, await passage_messages(self._services, answer, words, number))

    async def _shorter(self, interaction: discord.Interaction[Any], key: str, _number: int) -> None:
        words, answer, record = await self._answer(interaction, key)
        messages = await shorter_messages(self._services, answer, key, words, heading=record.question)
        await self._show(interaction, messages)

    async def _more(self, interaction: discord.Interaction[Any], key: str, _number: int) -> None:
        """What other articles say to the same question; where they say nothing, more of the cited ones."""
        words, place, person = of_interaction(interaction)
        self._services.check_may_ask(place, person, words)
        _words, answer, record = await self._answer(interaction, key)
        known = tuple(dict.fromkeys(one.article.article_id for one in answer.citations))
        display = InteractionDisplay(interaction, private=True, words=words)
        request = Request(
            record.question, person, place, words, parent=record.parent, heading=record.question
        )
        history = await self._services.records.history(record.parent)
        with self._services.working():
            try:
                async with self._services.slots:
                    events = self._services.answers.answer(record.question, exclude=known, history=history)
                    more = await follow(events, display, words)
            except asyncio.CancelledError:
                await asyncio.shield(
                    display.fail(words("I am being restarted. Please press the button again."))
                )
                raise
        if more.outcome == "answered":
            await self._questions.deliver(
                replace(request, remarks=(words("From other articles."),)), display, more
            )
            return
        note = words("Other articles say nothing to this. More of the cited ones:")
        await display.finish(await passage_messages(self._services, answer, words, around=WIDE, note=note))

    async def _up(self, interaction: discord.Interaction[Any], key: str, _number: int) -> None:
        await self._vote(interaction, key, "up")

    async def _down(self, interaction: discord.Interaction[Any], key: str, _number: int) -> None:
        words, _place, person = of_interaction(interaction)
        form = text_form(
            "why",
            key,
            title=words("What is wrong with this answer?"),
            label=words("In your words (may stay empty)"),
            limit=_REASON_LIMIT,
            required=False,
        )
        await interaction.response.send_modal(form)
        # the vote counts even where the form is closed without a word
        if await self._services.records.vote(key, person.id, "down"):
            self._services.metrics.voted("down")
            message = interaction.message
            if message is not None and not message.flags.ephemeral:
                with suppress(discord.HTTPException):  # the channel may be out of the bot's reach
                    await message.edit(view=await self._counted(message, key), allowed_mentions=NO_PINGS)

    async def _why(self, interaction: discord.Interaction[Any], key: str, text: str) -> None:
        await self._vote(interaction, key, "down", text.strip()[:_REASON_LIMIT])

    async def _vote(
        self, interaction: discord.Interaction[Any], key: str, vote: Vote, reason: str = ""
    ) -> None:
        """Keep a vote, show under the answer that it counts, and thank the person."""
        words, _place, person = of_interaction(interaction)
        if not await self._services.records.vote(key, person.id, vote, reason):
            raise Refused(_gone(words))
        self._services.metrics.voted(vote)
        if interaction.message is not None:
            view = await self._counted(interaction.message, key)
            await interaction.response.edit_message(view=view, allowed_mentions=NO_PINGS)
        thanks = words("Thank you! Noted.") if vote == "up" else words("Thank you. The editors will see it.")
        await say_privately(interaction, thanks)

    async def _counted(self, message: discord.Message, key: str) -> discord.ui.LayoutView:
        """The message as it is, with the votes so far on the buttons."""
        counts = await self._services.records.votes(key)
        view = discord.ui.LayoutView.from_message(message, timeout=None)
        view.stop()  # its buttons are dynamic: discord.py is not to keep it for them
        for item in view.walk_children():
            if isinstance(item, discord.ui.Button):
                for vote, count in counts.items():
                    if item.custom_id == f"byline:{vote}:{key}:0":
                        item.label = str(count) if count else None
        return view

    async def _tell(self, interaction: discord.Interaction[Any], key: str, _number: int) -> None:
        words, _place, person = of_interaction(interaction)
        await acknowledge(interaction, private=True)
        record = await self._services.records.asked(key)
        if record is None or not await self._services.records.report(key, person.id):
            raise Refused(_gone(words))
        if record.outcome == "answered":
            await self._say(interaction, words("Passed on: the editors will look at this answer."))
        else:
            await self._say(interaction, words("Passed on: the editors see what the articles lack."))

    async def _privately(self, interaction: discord.Interaction[Any], key: str, _number: int) -> None:
        await self._ask_again(interaction, key, private=True)

    async def _rephrase(self, interaction: discord.Interaction[Any], key: str, _number: int) -> None:
        await self._ask_again(interaction, key, private=None)

    async def _ask_again(
        self, interaction: discord.Interaction[Any], key: str, *, private: bool | None
    ) -> None:
        """A form that holds the question, to be asked in other words."""
        words, place, person = of_interaction(interaction)
        self._services.check_place(place, person, words)
        record = await self._services.records.asked(key)
        question = record.question if record is not None else ""
        await interaction.response.send_modal(question_form(words, private, about=question))

    async def _answer(self, interaction: discord.Interaction[Any], key: str) -> tuple[Words, Answer, Asked]:
        """Acknowledge the button, and read its answer from the records."""
        words, _place, _person = of_interaction(interaction)
        await acknowledge(interaction, private=True)
        record = await self._services.records.asked(key)
        if record is None or record.answer is None:
            raise Refused(_gone(words))
        return words, record.answer, record

    async def _show(self, interaction: discord.Interaction[Any], messages: Sequence[Message]) -> None:
        words, _place, _person = of_interaction(interaction)
        await InteractionDisplay(interaction, private=True, words=words).finish(messages[:_MOST_MESSAGES])

    async def _say(self, interaction: discord.Interaction[Any], text: str) -> None:
        await interaction.edit_original_response(view=text_message(text), allowed_mentions=NO_PINGS)


def _gone(words: Words) -> str:
    return words("That answer is no longer on record. Please ask again.")
