"""Modal forms whose answers are read from the raw interaction, so that a restart in between loses nothing."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Any

import discord

Submit = Callable[["discord.Interaction[Any]", str, str], Awaitable[None]]
"""What a form does: the interaction, the argument in its custom_id, and what was written."""

_CUSTOM_ID = re.compile(r"bylineform:(?P<name>[a-z]+):(?P<argument>[A-Za-z0-9_-]{0,60})")
_FIELD = "text"


def text_form(
    name: str,
    argument: str,
    *,
    title: str,
    label: str,
    placeholder: str = "",
    default: str = "",
    limit: int,
    required: bool = True,
) -> discord.ui.Modal:
    """A form with one field for a paragraph. `submitted` finds its way back by name and argument alone."""
    form = discord.ui.Modal(title=title[:45], custom_id=f"bylineform:{name}:{argument}", timeout=15 * 60)
    field: discord.ui.TextInput[Any] = discord.ui.TextInput(
        custom_id=_FIELD,
        style=discord.TextStyle.paragraph,
        default=default or None,
        placeholder=placeholder[:100] or None,
        max_length=limit,
        required=required,
    )
    form.add_item(discord.ui.Label(text=label[:45], component=field))
    return form


async def submitted(interaction: discord.Interaction[Any], submits: Mapping[str, Submit]) -> None:
    """Hand a submitted form to what its name stands for; other interactions are left alone."""
    if interaction.type is not discord.InteractionType.modal_submit or interaction.data is None:
        return
    data: Mapping[str, Any] = dict(interaction.data)
    match = _CUSTOM_ID.fullmatch(str(data.get("custom_id", "")))
    if match is None or match["name"] not in submits:
        return
    written = dict(_values(data.get("components", [])))
    await submits[match["name"]](interaction, match["argument"], written.get(_FIELD, ""))


def _values(components: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    for component in components:
        if "custom_id" in component and "value" in component:
            yield str(component["custom_id"]), str(component["value"])
        yield from _values(component.get("components") or [])
        if "component" in component:
            yield from _values([component["component"]])
