"""/corpus status for everybody, /corpus refresh for those who run the corpus."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str as _

from bot.chat.displays import EDIT_EVERY, NO_PINGS, InteractionDisplay, acknowledge
from bot.chat.failures import Refused
from bot.chat.language import Words
from bot.chat.layout import text_message
from bot.chat.markup import one_line, plain
from bot.chat.questions import of_interaction
from bot.chat.services import Services
from ingest.errors import UserFacingError
from ingest.index import IndexStatus

log = logging.getLogger(__name__)

_SHOWN_REJECTS = 8
_NICE = 10
_KEPT_FROM_CHILD = ("DISCORD_TOKEN",)


class RefreshFailed(UserFacingError):
    """`python -m ingest` ended badly; the text is what it said."""


@dataclass
class Refresh:
    """One run of `python -m ingest --json` as a child process: its crash cannot take the bot down."""

    config: Path
    report: dict[str, Any] = field(default_factory=dict)

    async def run(self) -> AsyncIterator[tuple[str, int, int]]:
        """Yield (stage, done, total) as it goes; afterwards `report` is ingest's own. Raises RefreshFailed.
        The child is ended when the caller stops listening.
        """
        environment = {name: value for name, value in os.environ.items() if name not in _KEPT_FROM_CHILD}
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "ingest", "--json", "--progress", "--config", str(self.config),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=environment,
            limit=2**24,
        )  # fmt: skip
        # embedding takes every core it gets; people who ask meanwhile come first
        with suppress(OSError, AttributeError):
            os.setpriority(os.PRIO_PROCESS, child.pid, _NICE)
        assert child.stdout is not None
        assert child.stderr is not None
        output = asyncio.ensure_future(child.stdout.read())
        said: list[str] = []
        try:
            async for line in child.stderr:
                text = line.decode("utf-8", "replace").strip()
                if (step := _step(text)) is not None:
                    yield step
                elif text:
                    said = [*said, text][-5:]
            out = await output
            code = await child.wait()
        finally:
            output.cancel()
            if child.returncode is None:
                child.terminate()
                try:
                    await asyncio.wait_for(asyncio.shield(child.wait()), 10)
                except TimeoutError:
                    child.kill()
                    await child.wait()
        self.report = _last_object(out.decode("utf-8", "replace"))
        if code != 0:
            raise RefreshFailed(
                str(self.report.get("error") or " ".join(said[-1:]))
                or f"python -m ingest ended with status {code}. Run it by hand to see why."
            )


class Corpus:
    def __init__(self, services: Services, refresh: Callable[[Path], Refresh] = Refresh) -> None:
        self._services = services
        self._refresh = refresh
        self._busy = asyncio.Lock()

    def register(self, tree: app_commands.CommandTree[Any]) -> None:
        group = app_commands.Group(name=_("corpus"), description=_("The articles that answers come from"))

        @group.command(name=_("status"), description=_("How many articles there are, and how fresh they are"))
        async def status(interaction: discord.Interaction[Any]) -> None:
            words, _place, _person = of_interaction(interaction)
            await acknowledge(interaction, private=True)
            found = await self._services.read(lambda index: index.status())
            await interaction.edit_original_response(
                view=text_message(status_text(found, words)), allowed_mentions=NO_PINGS
            )

        @group.command(
            name=_("refresh"), description=_("Read the articles again (for those who run the corpus)")
        )
        async def refresh(interaction: discord.Interaction[Any]) -> None:
            words, place, person = of_interaction(interaction)
            self._services.check_runs_corpus(place, person, words)
            await acknowledge(interaction, private=True)
            if self._busy.locked():
                raise Refused(words("The articles are being read already. Please wait until that is done."))
            async with self._busy:
                await self._run(interaction, words)

        tree.add_command(group)

    async def _run(self, interaction: discord.Interaction[Any], words: Words) -> None:
        display = InteractionDisplay(interaction, private=True, words=words)
        refresh = self._refresh(self._services.config)
        shown_at = 0.0
        with self._services.working():
            try:
                async for stage, done, total in refresh.run():
                    if time.monotonic() - shown_at >= EDIT_EVERY:
                        await display.progress(_step_text(stage, done, total, words))
                        shown_at = time.monotonic()
            except asyncio.CancelledError:
                await asyncio.shield(
                    display.fail(words("I am being restarted; the articles stay as they were."))
                )
                raise
            await display.finish([text_message(report_text(refresh.report, words))])


def status_text(status: IndexStatus, words: Words) -> str:
    lines = [
        "### " + words("The corpus"),
        words.plural("{n} article", "{n} articles", status.articles)
        + " · "
        + words.plural("{n} passage", "{n} passages", status.passages),
    ]
    if status.oldest and status.newest:
        lines.append(
            words(
                "From {oldest} to {newest}.",
                oldest=words.date(status.oldest),
                newest=words.date(status.newest),
            )
        )
    if status.built_at:
        lines.append(words("Last read {when}.", when=_relative(status.built_at)))
    return "\n".join(lines)


def report_text(report: dict[str, Any], words: Words) -> str:
    """What a refresh changed, in words; the rejects by name, so that somebody can mend them."""
    counts = [
        words.plural("{n} added", "{n} added", int(report.get("added", 0))),
        words.plural("{n} changed", "{n} changed", int(report.get("changed", 0))),
        words.plural("{n} removed", "{n} removed", int(report.get("removed", 0))),
        words.plural("{n} unchanged", "{n} unchanged", int(report.get("unchanged", 0))),
    ]
    lines = [words("The articles have been read:") + " " + ", ".join(counts) + "."]
    rejected = report.get("rejected") or []
    if rejected:
        lines.append(words.plural("{n} could not be read:", "{n} could not be read:", len(rejected)))
        lines += [
            f"- {plain(one_line(str(reject.get('path', '')), 120))}: "
            f"{plain(one_line(str(reject.get('reason', '')), 200))}"
            for reject in rejected[:_SHOWN_REJECTS]
        ]
        if len(rejected) > _SHOWN_REJECTS:
            lines.append(words("… and {more} more.", more=len(rejected) - _SHOWN_REJECTS))
    return "\n".join(lines)


def _relative(iso: str) -> str:
    """A moment as Discord shows it in each reader's own time and language."""
    try:
        moment = discord.utils.parse_time(iso)
    except ValueError:
        return iso
    return discord.utils.format_dt(moment, "R")


def _last_object(output: str) -> dict[str, Any]:
    """The JSON object that ingest ends with; an empty one where it did not get that far."""
    lines = output.strip().splitlines()
    try:
        found = json.loads(lines[-1]) if lines else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _step(line: str) -> tuple[str, int, int] | None:
    """A line of progress, as ingest writes it to stderr beside --json; None for anything else."""
    if not line.startswith("{"):
        return None
    try:
        step = json.loads(line)
        return str(step["stage"]), int(step["done"]), int(step["total"])
    except (ValueError, KeyError, TypeError):
        return None


def _step_text(stage: str, done: int, total: int, words: Words) -> str:
    known = {
        "reading": words("Reading the articles…"),
        "embedding": words("Embedding the passages…"),
        "indexing": words("Building the index…"),
    }
    return f"-# {known.get(stage, words('Working…'))}" + (f" {done:,}/{total:,}" if total > 0 else "")
