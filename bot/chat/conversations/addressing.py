"""Whether a message is meant for the bot, and what it asks."""

from __future__ import annotations

import re
from dataclasses import dataclass

import discord

from bot.chat.messages.markup import visible
from bot.qa.understanding.small_talk import is_small_talk

_CUSTOM_EMOJI = re.compile(r"<a?:\w+:\d+>")


@dataclass(frozen=True, slots=True)
class Heard:
    """What was said to the bot. `called`: by its name, its role or in a direct message, so that it has to react.

    `unread`: only its role was mentioned, and Discord does not show the bot what such a message says.
    """

    question: str
    called: bool
    unread: bool = False


def heard(message: discord.Message, me: discord.ClientUser, *, in_thread: bool) -> Heard | None:
    """What the message says to the bot; None where it is none of its business.

    `in_thread`: it stands in a thread of the bot's, where questions need no mention. People talk to each other there
    as well: what they say to somebody else, and thanks and the like, is left alone.
    """
    role = message.guild.self_role if message.guild else None
    by_role = role is not None and role in message.role_mentions
    question = _words_for(message, me, role)
    if message.guild is None or by_role or re.search(rf"<@!?{me.id}>", message.content):
        return Heard(question, called=True, unread=by_role and not message.content)
    # the content is empty where Discord did not let the bot see it: then the message is not for the bot
    if not question or is_small_talk(question) or _for_others(message, me, question):
        return None
    replied_to = message.reference.resolved if message.reference else None
    reply_to_me = isinstance(replied_to, discord.Message) and replied_to.author.id == me.id
    if reply_to_me or me in message.mentions or (in_thread and message.reference is None):
        return Heard(question, called=False)
    return None


def claim_replied_to(message: discord.Message, me: discord.ClientUser) -> discord.Message | None:
    """The message of somebody else that this one replies to."""
    replied_to = message.reference.resolved if message.reference else None
    if isinstance(replied_to, discord.Message) and replied_to.author.id != me.id:
        return replied_to
    return None


def _for_others(message: discord.Message, me: discord.ClientUser, question: str) -> bool:
    others = [user for user in message.mentions if user.id != me.id]
    return bool(others or message.role_mentions or message.mention_everyone or question.startswith("@"))


def _words_for(message: discord.Message, me: discord.ClientUser, role: discord.Role | None) -> str:
    """What is said, without the bot's own name, and with others' names where Discord writes numbers."""
    shown = {f"<@{user.id}>": f"@{user.display_name}" for user in message.mentions}
    shown |= {f"<@!{user.id}>": f"@{user.display_name}" for user in message.mentions}
    shown |= {f"<@&{other.id}>": f"@{other.name}" for other in message.role_mentions}
    shown |= {f"<#{channel.id}>": f"#{channel.name}" for channel in message.channel_mentions}
    shown |= {f"<@{me.id}>": " ", f"<@!{me.id}>": " "}
    if role is not None:
        shown[f"<@&{role.id}>"] = " "
    text = re.sub(
        r"<(?:@[!&]?|#)\d+>", lambda match: shown.get(match.group(), match.group()), message.content
    )
    return visible(_CUSTOM_EMOJI.sub(" ", text)).strip()
