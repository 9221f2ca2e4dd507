"""/timeline: the events of a topic in order, each in an article's own words, and as a picture."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from typing import Any, Literal

import discord
from discord import app_commands
from discord.app_commands import locale_str as _

from bot.chat.commands.questions import Questions
from bot.chat.commands.request import Request
from bot.chat.commands.said import day_of
from bot.chat.messages.displays import NO_PINGS, InteractionDisplay, acknowledge
from bot.chat.messages.language import Words
from bot.chat.services import Services, of_interaction
from bot.operations.records import Kind
from bot.qa.answers import Answer, AnswerEvent, Progress
from bot.qa.timeline.answers import timeline_answer
from bot.qa.timeline.topics import Period, Timeline
from ingest.errors import UserFacingError

Theme = Literal["light", "dark"]


class TopicCommands:
    def __init__(self, services: Services, questions: Questions) -> None:
        self._services = services
        self._questions = questions

    def register(self, tree: app_commands.CommandTree[Any]) -> None:
        @tree.command(name=_("timeline"), description=_("What happened, in order, each line word for word"))
        @app_commands.describe(
            topic=_("What it should be about"),
            since=_("Happened on that day or later, as 2026-01-31"),
            until=_("Happened on that day or before, as 2026-01-31"),
            picture=_("As a picture, too"),
            private=_("Show the answer to you alone"),
        )
        async def timeline(
            interaction: discord.Interaction[Any],
            topic: app_commands.Range[str, 1, 300],
            since: app_commands.Range[str, 1, 10] | None = None,
            until: app_commands.Range[str, 1, 10] | None = None,
            picture: Theme | None = None,
            private: bool | None = None,
        ) -> None:
            words, _place, _person = of_interaction(interaction)
            period = Period(day_of(since, words), day_of(until, words))
            found: list[Timeline] = []
            request = await self._begin(interaction, topic, "timeline", private)
            await self._show(interaction, request, self._timeline(topic, period, words, found))
            if picture and found and found[0].events:
                png = await asyncio.to_thread(_drawn, found[0], words, picture)
                file = discord.File(io.BytesIO(png), f"timeline-{picture}.png")
                await interaction.followup.send(
                    file=file, ephemeral=request.private, allowed_mentions=NO_PINGS
                )

    async def _begin(
        self, interaction: discord.Interaction[Any], topic: str, kind: Kind, private: bool | None
    ) -> Request:
        words, place, person = of_interaction(interaction)
        self._services.check_may_ask(place, person, words)
        hidden = self._services.is_private(place) if private is None else private
        await acknowledge(interaction, private=hidden)
        return Request(topic, person, place, words, kind=kind, heading=topic, private=hidden)

    async def _show(
        self, interaction: discord.Interaction[Any], request: Request, events: AsyncIterator[AnswerEvent]
    ) -> None:
        display = InteractionDisplay(interaction, private=request.private, words=request.words)
        await self._questions.show(request, display, events)

    async def _timeline(
        self, topic: str, period: Period, words: Words, found: list[Timeline]
    ) -> AsyncIterator[AnswerEvent]:
        """`found` is filled with what the picture is drawn from."""
        yield Progress("searching")
        topics = self._services.topics
        if topics is None:
            raise UserFacingError("This bot was started without what reads a topic.")
        found.append(await topics.timeline(topic, period))
        answer: Answer = timeline_answer(found[0], words, words.date)
        yield answer


def _drawn(timeline: Timeline, words: Words, theme: Theme) -> bytes:
    from bot.chat.insights.timeline_picture import timeline_png  # Pillow is rarely needed

    return timeline_png(timeline, words, dark=theme == "dark")
