"""Take a corpus over from one file. It is checked as any stranger's: names, sizes, hashes and every field."""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
import sqlite3
import time
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import astuple, dataclass
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np

from ingest.administration.export import ARTICLE_FIELDS, FORMAT, TABLES
from ingest.articles.article import Article, Recognised, content_hash
from ingest.articles.readers.document import MOST_CHARACTERS
from ingest.articles.urls import is_address
from ingest.edits.audit import open_log
from ingest.edits.change_requests import Change, Imported
from ingest.edits.manual_edits import Curation
from ingest.edits.uploads import LARGEST_UPLOAD, discard_refused
from ingest.embedding.factory import Embedder
from ingest.errors import ConfigError, UserFacingError
from ingest.index.embedding_cache import VectorStore
from ingest.index.generations import Generations
from ingest.runs.outcome import Outcome
from ingest.runs.pipeline import ingest_corpus
from ingest.settings import IngestSettings
from ingest.sources.page_cache import Mirror
from ingest.sources.progress import Report
from ingest.system.atomic_write import replace_bytes

_NAMES = re.compile(
    r"byline\.json|articles\.jsonl|curation\.json|vectors\.bin|uploads/[0-9a-f]{64}\.[a-z]{2,8}"
    r"|pages/[0-9a-f]{32}\.page|(?:audit|fetched)/(?:changes|pages|documents|entries)\.jsonl"
)
_LARGEST_PIECE = 16_000_000  # bytes read of the file at a time; the list of 150,000 entries has as many
_MOST_ROWS = 1_000_000  # of one table
_LONGEST_LINE = 20_000_000
_LARGEST_FACTS = 100_000
_LARGEST_CURATION = 10_000_000
_MOST_UNPACKED = 40  # times its packed size, of a file larger than `_SMALL`; exports have 3 to 8
_SMALL = 1_000_000
_MOST_SECONDS = 1_800.0  # that one table may take
_LARGEST_PAGE = 25_000_000
_MOST_DIMENSIONS = 20_000
_AT_ONCE = 500
_STRING = rb'"(?:[^"\\]++|\\.)*+"'
_FLAT_ROW = re.compile(
    rb"\s*+\{(?:\s*+%b\s*+:\s*+(?:%b|[\w.+-]{1,400}+)\s*+,?){0,40}+\s*+\}\s*+" % (_STRING, _STRING), re.DOTALL
)
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_DAMAGE = (
    zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, EOFError, NotImplementedError, AttributeError, KeyError,
    TypeError, ValueError, OverflowError, RecursionError, sqlite3.IntegrityError, sqlite3.InterfaceError,
)  # fmt: skip


class ImportRefused(UserFacingError):
    """The file is not an export of Byline, or is damaged."""


@dataclass(frozen=True, slots=True)
class _Facts:
    """`byline.json`, as far as it matters."""

    embedder: str
    dimension: int


def import_corpus(
    settings: IngestSettings, embedder: Embedder, file: Path, by: str, report: Report, allow_removals: bool
) -> Outcome:
    """Replace the corpus by that of `file`, as a new generation: the present one is kept for a roll back."""
    if not file.is_file():
        raise ConfigError(f"There is no file at {file}; check the path.")
    with _opened(file) as archive:
        _check_names(archive, file, settings.index.directory)
        facts = _facts(archive)
        articles = {article.id: _recognised(article) for article in _articles(archive)}
        curation = _curation(archive)

    def read() -> Iterator[Article]:
        with _opened(file) as archive:
            yield from _articles(archive)

    def prepare(store: VectorStore) -> None:
        with _opened(file) as archive:
            if facts.embedder == embedder.identity.key:
                _put_vectors(archive, facts.dimension, store)
            _put_whole(archive, settings.index.directory)

    imported = Imported(articles, read, curation, prepare, file.name)
    change = Change("import", by, imported=imported, allow_removals=allow_removals)
    put: set[str] = set()
    try:
        with _opened(file) as archive:
            _put_uploads(archive, settings.corpus.uploads, put)
        return ingest_corpus(settings, embedder, report=report, change=change)
    except BaseException:
        discard_refused(Generations(settings.index.directory), settings.corpus.uploads, put)
        raise


