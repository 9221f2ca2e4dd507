"""/sources: the articles of the corpus, newest first, page by page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import discord
from discord import app_commands, ui
from discord.app_commands import locale_str as _

from bot.chat.displays import NO_PINGS, acknowledge
from bot.chat.language import Words
from bot.chat.layout import Message
from bot.chat.markup import one_line, plain
from bot.chat.questions import of_interaction
from bot.chat.rendering import article_line
from bot.chat.services import Services
from bot.qa.answers import ArticleRef
from ingest.articles import Article

ON_A_PAGE = 10
_QUERY_LIMIT = 60


class PageButton(
    ui.DynamicItem[ui.Button[Any]],
    template=r"bylinelist:(?P<offset>\d{1,7}):(?P<query>[\s\S]{0,60})",
):
    """Turns to the page that starts at `offset`; the query travels in the custom_id."""

    def __init__(self, offset: int, query: str, label: str = "·") -> None:
        self.offset, self.query = offset, query
        super().__init__(ui.Button(label=label, custom_id=f"bylinelist:{offset}:{query}"))

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: ui.Item[Any], match: re.Match[str], /
    ) -> PageButton:
        return cls(int(match["offset"]), match["query"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        try:
            if not await interaction.client.admits(interaction):
                return
            await interaction.client.turn_page(interaction, self.query, self.offset)
        except Exception as error:
            await interaction.client.failed(interaction, error)


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
            message = await self._page(interaction, query or "", 0)
            await interaction.edit_original_response(view=message, allowed_mentions=NO_PINGS)

    async def turn_page(self, interaction: discord.Interaction[Any], query: str, offset: int) -> None:
        await interaction.response.defer()
        message = await self._page(interaction, query, offset)
        await interaction.edit_original_response(view=message, allowed_mentions=NO_PINGS)

    async def _page(self, interaction: discord.Interaction[Any], query: str, offset: int) -> Message:
        words, _place, _person = of_interaction(interaction)
        # one more than is shown tells whether there is a next page
        found = await self._services.read(lambda index: index.find_articles(query, ON_A_PAGE + 1, offset))
        return self._message(found, query, offset, words)

    def _message(self, found: Sequence[Article], query: str, offset: int, words: Words) -> Message:
        message = Message()
        title = (
            words("Articles with “{query}”", query=plain(query)) if query else words("Articles, newest first")
        )
        lines = [f"### {title}"]
        for number, article in enumerate(found[:ON_A_PAGE], offset + 1):
            lines.append(f"{number}\\. {self._line(article, words)}")
        if not found:
            lines.append(words("There are none. Try fewer words, or the beginning of one."))
        message.add_item(ui.TextDisplay("\n".join(lines)))
        buttons = []
        if offset:
            buttons.append(PageButton(max(0, offset - ON_A_PAGE), query, words("Back")))
        if len(found) > ON_A_PAGE:
            buttons.append(PageButton(offset + ON_A_PAGE, query, words("Next")))
        if buttons:
            message.add_item(ui.ActionRow(*buttons))
        return message

    def _line(self, article: Article, words: Words) -> str:
        addresses = self._services.addresses
        # ten lines have 3,900 characters: long titles are cut, and long addresses are not linked
        ref = ArticleRef(
            article.id,
            one_line(article.title, 110),
            article.url if article.url and len(article.url) <= 220 else None,
            one_line(article.source, 40) if article.source else None,
            article.author,
            article.published,
        )
        link = addresses.article(article.id) if addresses and not ref.url else None
        return article_line(ref, words, link if link and len(link) <= 220 else None)
