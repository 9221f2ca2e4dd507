"""/help: what the corpus holds, how fresh it is, and how to ask."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str as _

from bot.chat.commands.examples import with_examples
from bot.chat.corpus.texts import status_text
from bot.chat.messages.displays import NO_PINGS, acknowledge
from bot.chat.messages.failures import explain
from bot.chat.messages.language import Words
from bot.chat.messages.layout import Message, text_message
from bot.chat.messages.markup import plain
from bot.chat.services import Services, of_interaction
from ingest.errors import UserFacingError


class Help:
    def __init__(self, services: Services) -> None:
        self._services = services

    def register(self, tree: app_commands.CommandTree[Any]) -> None:
        @tree.command(name=_("help"), description=_("What I know, how fresh it is, and how to ask me"))
        async def help_(interaction: discord.Interaction[Any]) -> None:
            words, place, person = of_interaction(interaction)
            await acknowledge(interaction, private=True)
            message = await self.message(words, for_editors=self._services.may_run_corpus(place, person))
            await interaction.edit_original_response(view=message, allowed_mentions=NO_PINGS)

    async def message(self, words: Words, *, for_editors: bool) -> Message:
        try:
            corpus = status_text(await self._services.read(lambda index: index.status()), words)
        except UserFacingError as error:
            corpus = explain(error, words, for_editors=for_editors)
        keep_days = self._services.settings.records.keep_days
        message = text_message(help_text(corpus, self._services.name, keep_days, words))
        return await with_examples(message, self._services, words)


def help_text(corpus: str, name: str, keep_days: int, words: Words) -> str:
    kept = (
        words("Questions are kept to improve the corpus. {forget} deletes yours.", forget="`/forget-me`")
        if keep_days == 0
        else words.plural(
            "Questions are kept for {n} day to improve the corpus. {forget} deletes yours.",
            "Questions are kept for {n} days to improve the corpus. {forget} deletes yours.",
            keep_days,
            forget="`/forget-me`",
        )
    )
    ways = [
        words("{ask}, mention me ({name}), or write me a direct message.", ask="`/ask`", name=plain(name)),
        words("Reply to an answer, or write in its thread, to ask on."),
        words("Right-click a message, then Apps: ask about it, or sum up the article it links."),
        words(
            "{summary} sums up one article, {digest} the news on a topic.",
            summary="`/summary`",
            digest="`/digest`",
        ),
        words("{sources} lists the articles.", sources="`/sources`"),
    ]
    return "\n".join(
        [
            words("I answer from a body of articles, and show word for word where each answer comes from."),
            corpus,
            "### " + words("How to ask"),
            *(f"- {way}" for way in ways),
            f"-# {kept}",
        ]
    )
