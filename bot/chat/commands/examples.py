"""Questions to try by a press. All they need is in their custom_id, so they outlive a restart."""

from __future__ import annotations

import re
from typing import Any

import discord
from discord import ui

from bot.chat.messages.buttons import guarded
from bot.chat.messages.language import Words
from bot.chat.messages.layout import Message
from bot.chat.messages.markup import head
from bot.chat.services import Services
from bot.qa.steps.examples import example_questions
from ingest.errors import UserFacingError

_LONGEST = 80  # of a button's label; its custom_id holds 100


class ExampleButton(ui.DynamicItem[ui.Button[Any]], template=r"bylinetry:(?P<question>[^\n]{1,80})"):
    """Asks the question that it shows, for whoever presses it."""

    def __init__(self, question: str) -> None:
        self.question = question = head(question, _LONGEST)  # Discord counts a custom_id in UTF-16
        button: ui.Button[Any] = ui.Button(label=question, custom_id=f"bylinetry:{question}")
        super().__init__(button)

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: ui.Item[Any], match: re.Match[str], /
    ) -> ExampleButton:
        return cls(match["question"])

    @guarded
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await interaction.client.questions.from_interaction(interaction, self.question)


async def with_examples(message: Message, services: Services, words: Words) -> Message:
    """The message with questions to try below it, where there are articles to ask."""
    try:
        questions = await services.read(lambda index: example_questions(index, _LONGEST))
    except UserFacingError:
        return message
    message.add_item(ui.TextDisplay(words("Try one:")))
    message.add_item(ui.ActionRow(*map(ExampleButton, questions)))
    return message
