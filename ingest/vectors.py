"""Every vector ever embedded, kept by the hash of the exact string it was made from."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]

_CHUNK = 500


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
        self._connection = sqlite3.connect(path, check_same_thread=False)
        self._connection.executescript(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
            "CREATE TABLE IF NOT EXISTS vectors (hash TEXT NOT NULL, embedder TEXT NOT NULL, vector BLOB NOT NULL,"
            " UNIQUE (hash, embedder));"
        )

    def close(self) -> None:
        self._connection.close()

    def save(self, hashes: Sequence[str], vectors: Vectors) -> None:
        rows = ((name, self._embedder, row.tobytes()) for name, row in zip(hashes, _little(vectors), strict=True))
        with self._connection:
            self._connection.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", rows)

    def missing(self, hashes: Iterable[str]) -> list[str]:
        """Those of `hashes` that have no vector yet, in order, each once."""
        wanted = list(dict.fromkeys(hashes))
        known: set[str] = set()
        for first in range(0, len(wanted), _CHUNK):
            some = wanted[first : first + _CHUNK]
            known.update(row[0] for row in self._select("hash", some))
        return [name for name in wanted if name not in known]

    def load(self, hashes: Sequence[str]) -> Vectors:
        """The vectors (n, d) of `hashes` in order; every one must be there."""
        found: dict[str, bytes] = {}
        distinct = list(dict.fromkeys(hashes))
        for first in range(0, len(distinct), _CHUNK):
            found.update(self._select("hash, vector", distinct[first : first + _CHUNK]))
        rows = [np.frombuffer(found[name], dtype="<f4") for name in hashes]
        return np.stack(rows).astype(np.float32, copy=False)

    def prune(self, keep: Collection[str]) -> None:
        """Forget this embedder's vectors that no kept generation uses."""
        with self._connection:
            self._connection.execute("CREATE TEMP TABLE keep (hash TEXT PRIMARY KEY) WITHOUT ROWID")
            self._connection.executemany("INSERT OR IGNORE INTO keep VALUES (?)", ((name,) for name in keep))
            self._connection.execute("DELETE FROM vectors WHERE hash NOT IN (SELECT hash FROM keep)")
            self._connection.execute("DROP TABLE keep")

    def _select(self, columns: str, hashes: Sequence[str]) -> sqlite3.Cursor:
        marks = ", ".join("?" * len(hashes))
        return self._connection.execute(
            f"SELECT {columns} FROM vectors WHERE embedder = ? AND hash IN ({marks})",  # noqa: S608 - ours
            (self._embedder, *hashes),
        )


def _little(vectors: Vectors) -> npt.NDArray[np.float32]:
    return np.ascontiguousarray(vectors, dtype="<f4")
