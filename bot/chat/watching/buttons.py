"""The buttons of watches and gaps. All they need is in their custom_id, so they outlive a restart."""

from __future__ import annotations

import re
from typing import Any

import discord
from discord import ui

from bot.chat.messages.buttons import guarded


class WatchingButton(
    ui.DynamicItem[ui.Button[Any]],
    template=r"bylinewatch:(?P<action>[a-z]{1,20}):(?P<argument>[0-9]{1,18})",
):
    """`action` is what `Watching.pressed` does; the argument, the number of a watch or a gap."""

    def __init__(self, action: str, argument: str | int, label: str = "·") -> None:
        self.action, self.argument = action, str(argument)
        super().__init__(
            ui.Button(
                label=label[:80],
                style=discord.ButtonStyle.secondary,
                custom_id=f"bylinewatch:{action}:{argument}",
            )
        )

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: ui.Item[Any], match: re.Match[str], /
    ) -> WatchingButton:
        return cls(match["action"], match["argument"])

    @guarded
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await interaction.client.watching.pressed(interaction, self.action, self.argument)
