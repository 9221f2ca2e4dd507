"""What the files held when they were read last, so that an unchanged file is recognised without parsing it."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from importlib import metadata
from operator import attrgetter
from os import stat_result
from pathlib import Path

from ingest.articles.article import Recognised
from ingest.sources.sources import Source, SourceFile
from ingest.system.database import WAL, opened

_SCHEMA = f"""
{WAL}
CREATE TABLE IF NOT EXISTS files (
    key BLOB PRIMARY KEY, stamp TEXT NOT NULL, digest TEXT NOT NULL, held TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS readers (version TEXT NOT NULL);
"""
# A file written to within this many nanoseconds of being read may be written to again without its time changing.
_UNSETTLED = 2_000_000_000
# what decides how a document reads; other rooms may change without every document being parsed again
_READING_ROOMS = ("articles", "sources", "text")
_PARSERS = ("trafilatura", "lxml", "pypdf", "python-docx")


@dataclass(frozen=True, slots=True)
class Sighting:
    """An article as a place in a file holds it, without its text; or, with a `fault`, why there is none.

    `line` and `row` (a hash of the raw line) are 0 and "" for a whole file. `hash` is the article's content hash.
    `published` (or ""), `length` of the body and `content` (a hash of title and body) decide between two of one id.
    `apart`: the id was made up because an earlier row had the row's own. `unread`: a reader refused it.
    """

    line: int
    row: str = ""
    id: str = ""
    hash: str = ""
    url: str = ""
    published: str = ""
    length: int = 0
    content: str = ""
    apart: bool = False
    fault: str = ""
    unread: bool = False


_FIELDS = attrgetter(*(one.name for one in fields(Sighting)))  # astuple copies, which takes far longer


@dataclass(frozen=True, slots=True)
class Seen:
    """The file and the place in it that an article was found at; `parsed`: in this run."""

    file: SourceFile
    sighting: Sighting
    parsed: bool

    @property
    def place(self) -> str:
        return place_in(self.file, self.sighting.line)

    @property
    def rank(self) -> tuple[str, int]:
        """Newer first, then longer."""
        return self.sighting.published, self.sighting.length

    @property
    def recognised(self) -> Recognised:
        one = self.sighting
        return Recognised(one.id, one.hash, one.published or None, self.file.source.key, self.file.path)


def place_in(file: SourceFile, line: int) -> str:
    return f"{file.name}:{line}" if line else file.name


@dataclass(slots=True)
class _Entry:
    stamp: str  # size and times of the file; "" when they prove nothing
    digest: str  # of its bytes; "" for JSON Lines, whose lines have their own
    visited: bool = False


class ReadingMemo:
    """One SQLite file beside the generations, written only under the ingest lock.

    It remembers what parsing gave, never what the index holds, so it is right after a roll back too. Losing it costs
    one slow run: a file that it does not know is parsed. Without a path it remembers nothing.
    """

    def __init__(self, path: Path | None) -> None:
        self._connection: sqlite3.Connection | None = None
        self._entries: dict[bytes, _Entry] = {}
        if path is None:
            return
        try:
            self._open(path)
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise
            path.unlink()
            self._open(path)

    def _open(self, path: Path) -> None:
        self._connection = connection = opened(path, _SCHEMA)
        try:
            with connection:
                if connection.execute("SELECT version FROM readers").fetchall() != [(reader_version(),)]:
                    connection.execute("DELETE FROM files")
                    connection.execute("DELETE FROM readers")
                    connection.execute("INSERT INTO readers VALUES (?)", (reader_version(),))
            rows = connection.execute("SELECT key, stamp, digest FROM files")
            self._entries = {row[0]: _Entry(row[1], row[2]) for row in rows}
        except sqlite3.DatabaseError:
            connection.close()
            raise

    def close(self) -> None:
        """Keep what was learnt, and close."""
        if self._connection is not None:
            self._connection.commit()
            self._connection.close()

    def unchanged(self, file: SourceFile, status: stat_result) -> list[Sighting] | None:
        """What the file holds, if its size and times are those it was read with."""
        entry = self._entry(file)
        return self._held(file) if entry and entry.stamp and entry.stamp == _stamp(status) else None

    def same_bytes(self, file: SourceFile, data: bytes, status: stat_result) -> list[Sighting] | None:
        """What the file holds, if its bytes are those it was read with, whatever its times."""
        entry = self._entry(file)
        if entry is None or not entry.digest or entry.digest != _digest(data):
            return None
        if self._connection is not None:
            stamp = _settled_stamp(status)
            self._connection.execute("UPDATE files SET stamp = ? WHERE key = ?", (stamp, _key(file)))
        return self._held(file)

    def rows(self, file: SourceFile) -> dict[str, Sighting]:
        """What the lines of a JSON Lines file held, by the hash of the line."""
        return {one.row: one for one in self._held(file) if one.row} if self._entry(file) else {}

    def keep(
        self, file: SourceFile, status: stat_result, held: Sequence[Sighting], data: bytes | None = None
    ) -> None:
        """Remember what the file holds; `status` is from before it was read."""
        if self._connection is not None:
            digest = "" if data is None else _digest(data)
            rows = json.dumps([_FIELDS(one) for one in held])
            self._connection.execute(
                "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?)",
                (_key(file), _settled_stamp(status), digest, rows),
            )

    def forget_unvisited(self) -> None:
        """Forget the files that were not asked after: after a reading of everything, they are gone."""
        gone = [(key,) for key, entry in self._entries.items() if not entry.visited]
        if self._connection is not None and gone:
            self._connection.executemany("DELETE FROM files WHERE key = ?", gone)

    def _entry(self, file: SourceFile) -> _Entry | None:
        entry = self._entries.get(_key(file))
        if entry is not None:
            entry.visited = True
        return entry

    def _held(self, file: SourceFile) -> list[Sighting]:
        assert self._connection is not None
        row = self._connection.execute("SELECT held FROM files WHERE key = ?", (_key(file),)).fetchone()
        return [Sighting(*one) for one in json.loads(row[0])]


def row_hash(line: bytes) -> str:
    """What a line of JSON Lines is recognised by."""
    return hashlib.blake2b(line.strip(), digest_size=12).hexdigest()


@lru_cache(maxsize=1)
def reader_version() -> str:
    """Changes with this package's code and with the parsers it stands on: what was read may read otherwise then."""
    digest = hashlib.sha256()
    package = Path(__file__).resolve().parents[1]
    files = (path for room in _READING_ROOMS for path in (package / room).rglob("*.*"))
    for path in sorted(path for path in files if path.suffix in (".py", ".txt")):
        digest.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes())
    for name in _PARSERS:
        try:
            digest.update(f"{name} {metadata.version(name)}\0".encode())
        except metadata.PackageNotFoundError:
            continue
    return digest.hexdigest()[:32]


def _key(file: SourceFile) -> bytes:
    """Everything but the bytes that decides what is read out of a file."""
    source = [getattr(file.source, name) for name in _SOURCE_FIELDS]
    own = [getattr(file, name) for name in _FILE_FIELDS]
    return hashlib.blake2b(repr((source, own)).encode("utf-8", "surrogatepass"), digest_size=16).digest()


# `within` restricts a run and `location` is where the file happens to lie: neither decides what it holds
_SOURCE_FIELDS = tuple(one.name for one in fields(Source) if one.name not in ("location", "within"))
_FILE_FIELDS = tuple(one.name for one in fields(SourceFile) if one.name not in ("location", "source"))


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _stamp(status: stat_result) -> str:
    """The time of the last change of the file's entry is in it, because a copy can set the other time back."""
    return f"{status.st_size} {status.st_mtime_ns} {status.st_ctime_ns}"


def _settled_stamp(status: stat_result) -> str:
    settled = time.time_ns() - max(status.st_mtime_ns, status.st_ctime_ns) > _UNSETTLED
    return _stamp(status) if settled else ""
