"""/forget-me: everything a person asked or said about answers is deleted."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str as _

from bot.chat.messages.displays import NO_PINGS, acknowledge
from bot.chat.messages.layout import text_message
from bot.chat.services import Services, of_interaction


class Privacy:
    def __init__(self, services: Services) -> None:
        self._services = services

    def register(self, tree: app_commands.CommandTree[Any]) -> None:
        @tree.command(
            name=_("forget-me"), description=_("Delete the questions, votes and watches that I keep of you")
        )
        async def forget_me(interaction: discord.Interaction[Any]) -> None:
            words, _place, person = of_interaction(interaction)
            await acknowledge(interaction, private=True)
            gone = await self._services.watches.forget(person.id)
            gone += await self._services.records.forget(person.id)
            text = words.plural(
                "Done: {n} entry deleted. Messages in channels are not mine to delete.",
                "Done: {n} entries deleted. Messages in channels are not mine to delete.",
                gone,
            )
            await interaction.edit_original_response(view=text_message(text), allowed_mentions=NO_PINGS)
