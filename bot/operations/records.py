"""What was asked, answered and said about it: one SQLite file that outlives the process."""

from __future__ import annotations

import json
import secrets
import sqlite3
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from bot.operations.records_file import RecordsFile
from bot.qa.answers import Answer, ArticleRef, Citation, Turn

Kind = Literal["question", "summary", "digest", "said", "timeline"]
Vote = Literal["up", "down"]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it was put: `person`, `server` and `channel` are Discord's ids, `at` is Unix time."""

    key: str
    at: float
    kind: Kind
    question: str
    outcome: str
    person: int | None = None
    server: int | None = None
    channel: int | None = None
    parent: str | None = None
    seconds: float | None = None
    answer: Answer | None = None


@dataclass(frozen=True, slots=True)
class Feedback:
    """What people said about answers, by answer."""

    votes: Mapping[str, tuple[tuple[Vote, str], ...]] = field(default_factory=dict)
    reports: Mapping[str, int] = field(default_factory=dict)


class Records(RecordsFile):
    """Every method is safe to await from any task."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        super().__init__(path)
        self._clock = clock

    # -- questions and answers

    async def begin(
        self,
        question: str,
        *,
        kind: Kind = "question",
        person: int | None = None,
        server: int | None = None,
        channel: int | None = None,
        parent: str | None = None,
        private: bool = False,
    ) -> str:
        """Note a question before it is worked on; returns the key that its answer and buttons go by.

        `private`: only the person sees the answer, so nobody else's question may follow it.
        """
        key = secrets.token_urlsafe(9)
        values = (key, self._clock(), kind, question, person, server, channel, parent, private)
        columns = "key, at, kind, question, person, server, channel, parent, private"
        sql = f"INSERT INTO asked ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
        await self._run(lambda db: db.execute(sql, values))
        return key

    async def finish(self, key: str, answer: Answer) -> None:
        """Keep the answer: committed before it is shown, so that its buttons always find it."""
        values = (answer.outcome, answer.seconds, json.dumps(asdict(answer), ensure_ascii=False), key)
        await self._run(
            lambda db: db.execute(
                "UPDATE asked SET outcome = ?, seconds = ?, answer = ? WHERE key = ?", values
            )
        )

    async def fail(self, key: str, outcome: Literal["failed", "interrupted"] = "failed") -> None:
        """Mark a question that has no answer; one that has been answered stays so, whatever failed afterwards."""
        sql = "UPDATE asked SET outcome = ? WHERE key = ? AND outcome = 'running'"
        await self._run(lambda db: db.execute(sql, (outcome, key)))

    async def interrupt_running(self) -> int:
        """Mark what the last run of the bot left unfinished; returns how many."""
        sql = "UPDATE asked SET outcome = 'interrupted' WHERE outcome = 'running'"
        return await self._run(lambda db: db.execute(sql).rowcount)

    async def asked(self, key: str) -> Asked | None:
        return await self._run(lambda db: _first(db.execute(f"{_SELECT} WHERE key = ?", (key,))))

    async def asked_since(self, since: float) -> list[Asked]:
        """Everything asked since that Unix time, oldest first."""
        return await self._run(
            lambda db: [_asked(row) for row in db.execute(f"{_SELECT} WHERE at >= ? ORDER BY at", (since,))]
        )

    # -- conversations

    async def link_message(self, message: int, key: str) -> None:
        """Note that a message shows (part of) an answer, so that a reply to it is a follow-up."""
        sql = "INSERT OR REPLACE INTO messages SELECT ?, key FROM asked WHERE key = ?"
        await self._run(lambda db: db.execute(sql, (message, key)))

    async def answer_in(self, message: int) -> Asked | None:
        sql = f"{_SELECT} JOIN messages USING (key) WHERE message = ?"
        return await self._run(lambda db: _first(db.execute(sql, (message,))))

    async def latest_in(
        self, channel: int, since: float = 0.0, person: int | None = None, *, public: bool = False
    ) -> Asked | None:
        """The last question answered in a thread or a DM: of that person only, if given, and only one that
        everybody there saw, if `public`.
        """
        sql = (
            f"{_SELECT} WHERE channel = ? AND at >= ? AND outcome IN ('answered', 'not_found') "
            "AND (? IS NULL OR person = ?) AND NOT (? AND private) ORDER BY at DESC LIMIT 1"
        )
        values = (channel, since, person, person, public)
        return await self._run(lambda db: _first(db.execute(sql, values)))

    async def history(self, key: str | None, limit: int = 6) -> tuple[Turn, ...]:
        """The conversation that ends with `key`, oldest turn first, at most `limit` turns."""

        def read(db: sqlite3.Connection) -> tuple[Turn, ...]:
            turns: list[Turn] = []
            at = key
            while at is not None and len(turns) < limit:
                asked = _first(db.execute(f"{_SELECT} WHERE key = ?", (at,)))
                if asked is None:
                    break
                turns.append(_turn(asked))
                at = asked.parent
            return tuple(reversed(turns))

        return await self._run(read)

    async def open_thread(self, thread: int) -> None:
        await self._run(
            lambda db: db.execute("INSERT OR IGNORE INTO threads VALUES (?, ?)", (thread, self._clock()))
        )

    async def threads(self) -> frozenset[int]:
        """The threads that the bot opened."""
        return await self._run(
            lambda db: frozenset(row[0] for row in db.execute("SELECT thread FROM threads"))
        )

    # -- feedback

    async def vote(self, key: str, person: int, vote: Vote, reason: str = "") -> bool:
        """One vote a person, the last one counts; False when the answer is no longer on record."""
        sql = "INSERT OR REPLACE INTO votes SELECT key, ?, ?, ?, ? FROM asked WHERE key = ?"
        values = (person, vote, reason, self._clock(), key)
        return await self._run(lambda db: db.execute(sql, values).rowcount > 0)

    async def votes(self, key: str) -> dict[Vote, int]:
        """How many voted up and down on an answer."""
        sql = "SELECT vote, count(*) FROM votes WHERE key = ? GROUP BY vote"
        counts = await self._run(lambda db: dict(db.execute(sql, (key,)).fetchall()))
        return {"up": counts.get("up", 0), "down": counts.get("down", 0)}

    async def report(self, key: str, person: int) -> bool:
        """Tell the editors that the articles lack an answer; False when the question is not on record."""
        sql = "INSERT OR REPLACE INTO reports SELECT key, ?, ? FROM asked WHERE key = ?"
        return await self._run(lambda db: db.execute(sql, (person, self._clock(), key)).rowcount > 0)

    async def feedback_since(self, since: float) -> Feedback:
        """Votes and reports on what was asked since that Unix time."""

        def read(db: sqlite3.Connection) -> Feedback:
            votes: dict[str, list[tuple[Vote, str]]] = {}
            sql = "SELECT key, vote, reason FROM votes JOIN asked USING (key) WHERE asked.at >= ?"
            for key, vote, reason in db.execute(sql, (since,)):
                votes.setdefault(key, []).append((vote, reason))
            counted = (
                "SELECT key, count(*) FROM reports JOIN asked USING (key) WHERE asked.at >= ? GROUP BY key"
            )
            reports = dict(db.execute(counted, (since,)).fetchall())
            return Feedback({key: tuple(all_) for key, all_ in votes.items()}, reports)

        return await self._run(read)

    # -- keeping and forgetting

    async def delete_before(self, before: float) -> int:
        """Delete what was asked before that Unix time, with its votes; returns how many questions."""

        def delete(db: sqlite3.Connection) -> int:
            db.execute("DELETE FROM threads WHERE at < ?", (before,))
            return db.execute("DELETE FROM asked WHERE at < ?", (before,)).rowcount

        return await self._run(delete)

    async def forget(self, person: int) -> int:
        """Delete everything that a person asked or said; returns how many entries."""

        def delete(db: sqlite3.Connection) -> int:
            gone = 0
            db.execute("BEGIN IMMEDIATE")
            try:
                for table in ("votes", "reports", "asked"):
                    gone += db.execute(f"DELETE FROM {table} WHERE person = ?", (person,)).rowcount  # noqa: S608
            except BaseException:
                db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # the log keeps copies until then
            return gone

        return await self._run(delete)

    # -- settings and small notes

    async def server_settings(self) -> dict[int, dict[str, Any]]:
        """The settings that admins made, by server."""
        return await self._run(
            lambda db: {server: json.loads(text) for server, text in db.execute("SELECT * FROM servers")}
        )

    async def save_server_settings(self, server: int, settings: Mapping[str, Any]) -> None:
        values = (server, json.dumps(settings))
        await self._run(lambda db: db.execute("INSERT OR REPLACE INTO servers VALUES (?, ?)", values))

    async def note(self, name: str) -> str | None:
        def read(db: sqlite3.Connection) -> str | None:
            row = db.execute("SELECT value FROM notes WHERE name = ?", (name,)).fetchone()
            return None if row is None else str(row[0])

        return await self._run(read)

    async def save_note(self, name: str, value: str) -> None:
        await self._run(lambda db: db.execute("INSERT OR REPLACE INTO notes VALUES (?, ?)", (name, value)))


_SELECT = (
    "SELECT asked.key, asked.at, kind, question, outcome, person, server, channel, parent, seconds, answer "
    "FROM asked"
)


def _first(rows: sqlite3.Cursor) -> Asked | None:
    row = rows.fetchone()
    return None if row is None else _asked(row)


def _asked(row: tuple[Any, ...]) -> Asked:
    fields: list[Any] = list(row)
    fields[-1] = None if row[-1] is None else _answer(json.loads(row[-1]))
    return Asked(*fields)


def _answer(data: dict[str, Any]) -> Answer:
    """An answer as it was shown; what was dropped and what it cost is not needed again."""
    citations = tuple(
        Citation(**{**citation, "article": ArticleRef(**citation["article"])})
        for citation in data["citations"]
    )
    return Answer(
        question=data["question"],
        outcome=data["outcome"],
        text=data["text"],
        citations=citations,
        generator=data["generator"],
        generation=data["generation"],
        seconds=data["seconds"],
        nearest=tuple(ArticleRef(**ref) for ref in data["nearest"]),
        notes=tuple(data["notes"]),
        doubtful=data.get("doubtful", False),
        as_of=data.get("as_of", ""),
    )


def _turn(asked: Asked) -> Turn:
    if asked.answer is None:
        return Turn(asked.question, "")
    cited = dict.fromkeys(citation.article.article_id for citation in asked.answer.citations)
    return Turn(asked.question, asked.answer.text, tuple(cited))
