"""The statements of a catalogue's articles, and who made them, by name."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Sequence
from dataclasses import astuple, dataclass, fields
from typing import Any

from ingest.articles.article import Article
from ingest.statements.statement import Statement
from ingest.statements.word_classes import DETERMINERS
from ingest.system.batches import batches
from ingest.text.folding import plain

SCHEMA = """
CREATE TABLE statements (
    number INTEGER PRIMARY KEY, article TEXT NOT NULL, published TEXT, folded TEXT NOT NULL, quote TEXT NOT NULL,
    speaker TEXT NOT NULL, role TEXT, verb TEXT NOT NULL, force TEXT NOT NULL, kind TEXT NOT NULL,
    start INTEGER NOT NULL, end INTEGER NOT NULL, speaker_start INTEGER NOT NULL, speaker_end INTEGER NOT NULL, via TEXT
);
CREATE INDEX statements_by_article ON statements (article, start);
CREATE INDEX statements_by_speaker ON statements (folded, published);
-- filled when a generation is finished; name is one way in which articles write it
CREATE TABLE speakers (folded TEXT PRIMARY KEY, name TEXT NOT NULL, statements INTEGER NOT NULL) WITHOUT ROWID;
"""

_STATEMENT = ", ".join(field.name for field in fields(Statement))
_COLUMNS = f"article, published, quote, {_STATEMENT}"
_CHUNK = 500
_PAGE = 2_000
_MOST_READ = 500  # what is looked through in a few milliseconds


@dataclass(frozen=True, slots=True)
class StoredStatement:
    """A statement with its article, the day that was published, and its words: `body[start:end]`."""

    article_id: str
    published: str | None
    quote: str
    statement: Statement


@dataclass(frozen=True, slots=True)
class SpeakerCount:
    """Somebody who made that many statements; `folded` is what names are compared by."""

    folded: str
    name: str
    statements: int


class StatementTable:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def put(self, article: Article, statements: Sequence[Statement]) -> None:
        marks = ", ".join("?" * (4 + len(fields(Statement))))
        self._connection.executemany(
            f"INSERT INTO statements ({_COLUMNS}, folded) VALUES ({marks})",  # noqa: S608 - column names are ours
            [
                (
                    article.id,
                    article.published,
                    article.body[one.start : one.end],
                    *astuple(one),
                    fold(one.speaker),
                )
                for one in statements
            ],
        )

    def remove(self, article_id: str) -> None:
        self._connection.execute("DELETE FROM statements WHERE article = ?", (article_id,))

    def count_speakers(self) -> None:
        """Bring the table of speakers in line with the statements."""
        self._connection.execute("DELETE FROM speakers")
        self._connection.execute(
            "INSERT INTO speakers SELECT folded, min(speaker), count(*) FROM statements "
            "WHERE folded <> '' GROUP BY folded"
        )

    def page(self, behind: int = 0) -> list[tuple[int, StoredStatement]]:
        """The next statements behind a number, with their numbers, in the order they were put; none at the end."""
        rows = self._connection.execute(
            f"SELECT number, {_COLUMNS} FROM statements WHERE number > ? ORDER BY number LIMIT ?",  # noqa: S608
            (behind, _PAGE),
        )
        return [(row[0], _stored(row[1:])) for row in rows]

    def of(self, folded: Collection[str], since: str = "", until: str = "") -> list[StoredStatement]:
        """What the bearers of these names said between two days, the newest `_MOST_READ` of each."""
        found: list[StoredStatement] = []
        for name in folded:
            rows = self._connection.execute(
                f"SELECT {_COLUMNS} FROM statements WHERE folded = ? "  # noqa: S608 - column names are ours
                "AND (? = '' OR published >= ?) AND (? = '' OR published < ?) ORDER BY published DESC LIMIT ?",
                (name, since, since, until, f"{until}U", _MOST_READ),
            )
            found += map(_stored, rows)
        return found

    def of_articles(self, article_ids: Collection[str]) -> list[StoredStatement]:
        return list(self._where("article", article_ids))

    def speakers(self, typed: str, limit: int) -> list[SpeakerCount]:
        """Whose name, or a word of it, begins as typed; those with the most statements first."""
        pattern = _escaped(fold(typed))
        rows = self._connection.execute(
            "SELECT folded, name, statements FROM speakers "
            "WHERE folded LIKE ? ESCAPE '\\' OR folded LIKE ? ESCAPE '\\' ORDER BY statements DESC, folded LIMIT ?",
            (f"{pattern}%", f"% {pattern}%", limit),
        )
        return [SpeakerCount(*row) for row in rows]

    def speaker(self, folded: str) -> SpeakerCount | None:
        row = self._connection.execute(
            "SELECT folded, name, statements FROM speakers WHERE folded = ?", (folded,)
        ).fetchone()
        return SpeakerCount(*row) if row else None

    def _where(self, column: str, values: Collection[str]) -> Iterator[StoredStatement]:
        for some in batches(values, _CHUNK):
            rows = self._connection.execute(
                f"SELECT {_COLUMNS} FROM statements WHERE {column} IN ({', '.join('?' * len(some))})",  # noqa: S608
                some,
            )
            yield from map(_stored, rows)


def fold(name: str) -> str:
    """What names are compared by: lower case without accents, articles, dots and the possessive."""
    words = plain(name).replace(".", "").removesuffix("'s").split()
    while words and words[0] in DETERMINERS:
        words.pop(0)
    return " ".join(words)


def _stored(row: Sequence[Any]) -> StoredStatement:
    article_id, published, quote, *rest = row
    return StoredStatement(article_id, published, quote, Statement(*rest))


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
