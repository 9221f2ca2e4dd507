"""/settings: what a server's admins may change for their server, kept in the records."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

import discord
from discord import app_commands
from discord.app_commands import locale_str as _

from bot.chat.access import ServerSettings
from bot.chat.messages.displays import NO_PINGS, acknowledge
from bot.chat.messages.failures import Refused
from bot.chat.messages.language import Words
from bot.chat.messages.layout import text_message
from bot.chat.services import Services, of_interaction

_MOST_LISTED = 500  # as many channels as a server can have
_LISTS: dict[str, str] = {
    "allowed": "allowed_channels",
    "ignored": "ignored_channels",
    "private": "private_channels",
}


class _ChannelOrCategory(app_commands.Transformer):
    """discord.py's own type for forums brings media channels along, which Discord's description does not know."""

    @property
    def type(self) -> discord.AppCommandOptionType:
        return discord.AppCommandOptionType.channel

    @property
    def channel_types(self) -> list[discord.ChannelType]:
        kinds = discord.ChannelType
        return [kinds.text, kinds.news, kinds.voice, kinds.stage_voice, kinds.forum, kinds.category]

    async def transform(self, _interaction: discord.Interaction[Any], value: Any, /) -> int:
        """Its id."""
        return int(value.id)


class SettingsCommands:
    def __init__(self, services: Services) -> None:
        self._services = services

    def register(self, tree: app_commands.CommandTree[Any]) -> None:
        group = app_commands.Group(
            name=_("settings"),
            description=_("How I behave in this server (for its admins)"),
            guild_only=True,
            default_permissions=discord.Permissions(manage_guild=True),
        )

        self._register_places(group)
        self._register_habits(group)
        tree.add_command(group)

    def _register_places(self, group: app_commands.Group) -> None:
        """Where the bot answers, and whom."""

        @group.command(name=_("show"), description=_("Show this server's settings"))
        async def show(interaction: discord.Interaction[Any]) -> None:
            await self._change(interaction, {})

        @group.command(name=_("channel"), description=_("Where I answer, and where to the asker alone"))
        @app_commands.describe(channel=_("The channel or category"), mode=_("What I do there"))
        @app_commands.choices(
            mode=[
                app_commands.Choice(name=_("answer here (and only in channels marked so)"), value="allowed"),
                app_commands.Choice(name=_("never answer here"), value="ignored"),
                app_commands.Choice(name=_("answer to the asker alone"), value="private"),
                app_commands.Choice(name=_("nothing special"), value="normal"),
            ]
        )
        async def channel(
            interaction: discord.Interaction[Any],
            channel: app_commands.Transform[int, _ChannelOrCategory],
            mode: str,
        ) -> None:
            now = self._services.server(interaction.guild_id)
            words, _place, _person = of_interaction(interaction)
            await self._change(interaction, channel_changes(now, channel, mode, words))

        @group.command(name=_("role"), description=_("Keep asking to certain roles"))
        @app_commands.describe(role=_("The role"), may_ask=_("Whether it is one of them"))
        async def role(interaction: discord.Interaction[Any], role: discord.Role, may_ask: bool) -> None:
            now = self._services.server(interaction.guild_id).allowed_roles
            words, _place, _person = of_interaction(interaction)
            await self._change(interaction, {"allowed_roles": _listed(now, role.id, may_ask, words)})

    def _register_habits(self, group: app_commands.Group) -> None:
        """How it answers there."""

        @group.command(name=_("threads"), description=_("Whether a mention opens a thread"))
        @app_commands.describe(on=_("Open a thread for each question asked by mention"))
        async def threads(interaction: discord.Interaction[Any], on: bool) -> None:
            await self._change(interaction, {"threads": on})

        @group.command(name=_("cooldown"), description=_("How long to wait between questions"))
        @app_commands.describe(person=_("Seconds for one person"), channel=_("Seconds for a whole channel"))
        async def cooldown(
            interaction: discord.Interaction[Any],
            person: app_commands.Range[int, 0, 86_400] | None = None,
            channel: app_commands.Range[int, 0, 86_400] | None = None,
        ) -> None:
            changes: dict[str, Any] = {}
            if person is not None:
                changes["cooldown_seconds"] = float(person)
            if channel is not None:
                changes["channel_cooldown_seconds"] = float(channel)
            await self._change(interaction, changes)

        @group.command(name=_("reset"), description=_("Go back to what config.toml says"))
        async def reset(interaction: discord.Interaction[Any]) -> None:
            await self._change(interaction, None)

    async def _change(self, interaction: discord.Interaction[Any], changes: dict[str, Any] | None) -> None:
        """Apply the changes (None: forget all), keep them, and show what holds now."""
        words, _place, person = of_interaction(interaction)
        server = interaction.guild_id
        if server is None or not (person.manages_server or person.id in self._services.owners):
            # a server may hand the command to anyone, so the permission is checked here again
            raise Refused(words("That needs the permission Manage Server."))
        await acknowledge(interaction, private=True)
        now = (
            ServerSettings.of(self._services.settings.discord)
            if changes is None
            else self._services.server(server)
        )
        after = replace(now, **(changes or {}))
        if changes != {}:
            await self._services.save_server(server, None if changes is None else after)
        await interaction.edit_original_response(
            view=text_message(settings_text(after, words)), allowed_mentions=NO_PINGS
        )


def channel_changes(now: ServerSettings, channel: int, mode: str, words: Words) -> dict[str, Any]:
    """The channel in the list of its mode and in no other. Raises Refused when that list is full."""
    return {
        field: _listed(getattr(now, field), channel, name == mode, words) for name, field in _LISTS.items()
    }


def _listed(now: tuple[int, ...], one: int, wanted: bool, words: Words) -> tuple[int, ...]:
    """The list with or without `one`. Nothing is dropped for it: what was switched off would be on again."""
    others = tuple(other for other in now if other != one)
    if wanted and len(others) >= _MOST_LISTED:
        raise Refused(
            words("That list is full: it holds {most}. Take one out of it first.", most=_MOST_LISTED)
        )
    return (*others, one) if wanted else others


def settings_text(settings: ServerSettings, words: Words) -> str:
    def listed(ids: tuple[int, ...], kind: Literal["channel", "role"], none: str) -> str:
        if not ids:
            return none
        # a role is named by its number: a mention of it could be taken for a ping
        shown = " ".join(f"<#{one}>" if kind == "channel" else f"`{one}`" for one in ids[:20])
        return shown + (f" (+{len(ids) - 20})" if len(ids) > 20 else "")

    seconds = words("{person} s a person, {channel} s a channel",
                    person=f"{settings.cooldown_seconds:g}",
                    channel=f"{settings.channel_cooldown_seconds:g}")  # fmt: skip
    everywhere = words("every channel")
    return "\n".join(
        [
            "### " + words("Settings of this server"),
            f"- {words('Answers in:')} {listed(settings.allowed_channels, 'channel', everywhere)}",
            f"- {words('Never answers in:')} {listed(settings.ignored_channels, 'channel', '–')}",
            f"- {words('Private answers in:')} {listed(settings.private_channels, 'channel', '–')}",
            f"- {words('Who may ask:')} {listed(settings.allowed_roles, 'role', words('everybody'))}",
            f"- {words('A mention opens a thread:')} {words('yes') if settings.threads else words('no')}",
            f"- {words('Between two questions:')} {seconds}",
        ]
    )
