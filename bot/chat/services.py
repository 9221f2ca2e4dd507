"""What every command works with, built once and passed in."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeVar

import discord

from bot.chat.access import Person, Place, ServerSettings, answers_in, corpus_refusal, refusal, runs_corpus
from bot.chat.cooldowns import Cooldowns
from bot.chat.messages.failures import Refused
from bot.chat.messages.language import Words, warm_languages, words_for
from bot.operations.index_pool import Library
from bot.operations.ingest_subprocess import RefreshSchedule
from bot.operations.metrics import Metrics
from bot.operations.records import Records
from bot.operations.repair import IndexRepair
from bot.operations.watch_records import WatchRecords
from bot.qa.answers import Answer, AnswerEvent, Evidence, Turn
from bot.qa.steps.statements import Lookup
from bot.qa.timeline.topics import Topics
from bot.settings import Settings
from bot.web.quote_links import Links, quote_links
from bot.web.signed_links import ReaderAddresses
from ingest.errors import UserFacingError
from ingest.index.index import Index

log = logging.getLogger(__name__)
T = TypeVar("T")

_LAST_WORDS = 5.0  # seconds for apologies, once a shutdown has cancelled what was left


Embed = Callable[[Sequence[str]], object]
"""Texts to an array (n, d) of unit vectors; blocking."""

Farewell = Callable[[], Awaitable[object]]
"""Tells whoever waits for a task that it had to be ended."""


class Answers(Protocol):
    """What the commands need of bot.qa.answering.Answerer."""

    def answer(
        self,
        question: str,
        *,
        exclude: Collection[str] = (),
        history: Sequence[Turn] = (),
        as_of: str = "",
    ) -> AsyncIterator[AnswerEvent]: ...

    def summarise(self, article: str) -> AsyncIterator[AnswerEvent]: ...

    def digest(self, topic: str, days: int) -> AsyncIterator[AnswerEvent]: ...

    def statements(self, asked: Lookup) -> AsyncIterator[AnswerEvent]: ...

    async def search(self, query: str, limit: int) -> list[Evidence]: ...


@dataclass
class Services:
    """The collaborators of the Discord side, and the little state that its commands share."""

    settings: Settings
    answers: Answers
    library: Library
    records: Records
    config: Path
    embed: Embed | None = None
    topics: Topics | None = None
    addresses: ReaderAddresses | None = None
    schedule: RefreshSchedule | None = None
    repair: IndexRepair | None = None
    metrics: Metrics = field(default_factory=Metrics)
    cooldowns: Cooldowns = field(default_factory=Cooldowns)
    owners: frozenset[int] = frozenset()
    name: str = "Byline"
    servers: dict[int, ServerSettings] = field(default_factory=dict)
    threads: set[int] = field(default_factory=set)
    closing: bool = False
    _running: dict[asyncio.Task[object], Farewell | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.watches = WatchRecords(self.records)
        self.slots = asyncio.Semaphore(self.settings.discord.at_once)

    async def load(self) -> None:
        """Take up where the last run of the bot left off."""
        own = self.settings.discord
        saved = await self.records.server_settings()
        self.servers = {server: ServerSettings.of(own, changes) for server, changes in saved.items()}
        self.threads = set(await self.records.threads())
        if left := await self.records.interrupt_running():
            log.info("%d questions were left unfinished by the last run", left)

    async def warm_up(self) -> None:
        """Load what the first question would otherwise wait for, and make everybody else wait with it."""
        await asyncio.to_thread(warm_languages)
        try:
            await self.read(lambda index: index.status())
            if self.embed is not None:
                await asyncio.to_thread(self.embed, ["warm up"])
        except UserFacingError as error:
            log.warning("%s", error)

    # -- who and where

    def server(self, server: int | None) -> ServerSettings:
        default = ServerSettings.of(self.settings.discord)
        return default if server is None else self.servers.get(server, default)

    async def save_server(self, server: int, settings: ServerSettings | None) -> None:
        """Keep what a server's admins decided; None goes back to what config.toml says."""
        await self.records.save_server_settings(server, settings.as_changes() if settings else {})
        self.servers[server] = settings or ServerSettings.of(self.settings.discord)

    def check_open(self, words: Words) -> None:
        """Raise Refused while the bot is on its way out: what begins now would be cut off."""
        if self.closing:
            raise Refused(words("I am being restarted. Please ask again in a minute."))

    def check_server(self, place: Place, words: Words) -> None:
        """Raise Refused where the bot does nothing at all: nothing of the corpus is to be seen there."""
        if not answers_in(place, self.settings.discord):
            raise Refused(words("I do not answer in this server."))

    def check_place(self, place: Place, person: Person, words: Words) -> None:
        """Raise Refused, with the reason, unless this person may look at the articles here."""
        self.check_server(place, words)
        server = self.server(place.server)
        if (reason := refusal(place, person, server)) is not None:
            channels = " ".join(f"<#{channel}>" for channel in server.allowed_channels[:10])
            raise Refused(words(reason, channels=channels))

    def check_may_ask(self, place: Place, person: Person, words: Words) -> None:
        """Raise Refused, with the reason, unless this person may ask here and now. Starts their cooldown."""
        self.check_open(words)
        self.check_place(place, person, words)
        server = self.server(place.server)
        left = self.cooldowns.take(
            {
                ("person", person.id): server.cooldown_seconds,
                ("channel", place.channel): server.channel_cooldown_seconds,
            }
        )
        if left > 0:
            seconds = max(1, round(left))
            raise Refused(
                words.plural(
                    "One moment: you can ask again in {n} second.",
                    "One moment: you can ask again in {n} seconds.",
                    seconds,
                )
            )

    def check_runs_corpus(self, place: Place, person: Person, words: Words) -> None:
        if not self.may_run_corpus(place, person):
            message, values = corpus_refusal(place, person)
            raise Refused(words(message, **values))

    def may_run_corpus(self, place: Place, person: Person) -> bool:
        return runs_corpus(place, person, self.owners, self.settings.discord)

    def is_private(self, place: Place) -> bool:
        """Whether answers in this channel are shown to the asker alone unless they say otherwise."""
        return place.within(self.server(place.server).private_channels)

    # -- running work

    @contextmanager
    def working(self) -> Iterator[None]:
        """Register the current task as one that a shutdown waits for; if it is cancelled, it says so itself."""
        task = asyncio.current_task()
        assert task is not None
        attended = task in self._running
        farewell = self._running.get(task)
        self._running[task] = None
        try:
            yield
        finally:
            del self._running[task]
            if attended:
                self._running[task] = farewell

    def attend(self, farewell: Farewell) -> None:
        """Register the current task to its end; a shutdown that has to cancel it calls `farewell`."""
        task = asyncio.current_task()
        assert task is not None
        self._running[task] = farewell
        task.add_done_callback(lambda ended: self._running.pop(ended, None))

    async def wind_up(self, grace: float) -> None:
        """Let what runs finish within `grace` seconds; what is left is cancelled, with an apology."""
        self.closing = True
        running = self._running.keys() - {asyncio.current_task()}
        if not running:
            return
        _, left = await asyncio.wait(running, timeout=grace)
        farewells = [farewell for task in left if (farewell := self._running.get(task)) is not None]
        for task in left:
            task.cancel()
        if left:
            await asyncio.wait(left, timeout=_LAST_WORDS)
        with suppress(TimeoutError):
            async with asyncio.timeout(_LAST_WORDS):
                await asyncio.gather(*(farewell() for farewell in farewells), return_exceptions=True)

    async def read(self, work: Callable[[Index], T]) -> T:
        """Read the current index in a thread; the one way from the Discord side to the disk's articles."""

        def leased() -> T:
            with self.library.lease() as index:
                return work(index)

        return await asyncio.to_thread(leased)

    async def links(self, answer: Answer, key: str | None) -> Mapping[int, Links]:
        """Where each citation opens, by its place in the answer: at the quoted words where that can be.

        `key`: of an answer on record, which the reader can show; None of any other.
        """
        try:
            wanted = {citation.article.article_id for citation in answer.citations}
            articles = await self.read(lambda index: index.articles(wanted)) if wanted else {}
        except UserFacingError:
            articles = {}
        return quote_links(answer, key, articles, self.addresses)


def place_of(channel: object, server: int | None) -> Place:
    """Where a channel object is; a thread counts as its parent, a channel as its category, too."""
    ids = (getattr(channel, name, None) for name in ("parent_id", "category_id"))
    return Place(server, getattr(channel, "id", 0), frozenset(one for one in ids if one is not None))


def person_of(user: discord.User | discord.Member, channel_permissions: discord.Permissions | None) -> Person:
    """The person, with roles and Manage Server as Discord computed them for this place."""
    if not isinstance(user, discord.Member):
        return Person(user.id)
    manages = channel_permissions is not None and (
        channel_permissions.manage_guild or channel_permissions.administrator
    )
    return Person(user.id, frozenset(role.id for role in user.roles), manages)


def words_of(source: discord.Interaction[discord.Client] | discord.Message) -> Words:
    """The person's language; of someone who wrote a message, only their server's is known."""
    if isinstance(source, discord.Interaction):
        return words_for(source.locale)
    return words_for(source.guild.preferred_locale if source.guild else None)


def of_interaction(interaction: discord.Interaction[Any]) -> tuple[Words, Place, Person]:
    place = place_of(interaction.channel, interaction.guild_id)
    return words_of(interaction), place, person_of(interaction.user, interaction.permissions)
