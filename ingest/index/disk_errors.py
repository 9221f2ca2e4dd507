"""A disk that cannot be written to or read, told apart from damage and from a bug, and told to the user."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ingest.errors import CatalogueBroken, IndexBroken, StorageFailed, VectorsBroken

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_SAID_OF_NO_ROOM = ("disk is full", "no space left", "quota exceeded", "file too large", "disk i/o error")
_MAY_BE_WHOLE = {
    sqlite3.SQLITE_PERM, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_AUTH,
}  # fmt: skip


@contextmanager
def storage_failures() -> Iterator[None]:
    """Translate what SQLite, Chroma and the system say of a disk that cannot be written to into StorageFailed."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise _failed(error) from error
    except (OSError, VectorsBroken) as error:
        if is_no_room(error):
            raise _failed(error) from error
        raise


def is_no_room(error: BaseException) -> bool:
    """Whether an error, of the system or of a library that puts it into words, says that the disk is full."""
    said = str(error).lower()
    return getattr(error, "errno", None) in _NO_ROOM or any(phrase in said for phrase in _SAID_OF_NO_ROOM)


def is_damage(error: Exception) -> bool:
    """Whether SQLite says that a file is malformed, is no database, or does not hold what it should.

    A file that cannot be opened, read or locked may be whole: nothing may be deleted or replaced for that. Text that
    is no UTF-8 any more comes without a code.
    """
    code = (
        getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
    )  # the higher bits say where it was found
    return isinstance(error, sqlite3.DatabaseError) and code not in _MAY_BE_WHOLE


@contextmanager
def read_failures(path: Path) -> Iterator[None]:
    """Translate what is said of a catalogue that cannot be read: CatalogueBroken where it is damaged or gone, and
    IndexBroken where it may be whole.
    """
    try:
        yield
    except (FileNotFoundError, NotADirectoryError) as error:
        raise CatalogueBroken(f"{path} is missing. Run `python -m ingest` to build a new one.") from error
    except sqlite3.Error as error:
        if is_damage(error):
            raise CatalogueBroken(
                f"{path} is damaged ({error}). Run `python -m ingest` to build a new one."
            ) from error
        raise unreadable(path, error) from error
    except OSError as error:
        raise unreadable(path, error) from error


def unreadable(path: Path, error: Exception) -> IndexBroken:
    """What to say of a file of the index that cannot be opened, read or locked."""
    reason = (error.strerror if isinstance(error, OSError) else str(error)) or type(error).__name__
    return IndexBroken(
        f"{path} cannot be read: {reason}. Nothing was deleted. Mend its rights or the disk, and run this again."
    )


def _failed(error: Exception) -> StorageFailed:
    reason = str(error).strip().rstrip(".")[:300]
    return StorageFailed(
        f"The index cannot be written: {reason}. The last index stays in use, and what was embedded is kept. "
        "Make room on the disk, or mend the folder's rights, and run this again."
    )
