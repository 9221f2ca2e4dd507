"""The SQLite file under a catalogue: a connection for each thread, and facts of the whole by their key."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ingest.system.batches import batches

_CHUNK = 500  # bound below SQLite's limit of variables in one statement


class CatalogueFile:
    """Reading is safe from many threads; writing is for one."""

    def __init__(self, path: Path, *, readonly: bool = False) -> None:
        self.path = path
        self._readonly = readonly
        self._local = threading.local()
        self._opened: list[sqlite3.Connection] = []
        self._opening = threading.Lock()

    @property
    def connection(self) -> sqlite3.Connection:
        """This thread's connection."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            # immutable: a published catalogue is never written again, so readers need neither locks nor side files
            query = "?mode=ro&immutable=1" if self._readonly else ""
            connection = sqlite3.connect(
                f"{self.path.absolute().as_uri()}{query}", uri=True, check_same_thread=False
            )
            if not self._readonly:
                # a killed build is thrown away whole, so only publishing has to reach the disk (`Catalogue.finish`)
                connection.executescript("PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF;")
            self._local.connection = connection
            with self._opening:
                self._opened.append(connection)
        return connection

    def close(self) -> None:
        with self._opening:
            for connection in self._opened:
                connection.close()
            self._opened.clear()
        self._local = threading.local()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with self.connection:
            yield

    def meta(self, key: str) -> str | None:
        row = self.connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return row[0] if row else None

    def set_meta(self, key: str, value: str) -> None:
        with self.connection:
            self.connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def is_whole(self, table: str) -> bool:
        """Whether SQLite finds nothing wrong with a table and its indexes."""
        rows = self.connection.execute(f"PRAGMA integrity_check({table})").fetchall()
        return bool(rows == [("ok",)])

    def _in(self, statement: str, values: Collection[str]) -> Iterator[Any]:
        """Run `… IN` over any number of values, a bounded number at a time."""
        for some in batches(values, _CHUNK):
            yield from self.connection.execute(f"{statement} ({', '.join('?' * len(some))})", some)
