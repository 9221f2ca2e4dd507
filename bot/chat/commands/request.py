"""A question on its way: its words from a form or a message, where it came from, and when it asks nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import discord
from discord import ui

from bot.chat.access import Person, Place
from bot.chat.messages.failures import Refused
from bot.chat.messages.forms import text_form
from bot.chat.messages.language import Words
from bot.chat.messages.markup import visible
from bot.operations.records import Kind
from bot.qa.understanding.small_talk import has_words, leaves_open
from bot.qa.understanding.wishes import Wish

QUESTION_LIMIT = 2_000


@dataclass(frozen=True)
class Request:
    """A question on its way: where from, what it follows, and how its answer is headed.

    `about` are the words of somebody else that it was written under. `private`: nobody else sees the answer.
    `as_of`: the last day, in ISO 8601, whose articles are evidence. `wish`: what is wanted of the bot itself, not of
    the articles. `unaddressed`: nobody called the bot, so that it says something only where it knows something.
    """

    question: str
    person: Person
    place: Place
    words: Words
    kind: Kind = "question"
    parent: str | None = None
    heading: str = ""
    remarks: tuple[str, ...] = ()
    about: str = ""
    private: bool = True
    unaddressed: bool = False
    wish: Wish | None = None
    as_of: str = ""
    further: ui.Item[Any] | None = None


def check_asks(question: str, words: Words, *, follows: bool) -> None:
    """Raise Refused where nothing is asked; `follows`: what came before may say what is meant."""
    if not has_words(question):
        raise Refused(words("Ask a question: there were no words in that."))
    if leaves_open(question) and not follows:
        raise Refused(
            words("What about? Name a person, a place, an event or a topic, so that I know where to look.")
        )


def question_form(words: Words, private: bool | None, about: str = "") -> discord.ui.Modal:
    """A form for a long question, or for one about the words of a message."""
    return text_form(
        "ask",
        {True: "private", False: "public", None: ""}[private],
        title=words("Ask about the articles"),
        label=words("Your question"),
        placeholder=words("What would you like to know?"),
        default=about,
        limit=QUESTION_LIMIT,
    )


def message_text(message: discord.Message) -> str:
    """The words of a message: its content, or the text of its components."""
    texts = [message.content, *(component.content for component in _texts(message.components))]
    return visible("\n".join(text for text in texts if text)).strip()


def _texts(components: Sequence[Any]) -> list[discord.TextDisplay]:
    texts: list[discord.TextDisplay] = []
    for component in components:
        if isinstance(component, discord.TextDisplay):
            texts.append(component)
        texts += _texts(getattr(component, "children", ()))
    return texts
