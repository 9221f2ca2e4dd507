"""The buttons under what is said about the corpus. All they need is in their custom_id, so they outlive a restart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import discord
from discord import ui

from bot.chat.messages.buttons import guarded
from bot.chat.messages.layout import Message


class CorpusButton(
    ui.DynamicItem[ui.Button[Any]],
    template=r"bylinecorpus:(?P<action>[a-z]+):(?P<argument>[A-Za-z0-9_.-]{0,64})",
):
    """`action` is a key of `Corpus.presses`. One that changes the corpus for good is `grave`: red."""

    def __init__(self, action: str, argument: str, label: str = "·", *, grave: bool = False) -> None:
        self.action, self.argument = action, argument
        super().__init__(
            ui.Button(
                label=label[:80],
                style=discord.ButtonStyle.danger if grave else discord.ButtonStyle.secondary,
                custom_id=f"bylinecorpus:{action}:{argument}",
            )
        )

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: ui.Item[Any], match: re.Match[str], /
    ) -> CorpusButton:
        return cls(match["action"], match["argument"])

    @guarded
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await interaction.client.corpus.pressed(interaction, self.action, self.argument)


def with_buttons(text: str, buttons: Sequence[CorpusButton]) -> Message:
    message = Message()
    message.add_item(ui.TextDisplay(text))
    if buttons:
        message.add_item(ui.ActionRow(*buttons))
    return message
