"""Which answers on record quote an article, and which of them its changes have overtaken; in the records' own file."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection
from dataclasses import dataclass

from bot.operations.records import Asked, Records
from bot.operations.watch_records import Asker

_CITED = "json_extract(value, '$.article.article_id')"
# a list of articles says of an answer no words that could change: the catalogue's answers quote nothing
_QUOTES = "answer IS NOT NULL AND json_extract(answer, '$.generator') != 'catalogue'"
_SCHEMA = f"""
CREATE TABLE IF NOT EXISTS cited (
    article TEXT NOT NULL, key TEXT NOT NULL REFERENCES asked (key) ON DELETE CASCADE, PRIMARY KEY (article, key)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS cited_key ON cited (key);
CREATE TABLE IF NOT EXISTS corrected (
    key TEXT PRIMARY KEY REFERENCES asked (key) ON DELETE CASCADE, corrections TEXT NOT NULL
);
CREATE TRIGGER IF NOT EXISTS asked_cites AFTER UPDATE OF answer ON asked BEGIN
    INSERT OR IGNORE INTO cited SELECT {_CITED}, asked.key FROM asked, json_each(answer, '$.citations')
    WHERE asked.key = new.key AND {_QUOTES};
END;
INSERT OR IGNORE INTO cited SELECT {_CITED}, asked.key FROM asked, json_each(answer, '$.citations')
WHERE {_QUOTES} AND NOT EXISTS (SELECT 1 FROM cited);
"""  # noqa: S608 - both parts are ours


@dataclass(frozen=True, slots=True)
class Quoting:
    """An answer that quotes: its messages in order, who is to hear of changes, and how it was marked (None: never)."""

    asked: Asked
    private: bool
    messages: tuple[int, ...]
    people: tuple[Asker, ...]
    corrections: str | None


class CorrectionRecords:
    """Like Records, in whose file it is: every method is safe to await from any task."""

    def __init__(self, records: Records) -> None:
        self._run = records._run
        self._records = records
        records.add_tables(_SCHEMA)

    async def keys_citing(self, articles: Collection[str]) -> list[str]:
        """The answers, newest first, that quote any of these articles."""
        sql = (
            "SELECT key FROM asked WHERE key IN "
            "(SELECT key FROM cited WHERE article IN (SELECT value FROM json_each(?))) ORDER BY at DESC"
        )
        values = (json.dumps(list(articles)),)
        return await self._run(lambda db: [row[0] for row in db.execute(sql, values)])

    async def quoting(self, key: str) -> Quoting | None:
        """None where it has been forgotten meanwhile."""
        asked = await self._records.asked(key)

        def read(db: sqlite3.Connection) -> Quoting:
            assert asked is not None
            messages = db.execute("SELECT message FROM messages WHERE key = ? ORDER BY message", (key,))
            marked = db.execute("SELECT corrections FROM corrected WHERE key = ?", (key,)).fetchone()
            private = db.execute("SELECT private FROM asked WHERE key = ?", (key,)).fetchone()
            up = db.execute("SELECT person FROM votes WHERE key = ? AND vote = 'up' ORDER BY at", (key,))
            people = dict.fromkeys([asked.person, *(row[0] for row in up)])
            where = (asked.server, asked.channel, bool(private and private[0]))
            return Quoting(
                asked,
                where[2],
                tuple(row[0] for row in messages),
                tuple(Asker(one, *where) for one in people if one is not None),
                marked[0] if marked else None,
            )

        return None if asked is None else await self._run(read)

    async def mark(self, key: str, corrections: str) -> None:
        """How an answer has been overtaken, as JSON; "[]" where its words are there again."""
        sql = "INSERT OR REPLACE INTO corrected SELECT key, ? FROM asked WHERE key = ?"
        await self._run(lambda db: db.execute(sql, (corrections, key)))
