"""What is asked of the bot in words, not of the articles: thanks, help, the sources, the last answer anew."""

from __future__ import annotations

from bot.chat.commands.excerpts import WIDE, passage_messages, shorter_messages
from bot.chat.commands.help import Help
from bot.chat.commands.request import Request
from bot.chat.commands.sources import Sources
from bot.chat.messages.failures import Refused
from bot.chat.messages.layout import Message, text_message
from bot.chat.services import Services
from bot.qa.retrieval.article_finder import articles_named
from bot.qa.understanding.wishes import Wish
from ingest.articles.article import Article


class Wishes:
    def __init__(self, services: Services, help_: Help, sources: Sources) -> None:
        self._services = services
        self._help = help_
        self._sources = sources

    async def messages(self, wish: Wish, request: Request) -> list[Message]:
        """What is shown for a wish; `request.parent` is the answer that it may speak of."""
        words = request.words
        match wish.kind:
            case "thanks":
                return [text_message(words("You are welcome."))]
            case "talk":
                return [text_message(words("I am here. Ask me anything about the articles."))]
            case "help":
                for_editors = request.private and self._services.may_run_corpus(request.place, request.person)
                return [await self._help.message(words, for_editors=for_editors)]
            case "sources":
                return [await self._sources.page("", 0, words)]
        record = await self._services.records.asked(request.parent) if request.parent else None
        if record is None or record.answer is None or record.answer.outcome != "answered":
            raise Refused(words("There is no answer here yet to go on from. Ask me a question first."))
        answer, services = record.answer, self._services
        if wish.kind == "shorter":
            return await shorter_messages(services, answer, record.key, words, heading=record.question)
        note = words("More of the articles cited:")
        return await passage_messages(services, answer, words, around=WIDE, note=note)

    async def articles(self, wish: Wish, request: Request) -> list[Article]:
        """The articles whose summary may be meant: by name, else those that the last answer rests on."""
        if wish.about:
            return await self._services.read(lambda index: articles_named(index, wish.about))
        record = await self._services.records.asked(request.parent) if request.parent else None
        cited = record.answer.citations if record is not None and record.answer is not None else ()
        ids = list(dict.fromkeys(one.article.article_id for one in cited))
        found = await self._services.read(lambda index: index.articles(ids)) if ids else {}
        return [found[one] for one in ids if one in found]
