"""Who may ask where, and who may run the corpus (pure decisions over plain ids)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from bot.settings import DiscordSettings


def _message(text: str) -> str:
    """Marks a text for the language catalogue; whoever shows it has it translated."""
    return text


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """What config.toml says, with what a server's admins changed by /settings."""

    threads: bool
    cooldown_seconds: float
    channel_cooldown_seconds: float
    allowed_channels: tuple[int, ...]
    ignored_channels: tuple[int, ...]
    private_channels: tuple[int, ...]
    allowed_roles: tuple[int, ...]

    @classmethod
    def of(cls, settings: DiscordSettings, changes: dict[str, Any] | None = None) -> ServerSettings:
        """Unknown or outdated keys in `changes` are ignored, so that an old file never stops the bot."""
        names = [field.name for field in fields(cls)]
        own = cls(**{name: getattr(settings, name) for name in names})
        known: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in (changes or {}).items()
            if name in names
        }
        return replace(own, **known)

    def as_changes(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is said. `channels` are the parent of a thread, and the category of a channel."""

    server: int | None
    channel: int
    channels: frozenset[int] = frozenset()

    def within(self, listed: Collection[int]) -> bool:
        return self.channel in listed or not self.channels.isdisjoint(listed)


@dataclass(frozen=True, slots=True)
class Person:
    id: int
    roles: frozenset[int] = frozenset()
    manages_server: bool = False


def answers_in(place: Place, settings: DiscordSettings) -> bool:
    """Whether the bot answers in this server at all; direct messages are always answered."""
    return place.server is None or not settings.allowed_servers or place.server in settings.allowed_servers


def refusal(place: Place, person: Person, server: ServerSettings) -> str | None:
    """Why this person may not ask here, as a message id for the language catalogue; None when they may."""
    if place.server is None:
        return None
    if place.within(server.ignored_channels):
        return _message("I do not answer in this channel.")
    if server.allowed_channels and not place.within(server.allowed_channels):
        return _message("I answer in other channels only: {channels}")
    if server.allowed_roles and person.roles.isdisjoint(server.allowed_roles) and not person.manages_server:
        return _message("Asking is kept to certain roles here.")
    return None


def runs_corpus(place: Place, person: Person, owners: Collection[int], settings: DiscordSettings) -> bool:
    """The application's owners always; a listed role; Manage Server in a server that is listed as home."""
    if person.id in owners:
        return True
    if place.server is None:
        return False
    if not person.roles.isdisjoint(settings.admin_roles):
        return True
    return person.manages_server and place.server in settings.home_servers


def corpus_refusal(place: Place, person: Person) -> tuple[str, dict[str, str]]:
    """The message id and values that name the line of config.toml which would let this person in."""
    if place.server is None:
        return (
            _message(
                "Only the owner of this bot may do that in direct messages. In a server, people with Manage "
                "Server may, once config.toml lists it: {line}"
            ),
            {"line": "`[discord] home_servers = [SERVER_ID]`"},
        )
    if person.manages_server:
        return (
            _message(
                "This server is not one that runs the corpus. Whoever runs the bot can allow it in "
                "config.toml: {line}"
            ),
            {"line": f"`[discord] home_servers = [{place.server}]`"},
        )
    return (
        _message(
            "That needs Manage Server, or a role that whoever runs the bot lists in config.toml: {line}"
        ),
        {"line": "`[discord] admin_roles = [ROLE_ID]`"},
    )
