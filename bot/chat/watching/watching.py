"""Watches and gaps as one part of the client: their commands, their buttons, and the round after each ingest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import discord
from discord import app_commands

from bot.chat.commands.questions import Questions
from bot.chat.messages.buttons import Press
from bot.chat.services import Services
from bot.chat.watching.announcements import Announcements
from bot.chat.watching.gaps import Gaps
from bot.chat.watching.rounds import Rounds
from bot.chat.watching.telling import Telling
from bot.chat.watching.watches import Watches


class Watching:
    def __init__(self, services: Services, questions: Questions, client: discord.Client) -> None:
        self._watches = Watches(services, questions)
        self._gaps = Gaps(services)
        self._telling = Telling(services, client)
        self._announcements = Announcements(services, self._telling)
        self.after_ingest = Rounds(services, self._gaps, self._telling, self._announcements).after_ingest
        self._actions = {
            "end": self._watches.end,
            "gap": self._gaps.pressed,
        }

    async def post(self) -> None:
        """What is due: new articles, the digest, the week's gaps."""
        await self._announcements.post()
        await self._announcements.post_digest()
        await self._gaps.post_weekly(self._telling)

    def presses(self) -> Mapping[str, Press]:
        """What stands under every answer and refusal."""
        return {"watch": self._watches.pressed}

    def register(self, tree: app_commands.CommandTree[Any]) -> None:
        self._watches.register(tree)
        self._gaps.register(tree)

    async def pressed(self, interaction: discord.Interaction[Any], action: str, argument: str) -> None:
        """A button of ours was pressed, perhaps long ago and before a restart: the rules are looked at again."""
        await self._actions[action](interaction, argument)