class _Bounded(io.FileIO):
    """A file that gives no more at a time: the list of an archive's entries is read in one piece."""

    def read(self, size: int | None = -1) -> bytes:
        if size is None or not 0 <= size <= _LARGEST_PIECE:
            size = _LARGEST_PIECE
        return super().read(size) or b""


@contextmanager
def _opened(file: Path) -> Iterator[zipfile.ZipFile]:
    """The archive; whatever a damaged or hostile file makes its readers raise is one refusal."""
    try:
        with _Bounded(file) as raw, zipfile.ZipFile(raw) as archive:
            yield archive
    except _DAMAGE as error:
        reason = str(error)[:200] or type(error).__name__
        raise ImportRefused(f"{file} is damaged, or no export of Byline: {reason}.") from error


def _check_names(archive: zipfile.ZipFile, file: Path, directory: Path) -> None:
    """Every entry has a name that an export gives, once; all of it fits on the disk."""
    entries = archive.infolist()
    names = [entry.filename for entry in entries]
    if "byline.json" not in names or "articles.jsonl" not in names:
        raise ImportRefused(f"{file} is no export of Byline: it has no byline.json and articles.jsonl.")
    if len(names) != len(set(names)):
        raise ImportRefused(f"{file} holds a file twice.")
    if any(entry.flag_bits & 1 or entry.compress_type not in _PACKED for entry in entries):
        raise ImportRefused(f"{file} is encrypted, or packed as no export is.")
    if sum(entry.compress_size for entry in entries) > file.stat().st_size:
        raise ImportRefused(f"{file} holds files that lie over one another, as no export does.")
    if any(entry.file_size > max(_SMALL, _MOST_UNPACKED * entry.compress_size) for entry in entries):
        raise ImportRefused(
            f"{file} would swell to more than {_MOST_UNPACKED} times its size, as no export does."
        )
    strange = [name for name in names if not _NAMES.fullmatch(name)]
    if strange:
        raise ImportRefused(
            f"{file} holds a file that no export has: {strange[0][:100]!r}. Nothing was taken from it."
        )
    directory.mkdir(parents=True, exist_ok=True)
    if sum(entry.file_size for entry in entries) > shutil.disk_usage(directory).free:
        raise ImportRefused(f"{file} needs more room than the disk has. Make room, and import it again.")


def _facts(archive: zipfile.ZipFile) -> _Facts:
    facts = json.loads(_read(archive, "byline.json", _LARGEST_FACTS))
    if facts["format"] != FORMAT:
        raise ImportRefused(
            f"It was exported in format {facts['format']!r}, and this Byline reads {FORMAT}; update it."
        )
    dimension = int(facts["dimension"])
    if not 0 <= dimension <= _MOST_DIMENSIONS:
        raise ValueError("its vectors have no possible size")
    return _Facts(str(facts["embedder"]), dimension)


def _articles(archive: zipfile.ZipFile) -> Iterator[Article]:
    for row in _lines(archive, "articles.jsonl"):
        if set(row) != set(ARTICLE_FIELDS) or not re.fullmatch(r"[0-9a-f]{16}", str(row["id"])):
            raise ValueError("an article has other fields than it should")
        for name, value in row.items():
            required = name in ("id", "title", "body", "origin", "path")
            if not (isinstance(value, str) or (value is None and not required)):
                raise ValueError(f"an article's {name} is no text")
        if len(row["body"]) > MOST_CHARACTERS:
            raise ValueError("an article is longer than one can be")
        if not row["body"].strip() or not row["title"].strip():
            raise ValueError("an article is empty")
        "".join(
            value or "" for value in row.values()
        ).encode()  # a lone surrogate is an error here, not in SQLite
        if row["url"] is not None and not is_address(row["url"]):
            row["url"] = None
        yield Article(**row)


def _recognised(article: Article) -> Recognised:
    return Recognised(article.id, content_hash(article), article.published, article.origin, article.path)


