"""Every vector ever embedded, kept by the hash of the exact string it was made from."""

from __future__ import annotations

import hashlib
import logging
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ingest.errors import IndexBroken
from ingest.system.batches import batches

Vectors = npt.NDArray[np.float32]

log = logging.getLogger(__name__)

_CHUNK = 500
_SPARE = 5_000  # vectors without a use that may lie about: 8 MB
_SPARE_SHARE = 0.25


def string_hash(text: str) -> str:
    """The name a vector is kept under."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


class VectorStore:
    """One SQLite file beside the generations, written only under the ingest lock.

    It outlives a killed run, so the next one embeds only what is still missing, and it outlives a broken Chroma
    directory, which is remade from it. Vectors of different embedders never mix.
    """

    def __init__(self, path: Path, embedder_key: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._embedder = embedder_key
        try:
            self._connection = _opened(path)
        except sqlite3.OperationalError:
            raise  # locked, or no room: the file may be whole
        except sqlite3.DatabaseError as error:
            log.warning("%s is damaged (%s): the vectors in it are made anew.", path, error)
            for part in path.parent.glob(f"{path.name}*"):
                part.unlink()
            self._connection = _opened(path)

    def close(self) -> None:
        self._connection.close()

    def save(self, hashes: Sequence[str], vectors: Vectors) -> None:
        rows = (
            (name, self._embedder, row.tobytes()) for name, row in zip(hashes, _little(vectors), strict=True)
        )
        with self._connection:
            self._connection.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", rows)
            self._connection.execute("UPDATE tally SET saved = saved + ?", (len(hashes),))

    def flush(self) -> None:
        """Everything saved on disk, whatever happens to the power."""
        self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def missing(self, hashes: Iterable[str]) -> list[str]:
        """Those of `hashes` that have no vector yet, in order, each once."""
        wanted = list(dict.fromkeys(hashes))
        known: set[str] = set()
        for some in batches(wanted, _CHUNK):
            known.update(row[0] for row in self._select("hash", some))
        return [name for name in wanted if name not in known]

    def load(self, hashes: Sequence[str]) -> Vectors:
        """The vectors (n, d) of `hashes` in order. Raises IndexBroken when one is not there."""
        found: dict[str, bytes] = {}
        distinct = list(dict.fromkeys(hashes))
        for some in batches(distinct, _CHUNK):
            found.update(self._select("hash, vector", some))
        if len(found) < len(distinct):
            raise IndexBroken(
                f"{len(distinct) - len(found)} vectors are not in the store any more. "
                "Run `python -m ingest --rebuild`, which makes them again."
            )
        rows = [np.frombuffer(found[name], dtype="<f4") for name in hashes]
        return np.stack(rows).astype(np.float32, copy=False)

    def is_crowded(self) -> bool:
        """Whether enough was saved since the last `prune` that looking through everything is worth its time."""
        saved, kept = self._connection.execute("SELECT saved, kept FROM tally").fetchone()
        return bool(saved > max(_SPARE, kept * _SPARE_SHARE))

    def prune(self, keep: Iterable[str]) -> None:
        """Forget the vectors, whichever embedder's, of strings that are not in `keep`."""
        with self._connection:
            self._connection.execute("CREATE TEMP TABLE keep (hash TEXT PRIMARY KEY) WITHOUT ROWID")
            self._connection.executemany("INSERT OR IGNORE INTO keep VALUES (?)", ((name,) for name in keep))
            self._connection.execute("DELETE FROM vectors WHERE hash NOT IN (SELECT hash FROM keep)")
            self._connection.execute("DROP TABLE keep")
            self._connection.execute("UPDATE tally SET saved = 0, kept = (SELECT count(*) FROM vectors)")

    def _select(self, columns: str, hashes: Sequence[str]) -> sqlite3.Cursor:
        marks = ", ".join("?" * len(hashes))
        return self._connection.execute(
            f"SELECT {columns} FROM vectors WHERE embedder = ? AND hash IN ({marks})",  # noqa: S608 - ours
            (self._embedder, *hashes),
        )


def _little(vectors: Vectors) -> npt.NDArray[np.float32]:
    return np.ascontiguousarray(vectors, dtype="<f4")


def _opened(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, check_same_thread=False)
    try:
        connection.executescript(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
            "CREATE TABLE IF NOT EXISTS vectors (hash TEXT NOT NULL, embedder TEXT NOT NULL, vector BLOB NOT NULL,"
            " UNIQUE (hash, embedder));"
            "CREATE TABLE IF NOT EXISTS tally (saved INTEGER NOT NULL, kept INTEGER NOT NULL);"
            "INSERT INTO tally SELECT 0, 0 WHERE NOT EXISTS (SELECT 1 FROM tally);"
        )
    except sqlite3.Error:
        connection.close()
        raise
    return connection
