"""A corpus in one file: a ZIP that another machine can import without fetching or embedding anything again.

It holds `byline.json` (what it is), `articles.jsonl`, `curation.json` (uploads and tombstones), `vectors.bin` (each 16
bytes of hash, then little-endian float32) and `uploads/`; a backup holds the audit log and the fetched pages too.
A file named .jsonl holds the articles alone, which any configured path may read again.
"""

from __future__ import annotations

import json
import logging
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ingest.articles.article import Article
from ingest.edits.audit import FILE as AUDIT
from ingest.edits.manual_edits import Curation
from ingest.edits.run_lock import exclusive
from ingest.errors import CatalogueBroken, ConfigError, IndexBroken
from ingest.index.catalogue import Catalogue
from ingest.index.checksums import require_whole
from ingest.index.chunking import FORMAT as PASSAGES
from ingest.index.disk_errors import is_damage, read_failures, unreadable
from ingest.index.embedding_cache import VectorStore
from ingest.index.generations import Generations
from ingest.index.index import CATALOGUE
from ingest.runs.publishing import VECTORS
from ingest.settings import IngestSettings
from ingest.system.atomic_write import replacing
from ingest.system.batches import batches

FORMAT = 1
MIRROR = "fetched.sqlite"
TABLES = {AUDIT: ("changes",), MIRROR: ("pages", "documents", "entries")}
_AT_ONCE = 500
_LINES = (".jsonl", ".ndjson")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Contents:
    """What was written."""

    file: Path
    articles: int
    vectors: int
    uploads: int
    bytes: int

    def shape(self, action: str) -> dict[str, Any]:
        """The JSON object that `--export --json` and `--backup --json` print."""
        return {"action": action} | asdict(self) | {"file": str(self.file)}


def export_corpus(settings: IngestSettings, file: Path, by: str, *, whole: bool) -> Contents:
    """Write the current generation into `file`, in one step; `whole` makes it a backup. Raises UserFacingError."""
    if file.is_dir() or not file.parent.is_dir():
        raise ConfigError(f"{file} cannot be written: name a file in a folder that exists.")
    generations = Generations(settings.index.directory)
    with exclusive(generations, "backup" if whole else "export", by):
        name = generations.require_current()
        require_whole(generations.path(name), CATALOGUE)
        with (
            replacing(file) as pending,  # an older export stays whole until then
            closing(Catalogue(generations.path(name) / CATALOGUE, readonly=True)) as catalogue,
        ):
            if file.suffix.lower() in _LINES and not whole:
                counts = (_write_lines(pending, catalogue), 0, 0)
            else:
                counts = _write_archive(pending, settings, catalogue, name, whole=whole)
    return Contents(file, *counts, file.stat().st_size)


def _write_lines(place: Path, catalogue: Catalogue) -> int:
    """The articles alone, one a line, as the reader of JSON Lines takes them."""
    written = 0
    with place.open("wb") as rows:
        for article in _articles(catalogue):
            row = {
                name: getattr(article, name)
                for name in ("id", "title", "url", "source", "author", "published")
            }
            rows.write(_line({**row, "text": article.body}))
            written += 1
    return written


def _write_archive(
    place: Path, settings: IngestSettings, catalogue: Catalogue, generation: str, *, whole: bool
) -> tuple[int, int, int]:
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        counts = _fill(archive, settings, catalogue, generation)
        if whole:
            _add_whole(archive, settings.index.directory)
    return counts


def _articles(catalogue: Catalogue) -> Iterator[Article]:
    ids = list(catalogue.article_hashes())
    for some in batches(ids, _AT_ONCE):
        yield from catalogue.articles(some).values()


def _fill(
    archive: zipfile.ZipFile, settings: IngestSettings, catalogue: Catalogue, generation: str
) -> tuple[int, int, int]:
    articles = _add_articles(archive, catalogue)
    embedder = catalogue.meta("embedder") or ""
    stored = settings.index.directory / VECTORS
    try:
        with closing(VectorStore(stored, embedder)) as store:
            vectors, dimension = _add_vectors(archive, catalogue, store)
    except sqlite3.Error as error:
        if not is_damage(error):
            raise unreadable(stored, error) from error
        raise IndexBroken(
            f"{stored} is damaged ({error}). Delete it, and run `python -m ingest --rebuild`, which makes it anew."
        ) from error
    curation = Curation.load(catalogue)
    archive.writestr("curation.json", curation.written())
    uploads = 0
    for upload in curation.uploads:
        with suppress(FileNotFoundError):
            if not upload.is_url:
                archive.write(settings.corpus.uploads / upload.path, f"uploads/{upload.path}")
                uploads += 1
    about = {
        "format": FORMAT,
        "generation": generation,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "articles": articles,
        "vectors": vectors,
        "dimension": dimension,
        "embedder": embedder,
        "passages": PASSAGES,
    }
    archive.writestr("byline.json", json.dumps(about, indent=1))
    return articles, vectors, uploads


def _add_articles(archive: zipfile.ZipFile, catalogue: Catalogue) -> int:
    written = 0
    with archive.open("articles.jsonl", "w", force_zip64=True) as rows:
        for article in _articles(catalogue):
            rows.write(_line(asdict(article)))
            written += 1
    return written


def _add_vectors(archive: zipfile.ZipFile, catalogue: Catalogue, store: VectorStore) -> tuple[int, int]:
    wanted = list(dict.fromkeys(catalogue.passage_vectors().values()))
    missing = set(store.missing(wanted))
    hashes = [name for name in wanted if name not in missing]
    dimension = 0
    with archive.open("vectors.bin", "w", force_zip64=True) as rows:
        for some in batches(hashes, _AT_ONCE):
            vectors = store.load(some)
            dimension = int(vectors.shape[1])
            for name, vector in zip(some, vectors, strict=True):
                rows.write(bytes.fromhex(name) + vector.astype("<f4").tobytes())
    return len(hashes), dimension


def _add_whole(archive: zipfile.ZipFile, directory: Path) -> None:
    """The audit log and the mirror as rows, and the fetched pages as they are."""
    for file, tables in TABLES.items():
        for table in tables:
            with archive.open(f"{file.removesuffix('.sqlite')}/{table}.jsonl", "w", force_zip64=True) as rows:
                for row in _rows(directory / file, table):
                    rows.write(_line(row))
    for page in sorted((directory / "fetched").glob("*.page")):
        archive.write(page, f"pages/{page.name}")


def _rows(file: Path, table: str) -> Iterator[dict[str, Any]]:
    if not file.is_file():
        return
    try:
        with read_failures(file), closing(sqlite3.connect(file)) as connection:
            connection.row_factory = sqlite3.Row
            made = connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,)).fetchone()
            for row in connection.execute(f"SELECT * FROM {table}") if made else ():  # noqa: S608 - ours
                yield dict(row)
    except CatalogueBroken:  # what is beside the articles must not keep them from being saved
        log.warning("%s is damaged: what cannot be read of it is left out.", file)


def _line(row: dict[str, Any]) -> bytes:
    return json.dumps(row, ensure_ascii=True).encode() + b"\n"


ARTICLE_FIELDS = tuple(Article.__dataclass_fields__)
