"""Articles, and the walk over the configured sources that finds them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Article:
    """One article as it is kept: `body` is the cleaned text that every quote is taken from.

    `id` is stable: it hashes the URL, else the file's path with the row's own id or content.
    `published` is an ISO 8601 date or date-time. `origin` names the configured source that holds it,
    `path` the file (relative to the origin) that it was read from.
    """

    id: str
    title: str
    body: str
    url: str | None = None
    source: str | None = None
    author: str | None = None
    published: str | None = None
    origin: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class Reject:
    """Something that could not be read as an article, and why, in words for the person who keeps the corpus."""

    path: str
    reason: str
