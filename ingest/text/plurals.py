"""Numbers of things, as sentences say them."""

from __future__ import annotations


def counted(number: int, name: str) -> str:
    """ "1 article", "2,000 articles"."""
    return f"{number:,} {name}" if number == 1 else f"{number:,} {name}s"
