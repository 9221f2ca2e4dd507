"""Where a run that may last for hours is shown: first in answer to the interaction, then in a channel message."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import discord

from bot.chat.messages.displays import NO_PINGS
from bot.chat.messages.failures import token_is_gone
from bot.chat.messages.language import Words
from bot.chat.messages.layout import Message, text_message

log = logging.getLogger(__name__)

TOKEN_LASTS = 14 * 60.0
"""Seconds for which the interaction is edited; its token dies after fifteen minutes."""

Make = Callable[[bool], Message]
"""The message to show, given whether others than the person who asked can see it."""


class RunDisplay:
    """One message, edited over and over: the interaction's until its token ends, then one in the channel, and where
    the bot may not write there, a direct one. Raises discord.HTTPException.
    """

    def __init__(
        self,
        interaction: discord.Interaction[Any],
        words: Words,
        *,
        private: bool,
        lasts: float | None = None,
    ) -> None:
        self._interaction = interaction
        self._words = words
        self._private = private
        self._until = time.monotonic() + (TOKEN_LASTS if lasts is None else lasts)
        self._moved: discord.Message | None = None
        self._is_over = False

    async def show(self, make: Make) -> None:
        """Show it, wherever the message is by now."""
        if not self._is_over:
            try:
                if time.monotonic() < self._until:
                    view = make(not self._private)
                    await self._interaction.edit_original_response(view=view, allowed_mentions=NO_PINGS)
                    return
                await self._leave()
            except discord.HTTPException as error:
                if not token_is_gone(error):
                    raise
                log.info("the interaction is over (%s); the run is shown outside it", error.code)
            self._is_over = True
        await self._outside(make)

    async def _leave(self) -> None:
        text = self._words("This takes long, so it goes on in a message of its own.")
        await self._interaction.edit_original_response(
            view=text_message(f"-# {text}"), allowed_mentions=NO_PINGS
        )

    async def _outside(self, make: Make) -> None:
        if self._moved is not None:
            public = self._moved.guild is not None
            with suppress(discord.NotFound):  # somebody deleted it, so it is sent anew
                self._moved = await self._moved.edit(view=make(public), allowed_mentions=NO_PINGS)
                return
        channel = self._interaction.channel
        places: list[discord.abc.Messageable] = [self._interaction.user]
        if isinstance(channel, discord.abc.Messageable):
            places.insert(0, channel)
        for place in places:
            public = place is channel and self._interaction.guild_id is not None
            try:
                self._moved = await place.send(view=make(public), allowed_mentions=NO_PINGS)
                return
            except (discord.Forbidden, discord.NotFound) as error:
                log.info("a run cannot be shown in %s: %s", type(place).__name__, error)
        log.warning("nobody could be told how a run of ingest goes")
