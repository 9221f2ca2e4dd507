"""What is said to one person alone."""

from __future__ import annotations

from typing import Any

import discord

from bot.chat.messages.displays import NO_PINGS, InteractionDisplay
from bot.chat.messages.layout import text_message
from bot.chat.services import words_of


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
