"""What one source or one file makes the code raise ends that source's reading, never the run."""

from __future__ import annotations

import sqlite3

from ingest.errors import UserFacingError

OURS = (UserFacingError, sqlite3.Error)
"""What is no fault of a source: the user can mend it, or our own database, which holds all of them, has failed."""


def unforeseen(error: Exception) -> str:
    """A reject's reason that names the class of the error, for whoever reports it."""
    detail = " ".join(str(error).split())[:120]
    return f"Reading it failed in a way that was not foreseen ({type(error).__name__}: {detail})."
