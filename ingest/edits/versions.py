"""What articles said before they changed: the old words by article, kept beside the generations for some time."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ingest.articles.article import Article, content_hash
from ingest.edits import side_file
from ingest.text.differences import Difference, differences

FILE = "versions.sqlite"
_SCHEMA = """
PRAGMA secure_delete = ON;
CREATE TABLE IF NOT EXISTS versions (
    number INTEGER PRIMARY KEY, at TEXT NOT NULL, article TEXT NOT NULL, hash TEXT NOT NULL,
    title TEXT NOT NULL, url TEXT, removed INTEGER NOT NULL, text BLOB
);
CREATE INDEX IF NOT EXISTS versions_by_article ON versions (article, number);
"""
_MOST = 20  # of one article: a page that changes with every visit is not to fill the disk


@dataclass(frozen=True, slots=True)
class ArticleChange:
    """One article's change at `at` (ISO 8601, UTC). `hash` is the old content's; `differences` are those of its words
    to the version after it, and empty where it was removed, or where a roll back has undone them.
    """

    at: str
    article_id: str
    title: str
    url: str | None
    removed: bool
    hash: str
    differences: tuple[Difference, ...]

    def shape(self) -> dict[str, Any]:
        """The JSON object that `changes --json` prints for it."""
        return asdict(self)


def keep_versions(directory: Path, changed: Iterable[Article], removed: Iterable[Article], days: int) -> None:
    """Keep what changed as it was before; what is older than `days` goes. 0 keeps nothing.

    Of an article that was removed only its title stays: whoever had it removed may have had to.
    """
    now = datetime.now(UTC)
    at = now.isoformat(timespec="seconds")
    rows = [(at, *_named(one), False, zlib.compress(_text(one).encode())) for one in changed]
    gone = [(at, *_named(one), True, None) for one in removed]

    def write(db: sqlite3.Connection) -> None:
        columns = "at, article, hash, title, url, removed, text"
        sql = f"INSERT INTO versions ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
        db.executemany(sql, [*rows, *gone] if days else [])
        db.executemany("UPDATE versions SET text = NULL WHERE article = ?", [(row[1],) for row in gone])
        db.execute("DELETE FROM versions WHERE at < ?", ((now - timedelta(days=days)).isoformat(),))
        last = "SELECT number FROM versions WHERE article = ?1 ORDER BY number DESC LIMIT -1 OFFSET ?2"
        delete = f"DELETE FROM versions WHERE number IN ({last})"  # noqa: S608
        db.executemany(delete, [(row[1], _MOST) for row in rows])

    if rows or gone or (directory / FILE).exists():
        side_file.write(directory / FILE, _SCHEMA, write)


def latest_changes(
    directory: Path, current: Callable[[str], Article | None], limit: int
) -> list[ArticleChange]:
    """The newest first. `current` is the article of an id as it is now. Raises IndexBroken where it cannot be read."""

    def changes(db: sqlite3.Connection) -> list[ArticleChange]:
        following = (
            "(SELECT text FROM versions AS later WHERE later.article = versions.article "
            "AND later.number > versions.number ORDER BY number LIMIT 1)"
        )
        columns = f"at, article, title, url, removed, hash, text, {following}"
        sql = f"SELECT {columns} FROM versions ORDER BY number DESC LIMIT ?"  # noqa: S608
        return [
            ArticleChange(
                row[0], row[1], row[2], row[3], bool(row[4]), row[5], _difference(row[6], row[7], row[1])
            )
            for row in db.execute(sql, (limit,))
        ]

    def _difference(old: bytes | None, later: bytes | None, article: str) -> tuple[Difference, ...]:
        now = current(article) if old is not None and later is None else None
        new = _read(later) if later is not None else _text(now) if now is not None else None
        return () if old is None or new is None else tuple(differences(_read(old), new))

    return side_file.read(directory / FILE, changes)


def _named(article: Article) -> tuple[str, str, str, str | None]:
    return article.id, content_hash(article), article.title, article.url


def _text(article: Article) -> str:
    return f"{article.title}\n{article.body}".encode(errors="replace").decode()


def _read(text: bytes) -> str:
    return zlib.decompress(text).decode(errors="replace")
