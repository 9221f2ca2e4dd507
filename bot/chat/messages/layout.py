"""Pages as Components V2 messages: text, sources with their link buttons, and the rows of buttons below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from discord import ui

from bot.chat.messages.buttons import AnswerButton
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


def page_message(
    page: Page, words: Words, key: str | None = None, rows: Sequence[Sequence[ui.Item[Any]]] = ()
) -> Message:
    """One page; with a `key`, a source that cannot be linked gets a button that shows its passage."""
    message = Message()
    if page.text:
        message.add_item(ui.TextDisplay(page.text))
    if page.text and page.sources:
        message.add_item(ui.Separator())
    for source in page.sources:
        accessory: ui.Item[Any] | None = None
        if source.url:
            accessory = ui.Button(label=words("Open"), url=source.url)
        elif key:
            accessory = AnswerButton("passage", key, source.number, label=words("Show passage"))
        if accessory is None:
            message.add_item(ui.TextDisplay(source.text))
        else:
            message.add_item(ui.Section(ui.TextDisplay(source.text), accessory=accessory))
    for row in rows:
        message.add_item(ui.ActionRow(*row))
    return message


def answer_messages(pages: Sequence[Page], answer: Answer, key: str, words: Words) -> list[Message]:
    """The pages of an answer, with its buttons under the last."""
    last = len(pages) - 1
    return [
        page_message(page, words, key, _rows(answer, key, words) if number == last else ())
        for number, page in enumerate(pages)
    ]


def plain_messages(pages: Sequence[Page], words: Words) -> list[Message]:
    return [page_message(page, words) for page in pages]


def _rows(answer: Answer, key: str, words: Words) -> list[list[ui.Item[Any]]]:
    watch = AnswerButton("watch", key, label=words("Tell me when this changes"), emoji="🔔")
    if answer.outcome == "not_found":
        return [[AnswerButton("tell", key, label=words("Tell the editors"), emoji="📣"), watch]]
    return [
        [
            AnswerButton("sources", key, label=words("Sources")),
            AnswerButton("passage", key, label=words("Show passage")),
            AnswerButton("shorter", key, label=words("Shorter")),
            AnswerButton("more", key, label=words("More detail")),
        ],
        [
            AnswerButton("up", key, emoji="👍"),
            AnswerButton("down", key, emoji="👎"),
            AnswerButton("tell", key, label=words("Not found? Tell the editors")),
            watch,
        ],
    ]
