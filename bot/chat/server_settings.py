"""/settings: what a server's admins may change for their server, kept in the records."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

import discord
from discord import app_commands
from discord.app_commands import locale_str as _

from bot.chat.access import ServerSettings
from bot.chat.displays import NO_PINGS, acknowledge
from bot.chat.failures import Refused
from bot.chat.language import Words
from bot.chat.layout import text_message
from bot.chat.questions import of_interaction
from bot.chat.services import Services

_MOST_LISTED = 50
_LISTS: dict[str, str] = {
    "allowed": "allowed_channels",
    "ignored": "ignored_channels",
    "private": "private_channels",
}


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
            channel: discord.TextChannel | discord.VoiceChannel | discord.CategoryChannel,
            mode: str,
        ) -> None:
            now = self._services.server(interaction.guild_id)
            await self._change(interaction, channel_changes(now, channel.id, mode))

        @group.command(name=_("role"), description=_("Keep asking to certain roles"))
        @app_commands.describe(role=_("The role"), may_ask=_("Whether it is one of them"))
        async def role(interaction: discord.Interaction[Any], role: discord.Role, may_ask: bool) -> None:
            now = self._services.server(interaction.guild_id).allowed_roles
            others = tuple(one for one in now if one != role.id)
            changed = (*others, role.id) if may_ask else others
            await self._change(interaction, {"allowed_roles": changed[-_MOST_LISTED:]})

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

        tree.add_command(group)

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


def channel_changes(now: ServerSettings, channel: int, mode: str) -> dict[str, Any]:
    """The channel in the list of its mode and in no other."""
    changes: dict[str, Any] = {}
    for name, field in _LISTS.items():
        others = tuple(one for one in getattr(now, field) if one != channel)
        changes[field] = (*others, channel)[-_MOST_LISTED:] if name == mode else others
    return changes


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
