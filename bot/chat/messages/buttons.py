"""The buttons under an answer. All they need is in their custom_id, so they work after any restart."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import discord

Press = Callable[["discord.Interaction[Any]", str, int], Awaitable[None]]
"""What a button does: the interaction, the answer's key, and the citation it is about (0: all)."""


class AnswerButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"byline:(?P<action>[a-z]+):(?P<key>[A-Za-z0-9_-]{4,40}):(?P<number>\d{1,3})",
):
    """One button of one answer; `presses` on the client maps its action to what it does."""

    def __init__(self, action: str, key: str, number: int = 0, *, label: str = "", emoji: str | None = None):
        self.action, self.key, self.number = action, key, number
        super().__init__(
            discord.ui.Button(
                label=label[:80] or None,
                emoji=emoji,
                style=discord.ButtonStyle.secondary,
                custom_id=f"byline:{action}:{key}:{number}",
            )
        )

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> AnswerButton:
        return cls(match["action"], match["key"], int(match["number"]), label="·")

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        presses: Mapping[str, Press] = interaction.client.presses
        press = presses.get(self.action)
        # discord.py only logs what a dynamic item raises, so the client's handler is called from here
        try:
            if not await interaction.client.admits(interaction):
                return
            if press is None:
                raise LookupError(f"no button does {self.action!r}")
            await press(interaction, self.key, self.number)
        except Exception as error:
            await interaction.client.failed(interaction, error)
