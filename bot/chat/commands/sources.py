"""/sources: the articles of the corpus, newest first, page by page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import discord
from discord import app_commands, ui
from discord.app_commands import locale_str as _

from bot.chat.messages.buttons import guarded
from bot.chat.messages.displays import NO_PINGS, acknowledge
from bot.chat.messages.language import Words
from bot.chat.messages.layout import Message
from bot.chat.messages.markup import head, length, one_line, plain, web_url
from bot.chat.messages.rendering import TEXT_LIMIT, article_line
from bot.chat.services import Services, of_interaction
from bot.qa.answers import ArticleRef
from bot.qa.retrieval.article_finder import article_matches
from ingest.articles.article import Article
from ingest.text.tokens import question_words

ON_A_PAGE = 10
_QUERY_LIMIT = 60
_URL_LIMIT = 220


class PageButton(
    ui.DynamicItem[ui.Button[Any]],
    template=r"bylinelist:(?P<offset>\d{1,7}):(?P<query>[\s\S]{0,60})",
):
    """Turns to the page that starts at `offset`; the query travels in the custom_id."""

    def __init__(self, offset: int, query: str, label: str = "·") -> None:
        query = head(query, _QUERY_LIMIT)  # Discord counts a custom_id in UTF-16
        self.offset, self.query = offset, query
        super().__init__(ui.Button(label=label, custom_id=f"bylinelist:{offset}:{query}"))

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: ui.Item[Any], match: re.Match[str], /
    ) -> PageButton:
        return cls(int(match["offset"]), match["query"])

    @guarded
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await interaction.client.turn_page(interaction, self.query, self.offset)


class Sources:
    def __init__(self, services: Services) -> None:
        self._services = services

    def register(self, tree: app_commands.CommandTree[Any]) -> None:
        @tree.command(name=_("sources"), description=_("Look through the articles, newest first"))
        @app_commands.describe(query=_("Words of the title, the publisher, or a date"))
        async def sources(
            interaction: discord.Interaction[Any],
            query: app_commands.Range[str, 1, _QUERY_LIMIT] | None = None,
        ) -> None:
            words, place, person = of_interaction(interaction)
            self._services.check_place(place, person, words)
            await acknowledge(interaction, private=True)
            message = await self.page(query or "", 0, words)
            await interaction.edit_original_response(view=message, allowed_mentions=NO_PINGS)

    async def turn_page(self, interaction: discord.Interaction[Any], query: str, offset: int) -> None:
        await interaction.response.defer()
        words, _place, _person = of_interaction(interaction)
        message = await self.page(query, offset, words)
        await interaction.edit_original_response(view=message, allowed_mentions=NO_PINGS)

    async def page(self, query: str, offset: int, words: Words) -> Message:
        if query and not question_words(query):
            # an index asked for no word at all gives everything
            return self._message((), query, offset, words)
        # one more than is shown tells whether there is a next page
        articles = await self._services.read(
            lambda index: article_matches(index, query, ON_A_PAGE + 1, offset)
        )
        return self._message(articles, query, offset, words)

    def _message(self, articles: Sequence[Article], query: str, offset: int, words: Words) -> Message:
        message = Message()
        title = (
            words("Articles with “{query}”", query=plain(query)) if query else words("Articles, newest first")
        )
        lines = self._lines(articles[:ON_A_PAGE], offset, TEXT_LIMIT - length(title) - len("### \n"), words)
        if not articles:
            lines = [words("There are none. Try fewer words, or the beginning of one.")]
        message.add_item(ui.TextDisplay("\n".join([f"### {title}", *lines])))
        buttons = []
        if offset:
            buttons.append(PageButton(max(0, offset - ON_A_PAGE), query, words("Back")))
        if len(articles) > ON_A_PAGE:
            buttons.append(PageButton(offset + ON_A_PAGE, query, words("Next")))
        if buttons:
            message.add_item(ui.ActionRow(*buttons))
        return message

    def _lines(self, articles: Sequence[Article], offset: int, room: int, words: Words) -> list[str]:
        """One line an article, numbered from `offset` on, in `room` characters: titles are cut so that all fit
        without links, and the articles are linked as far as there is room.
        """
        bare = [article_line(_shortened(article), words) for article in articles]
        room -= sum(length(line) + len(f"{offset}0\\. \n") for line in bare)
        lines = []
        for number, (article, line) in enumerate(zip(articles, bare, strict=True), offset + 1):
            link = self._link(article)
            linked = article_line(_shortened(article), words, link) if link else line
            if (more := length(linked) - length(line)) <= room:
                line, room = linked, room - more
            lines.append(f"{number}\\. {line}")
        return lines

    def _link(self, article: Article) -> str | None:
        addresses = self._services.addresses
        own = web_url(article.url, _URL_LIMIT)
        return own or (web_url(addresses.article(article.id), _URL_LIMIT) if addresses else None)


def _shortened(article: Article) -> ArticleRef:
    """What its line shows: nine such lines, escaped throughout, leave room for a tenth and the heading."""
    source = one_line(article.source, 40) if article.source else None
    return ArticleRef(article.id, one_line(article.title, 110), None, source, None, article.published)
