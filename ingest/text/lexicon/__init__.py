"""The word lists: one folder a language, and `any` for what is told apart by no language. One reader for all.

A line that opens with "# " says something of the list: its source, its licence, how it was made. "[name]" on a line
opens a section. Nothing but lists stands here.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

_HOME = Path(__file__).parent


@cache
def sections(name: str) -> Mapping[str, tuple[str, ...]]:
    """The lines of `<name>.txt` ("en/grammar") by their section, those before the first under ""."""
    found: dict[str, list[str]] = {"": []}
    section = ""
    for line in (_HOME / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("[") and line.endswith("]"):
            section = line[1:-1]
            found[section] = []
        elif line.strip() and not line.startswith("# "):
            found[section].append(line.strip())
    return {section: tuple(lines) for section, lines in found.items()}


def lines(name: str, section: str = "") -> tuple[str, ...]:
    return sections(name)[section]


def words(name: str, section: str = "") -> frozenset[str]:
    """The words of all lines together."""
    return frozenset(" ".join(lines(name, section)).split())


def table(name: str, section: str = "") -> dict[str, str]:
    """Each form by the first word of its line, which is one of its forms."""
    return {form: line.split()[0] for line in lines(name, section) for form in line.split()}
