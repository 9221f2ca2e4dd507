"""Watches, gaps, and the corpus as it was when they were last looked at; in the same file as the records."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from bot.operations.records import Records

State = Literal["open", "taken", "answered"]
T = TypeVar("T")

_SCHEMA = """
CREATE TABLE IF NOT EXISTS watches (
    id INTEGER PRIMARY KEY, person INTEGER NOT NULL, server INTEGER, channel INTEGER, language TEXT NOT NULL,
    question TEXT NOT NULL, at REAL NOT NULL, evidence TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS gaps (
    id INTEGER PRIMARY KEY, question TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'open',
    owner INTEGER, owner_name TEXT
);
CREATE TABLE IF NOT EXISTS gap_questions (
    key TEXT PRIMARY KEY REFERENCES asked (key) ON DELETE CASCADE,
    gap INTEGER NOT NULL REFERENCES gaps (id) ON DELETE CASCADE
);
CREATE INDEX IF NOT EXISTS gap_questions_gap ON gap_questions (gap);
CREATE TABLE IF NOT EXISTS corpus_seen (article TEXT PRIMARY KEY, hash TEXT NOT NULL) WITHOUT ROWID;
"""
_LACKING = (
    "kind = 'question' AND (outcome = 'not_found' OR key IN (SELECT key FROM reports)) "
    "AND key NOT IN (SELECT key FROM gap_questions)"
)
_MOST_ADDED = 1_000  # unanswered questions sorted into gaps at a time, newest first


@dataclass(frozen=True, slots=True)
class Watch:
    """`channel` is where its owner is told, None for a direct message; `evidence` are (article id, quote)."""

    id: int
    person: int
    server: int | None
    channel: int | None
    language: str
    question: str
    at: float
    evidence: frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Asker:
    """Somebody who asked a question of a gap, and where."""

    person: int | None
    server: int | None
    channel: int | None
    private: bool


@dataclass(frozen=True, slots=True)
class Gap:
    """Unanswered questions that mean the same: `keys` and `questions` go together, newest last."""

    id: int
    question: str
    state: State
    owner: int | None
    owner_name: str | None
    keys: tuple[str, ...]
    questions: tuple[str, ...]
    askers: tuple[Asker, ...]
    last_asked: float

    @property
    def people(self) -> int:
        return len({one.person for one in self.askers})


class WatchRecords:
    """Like Records, in whose file it is: every method is safe to await from any task."""

    def __init__(self, records: Records) -> None:
        self._run = records._run
        records.add_tables(_SCHEMA)

    # -- watches

    async def add(
        self, watch: Watch, most_person: int, most_server: int
    ) -> Literal["added", "there", "full"]:
        """Keep a watch (its id is given here), unless it is there already or the limits are reached."""

        def insert(db: sqlite3.Connection) -> Literal["added", "there", "full"]:
            own = db.execute("SELECT question FROM watches WHERE person = ?", (watch.person,)).fetchall()
            if (watch.question,) in own:
                return "there"
            counted = "SELECT count(*) FROM watches WHERE server = ?"
            here = db.execute(counted, (watch.server,)).fetchone()[0] if watch.server else 0
            if len(own) >= most_person or here >= most_server:
                return "full"
            columns = "person, server, channel, language, question, at, evidence"
            values = (watch.person, watch.server, watch.channel, watch.language, watch.question, watch.at)
            sql = f"INSERT INTO watches ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
            db.execute(sql, (*values, _written(watch.evidence)))
            return "added"

        return await self._run(insert)

    async def watches(self, person: int | None = None) -> list[Watch]:
        """Of one person, or of all; oldest first."""
        sql = "SELECT * FROM watches WHERE ? IS NULL OR person = ? ORDER BY id"
        return await self._run(lambda db: [_watch(row) for row in db.execute(sql, (person, person))])

    async def watch(self, number: int) -> Watch | None:
        return next((one for one in await self.watches() if one.id == number), None)

    async def save_evidence(self, number: int, evidence: Iterable[tuple[str, str]]) -> None:
        values = (_written(evidence), number)
        await self._run(lambda db: db.execute("UPDATE watches SET evidence = ? WHERE id = ?", values))

    async def end(self, number: int) -> None:
        await self._run(lambda db: db.execute("DELETE FROM watches WHERE id = ?", (number,)))

    async def end_before(self, before: float) -> int:
        """End the watches begun before that Unix time; returns how many."""
        return await self._run(lambda db: db.execute("DELETE FROM watches WHERE at < ?", (before,)).rowcount)

    async def forget(self, person: int) -> int:
        """Delete a person's watches, and their name from the gaps they took; returns how many entries."""

        def delete(db: sqlite3.Connection) -> int:
            gone = db.execute("DELETE FROM watches WHERE person = ?", (person,)).rowcount
            freed = (
                "UPDATE gaps SET owner = NULL, owner_name = NULL, state = iif(state = 'taken', 'open', state) "
                "WHERE owner = ?"
            )
            return gone + db.execute(freed, (person,)).rowcount

        return await self._run(delete)

    # -- gaps

    async def gaps(self) -> list[Gap]:
        """Those asked most often first. A gap whose questions are all forgotten is gone, too."""

        def read(db: sqlite3.Connection) -> list[Gap]:
            db.execute("DELETE FROM gaps WHERE id NOT IN (SELECT gap FROM gap_questions)")
            asked: dict[int, list[tuple[str, str, float, Asker]]] = {}
            sql = (
                "SELECT gap, key, asked.question, at, person, server, channel, private "
                "FROM gap_questions JOIN asked USING (key) ORDER BY at"
            )
            for gap, key, question, at, *where in db.execute(sql):
                who = Asker(where[0], where[1], where[2], bool(where[3]))
                asked.setdefault(gap, []).append((key, question, at, who))
            rows = db.execute(
                "SELECT id, question, state, owner, owner_name FROM gaps ORDER BY id"
            ).fetchall()
            return [_gap(row, asked[row[0]]) for row in rows]

        return sorted(await self._run(read), key=lambda gap: -len(gap.keys))

    async def lacking(self) -> list[tuple[str, str]]:
        """Key and text of the unanswered questions that are in no gap yet, oldest first."""
        sql = f"SELECT key, question FROM asked WHERE {_LACKING} ORDER BY at DESC LIMIT {_MOST_ADDED}"  # noqa: S608
        return await self._run(lambda db: db.execute(sql).fetchall()[::-1])

    async def save_gap(self, number: int | None, question: str, keys: Sequence[str]) -> None:
        """A gap (None: a new one) with the question that names it, and the questions that are new in it."""

        def save(db: sqlite3.Connection) -> None:
            gap = number
            if gap is None:
                gap = db.execute("INSERT INTO gaps (question) VALUES (?)", (question,)).lastrowid
            db.execute("UPDATE gaps SET question = ? WHERE id = ?", (question, gap))
            # a question forgotten meanwhile stays forgotten
            sql = "INSERT OR IGNORE INTO gap_questions SELECT key, ? FROM asked WHERE key = ?"
            db.executemany(sql, [(gap, key) for key in keys])

        await self._run(save)

    async def set_gap(self, number: int, state: State) -> None:
        await self._run(lambda db: db.execute("UPDATE gaps SET state = ? WHERE id = ?", (state, number)))

    async def own_gap(self, number: int, owner: int | None, name: str | None) -> None:
        values = (owner, name, number)
        sql = "UPDATE gaps SET owner = ?, owner_name = ? WHERE id = ?"
        await self._run(lambda db: db.execute(sql, values))

    # -- the corpus

    async def corpus_seen(self) -> dict[str, str]:
        """The content hash by article id, as it was at the last look; empty where there was none."""
        return await self._run(
            lambda db: dict(db.execute("SELECT article, hash FROM corpus_seen").fetchall())
        )

    async def save_corpus(self, before: Mapping[str, str], now: Mapping[str, str]) -> None:
        """Only what differs is written."""
        fresh = [(name, digest) for name, digest in now.items() if before.get(name) != digest]

        def save(db: sqlite3.Connection) -> None:
            db.execute("BEGIN IMMEDIATE")
            gone = [(name,) for name in before if name not in now]
            db.executemany("DELETE FROM corpus_seen WHERE article = ?", gone)
            db.executemany("INSERT OR REPLACE INTO corpus_seen VALUES (?, ?)", fresh)
            db.execute("COMMIT")

        await self._run(save)


def _written(evidence: Iterable[tuple[str, str]]) -> str:
    return json.dumps(sorted(evidence), ensure_ascii=False)


def _watch(row: tuple[int, int, int | None, int | None, str, str, float, str]) -> Watch:
    return Watch(*row[:-1], frozenset((article, quote) for article, quote in json.loads(row[-1])))


def _gap(
    row: tuple[int, str, State, int | None, str | None], asked: Sequence[tuple[str, str, float, Asker]]
) -> Gap:
    keys, questions, times, askers = zip(*asked, strict=True)
    return Gap(*row, keys, questions, askers, max(times))
