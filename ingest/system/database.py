"""A SQLite file with its tables in place."""

from __future__ import annotations

import sqlite3
from pathlib import Path

WAL = "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"


def opened(path: Path, schema: str, *, check_same_thread: bool = True) -> sqlite3.Connection:
    """`schema` is run at every opening, so it makes what is not there yet. What cannot be opened stays closed."""
    connection = sqlite3.connect(path, check_same_thread=check_same_thread)
    try:
        connection.executescript(schema)
    except sqlite3.Error:
        connection.close()
        raise
    return connection
