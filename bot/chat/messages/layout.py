"""Pages as Components V2 messages: text, sources with their link buttons, and the rows of buttons below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from discord import ui

from bot.chat.messages.buttons import AnswerButton, AnswerMenu
from bot.chat.messages.language import Words
from bot.chat.messages.rendering import Page
from bot.qa.answers import Answer


class Message(ui.LayoutView):
    """A message that waits for nothing: with a timeout, discord.py would stop routing its dynamic buttons."""

    def __init__(self) -> None:
        super().__init__(timeout=None)


def text_message(text: str) -> Message:
    message = Message()
    message.add_item(ui.TextDisplay(text))
    return message


def page_message(page: Page, rows: Sequence[Sequence[ui.Item[Any]]] = ()) -> Message:
    message = Message()
    if page.text:
        message.add_item(ui.TextDisplay(page.text))
    if page.text and page.sources:
        message.add_item(ui.Separator())
    if page.sources:
        message.add_item(ui.TextDisplay(page.sources))
    for row in rows:
        message.add_item(ui.ActionRow(*row))
    return message


def answer_messages(
    pages: Sequence[Page], answer: Answer, key: str, words: Words, further: ui.Item[Any] | None = None
) -> list[Message]:
    """The pages of an answer, with its controls under the last, a `further` one below these."""
    rows = _rows(answer, key, words) + ([[further]] if further is not None else [])
    return [*plain_messages(pages[:-1]), page_message(pages[-1], rows)]


def plain_messages(pages: Sequence[Page]) -> list[Message]:
    return [page_message(page) for page in pages]


def _rows(answer: Answer, key: str, words: Words) -> list[list[ui.Item[Any]]]:
    tell = words("Tell the editors")
    if answer.outcome == "not_found":
        rephrase = AnswerButton("rephrase", key, label=words("Ask in other words"), emoji="✏️")
        watch = AnswerButton("watch", key, label=words("Tell me when this changes"), emoji="🔔")
        return [[rephrase, AnswerButton("tell", key, label=tell, emoji="📣"), watch]]
    return [
        [
            AnswerButton("up", key, emoji="👍"),
            AnswerButton("down", key, emoji="👎"),
            AnswerButton("passage", key, label=words("Passage")),
            AnswerButton("more", key, label=words("More")),
        ],
        [
            AnswerMenu(
                key,
                placeholder=words("What else?"),
                choices={
                    "shorter": words("Shorter"),
                    "watch": words("Tell me when this changes"),
                    "tell": tell,
                    "privately": words("Ask privately"),
                },
            )
        ],
    ]
