"""The buttons under an answer. All they need is in their custom_id, so they work after any restart."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from functools import wraps
from typing import Any

import discord

Press = Callable[["discord.Interaction[Any]", str, int], Awaitable[None]]
"""What a button does: the interaction, the answer's key, and the citation it is about (0: all)."""
Callback = Callable[[Any, "discord.Interaction[Any]"], Coroutine[Any, Any, None]]


def guarded(callback: Callback) -> Callback:
    """A dynamic item's callback, run where the bot may act at all; what it raises the client explains.

    discord.py only logs what a dynamic item raises.
    """

    @wraps(callback)
    async def run(item: Any, interaction: discord.Interaction[Any]) -> None:
        try:
            if await interaction.client.admits(interaction):
                await callback(item, interaction)
        except Exception as error:
            await interaction.client.failed(interaction, error)

    return run


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

    @guarded
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await _press(interaction, self.action, self.key, self.number)


class AnswerMenu(
    discord.ui.DynamicItem[discord.ui.Select[Any]],
    template=r"bylinemenu:(?P<key>[A-Za-z0-9_-]{4,40})",
):
    """What an answer's buttons leave over; the value chosen is an action, as a button's."""

    def __init__(self, key: str, *, placeholder: str = "", choices: Mapping[str, str] | None = None) -> None:
        self.key = key
        super().__init__(
            discord.ui.Select(
                custom_id=f"bylinemenu:{key}",
                placeholder=placeholder[:150] or None,
                options=[
                    discord.SelectOption(label=label[:100], value=action)
                    for action, label in (choices or {"·": "·"}).items()
                ],
            )
        )

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> AnswerMenu:
        return cls(match["key"])

    @guarded
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        chosen = dict(interaction.data or {}).get("values") or [""]
        await _press(interaction, str(chosen[0]), self.key, 0)  # type: ignore[index]


async def _press(interaction: discord.Interaction[Any], action: str, key: str, number: int) -> None:
    presses: Mapping[str, Press] = interaction.client.presses
    if action not in presses:
        raise LookupError(f"no button does {action!r}")
    await presses[action](interaction, key, number)
