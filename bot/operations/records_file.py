"""The SQLite file of the records: its tables, and the one place where it is touched."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TypeVar

from ingest.errors import StorageFailed

T = TypeVar("T")

_SCHEMA = """
CREATE TABLE IF NOT EXISTS asked (
    key TEXT PRIMARY KEY, at REAL NOT NULL, kind TEXT NOT NULL, question TEXT NOT NULL,
    person INTEGER, server INTEGER, channel INTEGER, parent TEXT,
    outcome TEXT NOT NULL DEFAULT 'running', seconds REAL, answer TEXT, private INTEGER NOT NULL DEFAULT 1
);
CREATE INDEX IF NOT EXISTS asked_at ON asked (at);
CREATE INDEX IF NOT EXISTS asked_channel ON asked (channel, at);
CREATE TABLE IF NOT EXISTS messages (
    message INTEGER PRIMARY KEY, key TEXT NOT NULL REFERENCES asked (key) ON DELETE CASCADE
);
CREATE INDEX IF NOT EXISTS messages_key ON messages (key);
CREATE TABLE IF NOT EXISTS votes (
    key TEXT NOT NULL REFERENCES asked (key) ON DELETE CASCADE, person INTEGER NOT NULL,
    vote TEXT NOT NULL, reason TEXT NOT NULL DEFAULT '', at REAL NOT NULL, PRIMARY KEY (key, person)
);
CREATE TABLE IF NOT EXISTS reports (
    key TEXT NOT NULL REFERENCES asked (key) ON DELETE CASCADE, person INTEGER NOT NULL, at REAL NOT NULL,
    PRIMARY KEY (key, person)
);
CREATE TABLE IF NOT EXISTS threads (thread INTEGER PRIMARY KEY, at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS servers (server INTEGER PRIMARY KEY, settings TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS notes (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


class RecordsBroken(StorageFailed):
    """The records cannot be opened or written."""


class RecordsFile:
    """One connection behind a lock; what is read and written runs in a thread."""

    def __init__(self, path: Path) -> None:
        """Raises RecordsBroken."""
        self._lock = threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = _open(path)
        except (OSError, sqlite3.DatabaseError) as error:
            raise RecordsBroken(
                f"The records at {path} cannot be opened ({error}). Make the folder writable, or, if the file is "
                "damaged, move it away: a new one is made."
            ) from error

    def add_tables(self, schema: str) -> None:
        """Statements that may be run again: another part keeps its tables in the same file, through `_run`."""
        with self._lock:
            self._db.executescript(schema)

    def close(self) -> None:
        with self._lock:
            self._db.close()

    async def _run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        def locked() -> T:
            with self._lock:
                try:
                    return work(self._db)
                except sqlite3.OperationalError as error:
                    raise RecordsBroken(
                        f"My records cannot be written ({error}). Whoever runs me should look for a full disk "
                        "or a folder that is not writable; then ask again."
                    ) from error

        return await asyncio.to_thread(locked)


def _open(path: Path) -> sqlite3.Connection:
    with ExitStack() as failed:
        db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        failed.callback(db.close)
        path.chmod(0o600)  # it says who asked what
        db.execute("PRAGMA busy_timeout = 5000")
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")  # kill -9 loses nothing, only a power cut may
        db.execute("PRAGMA foreign_keys = ON")
        db.execute("PRAGMA secure_delete = ON")  # what is forgotten is gone from the file, too
        db.executescript(_SCHEMA)
        if "private" not in {row[1] for row in db.execute("PRAGMA table_info(asked)")}:
            # an older version did not note it, so what it kept counts as private
            db.execute("ALTER TABLE asked ADD COLUMN private INTEGER NOT NULL DEFAULT 1")
        failed.pop_all()
    return db
