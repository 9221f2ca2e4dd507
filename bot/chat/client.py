"""The Discord client: start, command sync, the single error handler, and an orderly end."""

from __future__ import annotations

import hashlib
import json
import logging
import math
import time
from collections.abc import Mapping
from typing import Any

import discord
from discord import app_commands
from discord.ext import tasks

from bot.chat.article_choice import SummaryButton
from bot.chat.commands.examples import ExampleButton
from bot.chat.commands.feedback import Feedback
from bot.chat.commands.help import Help
from bot.chat.commands.privacy import Privacy
from bot.chat.commands.private import say_privately
from bot.chat.commands.questions import Questions
from bot.chat.commands.said import Said
from bot.chat.commands.server_settings import SettingsCommands
from bot.chat.commands.sources import PageButton, Sources
from bot.chat.commands.summaries import Summaries
from bot.chat.commands.topics import TopicCommands
from bot.chat.commands.welcome import Welcome
from bot.chat.commands.wishes import Wishes
from bot.chat.corpus.buttons import CorpusButton
from bot.chat.corpus.commands import Corpus
from bot.chat.insights.insights import Insights
from bot.chat.messages.buttons import AnswerButton, AnswerMenu, Press
from bot.chat.messages.displays import NO_PINGS
from bot.chat.messages.failures import Refused, explain, root_cause, token_is_gone
from bot.chat.messages.forms import submitted
from bot.chat.messages.language import CommandTranslator
from bot.chat.services import Services, of_interaction, words_of
from bot.chat.watching.buttons import WatchingButton
from bot.chat.watching.watching import Watching
from ingest.errors import UserFacingError

log = logging.getLogger(__name__)

# the bot has no voice, so it does not matter that the packages for it are missing
discord.VoiceClient.warn_nacl = False
discord.VoiceClient.warn_dave = False

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
        self.sources, help_ = Sources(services), Help(services)
        self.welcome = Welcome(services, help_, self)
        self.questions = Questions(services, Wishes(services, help_, self.sources))
        feedback = Feedback(services, self.questions)
        self._submits = {**self.questions.submits(), **feedback.submits()}
        self.questions.register(self.tree)
        Said(services, self.questions).register(self.tree)
        TopicCommands(services, self.questions).register(self.tree)
        self.summaries = Summaries(services, self.questions)
        self.corpus = Corpus(services)
        self.settings = SettingsCommands(services)
        self.watching = Watching(services, self.questions, self)
        self.presses: Mapping[str, Press] = {**feedback.presses(), **self.watching.presses()}
        parts = (self.summaries, self.sources, self.corpus, self.watching, self.settings, help_)
        for part in (*parts, Insights(services), Privacy(services)):
            part.register(self.tree)

    async def setup_hook(self) -> None:
        await self.services.load()
        await self.services.warm_up()
        self.services.owners = owners_of(await self.application_info())
        self.services.name = self.user.name if self.user else "Byline"
        items = (
            AnswerButton,
            AnswerMenu,
            PageButton,
            SummaryButton,
            CorpusButton,
            WatchingButton,
            ExampleButton,
        )
        self.add_dynamic_items(*items)
        await self.tree.set_translator(CommandTranslator())
        await self._sync_commands()
        self.keep_tidy.start()
        self.look_for_news.start()

    async def on_ready(self) -> None:
        log.info("logged in as %s, in %d servers", self.user, len(self.guilds))
        if not self.guilds and self.application_id is not None:
            log.warning("not in any server yet; invite the bot: %s", invitation(self.application_id))

    async def on_guild_join(self, guild: discord.Guild) -> None:
        with self.services.working():
            await self.welcome.joined(guild)

    async def on_message(self, message: discord.Message) -> None:
        if self.user is not None:
            await self.questions.from_message(message, self.user)

    async def on_message_edit(self, before: discord.Message, after: discord.Message) -> None:
        if self.user is not None:
            await self.questions.from_edit(before, after, self.user)

    async def admits(self, interaction: discord.Interaction[Any]) -> bool:
        """Whether the bot does anything here and now; if not, the person has been told."""
        words, place, _person = of_interaction(interaction)
        self._attend(interaction)
        try:
            self.services.check_server(place, words)
            self.services.check_open(words)
        except Refused as refused:
            if interaction.type is not discord.InteractionType.autocomplete:
                await say_privately(interaction, str(refused))
            return False
        return True

    def _attend(self, interaction: discord.Interaction[Any]) -> None:
        """Have a shutdown wait for what this interaction began, and tell the person if it cannot."""
        if interaction.type is not discord.InteractionType.autocomplete:
            text = words_of(interaction)("I am being restarted. Please ask again in a minute.")
            self.services.attend(lambda: say_privately(interaction, text))

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        if interaction.type is discord.InteractionType.modal_submit:
            self._attend(interaction)
        try:
            await submitted(interaction, self._submits)
            await self.settings.changed(interaction)
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
            words, place, person = of_interaction(interaction)
            for_editors = self.services.may_run_corpus(place, person)
            await say_privately(interaction, explain(error, words, for_editors=for_editors))
        except discord.HTTPException as second:
            log.info("an error could not be shown: %s", second)

    def health(self) -> dict[str, Any]:
        """What /health tells: `ok` while the bot is connected and not on its way out."""
        ready = self.is_ready() and not self.is_closed()
        return {
            "ok": ready and not self.services.closing,
            "connected": ready,
            "latency_seconds": self.latency if ready and math.isfinite(self.latency) else None,
            "servers": len(self.guilds),
        }

    @tasks.loop(hours=6)
    async def keep_tidy(self) -> None:
        """Delete what is older than [records] keep_days and watch_days; 0 keeps everything."""
        if keep_days := self.services.settings.records.keep_days:
            gone = await self.services.records.delete_before(time.time() - keep_days * 86_400)
            log.info("deleted %d questions older than %d days", gone, keep_days)
        if watch_days := self.services.settings.records.watch_days:
            await self.services.watches.end_before(time.time() - watch_days * 86_400)

    @tasks.loop(seconds=30)
    async def look_for_news(self) -> None:
        """Whoever ran ingest, and wherever: what waits for other articles is asked again."""
        if self.is_ready() and not self.services.closing:
            try:
                await self.watching.after_ingest()
                await self.watching.post()
            except UserFacingError as error:
                log.info("nothing can be asked again just now: %s", error)
            except Exception:
                log.exception("asking again after an ingest")

    async def close(self) -> None:
        self.keep_tidy.cancel()
        self.look_for_news.cancel()
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
        try:
            await self.tree.sync()
        except discord.HTTPException:
            log.exception("the commands could not be sent to Discord; the ones it knows go on working")
            return
        await self.services.records.save_note(_SYNCED, wanted)
        log.info("sent %d commands to Discord", len(payload))


class Tree(app_commands.CommandTree[BylineClient]):
    async def interaction_check(self, interaction: discord.Interaction[BylineClient], /) -> bool:
        interaction.extras["started"] = time.monotonic()
        return await interaction.client.admits(interaction)

    async def on_error(
        self, interaction: discord.Interaction[BylineClient], error: app_commands.AppCommandError, /
    ) -> None:
        await interaction.client.failed(interaction, error)


def invitation(application_id: int) -> str:
    """The link by which an admin adds the bot to a server, with the permissions that it uses."""
    permissions = discord.Permissions(
        view_channel=True,
        send_messages=True,
        send_messages_in_threads=True,
        create_public_threads=True,
        embed_links=True,
        attach_files=True,
        read_message_history=True,
    )
    return discord.utils.oauth_url(
        application_id, permissions=permissions, scopes=("bot", "applications.commands")
    )


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
