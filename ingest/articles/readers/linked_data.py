"""What a page says of its article in JSON-LD: who wrote and who publishes it, named in place or by an @id elsewhere."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterator
from typing import Any

from ingest.articles.readers.bylines import people

_SCRIPT = re.compile(r"<script\b([^<>]{0,1000})>", re.I)
_ARTICLE = re.compile(r"(?:Article|BlogPosting|Report)$")
_MOST_SCRIPTS, _MOST_NODES, _LONGEST = 30, 5_000, 1_000_000


def author_and_publisher(page: str) -> tuple[str | None, str | None]:
    """Of the first article that the page describes; None for what is not said."""
    nodes = list(_nodes(page))
    named: dict[str, dict[str, Any]] = {}
    for node in nodes:
        if isinstance(name := node.get("@id"), str) and _name(node):
            named.setdefault(name, node)
    article = next((node for node in nodes if _is_article(node)), {})
    return people(_names(article.get("author"), named)), people(_names(article.get("publisher"), named)[:1])


def _nodes(page: str) -> Iterator[dict[str, Any]]:
    """Every object in the page's JSON-LD, outer ones first."""
    waiting: deque[Any] = deque(_scripts(page))
    for _ in range(_MOST_NODES):
        if not waiting:
            return
        value = waiting.popleft()
        if isinstance(value, dict):
            yield value
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)


def _scripts(page: str) -> Iterator[Any]:
    openings = (tag for tag in _SCRIPT.finditer(page) if "ld+json" in tag[1].lower())
    for _, tag in zip(range(_MOST_SCRIPTS), openings, strict=False):
        end = page.find("</", tag.end(), tag.end() + _LONGEST)
        while end >= 0 and page[end + 2 : end + 8].lower() != "script":  # "</p>" may stand in a string
            end = page.find("</", end + 2, tag.end() + _LONGEST)
        try:
            yield json.loads(page[tag.end() : max(end, tag.end())], strict=False)
        except (ValueError, RecursionError):
            continue


def _is_article(node: dict[str, Any]) -> bool:
    kinds = node.get("@type")
    listed = kinds if isinstance(kinds, list) else [kinds]
    return any(isinstance(kind, str) and _ARTICLE.search(kind) for kind in listed)


def _names(value: object, named: dict[str, dict[str, Any]]) -> list[str]:
    listed = value if isinstance(value, list) else [value]
    found = []
    for one in listed[:50]:
        if isinstance(one, dict):
            place = one.get("@id")
            one = _name(one) or (_name(named[place]) if isinstance(place, str) and place in named else None)
        elif isinstance(one, str) and one in named:
            one = _name(named[one])
        if isinstance(one, str) and not re.match(r"https?:|#", one):
            found.append(one)
    return found


def _name(node: dict[str, Any]) -> str | None:
    name = node.get("name")
    if isinstance(name, list):
        name = next((each for each in name if isinstance(each, str)), None)
    if not isinstance(name, str):
        parts = [node.get(key) for key in ("givenName", "additionalName", "familyName")]
        name = " ".join(part for part in parts if isinstance(part, str))
    return name.strip() or None
