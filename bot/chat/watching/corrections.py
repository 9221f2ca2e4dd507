"""Answers whose quoted words have changed at their source: marked where they stand, and told to who relied on them."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import asdict
from functools import partial

import discord
from discord import ui

from bot.chat.messages.differences import difference_line, fitting
from bot.chat.messages.displays import NO_PINGS
from bot.chat.messages.language import Words
from bot.chat.messages.layout import text_message
from bot.chat.messages.markup import masked_link, one_line, plain
from bot.chat.messages.rendering import TEXT_LIMIT
from bot.chat.services import Services
from bot.chat.watching.telling import Telling, Told, called, places
from bot.operations.correction_records import CorrectionRecords, Quoting
from bot.watching.changes import Changes
from bot.watching.corrections import Correction, corrections_of

log = logging.getLogger(__name__)

_MARK = 7_100  # the number of our component among a message's others, by which it is found again
_MARK_ROOM = 1_500
_TOLD = 5  # answers in one message; an article may have been quoted in hundreds

News = tuple[Quoting, tuple[Correction, ...], list[int]]


class Corrections:
    def __init__(self, services: Services, telling: Telling) -> None:
        self._services = services
        self._records = CorrectionRecords(services.records)
        self._telling = telling

    async def after(self, changes: Changes) -> None:
        """Mark every answer that quotes what is not there any more, and free those whose words are back."""
        news: dict[Told, list[News]] = {}
        for key in await self._records.keys_citing(changes.fresh | changes.stale):
            quoting = await self._records.quoting(key)
            if quoting is None or quoting.asked.answer is None:
                continue
            corrections = await self._services.read(partial(corrections_of, answer=quoting.asked.answer))
            written = json.dumps([asdict(one) for one in corrections], ensure_ascii=False)
            if written == (quoting.corrections or "[]"):
                continue
            await self._records.mark(key, written)  # first: told twice is worse than not told
            await self._edit(quoting, corrections)
            if quoting.corrections is None:
                for told, people in places(quoting.people).items():
                    news.setdefault(told, []).append((quoting, corrections, people))
        for told, items in news.items():
            await self._tell(told, items)

    async def _edit(self, quoting: Quoting, corrections: Sequence[Correction]) -> None:
        """Put the mark above the answer, or take it away; what only its asker sees nobody can edit any more."""
        asked = quoting.asked
        if not quoting.messages or (asked.server is not None and quoting.private):
            return
        told = Told(asked.channel, 0) if asked.server is not None else Told(None, asked.person or 0)
        try:
            if (target := await self._telling.target(told)) is None:
                return
            message = await target.fetch_message(quoting.messages[0])
            await message.edit(
                view=_marked(message, corrections, self._telling.words(told)), allowed_mentions=NO_PINGS
            )
        except (discord.HTTPException, ValueError) as error:
            log.info("an answer could not be marked: %s", error)

    async def _tell(self, told: Told, items: Sequence[News]) -> None:
        words = self._telling.words(told)
        people = list(dict.fromkeys(one for _, _, group in items for one in group))
        intro = words("You asked this, or voted it up: what it quotes has changed since.")
        lines = [called(people, told) + intro]
        for quoting, corrections, _ in items[:_TOLD]:
            lines += [f"### {_heading(quoting)}", *_lines(corrections, words)]
        if len(items) > _TOLD:
            lines.append(words("… and {more} more.", more=len(items) - _TOLD))
        await self._telling.send(told, [text_message(fitting(lines, TEXT_LIMIT))], people)


def _marked(message: discord.Message, corrections: Sequence[Correction], words: Words) -> ui.LayoutView:
    """The message as it stands, with the mark first where there is anything to say."""
    view = ui.LayoutView.from_message(message, timeout=None)
    view.stop()  # its buttons are dynamic: discord.py is not to keep it for them
    items = [one for one in view.children if one.id != _MARK]
    view.clear_items()
    for item in items:
        view.add_item(item)
    if corrections:
        room = min(_MARK_ROOM, 4_000 - view.content_length())
        view.clear_items()
        view.add_item(ui.TextDisplay(fitting(_lines(corrections, words), room), id=_MARK))
        for item in items:
            view.add_item(item)
    return view


def _lines(corrections: Sequence[Correction], words: Words) -> list[str]:
    lines = []
    for one in corrections:
        title = plain(one_line(one.title, 150))
        if one.removed:
            lines.append(words("⚠️ The article has been removed since: {title}", title=title))
        else:
            lines.append(words("⚠️ The article has changed since: {title}", title=title))
            lines += [difference_line(asdict(part)) for part in one.differences]
    return lines


def _heading(quoting: Quoting) -> str:
    asked, question = quoting.asked, one_line(quoting.asked.question, 200)
    if not quoting.messages or asked.server is None or asked.channel is None:
        return plain(question)
    return masked_link(
        question, f"https://discord.com/channels/{asked.server}/{asked.channel}/{quoting.messages[0]}"
    )
