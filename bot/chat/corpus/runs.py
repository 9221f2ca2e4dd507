"""Runs of `python -m ingest` that people of Discord started: one at a time, watched, and stopped by a button."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from typing import Any

import discord

from bot.chat.corpus.buttons import CorpusButton, with_buttons
from bot.chat.corpus.progress import RunProgress, busy_text, progress_text
from bot.chat.corpus.run_display import RunDisplay
from bot.chat.corpus.texts import removals_text, report_text
from bot.chat.messages.displays import PROGRESS_PATIENCE
from bot.chat.messages.failures import Refused, explain
from bot.chat.messages.language import Words
from bot.chat.messages.layout import Message, text_message
from bot.chat.messages.markup import one_line, plain
from bot.chat.services import Services
from bot.operations.ingest_subprocess import IngestFailed, IngestRun

log = logging.getLogger(__name__)

EDIT_EVERY = 1.5
"""Seconds between two edits of the message that shows a run."""


@dataclass
class _Running:
    progress: RunProgress
    key: str = field(default_factory=lambda: secrets.token_hex(4))
    task: asyncio.Task[dict[str, Any]] | None = None
    stopped_by: str = ""


class CorpusRuns:
    def __init__(self, services: Services) -> None:
        self._services = services
        self._now: _Running | None = None

    async def told(self, *arguments: str) -> dict[str, Any]:
        """What `python -m ingest` tells without changing anything. Raises IngestFailed."""
        return await IngestRun(self._services.config, arguments).finish()

    def check_free(self, words: Words) -> None:
        """Raise Refused, with who started what and how far it is, while another run goes on."""
        if self._services.closing:
            raise Refused(words("I am being restarted. Please try again in a minute."))
        if self._now is not None:
            raise Refused(busy_text(self._now.progress, words))

    async def run(
        self,
        interaction: discord.Interaction[Any],
        action: str,
        arguments: Sequence[str],
        words: Words,
        *,
        private: bool = True,
    ) -> None:
        """Run it in answer to an interaction that was deferred, showing how far it is and how it ended."""
        self.check_free(words)
        running = _Running(RunProgress(asked_by(interaction.user), action))
        display = RunDisplay(interaction, words, private=private)
        self._now = running
        try:
            with self._services.working():
                await self._watched(running, arguments, display, words)
        finally:
            self._now = None

    def stop(self, key: str, by: str, words: Words) -> None:
        """End the run of this key; raises Refused when it is over."""
        running = self._now
        if running is None or running.key != key or running.task is None:
            raise Refused(words("That run is over."))
        running.stopped_by = by
        running.task.cancel()

    async def _watched(
        self, running: _Running, arguments: Sequence[str], display: RunDisplay, words: Words
    ) -> None:
        run = IngestRun(self._services.config, arguments, by=running.progress.by)
        task = running.task = asyncio.create_task(_followed(run, running.progress))
        try:
            await self._shown(running, task, display, words)
            await display.show(lambda public: self._ending(running, task, public, words))
        except asyncio.CancelledError:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            text = words("I am being restarted; the articles stay as they were.")
            with suppress(discord.HTTPException):
                await asyncio.shield(display.show(lambda _public: text_message(text)))
            raise
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _shown(
        self, running: _Running, task: asyncio.Task[dict[str, Any]], display: RunDisplay, words: Words
    ) -> None:
        """Until the run ends, show how far it is; at most an edit in EDIT_EVERY seconds, and only of what is new."""
        shown = ""
        while not task.done():
            text = progress_text(running.progress, words)
            if text != shown:
                stop = CorpusButton("stop", running.key, words("Cancel"))
                try:
                    # a rate limit may hold an edit back for long, and must not hold the end back with it
                    async with asyncio.timeout(PROGRESS_PATIENCE):
                        await display.show(lambda _public, text=text, stop=stop: with_buttons(text, [stop]))  # type: ignore[misc]
                    shown = text
                except (discord.HTTPException, TimeoutError) as error:
                    log.info("progress not shown: %s", error)
            await asyncio.wait({task}, timeout=EDIT_EVERY)

    def _ending(
        self, running: _Running, task: asyncio.Task[dict[str, Any]], public: bool, words: Words
    ) -> Message:
        if task.cancelled():
            text = words(
                "Stopped by {who}. The articles stay as they were; what was embedded is kept for the next run.",
                who=plain(running.stopped_by),
            )
            return text_message(text)
        error = task.exception()
        if error is None:
            return text_message(report_text(task.result(), words, public=public))
        if isinstance(error, IngestFailed):
            return _failure(error, public, words)
        return text_message(explain(error, words))


async def _followed(run: IngestRun, progress: RunProgress) -> dict[str, Any]:
    async with aclosing(run.steps()) as steps:  # type: ignore[type-var]
        async for step in steps:
            progress.step(*step)
    return run.report


def _failure(error: IngestFailed, public: bool, words: Words) -> Message:
    if "running" in error.report:
        state = error.report["running"]
        return text_message(busy_text(RunProgress.told(state if isinstance(state, dict) else {}), words))
    removals = error.report.get("removals")
    if isinstance(removals, dict):
        label = words("Go on, and let them disappear")
        button = CorpusButton("allow", str(int(time.time() // 60)), label, grave=True)
        return with_buttons(removals_text(removals, words, public=public), [button])
    return text_message(explain(error, words))


def asked_by(user: discord.User | discord.Member) -> str:
    """Who asked, for the audit log: the name shown and the id, in characters that can be written anywhere."""
    name = one_line(user.display_name, 80).encode("utf-8", "replace").decode()
    return f"{name} ({user.id})"
