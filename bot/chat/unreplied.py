"""Answers in channels where the bot may write, but not reply."""

from __future__ import annotations

import discord

from bot.chat.displays import ChannelDisplay
from bot.chat.layout import Message

_NO_HISTORY = 160002
"""Discord's code where a reply needs Read Message History."""


class UnrepliedDisplay(ChannelDisplay):
    """A ChannelDisplay that goes without the reply where the bot may not read what was said before."""

    async def _send(self, message: Message, *, reply: bool) -> discord.Message:
        try:
            return await super()._send(message, reply=reply)
        except discord.Forbidden as error:
            if not reply or error.code != _NO_HISTORY:
                raise
            return await super()._send(message, reply=False)
