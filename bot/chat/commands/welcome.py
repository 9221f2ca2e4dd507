"""The first message in a server, with questions to try by a press, and what its owner should know."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import discord

from bot.chat.commands.help import Help
from bot.chat.messages.displays import NO_PINGS
from bot.chat.messages.language import Words, words_for
from bot.chat.messages.markup import plain
from bot.chat.services import Services

log = logging.getLogger(__name__)

_NEEDED = {
    "view_channel": "View Channels",
    "send_messages": "Send Messages",
    "read_message_history": "Read Message History",
    "send_messages_in_threads": "Send Messages in Threads",
    "create_public_threads": "Create Public Threads",
}


class Welcome:
    """Greets a server once, when the bot joins it."""

    def __init__(self, services: Services, help_: Help, client: discord.Client) -> None:
        self._services = services
        self._help = help_
        self._client = client

    async def joined(self, guild: discord.Guild) -> None:
        """One message where the bot may write, and one to the server's owner where anything is missing."""
        settings = self._services.settings.discord
        if settings.allowed_servers and guild.id not in settings.allowed_servers:
            return
        words = words_for(guild.preferred_locale)
        channel = _first_channel(guild)
        if channel is not None:
            message = await self._help.message(words, for_editors=False)
            await channel.send(view=message, allowed_mentions=NO_PINGS)
        missing = [*_permissions(guild, words), *self._for_operators(guild, words)]
        if missing and guild.owner_id is not None:
            opening = words(
                "Thank you for adding me to {server}. Something is missing:", server=plain(guild.name)
            )
            try:
                owner = await self._client.fetch_user(guild.owner_id)
                await owner.send("\n".join([opening, *(f"- {one}" for one in missing)]))
            except discord.HTTPException as error:
                log.info("the owner of server %d cannot be told what is missing: %s", guild.id, error)

    def _for_operators(self, guild: discord.Guild, words: Words) -> Iterator[str]:
        """What only who runs the bot can mend, where that is the server's owner."""
        settings = self._services.settings.discord
        if guild.owner_id not in self._services.owners:
            return
        if guild.id not in settings.home_servers:
            line = f"`[discord] home_servers = [{guild.id}]`"
            yield words(
                "Managers of this server may change the corpus once config.toml has {line}.", line=line
            )
        if not self._client.intents.message_content:
            yield words(
                "In threads I answer without a mention once the intent Message Content is on, at {link}; "
                "then start me anew.",
                link="<https://discord.com/developers/applications>",
            )


def _first_channel(guild: discord.Guild) -> discord.TextChannel | None:
    """The channel for system messages, else the topmost, where the bot may write."""
    channels = [*filter(None, [guild.system_channel]), *guild.text_channels]
    return next((one for one in channels if _may_write(one)), None)


def _may_write(channel: discord.TextChannel) -> bool:
    allowed = channel.permissions_for(channel.guild.me)
    return allowed.view_channel and allowed.send_messages


def _permissions(guild: discord.Guild, words: Words) -> Iterator[str]:
    lacking = [name for key, name in _NEEDED.items() if not getattr(guild.me.guild_permissions, key)]
    if lacking:
        link = f"<https://discord.com/channels/{guild.id}>"
        yield words(
            "My role lacks {permissions}: Server Settings, Roles, at {link}.",
            permissions=", ".join(lacking),
            link=link,
        )
