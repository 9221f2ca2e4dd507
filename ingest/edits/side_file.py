"""A SQLite file beside the generations that no answer needs: written after a change, and no failure of it."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from ingest.index.disk_errors import is_damage, unreadable
from ingest.system.database import opened

log = logging.getLogger(__name__)
T = TypeVar("T")


def write(path: Path, schema: str, work: Callable[[sqlite3.Connection], object]) -> None:
    """In one transaction. The change itself is done by now, so a file that cannot be written to is only logged.

    A damaged one is put aside, for whoever can mend it, and a new one begun.
    """
    try:
        try:
            _write(path, schema, work)
        except sqlite3.DatabaseError as error:
            if not is_damage(error):
                raise
            _put_aside(path, error)
            _write(path, schema, work)
    except (sqlite3.Error, OSError) as error:
        log.warning("%s cannot be written to, so this change is not in it: %s", path, error)


def read(path: Path, work: Callable[[sqlite3.Connection], list[T]]) -> list[T]:
    """Nothing of a damaged file, or of one that is not there. Raises IndexBroken where it cannot be read."""
    try:
        path.open("rb").close()  # SQLite says the same of a file that is gone and of one it may not open
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            return work(connection)
    except FileNotFoundError:
        return []
    except (sqlite3.Error, OSError, ValueError, TypeError) as error:
        if isinstance(error, OSError) or (isinstance(error, sqlite3.Error) and not is_damage(error)):
            raise unreadable(path, error) from error
        log.warning("%s is damaged (%s); the next change begins a new one.", path, error)
        return []


def _write(path: Path, schema: str, work: Callable[[sqlite3.Connection], object]) -> None:
    with closing(opened(path, schema)) as connection, connection:
        work(connection)


def _put_aside(path: Path, error: Exception) -> None:
    aside = path.with_name(f"{path.name}.damaged-{datetime.now(UTC):%Y%m%dT%H%M%S}")
    path.replace(aside)
    for left in ("-journal", "-wal", "-shm"):
        path.with_name(path.name + left).unlink(missing_ok=True)
    log.warning("%s is damaged (%s): it is kept as %s, and a new one is begun.", path, error, aside.name)
