"""What may be spent: tokens a day on the model."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path


def _today() -> date:
    return datetime.now(UTC).date()


class DailyBudget:
    """Tokens spent each day (UTC), kept in one SQLite file, so that a restart forgets nothing.

    An answer reserves its estimate before the model is called, so that many at once cannot overrun the limit
    together, and settles it by what was billed. A `limit` of 0 means none; spending is recorded all the same.
    """

    def __init__(self, path: Path, limit: int, today: Callable[[], date] = _today) -> None:
        self.limit = limit
        self._path = path
        self._today = today
        self._lock = threading.Lock()

    async def reserve(self, tokens: int) -> bool:
        """Take `tokens` from today's budget; False, and nothing taken, where they do not fit any more."""
        return await asyncio.to_thread(self._reserve, tokens)

    async def settle(self, reserved: int, spent: int) -> None:
        """Replace a reservation by what was really spent."""
        await asyncio.to_thread(self._add, spent - reserved)

    async def spent(self) -> int:
        """Tokens spent or reserved today."""
        return await asyncio.to_thread(self._spent)

    def _reserve(self, tokens: int) -> bool:
        with self._lock, closing(self._open()) as database:
            database.execute("BEGIN IMMEDIATE")  # another process may be answering too
            day = self._today().isoformat()
            row = database.execute("SELECT tokens FROM spending WHERE day = ?", (day,)).fetchone()
            fits = not self.limit or (row[0] if row else 0) + tokens <= self.limit
            if fits:
                self._write(database, day, tokens)
            database.execute("COMMIT")
            return fits

    def _add(self, tokens: int) -> None:
        with self._lock, closing(self._open()) as database:
            self._write(database, self._today().isoformat(), tokens)

    def _spent(self) -> int:
        with self._lock, closing(self._open()) as database:
            day = self._today().isoformat()
            row = database.execute("SELECT tokens FROM spending WHERE day = ?", (day,)).fetchone()
            return int(row[0]) if row else 0

    @staticmethod
    def _write(database: sqlite3.Connection, day: str, tokens: int) -> None:
        database.execute(
            "INSERT INTO spending (day, tokens) VALUES (?, max(0, ?)) "
            "ON CONFLICT (day) DO UPDATE SET tokens = max(0, tokens + ?)",
            (day, tokens, tokens),
        )

    def _open(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        database = sqlite3.connect(self._path, timeout=5, isolation_level=None)
        database.execute(
            "CREATE TABLE IF NOT EXISTS spending (day TEXT PRIMARY KEY, tokens INTEGER NOT NULL)"
        )
        return database
