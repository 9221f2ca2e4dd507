"""What an article is, and what tells one version of it from another."""

from __future__ import annotations

import hashlib
import json
from dataclasses import astuple, dataclass


@dataclass(frozen=True, slots=True)
class Article:
    """One article as it is kept: `body` is the cleaned text that every quote is taken from.

    `id` is stable: it hashes the URL (in its one spelling, without tracking), else the file's path with the row's
    own id or content.
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


def content_hash(article: Article) -> str:
    """Changes when anything that is kept of the article does."""
    kept = json.dumps(astuple(article), ensure_ascii=True)
    return hashlib.sha256(kept.encode()).hexdigest()[:32]


def digest(*parts: str) -> str:
    """16 hex digits of SHA-256; one part is hashed as it is, several with their lengths, so none run together."""
    joined = parts[0] if len(parts) == 1 else "".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Recognised:
    """An article that stands in its file as it was read last time and as it is held: it was not parsed again.

    Its fields are those of Article, and `hash` is its content hash.
    """

    id: str
    hash: str
    published: str | None
    origin: str
    path: str
