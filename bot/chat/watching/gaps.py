"""/gaps: for editors, what people asked in vain, grouped by meaning, and who sees to it."""

from __future__ import annotations

import asyncio
import csv
import io
import logging
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import discord
from discord import app_commands, ui
from discord.app_commands import locale_str as _

from bot.chat.insights.figures import inert
from bot.chat.messages.displays import NO_PINGS, acknowledge
from bot.chat.messages.language import Words
from bot.chat.messages.layout import Message, text_message
from bot.chat.messages.markup import one_line, plain
from bot.chat.services import Services, of_interaction
from bot.chat.watching.buttons import WatchingButton
from bot.chat.watching.telling import Telling, Told
from bot.operations.watch_records import Gap, State
from bot.watching.grouping import agglomerated, wording_vectors

log = logging.getLogger(__name__)

_LISTED = 10
_POSTED, _WEEK = "gaps posted", 7 * 86_400
_TABLE = "gaps.csv"
_NEXT: dict[State, State] = {"open": "taken", "taken": "answered", "answered": "open"}


class Gaps:
    def __init__(self, services: Services) -> None:
        self._services = services

    def register(self, tree: app_commands.CommandTree[Any]) -> None:
        @tree.command(
            name=_("gaps"), description=_("What people asked in vain, and who sees to it (for editors)")
        )
        @app_commands.describe(state=_("Only those; what is not answered yet if left out"))
        @app_commands.choices(
            state=[app_commands.Choice(name=_(state), value=state) for state in ("open", "taken", "answered")]
        )
        async def gaps(interaction: discord.Interaction[Any], state: str | None = None) -> None:
            words, place, person = of_interaction(interaction)
            self._services.check_runs_corpus(place, person, words)
            await acknowledge(interaction, private=True)
            everything = await self.regrouped()
            listed = [one for one in everything if (one.state == state if state else one.state != "answered")]
            await interaction.edit_original_response(
                view=gaps_message(listed, words) if listed else text_message(words("There is no such gap.")),
                attachments=[_table(everything)] if listed else [],
                allowed_mentions=NO_PINGS,
            )

    async def post_weekly(self, telling: Telling) -> None:
        """Once in seven days, what is not answered, to the channel that is set for it."""
        records, channel = self._services.records, self._services.settings.discord.gaps_channel
        if not channel or time.time() - float(await records.note(_POSTED) or 0) < _WEEK:
            return
        await records.save_note(
            _POSTED, str(time.time())
        )  # first: a channel out of reach is tried once a week, too
        told = Told(channel, 0)
        unanswered = [one for one in await self.regrouped() if one.state != "answered"]
        try:
            if unanswered and (target := await telling.target(told)) is not None:
                message = gaps_message(unanswered, telling.words(told))
                await target.send(view=message, file=_table(unanswered), allowed_mentions=NO_PINGS)
        except discord.HTTPException as error:
            log.warning("the week's gaps could not be posted: %s", error)

    async def regrouped(self) -> list[Gap]:
        """Every gap, with what was asked in vain since sorted into those that are not answered, or into new ones."""
        records = self._services.watches
        new = await records.lacking()
        if not new:
            return await records.gaps()
        held = [one for one in await records.gaps() if one.state != "answered"]
        keys = [*(key for one in held for key in one.keys), *(key for key, _ in new)]
        questions = [*(text for one in held for text in one.questions), *(text for _, text in new)]
        places = iter(range(len(keys)))
        kept = [[next(places) for _ in one.keys] for one in held]
        embed = self._services.embed
        vectors = await asyncio.to_thread(embed or wording_vectors, questions)
        groups = await asyncio.to_thread(agglomerated, vectors, kept)
        first_new = len(keys) - len(new)
        for place, group in enumerate(groups):
            added = [keys[one] for one in group if one >= first_new]
            if added:
                number = held[place].id if place < len(held) else None
                await records.save_gap(number, questions[group[0]], added)
        return await records.gaps()

    async def pressed(self, interaction: discord.Interaction[Any], argument: str) -> None:
        """The button of a gap moves it on: open → taken by whoever pressed → answered → open."""
        words, place, person = of_interaction(interaction)
        self._services.check_runs_corpus(place, person, words)
        await acknowledge(interaction, private=True)
        gaps = {str(one.id): one for one in await self._services.watches.gaps()}
        text = words("There is no such gap.")
        if (gap := gaps.get(argument)) is not None:
            gap = replace(gap, state=_NEXT[gap.state])
            if gap.state == "taken":
                gap = replace(gap, owner=person.id, owner_name=interaction.user.display_name[:80])
            elif gap.state == "open":
                gap = replace(gap, owner=None, owner_name=None)
            await self._services.watches.set_gap(gap.id, gap.state)
            await self._services.watches.own_gap(gap.id, gap.owner, gap.owner_name)
            text = f"**{plain(one_line(gap.question, 200))}**\n{_state(gap, words)}"
        await interaction.edit_original_response(view=text_message(text), allowed_mentions=NO_PINGS)


def gaps_message(gaps: list[Gap], words: Words) -> Message:
    message = Message()
    more = len(gaps) - _LISTED
    heading = words("What the articles did not answer") + (f" (+{more})" if more > 0 else "")
    message.add_item(ui.TextDisplay(f"### {heading}"))
    labels: dict[State, str] = {
        "open": words("Take"),
        "taken": words("Answered"),
        "answered": words("Open again"),
    }
    for gap in gaps[:_LISTED]:
        times = words.plural("asked once", "asked {n} times", len(gap.keys))
        people = words.plural("by {n} person", "by {n} people", gap.people)
        text = (
            f"**{plain(one_line(gap.question, 180))}**\n"
            f"-# {times} {people} · <t:{int(gap.last_asked)}:R> · {_state(gap, words)}"
        )
        button = WatchingButton("gap", gap.id, labels[gap.state])
        message.add_item(ui.Section(ui.TextDisplay(text), accessory=button))
    message.add_item(ui.File(f"attachment://{_TABLE}"))
    return message


def _table(gaps: list[Gap]) -> discord.File:
    return discord.File(io.BytesIO(csv_table(gaps).encode("utf-8-sig")), _TABLE)


def csv_table(gaps: list[Gap]) -> str:
    """One row a gap, without who asked it."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(["gap", "question", "state", "owner", "asked", "people", "last_asked", "wordings"])
    for one in gaps:
        last = datetime.fromtimestamp(one.last_asked, UTC).isoformat(timespec="seconds")
        wordings = " | ".join(dict.fromkeys(one.questions))
        counts = (len(one.keys), one.people, last)
        table.writerow(
            [one.id, inert(one.question), one.state, inert(one.owner_name or ""), *counts, inert(wordings)]
        )
    return out.getvalue()


def _state(gap: Gap, words: Words) -> str:
    shown = {"open": words("open"), "taken": words("taken"), "answered": words("answered")}[gap.state]
    return f"{shown} ({plain(gap.owner_name)})" if gap.owner_name else shown
