"""The Discord client: start, command sync, the single error handler, and an orderly end."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import time
from collections.abc import Mapping
from typing import Any

import discord
from discord import app_commands

from bot.chat.buttons import AnswerButton, Press
from bot.chat.corpus import Corpus
from bot.chat.displays import NO_PINGS
from bot.chat.failures import explain, root_cause, token_is_gone
from bot.chat.feedback import Feedback
from bot.chat.forms import submitted
from bot.chat.help import Help
from bot.chat.insights import Insights
from bot.chat.language import CommandTranslator
from bot.chat.privacy import Privacy
from bot.chat.questions import Questions, say_privately
from bot.chat.server_settings import SettingsCommands
from bot.chat.services import Answers, Services, words_of
from bot.chat.sources import PageButton, Sources
from bot.chat.summaries import Summaries
from bot.library import Library
from bot.records import Records
from bot.settings import Settings
from ingest.errors import ConfigError, UserFacingError

log = logging.getLogger(__name__)

_SYNCED = "commands synced"


class BylineClient(discord.Client):
    """Wires Discord's events to the commands. It decides nothing itself."""

    def __init__(self, services: Services, intents: discord.Intents) -> None:
        super().__init__(
            intents=intents,
            allowed_mentions=NO_PINGS,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
        )
        self.services = services
        self.tree = Tree(self)
        self.questions = Questions(services)
        feedback = Feedback(services, self.questions)
        self.presses: Mapping[str, Press] = feedback.presses()
        self._submits = {**self.questions.submits(), **feedback.submits()}
        self.questions.register(self.tree)
        Summaries(services, self.questions).register(self.tree)
        self.sources = Sources(services)
        parts = (Corpus, Help, Insights, Privacy, SettingsCommands)
        for part in (self.sources, *(one(services) for one in parts)):
            part.register(self.tree)

    async def setup_hook(self) -> None:
        await self.services.load()
        self.services.owners = owners_of(await self.application_info())
        self.add_dynamic_items(AnswerButton, PageButton)
        await self.tree.set_translator(CommandTranslator())
        await self._sync_commands()

    async def on_ready(self) -> None:
        log.info("logged in as %s, in %d servers", self.user, len(self.guilds))

    async def on_message(self, message: discord.Message) -> None:
        if self.user is not None:
            await self.questions.from_message(message, self.user)

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        try:
            await submitted(interaction, self._submits)
        except Exception as error:
            await self.failed(interaction, error)

    async def turn_page(self, interaction: discord.Interaction[Any], query: str, offset: int) -> None:
        await self.sources.turn_page(interaction, query, offset)

    async def on_error(self, event_method: str, /, *_args: Any, **_kwargs: Any) -> None:
        log.exception("in %s", event_method)

    async def failed(self, interaction: discord.Interaction[Any], error: BaseException) -> None:
        """Tell the person what went wrong, and them alone; log what is not meant for them."""
        cause = root_cause(error)
        self.services.metrics.failed(type(cause).__name__)
        if isinstance(cause, discord.HTTPException) and token_is_gone(cause):
            log.info("an interaction ended before it was answered: %s", cause)
            return
        if interaction.type is discord.InteractionType.autocomplete:
            log.error("in autocomplete", exc_info=cause)
            return
        try:
            await say_privately(interaction, explain(error, words_of(interaction)))
        except discord.HTTPException as second:
            log.info("an error could not be shown: %s", second)

    async def close(self) -> None:
        if not self.services.closing:
            await self.services.wind_up(self.services.settings.discord.shutdown_seconds)
        await super().close()

    async def _sync_commands(self) -> None:
        """Send the commands to Discord only when they differ from those sent last: it limits how often."""
        payload = [
            await command.get_translated_payload(self.tree, CommandTranslator())
            for command in self.tree.get_commands()
        ]
        wanted = hashlib.sha256(
            json.dumps([self.application_id, payload], sort_keys=True).encode()
        ).hexdigest()
        if await self.services.records.note(_SYNCED) == wanted:
            return
        await self.tree.sync()
        await self.services.records.save_note(_SYNCED, wanted)
        log.info("sent %d commands to Discord", len(payload))


class Tree(app_commands.CommandTree[BylineClient]):
    async def interaction_check(self, interaction: discord.Interaction[BylineClient], /) -> bool:
        started = time.monotonic()
        interaction.extras["started"] = started
        return True

    async def on_error(
        self, interaction: discord.Interaction[BylineClient], error: app_commands.AppCommandError, /
    ) -> None:
        await interaction.client.failed(interaction, error)


def owners_of(application: discord.AppInfo) -> frozenset[int]:
    """The people who own the application: its owner, or its team's owner."""
    team = application.team
    return frozenset(
        one for one in (application.owner.id, team.owner_id if team else None) if one is not None
    )


def make_client(services: Services, *, message_content: bool = False) -> BylineClient:
    """A client that is ready to run. `message_content` only where the application was granted that intent."""
    intents = discord.Intents(guilds=True, guild_messages=True, dm_messages=True)
    intents.message_content = message_content
    return BylineClient(services, intents)


async def run_bot(settings: Settings, library: Library, answers: Answers, token: str) -> None:
    """Log in and stay connected until cancelled. Raises UserFacingError when Discord lets no one in."""
    records = await asyncio.to_thread(Records, settings.records.path)
    try:
        # asking for an intent that was not granted stops the login, so the application's flags come first
        async with discord.Client(intents=discord.Intents.none()) as probe:
            await probe.login(token)
            flags = probe.application_flags
        granted = flags.gateway_message_content or flags.gateway_message_content_limited
        services = Services(settings, answers, library, records, settings.config)
        async with make_client(services, message_content=granted) as client:
            await client.start(token)
    except discord.LoginFailure:
        raise ConfigError(
            "Discord does not accept DISCORD_TOKEN. Copy it anew from the application's Bot page "
            "(https://discord.com/developers/applications)."
        ) from None
    except discord.PrivilegedIntentsRequired:
        raise ConfigError(
            "Discord refused an intent. Switch Message Content on or off on the application's Bot page, "
            "and start again."
        ) from None
    except (TimeoutError, OSError, discord.GatewayNotFound) as error:
        raise UserFacingError(
            f"Discord cannot be reached ({type(error).__name__}). Check the network."
        ) from error
    finally:
        await asyncio.to_thread(records.close)
