"""Where an answer grows: the response to an interaction, or a message in a channel. Both outlive what goes
wrong on the way (expired tokens, deleted messages and threads, missing permissions).
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from typing import Any, Protocol, cast

import discord

from bot.chat.messages.failures import token_is_gone
from bot.chat.messages.language import Words
from bot.chat.messages.layout import Message, text_message
from bot.chat.messages.markup import plain
from bot.chat.messages.rendering import SentenceState, progress_text
from bot.qa.answers import Answer, AnswerEvent, CheckedSentence, Progress, SentenceVerdict

log = logging.getLogger(__name__)

EDIT_EVERY = 1.2
"""Seconds between two edits of one message; Discord publishes no rate, faster than this is throttled."""

PROGRESS_PATIENCE = 3.0
"""Seconds that showing progress may take before it is given up for this time."""

NO_PINGS = discord.AllowedMentions.none()
_NO_HISTORY = 160002
"""Discord's code where a reply needs Read Message History."""


async def acknowledge(interaction: discord.Interaction[Any], *, private: bool) -> None:
    """Answer Discord's three seconds first. What comes next may take up to fifteen minutes."""
    interaction.extras["private"] = private
    await interaction.response.defer(ephemeral=private, thinking=True)
    if (started := interaction.extras.get("started")) is not None:
        interaction.client.services.metrics.acknowledged(time.monotonic() - started)


class Display(Protocol):
    async def progress(self, text: str) -> None:
        """Show how far it is; what cannot be shown is left out."""

    async def finish(self, messages: Sequence[Message]) -> list[int]:
        """Show the answer and return the ids of its messages, for replies to it."""

    async def fail(self, text: str) -> None:
        """Say what went wrong, to the person who asked alone where that is possible."""


class InteractionDisplay:
    """Answers a deferred interaction. `private` says whether it was deferred ephemerally."""

    def __init__(self, interaction: discord.Interaction[Any], *, private: bool, words: Words) -> None:
        self._interaction = interaction
        self._private = private
        self._words = words

    async def progress(self, text: str) -> None:
        try:
            await self._interaction.edit_original_response(view=text_message(text), allowed_mentions=NO_PINGS)
        except discord.HTTPException as error:
            log.info("progress not shown: %s", error)

    async def finish(self, messages: Sequence[Message]) -> list[int]:
        sent: list[int] = []
        for place, message in enumerate(messages):
            try:
                sent.append(await self._respond(message, first=place == 0))
            except discord.HTTPException as error:
                if not token_is_gone(error):
                    raise
                log.info("the interaction is over (%s); answering outside it", error.code)
                return [*sent, *await self._outside(messages[place:])]
        return sent

    async def fail(self, text: str) -> None:
        message = text_message(text)
        try:
            if self._private:
                await self._interaction.edit_original_response(view=message, allowed_mentions=NO_PINGS)
                return
            # The first follow-up to a deferred response replaces it, as public as it was. So that is given
            # something to be first, only the person who asked is told, and the public part goes.
            await self.progress("-# …")
            await self._interaction.followup.send(view=message, ephemeral=True, allowed_mentions=NO_PINGS)
            await self._interaction.delete_original_response()
        except discord.HTTPException as error:
            if not token_is_gone(error):
                raise
            await self._outside([message])

    async def _respond(self, message: Message, *, first: bool) -> int:
        if first:
            shown = await self._interaction.edit_original_response(view=message, allowed_mentions=NO_PINGS)
            return shown.id
        followup = await self._interaction.followup.send(
            view=message, ephemeral=self._private, allowed_mentions=NO_PINGS, wait=True
        )
        return followup.id

    async def _outside(self, messages: Sequence[Message]) -> list[int]:
        """In the channel, or for a private answer in a direct message; nowhere when neither is allowed."""
        channel = self._interaction.channel
        target: discord.abc.Messageable = self._interaction.user
        if not self._private and isinstance(channel, discord.abc.Messageable):
            target = channel
        try:
            if target is channel:
                name = plain(self._interaction.user.display_name)
                await target.send(
                    view=text_message(f"-# {self._words('For {name}, who asked:', name=name)}"),
                    allowed_mentions=NO_PINGS,
                )
            return [(await target.send(view=one, allowed_mentions=NO_PINGS)).id for one in messages]
        except discord.HTTPException as error:
            log.warning("an answer could not be delivered: %s", error)
            return []


class Unwatched:
    """Shows nothing of how an answer comes about: nobody asked for one."""

    async def progress(self, text: str) -> None:
        pass

    async def finish(self, _messages: Sequence[Message]) -> list[int]:
        return []

    async def fail(self, text: str) -> None:
        pass


