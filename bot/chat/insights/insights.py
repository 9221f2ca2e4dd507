"""/insights: for editors, what people asked, what they thought of the answers, and what the articles lack."""

from __future__ import annotations

import asyncio
import io
import logging
import time
from typing import Any

import discord
from discord import app_commands, ui
from discord.app_commands import locale_str as _

from bot.chat.insights.figures import Figures, csv_table, figures, grouped
from bot.chat.messages.displays import NO_PINGS, acknowledge
from bot.chat.messages.language import Words
from bot.chat.messages.layout import Message
from bot.chat.messages.markup import one_line, plain
from bot.chat.services import Services, of_interaction
from ingest.errors import UserFacingError

log = logging.getLogger(__name__)

_DAY = 86_400
_GROUPS = 8
_MOST_GROUPED = 500  # questions; the embedder takes a few milliseconds each
_CHART, _TABLE = "insights.png", "insights.csv"


class Insights:
    def __init__(self, services: Services) -> None:
        self._services = services

    def register(self, tree: app_commands.CommandTree[Any]) -> None:
        @tree.command(
            name=_("insights"), description=_("What people ask, and what the articles lack (for editors)")
        )
        @app_commands.default_permissions(manage_guild=True)
        @app_commands.describe(days=_("How many days to look back"))
        async def insights(
            interaction: discord.Interaction[Any], days: app_commands.Range[int, 1, 365] = 30
        ) -> None:
            words, place, person = of_interaction(interaction)
            self._services.check_runs_corpus(place, person, words)
            await acknowledge(interaction, private=True)
            now = time.time()
            since = now - days * _DAY
            records = await self._services.records.asked_since(since)
            feedback = await self._services.records.feedback_since(since)
            found = figures(records, feedback, now, days)
            groups = await self._groups(found)
            png = await asyncio.to_thread(_draw, found, words)
            table = csv_table(records, feedback)
            await interaction.edit_original_response(
                view=insights_message(found, groups, words),
                attachments=[
                    discord.File(io.BytesIO(png), _CHART),
                    discord.File(io.BytesIO(table.encode("utf-8-sig")), _TABLE),
                ],
                allowed_mentions=NO_PINGS,
            )

    async def _groups(self, found: Figures) -> list[list[str]]:
        """Unanswered questions, those that mean the same together; by their wording where nothing embeds."""
        questions = found.unanswered[-_MOST_GROUPED:]
        if not questions or self._services.embed is None:
            return grouped(questions, None)
        try:
            return grouped(questions, await asyncio.to_thread(self._services.embed, questions))
        except UserFacingError as error:
            log.warning("unanswered questions are not grouped by meaning: %s", error)
            return grouped(questions, None)


def insights_message(figures: Figures, groups: list[list[str]], words: Words) -> Message:
    message = Message()
    message.add_item(ui.TextDisplay(_summary(figures, words)))
    message.add_item(ui.MediaGallery(discord.MediaGalleryItem(f"attachment://{_CHART}")))
    if groups:
        lines = ["### " + words("What the articles did not answer")]
        for group in groups[:_GROUPS]:
            times = f" ×{len(group)}" if len(group) > 1 else ""
            lines.append(f"- {plain(one_line(group[0], 180))}{times}")
        message.add_item(ui.TextDisplay("\n".join(lines)))
    if figures.reasons:
        lines = ["### " + words("Why answers were voted down")]
        lines += [f"- {plain(one_line(reason, 180))}" for reason in figures.reasons[-5:]]
        message.add_item(ui.TextDisplay("\n".join(lines)))
    message.add_item(ui.File(f"attachment://{_TABLE}"))
    return message


def _draw(figures: Figures, words: Words) -> bytes:
    from bot.chat.insights.chart import chart_png  # Pillow is rarely needed

    return chart_png(figures, words)


def _summary(figures: Figures, words: Words) -> str:
    lines = [
        "### " + words.plural("The last day", "The last {n} days", figures.days),
        words.plural("{n} question asked", "{n} questions asked", figures.asked)
        + " · "
        + words.plural("{n} answered", "{n} answered", figures.answered)
        + " · "
        + words.plural("{n} not found", "{n} not found", figures.not_found)
        + " · "
        + words.plural("{n} failed", "{n} failed", figures.failed),
        f"👍 {figures.up:,} · 👎 {figures.down:,} · 📣 {figures.reports:,}",
    ]
    if figures.median_seconds is not None:
        lines.append(
            words(
                "Half of the answers took up to {median} s; {slow} took more than {limit} s.",
                median=f"{figures.median_seconds:.1f}",
                slow=f"{figures.slow:,}",
                limit=f"{figures.slow_limit:g}",
            )
        )
    return "\n".join(lines)
