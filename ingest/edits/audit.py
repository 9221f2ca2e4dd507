"""The audit log: who changed the corpus, when, and how."""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ingest.index.disk_errors import is_damage, unreadable
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

log = logging.getLogger(__name__)


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
    """Add a change to the log in `directory`, with the present time; the names are cut to a readable number.

    The change itself is done by now, so a log that cannot be written to is no failure. A damaged one is put aside, for
    whoever can mend it, and a new one begun.
    """
    try:
        try:
            _add(directory, entry)
        except sqlite3.DatabaseError as error:
            if not is_damage(error):
                raise
            _put_aside(directory / FILE, error)
            _add(directory, entry)
    except (sqlite3.Error, OSError) as error:
        log.warning("%s cannot be written to, so this change is not in it: %s", directory / FILE, error)


def _put_aside(path: Path, error: Exception) -> None:
    aside = path.with_name(f"{path.name}.damaged-{datetime.now(UTC):%Y%m%dT%H%M%S}")
    path.replace(aside)
    for left in ("-journal", "-wal", "-shm"):
        path.with_name(path.name + left).unlink(missing_ok=True)
    log.warning("%s is damaged (%s): it is kept as %s, and a new one is begun.", path, error, aside.name)


def _add(directory: Path, entry: AuditEntry) -> None:
    at = datetime.now(UTC).isoformat(timespec="seconds")
    what = json.dumps([one[:_LONGEST_NAMED] for one in entry.what[:_MOST_NAMED]], ensure_ascii=False)
    with closing(open_log(directory)) as connection, connection:
        connection.execute(
            "INSERT INTO changes (at, by, action, what, outcome, added, changed, removed, generation, note)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                at, entry.by[:_LONGEST_NAMED], entry.action, what, entry.outcome,
                entry.added, entry.changed, entry.removed, entry.generation, entry.note,
            ),
        )  # fmt: skip


def latest(directory: Path, limit: int = 20) -> Sequence[AuditEntry]:
    """The newest changes first; none of a damaged log. Raises IndexBroken where it cannot be read."""
    path = directory / FILE
    try:
        path.open("rb").close()  # SQLite says the same of a file that is gone and of one it may not open
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            rows = connection.execute(
                "SELECT by, action, what, outcome, added, changed, removed, generation, note, at FROM changes"
                " ORDER BY number DESC LIMIT ?",
                (limit,),
            ).fetchall()
        return [AuditEntry(row[0], row[1], tuple(json.loads(row[2])), *row[3:]) for row in rows]
    except FileNotFoundError:
        return []
    except (sqlite3.Error, OSError, ValueError, TypeError) as error:
        if isinstance(error, OSError) or (isinstance(error, sqlite3.Error) and not is_damage(error)):
            raise unreadable(path, error) from error
        log.warning("%s is damaged (%s); the next change begins a new one.", path, error)
        return []
