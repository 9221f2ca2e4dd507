"""/settings: one live panel of what a server's admins may change for their server, kept in the records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

import discord
from discord import app_commands, ui
from discord.app_commands import locale_str as _

from bot.chat.access import ServerSettings
from bot.chat.messages.displays import NO_PINGS, acknowledge
from bot.chat.messages.failures import Refused
from bot.chat.messages.language import Words
from bot.chat.messages.layout import Message, text_message
from bot.chat.services import Services, of_interaction

PREFIX = "bylineset:"
_SHOWN = 25  # as many as Discord lets one menu hold; what a list has beyond them stays as it is
_CHANNELS = ("allowed_channels", "ignored_channels", "private_channels")
_COOLDOWNS = ("cooldown_seconds", "channel_cooldown_seconds")
_SECONDS = (0, 5, 15, 30, 60, 300, 3_600)
_KINDS = [
    discord.ChannelType.text, discord.ChannelType.news, discord.ChannelType.voice, discord.ChannelType.stage_voice,
    discord.ChannelType.forum, discord.ChannelType.category,
]  # fmt: skip


class SettingsCommands:
    def __init__(self, services: Services) -> None:
        self._services = services

    def register(self, tree: app_commands.CommandTree[Any]) -> None:
        @tree.command(name=_("settings"), description=_("How I behave in this server (for its admins)"))
        @app_commands.guild_only
        @app_commands.default_permissions(manage_guild=True)
        async def settings(interaction: discord.Interaction[Any]) -> None:
            server, words = self._server(interaction)
            await acknowledge(interaction, private=True)
            panel = settings_panel(self._services.server(server), words)
            await interaction.edit_original_response(view=panel, allowed_mentions=NO_PINGS)

    async def changed(self, interaction: discord.Interaction[Any]) -> None:
        """What a menu or button of the panel does; other interactions are left alone."""
        data: dict[str, Any] = dict(interaction.data or {})
        field = str(data.get("custom_id", "")).removeprefix(PREFIX)
        if interaction.type is not discord.InteractionType.component or field == data.get("custom_id"):
            return
        server, words = self._server(interaction)
        after = None
        if field != "reset":
            after = changed_settings(self._services.server(server), field, data.get("values", []))
        await self._services.save_server(server, after)
        panel = settings_panel(self._services.server(server), words)
        await interaction.response.edit_message(view=panel, allowed_mentions=NO_PINGS)

    def _server(self, interaction: discord.Interaction[Any]) -> tuple[int, Words]:
        words, _place, person = of_interaction(interaction)
        server = interaction.guild_id
        if server is None or not (person.manages_server or person.id in self._services.owners):
            # a server may hand the command to anyone, so the permission is checked here again
            raise Refused(words("That needs the permission Manage Server."))
        return server, words


def changed_settings(now: ServerSettings, field: str, values: Sequence[str]) -> ServerSettings:
    """The settings after a choice in the panel. A channel stands in one list at the most, and none is lost unseen."""
    if field == "threads":
        return replace(now, threads=not now.threads)
    if field in _COOLDOWNS:
        return replace(now, **{field: float(values[0])})  # type: ignore[arg-type]
    if field not in (*_CHANNELS, "allowed_roles"):
        raise LookupError(f"no setting is called {field!r}")
    chosen = tuple(int(one) for one in values)
    changes = {field: (*chosen, *(one for one in getattr(now, field)[_SHOWN:] if one not in chosen))}
    for other in _CHANNELS if field in _CHANNELS else ():
        if other != field:
            changes[other] = tuple(one for one in getattr(now, other) if one not in chosen)
    return replace(now, **changes)  # type: ignore[arg-type]


def settings_panel(settings: ServerSettings, words: Words) -> Message:
    panel = text_message(settings_text(settings, words))
    labels = (
        words("Answer only in … (none: everywhere)"),
        words("Never answer in …"),
        words("Answer to the asker alone in …"),
    )
    for field, label in zip(_CHANNELS, labels, strict=True):
        panel.add_item(ui.ActionRow(_channel_menu(field, label, getattr(settings, field))))
    roles: ui.RoleSelect[Any] = ui.RoleSelect(
        custom_id=f"{PREFIX}allowed_roles",
        placeholder=words("Roles that may ask (none: everybody)"),
        min_values=0,
        max_values=_SHOWN,
        default_values=[
            discord.SelectDefaultValue(id=one, type=discord.SelectDefaultValueType.role)
            for one in settings.allowed_roles[:_SHOWN]
        ],
    )
    panel.add_item(ui.ActionRow(roles))
    for field in _COOLDOWNS:
        panel.add_item(ui.ActionRow(_cooldown_menu(field, getattr(settings, field), words)))
    threads = words("Threads: on") if settings.threads else words("Threads: off")
    panel.add_item(
        ui.ActionRow(
            ui.Button(label=threads, custom_id=f"{PREFIX}threads", emoji="🧵"),
            ui.Button(label=words("Back to config.toml"), custom_id=f"{PREFIX}reset"),
        )
    )
    panel.stop()  # the choices are read from the interaction itself, so that a restart in between loses nothing
    return panel


def _channel_menu(field: str, label: str, chosen: Sequence[int]) -> ui.ChannelSelect[Any]:
    return ui.ChannelSelect(
        custom_id=f"{PREFIX}{field}",
        placeholder=label,
        channel_types=_KINDS,
        min_values=0,
        max_values=_SHOWN,
        default_values=[
            discord.SelectDefaultValue(id=one, type=discord.SelectDefaultValueType.channel)
            for one in chosen[:_SHOWN]
        ],
    )


def _cooldown_menu(field: str, now: float, words: Words) -> ui.Select[Any]:
    def label(seconds: float) -> str:
        if field == "cooldown_seconds":
            return words("{n} s between two questions of one person", n=f"{seconds:g}")
        return words("{n} s between two questions in one channel", n=f"{seconds:g}")

    choices = sorted({*map(float, _SECONDS), now})
    options = [
        discord.SelectOption(label=label(one), value=f"{one:g}", default=one == now) for one in choices
    ]
    return ui.Select(custom_id=f"{PREFIX}{field}", options=options)


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
