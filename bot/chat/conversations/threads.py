"""The threads that a mention opens, one for each conversation."""

from __future__ import annotations

import logging

import discord

from bot.chat.messages.language import Words
from bot.chat.messages.markup import head, one_line
from bot.chat.services import Services

log = logging.getLogger(__name__)

_NAME_LIMIT = 100  # Discord's


async def thread_for(
    services: Services, message: discord.Message, question: str, words: Words
) -> tuple[discord.abc.Messageable, tuple[str, ...]]:
    """A thread named after the question; the channel itself where there can be none, saying why."""
    channel = message.channel
    if not isinstance(channel, discord.TextChannel) or message.guild is None:
        return channel, ()
    mine = channel.permissions_for(message.guild.me)
    if not (mine.create_public_threads and mine.send_messages_in_threads):
        return channel, (
            words(
                "I would open a thread for this, but lack Create Public Threads and Send Messages in Threads."
            ),
        )
    # Discord gives a thread the id of the message that it hangs on. It is on record first, so that no thread is
    # opened, and left empty, where nothing can be recorded.
    await services.records.open_thread(message.id)
    try:
        thread = await message.create_thread(name=thread_name(question), auto_archive_duration=1440)
    except discord.HTTPException as error:
        log.info("no thread in channel %s: %s", channel.id, error)
        return channel, ()
    services.threads.add(thread.id)
    return thread, ()


def thread_name(question: str) -> str:
    """The question in Discord's 100 characters; names are not escaped, and never ping, but may look as if."""
    return head(one_line(question, 80).replace("@", "@\u200b"), _NAME_LIMIT) or "…"
