"""Choosing an article: autocomplete while typing, and the article behind a link."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import discord
from discord import app_commands, ui

from bot.chat.messages.buttons import guarded
from bot.chat.messages.language import Words
from bot.chat.messages.layout import Message, text_message
from bot.chat.messages.markup import length, one_line, visible
from bot.chat.services import Services
from bot.qa.retrieval.article_finder import article_matches
from ingest.articles.article import Article
from ingest.errors import UserFacingError

CHOICES = 25
_OFFERED = 5
_NAME_LIMIT = 100
_LINK = re.compile(r"https?://[^\s<>\"'`|]+", re.IGNORECASE)


class SummaryButton(ui.DynamicItem[ui.Button[Any]], template=r"bylinesummary:(?P<article>[\s\S]{1,80})"):
    """Sums up one article, where several may have been meant."""

    def __init__(self, article: str, label: str = "·") -> None:
        self.article = article
        super().__init__(ui.Button(label=label, custom_id=f"bylinesummary:{article}"))

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: ui.Item[Any], match: re.Match[str], /
    ) -> SummaryButton:
        return cls(match["article"])

    @guarded
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await interaction.client.summaries.of_article(interaction, self.article)


def article_question(articles: Sequence[Article], words: Words) -> Message:
    """Which article is meant, with a button for each of the first few."""
    message = text_message(words("Which article do you mean?"))
    buttons = (
        SummaryButton(one.id, one_line(choice_name(one), 75).replace("@", "@\u200b"))
        for one in articles[:_OFFERED]
    )
    message.add_item(ui.ActionRow(*buttons))
    return message


async def article_choices(services: Services, typed: str) -> list[app_commands.Choice[str]]:
    """Up to 25 articles for what was typed so far; none, rather than an error, while there is no index."""
    try:
        articles = await services.read(lambda index: article_matches(index, typed, CHOICES))
    except UserFacingError:
        return []
    return [app_commands.Choice(name=choice_name(article), value=article.id[:100]) for article in articles]


def choice_name(article: Article) -> str:
    """The title, then publisher and day where they fit into Discord's 100 characters."""
    about = ", ".join(part for part in ((article.published or "")[:10], article.source or "") if part)
    about = one_line(about, 40)
    tail = f" ({about})" if about else ""
    return one_line(article.title, _NAME_LIMIT - length(tail)) + tail


def links_in(text: str) -> list[str]:
    """The web addresses in a text, each as written, without closing punctuation, and without its fragment."""
    found: list[str] = []
    for match in _LINK.findall(visible(text)):
        # a text fragment is ours, not part of the article's address
        whole = match.split("#:~:text=", 1)[0]
        bare = whole.rstrip(".,;:!?)]}*_")
        found += [whole, bare, bare.split("#", 1)[0]]
    return list(dict.fromkeys(found))


async def linked_article(services: Services, urls: Sequence[str]) -> Article | None:
    """The first article of the corpus that one of the addresses belongs to."""

    def find(index: Any) -> Article | None:
        ids = [article_id for url in urls for article_id in index.article_ids([url])]
        return index.articles(ids[:1]).get(ids[0]) if ids else None

    return await services.read(find)


def message_links(message: discord.Message) -> list[str]:
    """The addresses in a message's text, its link buttons and its embeds."""
    buttons: list[str] = []

    def walk(components: Sequence[Any]) -> None:
        for component in components:
            if url := getattr(component, "url", None):
                buttons.append(str(url))
            if content := getattr(component, "content", None):
                buttons.append(str(content))
            walk(getattr(component, "children", ()))
            if (accessory := getattr(component, "accessory", None)) is not None:
                walk([accessory])

    walk(message.components)
    embeds = [embed.url for embed in message.embeds if embed.url]
    return links_in("\n".join([message.content, *embeds, *buttons]))


def no_article(words: Words) -> str:
    return words(
        "No article of the corpus goes by that. Type a word of its title and pick one from the list."
    )