def _curation(archive: zipfile.ZipFile) -> Curation:
    curation = Curation.parse(_read(archive, "curation.json", _LARGEST_CURATION).decode())
    if not all(isinstance(value, str) for upload in curation.uploads for value in astuple(upload)):
        raise ValueError("an upload is not plain text")
    if not all(isinstance(value, str | None) for stone in curation.tombstones for value in astuple(stone)):
        raise ValueError("a tombstone is not plain text")
    for upload in curation.uploads:
        if not upload.is_url and not re.fullmatch(r"[0-9a-f]{64}\.[a-z]{2,8}", upload.path):
            raise ValueError("an upload has an impossible path")
    return curation


def _put_uploads(archive: zipfile.ZipFile, folder: Path, put: set[str]) -> None:
    """Copy the uploads to their places; each is what its name, a hash, says, or the import is refused.

    `put` takes the names of those that were not there before.
    """
    for name in archive.namelist():
        if not name.startswith("uploads/"):
            continue
        data = _read(archive, name, LARGEST_UPLOAD)
        place = folder / name.removeprefix("uploads/")
        if hashlib.sha256(data).hexdigest() != place.stem:
            raise ValueError("an upload is not what its name says")
        if not place.exists():
            put.add(place.name)
        replace_bytes(place, data)


def _put_vectors(archive: zipfile.ZipFile, dimension: int, store: VectorStore) -> None:
    """Keep the vectors, so that nothing is embedded again; unit vectors only, as the index wants them."""
    size = 16 + 4 * dimension
    with archive.open("vectors.bin") as rows:
        while chunk := rows.read(size * _AT_ONCE):
            if len(chunk) % size:
                raise ValueError("its vectors break off")
            table = np.frombuffer(chunk, dtype=np.uint8).reshape(-1, size)
            vectors = np.ascontiguousarray(table[:, 16:]).view("<f4")
            norms = np.linalg.norm(vectors, axis=1)
            if not (np.isfinite(norms).all() and np.allclose(norms, 1.0, atol=1e-3)):
                raise ValueError("its vectors are not of length one")
            store.save([row.tobytes().hex() for row in table[:, :16]], vectors)


def _put_whole(archive: zipfile.ZipFile, directory: Path) -> None:
    """From a backup, the audit log and the fetched pages; only where there are none yet, since they are history."""
    names = set(archive.namelist())
    with closing(Mirror(directory)), closing(open_log(directory)):
        pass  # both have their tables now
    for file, tables in TABLES.items():
        for table in tables:
            name = f"{file.removesuffix('.sqlite')}/{table}.jsonl"
            if name in names:
                _put_rows(directory / file, table, _lines(archive, name))
    for name in names:
        place = directory / "fetched" / name.removeprefix("pages/")
        if name.startswith("pages/") and not place.exists():
            replace_bytes(place, _read(archive, name, _LARGEST_PAGE))


def _put_rows(file: Path, table: str, rows: Iterator[dict[str, Any]]) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
        if not columns or connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]:  # noqa: S608 - ours
            return
        marks = ", ".join("?" * len(columns))
        for row in rows:
            values = [row[column] for column in columns]
            connection.execute(f"INSERT INTO {table} VALUES ({marks})", values)  # noqa: S608 - ours


def _lines(archive: zipfile.ZipFile, name: str) -> Iterator[dict[str, Any]]:
    deadline = time.monotonic() + _MOST_SECONDS
    with archive.open(name) as file:
        for number in count(1):
            line = file.readline(_LONGEST_LINE + 1)
            if not line:
                return
            if len(line) > _LONGEST_LINE:
                raise ValueError(f"a line of {name} is too long")
            if number > _MOST_ROWS or time.monotonic() > deadline:
                raise ValueError(f"{name} has too many rows")
            if not _FLAT_ROW.fullmatch(line):  # lists in lists take thirty times their bytes, once parsed
                raise ValueError(f"a line of {name} is no flat object")
            yield json.loads(line)


def _read(archive: zipfile.ZipFile, name: str, largest: int) -> bytes:
    data = bytearray()
    with archive.open(name) as opened:
        while piece := opened.read(1_000_000):
            data += piece
            if len(data) > largest:
                raise ValueError(f"{name} is larger than it can be")
    return bytes(data)
