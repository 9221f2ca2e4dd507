"""Every vector ever embedded, kept by the hash of the exact string it was made from."""

from __future__ import annotations

import hashlib
import logging
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ingest.errors import IndexBroken
from ingest.index.disk_errors import is_damage
from ingest.system.batches import batches

Vectors = npt.NDArray[np.float32]

log = logging.getLogger(__name__)

_CHUNK = 500
_AT_ONCE = 50  # of a damaged store: one page that cannot be read costs so many at most
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

    def __init__(self, path: Path, embedder_key: str, *, check: bool = False) -> None:
        """`check` reads it whole first (half a second for 54,000 vectors) and keeps what is whole of a damaged one."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._embedder = embedder_key
        try:
            self._connection = _opened(path, check=check)
        except sqlite3.OperationalError:
            raise  # locked, or no room: the file may be whole
        except sqlite3.DatabaseError as error:
            log.warning("%s is damaged (%s): what cannot be read of it is made anew.", path, error)
            self._connection = _salvaged(path)

    def close(self) -> None:
        self._connection.close()

    def save(self, hashes: Sequence[str], vectors: Vectors) -> None:
        stored = ((name, row.tobytes()) for name, row in zip(hashes, _little(vectors), strict=True))
        rows = ((name, self._embedder, vector, _sum(name, vector)) for name, vector in stored)
        with self._connection:
            self._connection.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?, ?)", rows)
            self._connection.execute("UPDATE tally SET saved = saved + ?", (len(hashes),))

    def flush(self) -> None:
        """Everything saved on disk, whatever happens to the power."""
        self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def missing(self, hashes: Iterable[str]) -> list[str]:
        """Those of `hashes` that have no vector yet, in order, each once."""
        wanted = list(dict.fromkeys(hashes))
        known: set[str] = set()
        for some in batches(wanted, _CHUNK):
            known.update(name for name, _ in self._select(some))
        return [name for name in wanted if name not in known]

    def load(self, hashes: Sequence[str]) -> Vectors:
        """The vectors (n, d) of `hashes` in order. Raises IndexBroken when one is not there."""
        found: dict[str, bytes] = {}
        distinct = list(dict.fromkeys(hashes))
        for some in batches(distinct, _CHUNK):
            found.update(self._select(some))
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

    def _select(self, hashes: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        """Those of `hashes` that are there, each as it was saved; one with a flipped bit is not there."""
        marks = ", ".join("?" * len(hashes))
        rows = self._connection.execute(
            f"SELECT hash, vector, sum FROM vectors WHERE embedder = ? AND hash IN ({marks})",  # noqa: S608 - ours
            (self._embedder, *hashes),
        )
        yield from ((name, vector) for name, vector, kept in rows if kept in (None, _sum(name, vector)))


def _sum(name: str, vector: bytes) -> int:
    return zlib.crc32(vector, zlib.crc32(name.encode()))


def store_damage(path: Path) -> str | None:
    """What is wrong with a store, every byte of it read; None where nothing is. Raises sqlite3.Error."""
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        connection.text_factory = bytes
        try:
            [verdict] = connection.execute("PRAGMA integrity_check(1)").fetchone()
            if verdict != b"ok":
                return " ".join(verdict.decode().split())
            rows = connection.execute("SELECT hash, vector, sum FROM vectors WHERE sum NOTNULL")
            wrong = sum(kept != _sum(name.decode(errors="replace"), vector) for name, vector, kept in rows)
        except sqlite3.DatabaseError as error:
            if not is_damage(error):
                raise
            return str(error)
    return f"{wrong} vectors are not what was saved" if wrong else None


def _little(vectors: Vectors) -> npt.NDArray[np.float32]:
    return np.ascontiguousarray(vectors, dtype="<f4")


def _opened(path: Path, *, check: bool = False) -> sqlite3.Connection:
    connection = sqlite3.connect(path, check_same_thread=False)
    connection.text_factory = lambda data: data.decode(errors="replace")  # a flipped bit is no reason to stop
    try:
        if check and (said := connection.execute("PRAGMA integrity_check(1)").fetchone()[0]) != "ok":
            raise sqlite3.DatabaseError(said)
        connection.executescript(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
            "CREATE TABLE IF NOT EXISTS vectors (hash TEXT NOT NULL, embedder TEXT NOT NULL, vector BLOB NOT NULL,"
            " sum INTEGER, UNIQUE (hash, embedder));"
            "CREATE TABLE IF NOT EXISTS tally (saved INTEGER NOT NULL, kept INTEGER NOT NULL);"
            "INSERT INTO tally SELECT 0, 0 WHERE NOT EXISTS (SELECT 1 FROM tally);"
        )
        if "sum" not in [column[1] for column in connection.execute("PRAGMA table_info(vectors)")]:
            connection.execute("ALTER TABLE vectors ADD COLUMN sum INTEGER")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _salvaged(path: Path) -> sqlite3.Connection:
    """A new store in place of a damaged one, with what can be read of it."""
    old = path.with_name(f"{path.name}.damaged")
    most = path.stat().st_size // 100
    path.replace(old)
    for part in path.parent.glob(f"{path.name}-*"):
        part.unlink()
    connection = _opened(path)
    with closing(sqlite3.connect(old)) as damaged, connection, suppress(sqlite3.DatabaseError):
        last = damaged.execute("SELECT max(rowid) FROM vectors").fetchone()[0] or 0
        for first in range(0, min(last, most), _AT_ONCE):
            some = "SELECT hash, embedder, vector, sum FROM vectors WHERE rowid > ? AND rowid <= ? AND sum NOTNULL"
            with suppress(sqlite3.DatabaseError):
                rows = damaged.execute(some, (first, first + _AT_ONCE)).fetchall()
                connection.executemany("INSERT OR IGNORE INTO vectors VALUES (?, ?, ?, ?)", rows)
    old.unlink()
    return connection
