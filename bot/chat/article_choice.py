"""Choosing an article: autocomplete while typing, and the article behind a link."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import discord
from discord import app_commands

from bot.chat.messages.language import Words
from bot.chat.messages.markup import length, one_line, visible
from bot.chat.services import Services
from ingest.articles.article import Article
from ingest.errors import UserFacingError

CHOICES = 25
_NAME_LIMIT = 100
_LINK = re.compile(r"https?://[^\s<>\"'`|]+", re.IGNORECASE)


async def article_choices(services: Services, typed: str) -> list[app_commands.Choice[str]]:
    """Up to 25 articles for what was typed so far; none, rather than an error, while there is no index."""
    try:
        articles = await services.read(lambda index: index.find_articles(typed, CHOICES))
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
