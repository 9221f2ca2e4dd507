"""Which answer a question follows, by where it stands and what it replies to."""

from __future__ import annotations

import time

import discord

from bot.chat.access import Person, Place
from bot.chat.services import Services

_TALK_LASTS = 30 * 60  # seconds in which the next direct message counts as a follow-up


async def answer_before(services: Services, place: Place, person: Person, *, private: bool) -> str | None:
    """The answer that a question follows by standing where it stands: in a thread of ours, or in a DM.

    In a thread that is the person's own last one, else the last of anybody. A public question never follows a
    private one, not even the person's own: its answer would tell what that was about.
    """
    latest_in = services.records.latest_in
    if place.server is None:
        latest = await latest_in(place.channel, time.time() - _TALK_LASTS)
    elif place.channel in services.threads:
        own = await latest_in(place.channel, person=person.id, public=not private)
        latest = own or await latest_in(place.channel, public=True)
    else:
        return None
    return latest.key if latest else None


async def own_last_answer(services: Services, place: Place, person: Person, *, private: bool) -> str | None:
    """The answer that "shorter, please" means: the one before it, else the person's own last one in this channel."""
    if (before := await answer_before(services, place, person, private=private)) is not None:
        return before
    since = time.time() - _TALK_LASTS
    latest = await services.records.latest_in(place.channel, since, person.id, public=not private)
    return latest.key if latest else None


async def answer_replied_to(services: Services, message: discord.Message) -> str | None:
    if message.reference is None or message.reference.message_id is None:
        return None
    record = await services.records.answer_in(message.reference.message_id)
    return record.key if record else None