class ChannelDisplay:
    """Answers a message: in `channel`, as a reply to `asked` where that stands in the same channel.

    Where the bot may write, but not read what was said before, the answer goes without the reply.
    """

    def __init__(self, channel: discord.abc.Messageable, asked: discord.Message, words: Words) -> None:
        self._channel = channel
        self._asked = asked
        self._words = words
        self._shown: discord.Message | None = None

    async def progress(self, text: str) -> None:
        try:
            await self._put(text_message(text))
        except discord.HTTPException as error:
            log.info("progress not shown: %s", error)

    async def finish(self, messages: Sequence[Message]) -> list[int]:
        try:
            first = await self._put(messages[0])
            rest = [await self._send(message, reply=False) for message in messages[1:]]
        except discord.Forbidden as error:
            await self._tell_why(error)
            return []
        return [first.id, *(message.id for message in rest)]

    async def fail(self, text: str) -> None:
        try:
            await self._put(text_message(text))
        except discord.Forbidden as error:
            await self._tell_why(error)
        except discord.HTTPException as error:
            log.warning("a failure could not be told: %s", error)

    async def _put(self, message: Message) -> discord.Message:
        """Edit what is shown; when somebody deleted it, send it anew, and when the thread is gone, where
        the question was asked.
        """
        if self._shown is not None:
            try:
                self._shown = await self._shown.edit(view=message, allowed_mentions=NO_PINGS)
                return self._shown
            except discord.NotFound:
                self._shown = None
        try:
            self._shown = await self._send(message, reply=True)
        except discord.NotFound:
            if self._channel == self._asked.channel:
                raise
            self._channel = self._asked.channel
            self._shown = await self._send(message, reply=True)
        return self._shown

    async def _send(self, message: Message, *, reply: bool) -> discord.Message:
        if reply and getattr(self._channel, "id", None) == self._asked.channel.id:
            reference = self._asked.to_reference(fail_if_not_exists=False)
            try:
                return await self._channel.send(
                    view=message, reference=reference, mention_author=False, allowed_mentions=NO_PINGS
                )
            except discord.Forbidden as error:
                if error.code != _NO_HISTORY:
                    raise
        return await self._channel.send(view=message, allowed_mentions=NO_PINGS)

    async def _tell_why(self, error: discord.Forbidden) -> None:
        log.warning("cannot answer in channel %s: %s", self._asked.channel.id, error)
        name = plain(getattr(self._asked.channel, "name", ""))
        text = self._words(
            "I cannot answer in {channel}: I lack the permission to send messages there. "
            "Its admins can give it to me, or you can ask me here.",
            channel=f"**{name}**",
        )
        try:
            await self._asked.author.send(view=text_message(text), allowed_mentions=NO_PINGS)
        except discord.HTTPException:
            log.info("and the person who asked takes no direct messages")


async def follow(events: AsyncIterator[AnswerEvent], display: Display, words: Words) -> Answer:
    """Show the events as they come, at most one edit in EDIT_EVERY seconds, and return the answer."""
    stage, passages, sentences = "searching", 0, dict[str, SentenceState]()
    last_edit, stale = time.monotonic(), False
    coming: asyncio.Task[AnswerEvent] | None = None
    try:
        while True:
            coming = coming or asyncio.ensure_future(cast("Any", events).__anext__())
            wait = max(0.0, last_edit + EDIT_EVERY - time.monotonic()) if stale else None
            done, _ = await asyncio.wait({coming}, timeout=wait)
            if done:
                event = coming.result()
                coming = None
                if isinstance(event, Answer):
                    return event
                if isinstance(event, Progress):
                    stage, passages = event.stage, event.passages or passages
                elif isinstance(event, CheckedSentence):
                    stage = "checking"
                    sentences[event.text] = "being checked" if event.being_checked else "proven"
                elif isinstance(event, SentenceVerdict):
                    sentences[event.text] = "proven" if event.confirmed else "struck"
                stale = True
            if stale and time.monotonic() - last_edit >= EDIT_EVERY:
                # a rate limit may hold an edit back for long, and must not hold the answer back with it
                with suppress(TimeoutError):
                    async with asyncio.timeout(PROGRESS_PATIENCE):
                        await display.progress(progress_text(stage, passages, sentences, words))
                last_edit, stale = time.monotonic(), False
    finally:
        if coming is not None:
            coming.cancel()
            await asyncio.gather(coming, return_exceptions=True)
        close = getattr(events, "aclose", None)
        if close is not None:
            await close()
