"""/said: what somebody said, word for word, with who carries it, when, and a link to the words."""

from __future__ import annotations

from datetime import date
from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str as _

from bot.chat.article_choice import CHOICES
from bot.chat.commands.questions import Questions
from bot.chat.commands.request import Request
from bot.chat.messages.displays import InteractionDisplay, acknowledge
from bot.chat.messages.failures import Refused
from bot.chat.messages.language import Words
from bot.chat.messages.markup import one_line
from bot.chat.services import Services, of_interaction
from bot.qa.steps.statements import Lookup
from ingest.errors import UserFacingError

_NAME_LIMIT = 100


class Said:
    def __init__(self, services: Services, questions: Questions) -> None:
        self._services = services
        self._questions = questions

    def register(self, tree: app_commands.CommandTree[Any]) -> None:
        @tree.command(name=_("said"), description=_("What somebody said, word for word"))
        @app_commands.describe(
            person=_("Who said it"),
            about=_("What it should be about"),
            since=_("Published on that day or later, as 2026-01-31"),
            until=_("Published on that day or before, as 2026-01-31"),
            source=_("The outlet, or a part of its name"),
            private=_("Show the answer to you alone"),
        )
        async def said(
            interaction: discord.Interaction[Any],
            person: app_commands.Range[str, 1, _NAME_LIMIT],
            about: app_commands.Range[str, 1, 300] | None = None,
            since: app_commands.Range[str, 1, 10] | None = None,
            until: app_commands.Range[str, 1, 10] | None = None,
            source: app_commands.Range[str, 1, 100] | None = None,
            private: bool | None = None,
        ) -> None:
            words, place, asker = of_interaction(interaction)
            first, last = day_of(since, words), day_of(until, words)
            self._services.check_may_ask(place, asker, words)
            hidden = self._services.is_private(place) if private is None else private
            await acknowledge(interaction, private=hidden)
            subject = " · ".join(part for part in (person, about) if part)
            request = Request(subject, asker, place, words, kind="said", heading=subject, private=hidden)
            await self._show(interaction, request, Lookup(person, about or "", first, last, source or ""))

        @said.autocomplete("person")
        async def speakers(
            interaction: discord.Interaction[Any], typed: str
        ) -> list[app_commands.Choice[str]]:
            words, place, asker = of_interaction(interaction)
            try:
                self._services.check_place(place, asker, words)
                found = await self._services.read(lambda index: index.speakers(typed, CHOICES))
            except (Refused, UserFacingError):
                return []  # who may not see the articles is not shown who speaks in them either
            names = dict.fromkeys(one_line(one.name, _NAME_LIMIT) for one in found)
            return [app_commands.Choice(name=name, value=name) for name in names]

    async def _show(self, interaction: discord.Interaction[Any], request: Request, lookup: Lookup) -> None:
        display = InteractionDisplay(interaction, private=request.private, words=request.words)
        await self._questions.show(request, display, self._services.answers.statements(lookup))


def day_of(text: str | None, words: Words) -> str:
    """The day that an option names, "" where it is left out. Raises Refused."""
    try:
        return date.fromisoformat(text).isoformat() if text else ""
    except ValueError:
        raise Refused(words("Write a day as 2026-01-31.")) from None
