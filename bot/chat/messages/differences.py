"""What differs between two states of an article, as Discord shows it (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from bot.chat.messages.markup import length, one_line, plain

_SIDE, _WORDS = 50, 200  # characters of what stands around a change, and of what changed


def difference_line(one: Mapping[str, Any]) -> str:
    """The old words struck out and the new ones bold, between some that stayed; fields as ingest's Difference."""
    before, after = (plain(one_line(str(one.get(name) or ""), _SIDE)) for name in ("before", "after"))
    old, new = (plain(one_line(str(one.get(name) or ""), _WORDS)) for name in ("old", "new"))
    parts = (f"… {before}" if before else "", f"~~{old}~~" if old else "", f"**{new}**" if new else "")
    return "> " + " ".join(part for part in (*parts, f"{after} …" if after else "") if part)


def fitting(lines: Iterable[str], room: int) -> str:
    """As many whole lines as `room` characters hold, and an ellipsis for the others."""
    kept: list[str] = []
    for line in lines:
        room -= length(line) + 1
        if room < 2:
            return "\n".join([*kept, "…"])
        kept.append(line)
    return "\n".join(kept)
