"""What the bot says unasked: to whom, where, and whether it may speak there."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import discord

from bot.chat.access import answers_in
from bot.chat.messages.displays import NO_PINGS
from bot.chat.messages.language import Words, words_for
from bot.chat.messages.layout import Message
from bot.chat.services import Services, place_of
from bot.operations.watch_records import Asker

log = logging.getLogger(__name__)

_PINGED = 50


@dataclass(frozen=True, slots=True)
class Told:
    """Where something is told: in a channel of a server, or (None) to a person in a direct message."""

    channel: int | None
    person: int


class Telling:
    def __init__(self, services: Services, client: discord.Client) -> None:
        self._services = services
        self._client = client

    async def send(self, told: Told, messages: Iterable[Message], pings: Sequence[int] = ()) -> None:
        """Send them, the first with `pings`; where the bot may not, or nobody takes it, that is only logged."""
        people = [discord.Object(one) for one in pings[:_PINGED]]
        allowed = discord.AllowedMentions(everyone=False, roles=False, users=people)
        try:
            if (target := await self.target(told)) is not None:
                for message in messages:
                    await target.send(view=message, allowed_mentions=allowed)
                    allowed = NO_PINGS
        except discord.HTTPException as error:
            log.info("news of a question could not be told: %s", error)

    async def target(self, told: Told) -> discord.abc.Messageable | None:
        """None where the bot is not to speak any more."""
        if told.channel is None:
            return await self._client.fetch_user(told.person)
        channel = self._client.get_channel(told.channel) or await self._client.fetch_channel(told.channel)
        guild = getattr(channel, "guild", None)
        place = place_of(channel, guild.id if guild else None)
        ignored = self._services.server(place.server).ignored_channels
        if not answers_in(place, self._services.settings.discord) or place.within(ignored):
            return None
        return channel if isinstance(channel, discord.abc.Messageable) else None

    def words(self, told: Told) -> Words:
        """The server's language; English in a direct message."""
        channel = self._client.get_channel(told.channel) if told.channel else None
        guild = getattr(channel, "guild", None)
        return words_for(guild.preferred_locale if guild else None)


def places(askers: Iterable[Asker]) -> dict[Told, list[int]]:
    """Everybody once a place, where they asked: in the channel, or where nobody else saw it, in private."""
    found: dict[Told, list[int]] = {}
    for one in dict.fromkeys(askers):
        if one.person is not None:
            alone = one.private or one.server is None or one.channel is None
            people = found.setdefault(Told(None, one.person) if alone else Told(one.channel, 0), [])
            if one.person not in people:
                people.append(one.person)
    return found


def called(people: Sequence[int], told: Told) -> str:
    """The names that a message in a channel begins with."""
    return "" if told.channel is None else " ".join(f"<@{one}>" for one in people[:_PINGED]) + " "
