"""A full or unwritable disk, told apart from a bug and told to the user."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from ingest.errors import StorageFailed, VectorsBroken

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_SAID_OF_NO_ROOM = ("disk is full", "no space left", "quota exceeded", "file too large", "disk i/o error")


@contextmanager
def storage_failures() -> Iterator[None]:
    """Translate what SQLite, Chroma and the system say of a disk that cannot be written to into StorageFailed."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise _failed(error) from error
    except (OSError, VectorsBroken) as error:
        no_room = getattr(error, "errno", None) in _NO_ROOM
        if no_room or any(phrase in str(error).lower() for phrase in _SAID_OF_NO_ROOM):
            raise _failed(error) from error
        raise


def _failed(error: Exception) -> StorageFailed:
    reason = str(error).strip().rstrip(".")[:300]
    return StorageFailed(
        f"The index cannot be written: {reason}. The last index stays in use, and what was embedded is kept. "
        "Make room on the disk, or mend the folder's rights, and run this again."
    )
