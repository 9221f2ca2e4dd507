"""An answer in fewer words, and the passages around its quotes: under its buttons, and where somebody says so."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from bot.chat.messages.language import Words
from bot.chat.messages.layout import Message, plain_messages, text_message
from bot.chat.messages.passages import passage_texts
from bot.chat.messages.rendering import TEXT_LIMIT, answer_pages
from bot.chat.services import Services
from bot.qa.answers import Answer
from bot.qa.excerpts import AROUND, shorter
from ingest.errors import UserFacingError

log = logging.getLogger(__name__)

WIDE = 1_200
"""Characters around the quotes where more is asked for."""


async def shorter_messages(
    services: Services, answer: Answer, key: str, words: Words, *, heading: str
) -> list[Message]:
    short = shorter(answer)
    # links are by the place in the answer on record, which the reader knows it by
    links = await services.links(answer, key)
    kept = {new: links[answer.citations.index(one)] for new, one in enumerate(short.citations)}
    return plain_messages(answer_pages(short, words, heading=heading, links=kept))


async def passage_messages(
    services: Services, answer: Answer, words: Words, number: int = 0, around: int = AROUND, note: str = ""
) -> list[Message]:
    wanted = {one.article.article_id for one in answer.citations}
    try:
        articles = await services.read(lambda index: index.articles(wanted))
    except UserFacingError as error:
        log.info("passages shown without their articles: %s", error)
        articles = {}
    notes = [f"-# {note}"] if note else []
    texts = packed([*notes, *passage_texts(answer, number, articles, words, around)])
    return [text_message(text) for text in texts]


def packed(texts: Sequence[str]) -> list[str]:
    """Texts put together, as many in a message as fit."""
    messages: list[str] = []
    for text in texts:
        if messages and len(messages[-1]) + len(text) + 2 <= TEXT_LIMIT:
            messages[-1] += f"\n\n{text}"
        else:
            messages.append(text)
    return messages
