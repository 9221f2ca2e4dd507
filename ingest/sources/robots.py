"""robots.txt as RFC 9309 reads it, matched in linear time whatever stands in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from ingest.articles.urls import escaped

AGENT = "byline"  # the product token that a site names us by
LONGEST = 500 * 1024  # bytes that are read of a file, as the RFC has it
_LONGEST_DELAY = 60.0
_NAME = re.compile(r"[a-z_-]+", re.I)


@dataclass(frozen=True, slots=True)
class Robots:
    """The rules of one site for us: (allowed, pattern), and the seconds it wants between two requests."""

    rules: tuple[tuple[bool, str], ...] = ()
    delay: float = 0.0

    def allows(self, url: str) -> bool:
        """The longest matching rule decides; allow wins a draw, and what no rule names is allowed."""
        parts = urlsplit(url)
        path = escaped(parts.path or "/") + (f"?{escaped(parts.query)}" if parts.query else "")
        if path == "/robots.txt":
            return True
        matching = [(len(pattern), allowed) for allowed, pattern in self.rules if matches(pattern, path)]
        return max(matching)[1] if matching else True


NOTHING_ALLOWED = Robots(((False, "/"),))


def parse_robots(text: str) -> Robots:
    """The rules of the groups that name us, else of those for everyone."""
    groups: dict[str, list[tuple[bool, str]]] = {}
    delays: dict[str, float] = {}
    agents: list[str] = []
    naming = False
    for line in text.removeprefix("\ufeff").splitlines():
        field, colon, value = line.partition("#")[0].partition(":")
        field, value = field.strip().lower(), value.strip()
        if not colon:
            continue
        if field == "user-agent":
            named = _NAME.match(value)
            name = "*" if value.startswith("*") else named.group().lower() if named else ""
            agents = [*agents, name] if naming else [name]
            naming = True
            groups.setdefault(name, [])
            continue
        naming = False
        if field in ("allow", "disallow") and value:
            for name in agents:
                groups[name].append((field == "allow", escaped(value)))
        elif field == "crawl-delay":
            for name in agents:
                delays[name] = _seconds(value)
    ours = AGENT if AGENT in groups else "*"
    return Robots(tuple(groups.get(ours, ())), delays.get(ours, 0.0))


def matches(pattern: str, path: str) -> bool:
    """Whether a rule's pattern, with `*` for anything and a final `$` for the end, matches from the path's start."""
    anchored = pattern.endswith("$")
    first, *others = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    place = len(first)
    for number, piece in enumerate(others, 1):
        if anchored and number == len(others):
            return len(path) - len(piece) >= place and path.endswith(piece)
        found = path.find(piece, place)
        if found < 0:
            return False
        place = found + len(piece)
    return not anchored or place == len(path)


def _seconds(value: str) -> float:
    try:
        seconds = float(value)
    except ValueError:
        return 0.0
    return min(seconds, _LONGEST_DELAY) if seconds > 0 else 0.0
