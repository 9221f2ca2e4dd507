"""What channels are told unasked: new articles of chosen sources as they come, and a digest every so many days."""

from __future__ import annotations

import json
import time
from collections.abc import Collection
from typing import Any

from bot.chat.messages.layout import plain_messages, text_message
from bot.chat.messages.rendering import answer_pages, article_line
from bot.chat.services import Services
from bot.chat.watching.telling import Telling, Told
from bot.qa.answering import final_answer
from bot.qa.answers import ArticleRef
from ingest.articles.article import Article
from ingest.articles.publishers import domain_labels

_WAITING, _POSTED, _DIGEST = "articles to announce", "articles announced at", "digest posted"
_MOST_WAITING = 500  # a first ingest of thousands is no news
_A_MESSAGE = 10
_HOUR, _DAY = 3_600, 86_400


class Announcements:
    def __init__(self, services: Services, telling: Telling) -> None:
        self._services = services
        self._telling = telling

    async def after(self, added: Collection[str]) -> None:
        """Have articles of the chosen sources wait for their turn, oldest first."""
        own = self._services.settings.discord
        if not own.announce_channel or not added:
            return
        articles = await self._services.read(lambda index: index.articles(added))
        wanted = [one for one in articles.values() if is_of(one, own.announce_sources)]
        waiting = await self._noted(_WAITING)
        waiting += [one.id for one in sorted(wanted, key=lambda one: one.published or "")]
        await self._services.records.save_note(_WAITING, json.dumps(waiting[-_MOST_WAITING:]))

    async def post(self) -> None:
        """As many of those that wait as the hour has room for; what cannot be sent is not tried again."""
        own, records = self._services.settings.discord, self._services.records
        waiting = await self._noted(_WAITING)
        if not own.announce_channel or not waiting:
            return
        lately = [at for at in await self._noted(_POSTED) if at > time.time() - _HOUR]
        turn = waiting[: max(0, min(_A_MESSAGE, own.announce_an_hour - len(lately)))]
        if not turn:
            return
        await records.save_note(_WAITING, json.dumps(waiting[len(turn) :]))
        await records.save_note(_POSTED, json.dumps([*lately, *(time.time() for _ in turn)]))
        told = Told(own.announce_channel, 0)
        words = self._telling.words(told)
        known = await self._services.read(lambda index: index.articles(turn))
        lines = [article_line(ArticleRef.of(known[one]), words) for one in turn if one in known]
        if lines:
            opening = words.plural("A new article:", "New articles:", len(lines))
            await self._telling.send(
                told, [text_message("\n".join([opening, *(f"- {one}" for one in lines)]))]
            )

    async def post_digest(self) -> None:
        """The news of the last days on the topic that is set, where there is any."""
        own, records = self._services.settings.discord, self._services.records
        if not own.digest_channel or not own.digest_topic:
            return
        if time.time() - float(await records.note(_DIGEST) or 0) < own.digest_days * _DAY:
            return
        await records.save_note(_DIGEST, str(time.time()))  # first: what fails is tried at the next time
        answer = await final_answer(self._services.answers.digest(own.digest_topic, own.digest_days))
        if answer.outcome == "answered":
            told = Told(own.digest_channel, 0)
            links = await self._services.links(answer, None)
            pages = answer_pages(answer, self._telling.words(told), heading=own.digest_topic, links=links)
            await self._telling.send(told, plain_messages(pages))

    async def _noted(self, name: str) -> list[Any]:
        return list(json.loads(await self._services.records.note(name) or "[]"))


def is_of(article: Article, sources: Collection[str]) -> bool:
    """Whether the article is of one of the sources, named as it names itself or by a part of its domain."""
    names = {one.casefold() for one in sources}
    own = {(article.source or "").casefold(), *domain_labels(article.source), *domain_labels(article.url)}
    return not names or not names.isdisjoint(own)
