"""What the tests of the Discord side stand on: two articles, scripted answers, and a world to act in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import simcord
from simcord.actors import MemberActor
from simcord.enums import InteractionType
from simcord.interactions import base_payload
from simcord.results import InteractionResult

from bot.chat.client import BylineClient
from bot.qa.answers import (
    Answer,
    AnswerEvent,
    ArticleRef,
    CheckedSentence,
    Citation,
    Evidence,
    Progress,
    Turn,
)
from bot.qa.steps.statements import Lookup
from bot.settings import (
    DiscordSettings,
    MetricsSettings,
    ReaderSettings,
    RecordsSettings,
    RetrievalSettings,
    Settings,
)
from ingest.articles.article import Article
from ingest.errors import UserFacingError
from ingest.index.index import IndexStatus
from ingest.index.statement_table import SpeakerCount
from ingest.settings import CorpusSettings

ARTICLES = (
    Article(
        id="a1",
        title="Ambassador speaks on the visit",
        body="The ambassador spoke. Mehdi Sanaei claimed the visit was a success. Others disagreed.",
        url="https://news.example/visit",
        source="Example Wire",
        author="A. Writer",
        published="2015-11-23",
    ),
    Article(
        id="a2",
        title="Bridge @everyone opens",
        body="A bridge was opened. <@123> cut the ribbon. [click](https://evil.example) said the mayor.",
        source="Town *Paper*",
        published="2016-02-01",
    ),
)


@dataclass
class ShelfOfTwo:
    """The part of Index that the commands use, over ARTICLES."""

    generation: str = "g1"

    def status(self) -> IndexStatus:
        return IndexStatus("g1", 2, 3, "2015-11-23", "2016-02-01", "2026-01-01T00:00:00+00:00", "fake")

    def article(self, name: str) -> Article | None:
        return next((one for one in ARTICLES if name in {one.id, one.url, one.title}), None)

    def articles(self, ids: Sequence[str]) -> dict[str, Article]:
        return {one.id: one for one in ARTICLES if one.id in ids}

    def article_ids(self, urls: Sequence[str]) -> frozenset[str]:
        return frozenset(one.id for one in ARTICLES if one.url in urls)

    def speakers(self, typed: str, limit: int) -> list[SpeakerCount]:
        return (
            [SpeakerCount("mehdi sanaei", "Mehdi Sanaei", 1)][:limit]
            if "Mehdi Sanaei".startswith(typed)
            else []
        )

    def find_articles(self, text: str, limit: int = 25, offset: int = 0) -> list[Article]:
        words = text.lower().split()
        found = [
            one for one in ARTICLES if all(word in f"{one.title} {one.source}".lower() for word in words)
        ]
        return found[offset : offset + limit]


class ShelfLibrary:
    error: Exception | None = None

    @contextmanager
    def lease(self) -> Iterator[ShelfOfTwo]:
        if self.error is not None:
            raise self.error
        yield ShelfOfTwo()

    def tell_when_broken(self, told: Callable[[str], None]) -> None:
        self.told = told


REPORT: dict[str, Any] = {
    "added": 2,
    "changed": 0,
    "removed": 1,
    "unchanged": 5,
    "rejected": [],
    "passages": 9,
    "generation": "g2",
}
"""What a refresh that changed something reports."""


def cite(number: int, article: Article, quote: str) -> Citation:
    start = article.body.index(quote)
    ref = ArticleRef(
        article.id, article.title, article.url, article.source, article.author, article.published
    )
    return Citation(number, ref, quote, start, start + len(quote))


SANAEI = cite(1, ARTICLES[0], "Mehdi Sanaei claimed the visit was a success.")
RIBBON = cite(2, ARTICLES[1], "<@123> cut the ribbon.")


def answered(question: str, text: str = "", citations: tuple[Citation, ...] = (SANAEI,)) -> Answer:
    text = text or "Mehdi Sanaei claimed the visit was a success. [1]"
    return Answer(
        question, "answered", text, citations, "quoting", "g1", 0.1, notes=("Quoted as it stands.",)
    )


def not_found(question: str) -> Answer:
    return Answer(
        question, "not_found", "", (), "quoting", "g1", 0.1, nearest=(SANAEI.article, RIBBON.article)
    )


@dataclass
class ScriptedAnswers:
    """Stands in for the answering side: what it says is set by the test, and what it was asked is kept."""

    events: list[AnswerEvent] | None = None
    error: Exception | None = None
    pause: float = 0.0
    hold: asyncio.Event | None = None
    asked: list[tuple[str, tuple[Turn, ...]]] = field(default_factory=list)

    as_of: str = ""
    excluded: list[tuple[str, ...]] = field(default_factory=list)
    lookups: list[Lookup] = field(default_factory=list)

    async def answer(
        self,
        question: str,
        *,
        exclude: Collection[str] = (),
        history: Sequence[Turn] = (),
        as_of: str = "",
    ) -> AsyncIterator[AnswerEvent]:
        self.as_of = as_of
        self.asked.append((question, tuple(history)))
        self.excluded.append(tuple(exclude))
        yield Progress("searching")
        if self.hold is not None:
            await self.hold.wait()
        if self.error is not None:
            raise self.error
        yield Progress("reading", 8)
        for event in self.events or [CheckedSentence("Mehdi Sanaei claimed …"), answered(question)]:
            await asyncio.sleep(self.pause)
            yield event

    async def search(self, query: str, limit: int) -> list[Evidence]:
        return []

    def summarise(self, article: str) -> AsyncIterator[AnswerEvent]:
        return self.answer(article)

    def digest(self, topic: str, days: int) -> AsyncIterator[AnswerEvent]:
        return self.answer(f"{topic} {days}")

    def statements(self, asked: Lookup) -> AsyncIterator[AnswerEvent]:
        self.lookups.append(asked)
        return self.answer(asked.person)


def settings(tmp_path: Path, **discord: Any) -> Settings:
    values = {"cooldown_seconds": 0.0, "threads": False} | discord
    return Settings.model_construct(
        config=tmp_path / "config.toml",
        ingest=SimpleNamespace(base=tmp_path, corpus=CorpusSettings()),
        discord=DiscordSettings(**values),
        retrieval=RetrievalSettings(),
        reader=ReaderSettings(),
        metrics=MetricsSettings(),
        records=RecordsSettings(path=tmp_path / "records.sqlite"),
    )


@dataclass
class World:
    """Everything a test arranges: the bot's parts, and Discord's (guild, channel, people)."""

    env: simcord.Env
    client: BylineClient
    tmp_path: Path

    expected: tuple[type[BaseException], ...] = (UserFacingError,)
    """What commands may raise: the client's handler shows it, and simcord tells the fixture all the same."""

    def __post_init__(self) -> None:
        self.services = self.client.services
        self.answers = cast("ScriptedAnswers", self.services.answers)
        self.library = cast("ShelfLibrary", self.services.library)
        self.guild = self.env.create_guild()
        self.channel = self.guild.create_text_channel("general")
        self.ann = self.guild.add_member(self.env.create_user("ann"))
        for name in (
            "corpus",
            "insights",
        ):  # as a server's admins let somebody use them in Discord's own settings
            command = self.env.backend.find_command(name, None, type=1)
            if command is not None:
                self.guild.set_command_permissions(int(command["id"]), {self.guild.default_role: True})

    def ask_at_once(self, member: MemberActor, question: str) -> InteractionResult:
        return self.slash_at_once(member, "ask", [{"name": "question", "type": 3, "value": question}])

    def slash_at_once(
        self, member: MemberActor, name: str, options: Sequence[dict[str, Any]] = ()
    ) -> InteractionResult:
        """A command, "group name" too, without waiting for anything: simcord's own verbs wait, and never overlap."""
        name, _, below = name.partition(" ")
        if below:
            options = [{"name": below, "type": 1, "options": list(options)}]
        command = self.env.backend.find_command(name, None, type=1)
        assert command is not None
        record, payload = base_payload(
            self.env.backend,
            type=InteractionType.APPLICATION_COMMAND,
            channel_id=self.channel.id,
            guild_id=self.guild.id,
            user_id=member.id,
            data={
                "id": command["id"],
                "name": name,
                "type": 1,
                "options": list(options),
            },
        )
        self.env.backend.emit("INTERACTION_CREATE", payload)
        return InteractionResult(self.env, record)


def texts(components: Sequence[Any]) -> str:
    """All text of a Components V2 message, from payloads or from discord.py's objects."""
    found: list[str] = []
    for component in components:
        data = component if isinstance(component, dict) else component.to_dict()
        if "content" in data:
            found.append(data["content"])
        found.append(texts(data.get("components", [])))
    return "\n".join(part for part in found if part)


def shown(result: Any) -> str:
    """What the person sees in response to an interaction: the response, then the follow-ups."""
    messages = [result.response, *result.followups]
    return "\n".join(texts(message.components) for message in messages if message is not None)


def labels(components: Sequence[dict[str, Any]]) -> list[str]:
    found: list[str] = []
    for component in components:
        if component.get("type") == 2:
            found.append(component.get("label") or component["emoji"]["name"])
        found += labels(component.get("components", []))
        found += labels([component["accessory"]] if "accessory" in component else [])
    return found
