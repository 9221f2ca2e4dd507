"""/summary of one article, "Summarise the linked article", and /digest over the articles of some days."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import discord
from discord import app_commands, ui
from discord.app_commands import locale_str as _

from bot.chat.article_choice import (
    article_choices,
    article_question,
    linked_article,
    message_links,
    no_article,
)
from bot.chat.commands.questions import Questions
from bot.chat.commands.request import Request
from bot.chat.messages.buttons import guarded
from bot.chat.messages.displays import InteractionDisplay, acknowledge
from bot.chat.messages.failures import Refused
from bot.chat.messages.language import Words
from bot.chat.messages.markup import head
from bot.chat.services import Services, of_interaction
from bot.operations.records import Kind
from bot.qa.answers import AnswerEvent
from bot.qa.retrieval.article_finder import articles_named
from ingest.articles.article import Article

_FURTHER_BACK = (30, 365, 3650)  # days


class DigestButton(
    ui.DynamicItem[ui.Button[Any]],
    template=r"bylinedigest:(?P<days>30|365|3650):(?P<topic>[\s\S]{1,80})",
):
    """Looks further back on the same topic, which travels in the custom_id."""

    def __init__(self, days: int, topic: str, words: Words | None = None) -> None:
        self.days, self.topic = days, head(topic, 80)  # Discord counts a custom_id in UTF-16
        label = words.plural("Look {n} day back", "Look {n} days back", days) if words else "·"
        button: ui.Button[Any] = ui.Button(label=label, custom_id=f"bylinedigest:{days}:{self.topic}")
        super().__init__(button)

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: ui.Item[Any], match: re.Match[str], /
    ) -> DigestButton:
        return cls(int(match["days"]), match["topic"])

    @guarded
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await interaction.client.summaries.digest(interaction, self.topic, self.days)


class Summaries:
    def __init__(self, services: Services, questions: Questions) -> None:
        self._services = services
        self._questions = questions

    def register(self, tree: app_commands.CommandTree[Any]) -> None:
        self._register_summary(tree)
        self._register_linked(tree)
        self._register_digest(tree)

    def _register_summary(self, tree: app_commands.CommandTree[Any]) -> None:
        @tree.command(name=_("summary"), description=_("Sum up one article, with the sentences it rests on"))
        @app_commands.describe(
            article=_("A word of the title, the publisher or a date; or the article's address"),
            private=_("Show the answer to you alone"),
        )
        async def summary(
            interaction: discord.Interaction[Any],
            article: app_commands.Range[str, 1, 500],
            private: bool | None = None,
        ) -> None:
            words, _place, _person = of_interaction(interaction)
            await self._begin(interaction, private)

            matches = await self._services.read(lambda index: articles_named(index, article))
            if not matches:
                await self._fail(interaction, private, no_article(words))
            elif len(matches) > 1:
                await InteractionDisplay(
                    interaction, private=self._hidden(interaction, private), words=words
                ).finish([article_question(matches, words)])
            else:
                await self._summarise(interaction, matches[0], private)

        @summary.autocomplete("article")
        async def choices(
            interaction: discord.Interaction[Any], typed: str
        ) -> list[app_commands.Choice[str]]:
            words, place, person = of_interaction(interaction)
            try:
                self._services.check_place(place, person, words)
            except Refused:
                return []  # who may not see the articles is not shown their titles either
            return await article_choices(self._services, typed)

    def _register_linked(self, tree: app_commands.CommandTree[Any]) -> None:
        @tree.context_menu(name=_("Summarise the linked article"))
        async def summarise_linked(interaction: discord.Interaction[Any], message: discord.Message) -> None:
            words, _place, _person = of_interaction(interaction)
            await self._begin(interaction, None)
            urls = message_links(message)
            match = await linked_article(self._services, urls) if urls else None
            if match is None:
                text = (
                    words("The article behind that link is not among mine.")
                    if urls
                    else words("There is no link in that message.")
                )
                await self._fail(interaction, None, text)
                return
            await self._summarise(interaction, match, None)

    def _register_digest(self, tree: app_commands.CommandTree[Any]) -> None:
        @tree.command(name=_("digest"), description=_("The news on a topic in points, each with its source"))
        @app_commands.describe(
            topic=_("What it should be about"),
            days=_("How many days to look back"),
            private=_("Show the answer to you alone"),
        )
        async def digest(
            interaction: discord.Interaction[Any],
            topic: app_commands.Range[str, 1, 300],
            days: app_commands.Range[int, 1, 3650] = 7,
            private: bool | None = None,
        ) -> None:
            await self.digest(interaction, topic, days, private)

    async def digest(
        self, interaction: discord.Interaction[Any], topic: str, days: int, private: bool | None = None
    ) -> None:
        """The news on a topic, with a button that looks further back as long as that is of use."""
        await self._begin(interaction, private)
        words, _place, _person = of_interaction(interaction)
        remark = words.plural("The last {n} day.", "The last {n} days.", days)
        earlier = next((one for one in _FURTHER_BACK if one > days), None)
        button = DigestButton(earlier, topic, words) if earlier is not None else None
        events = self._services.answers.digest(topic, days)
        await self._show(interaction, "digest", topic, events, private, (remark,), button)

    async def of_article(self, interaction: discord.Interaction[Any], article_id: str) -> None:
        """What the button of an article does."""
        words, _place, _person = of_interaction(interaction)
        await self._begin(interaction, None)
        match = await self._services.read(lambda index: index.articles([article_id]).get(article_id))
        if match is None:
            raise Refused(no_article(words))
        await self._summarise(interaction, match, None)

    async def _summarise(
        self, interaction: discord.Interaction[Any], article: Article, private: bool | None
    ) -> None:
        events = self._services.answers.summarise(article.id)
        await self._show(interaction, "summary", article.title, events, private)

    def _hidden(self, interaction: discord.Interaction[Any], private: bool | None) -> bool:
        _words, place, _person = of_interaction(interaction)
        return self._services.is_private(place) if private is None else private

    async def _begin(self, interaction: discord.Interaction[Any], private: bool | None) -> None:
        words, place, person = of_interaction(interaction)
        self._services.check_may_ask(place, person, words)
        await acknowledge(interaction, private=self._hidden(interaction, private))

    async def _fail(self, interaction: discord.Interaction[Any], private: bool | None, text: str) -> None:
        words, _place, _person = of_interaction(interaction)
        hidden = self._hidden(interaction, private)
        await InteractionDisplay(interaction, private=hidden, words=words).fail(text)

    async def _show(
        self,
        interaction: discord.Interaction[Any],
        kind: Kind,
        subject: str,
        events: AsyncIterator[AnswerEvent],
        private: bool | None,
        remarks: tuple[str, ...] = (),
        further: ui.Item[Any] | None = None,
    ) -> None:
        words, place, person = of_interaction(interaction)
        hidden = self._hidden(interaction, private)
        display = InteractionDisplay(interaction, private=hidden, words=words)
        request = Request(
            subject,
            person,
            place,
            words,
            kind=kind,
            heading=subject,
            private=hidden,
            remarks=remarks,
            further=further,
        )
        await self._questions.show(request, display, events)
