"""The audit log: who changed the corpus, when, and how."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ingest.edits import side_file
from ingest.system.database import opened

FILE = "audit.sqlite"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS changes (
    number INTEGER PRIMARY KEY, at TEXT NOT NULL, by TEXT NOT NULL, action TEXT NOT NULL, what TEXT NOT NULL,
    outcome TEXT NOT NULL, added INTEGER NOT NULL, changed INTEGER NOT NULL, removed INTEGER NOT NULL,
    generation TEXT, note TEXT NOT NULL
);
"""
_MOST_NAMED = 20
_LONGEST_NAMED = 200


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One change. `at` is ISO 8601 in UTC, `what` names articles or files, `outcome` is "done" or "stopped"."""

    by: str
    action: str
    what: tuple[str, ...] = ()
    outcome: str = "done"
    added: int = 0
    changed: int = 0
    removed: int = 0
    generation: str | None = None
    note: str = ""
    at: str = ""

    def shape(self) -> dict[str, Any]:
        """The JSON object that `--log --json` prints for it."""
        return {"at": self.at} | asdict(self)


def open_log(directory: Path) -> sqlite3.Connection:
    """The log in `directory`, made when it is not there yet; the caller closes it."""
    return opened(directory / FILE, _SCHEMA)


def record(directory: Path, entry: AuditEntry) -> None:
    """Add a change to the log in `directory`, with the present time; the names are cut to a readable number."""
    at = datetime.now(UTC).isoformat(timespec="seconds")
    what = json.dumps([one[:_LONGEST_NAMED] for one in entry.what[:_MOST_NAMED]], ensure_ascii=False)
    columns = "at, by, action, what, outcome, added, changed, removed, generation, note"
    values = (
        at, entry.by[:_LONGEST_NAMED], entry.action, what, entry.outcome,
        entry.added, entry.changed, entry.removed, entry.generation, entry.note,
    )  # fmt: skip
    sql = f"INSERT INTO changes ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
    side_file.write(directory / FILE, _SCHEMA, lambda connection: connection.execute(sql, values))


def latest(directory: Path, limit: int = 20) -> Sequence[AuditEntry]:
    """The newest changes first; none of a damaged log. Raises IndexBroken where it cannot be read."""
    columns = "by, action, what, outcome, added, changed, removed, generation, note, at"
    sql = f"SELECT {columns} FROM changes ORDER BY number DESC LIMIT ?"  # noqa: S608

    def entries(connection: sqlite3.Connection) -> list[AuditEntry]:
        rows = connection.execute(sql, (limit,))
        return [AuditEntry(row[0], row[1], tuple(json.loads(row[2])), *row[3:]) for row in rows]

    return side_file.read(directory / FILE, entries)
