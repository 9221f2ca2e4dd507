"""What was fetched from the web, kept on disk: pages as files, and in SQLite what each site said of them.

The copies make a refresh cheap (the site is asked whether they are still good) and keep a page's article while its
site is down. The reading of articles sees them as files like any other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, astuple, dataclass
from pathlib import Path

from ingest.sources.fetching import Validators
from ingest.system.atomic_write import replace_bytes
from ingest.system.database import WAL, opened

_SCHEMA = f"""
{WAL}
CREATE TABLE IF NOT EXISTS pages (
    url TEXT PRIMARY KEY, final TEXT NOT NULL, etag TEXT, last_modified TEXT, canonical TEXT NOT NULL,
    stamp TEXT, size INTEGER NOT NULL, checked_at REAL NOT NULL, failure TEXT NOT NULL, gone INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS documents (
    source TEXT NOT NULL, url TEXT NOT NULL, final TEXT NOT NULL, etag TEXT, last_modified TEXT,
    PRIMARY KEY (source, url)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS entries (
    source TEXT NOT NULL, document TEXT NOT NULL, url TEXT NOT NULL, stamp TEXT, place INTEGER NOT NULL,
    nested INTEGER NOT NULL, title TEXT, author TEXT, published TEXT, site TEXT,
    PRIMARY KEY (source, document, url)
) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Page:
    """The state of one page: `size` of its file (0: none), when it was last asked for (seconds since 1970), the
    failure of that (""), whether the site said it is `gone` (1), and the `stamp` that its listing gave it then.
    """

    url: str
    final: str = ""
    etag: str | None = None
    last_modified: str | None = None
    canonical: str = ""
    stamp: str | None = None
    size: int = 0
    checked_at: float = 0.0
    failure: str = ""
    gone: int = 0

    @property
    def validators(self) -> Validators:
        return Validators(self.final, self.etag, self.last_modified)


@dataclass(frozen=True, slots=True)
class Entry:
    """A page as a feed or sitemap lists it. `place` is its rank there, `nested` marks another sitemap."""

    url: str
    stamp: str | None = None
    place: int = 0
    nested: bool = False
    title: str | None = None
    author: str | None = None
    published: str | None = None
    site: str | None = None


class Mirror:
    """`<directory>/fetched/` and `<directory>/fetched.sqlite`; written only under the ingest lock."""

    def __init__(self, directory: Path) -> None:
        self.folder = directory / "fetched"
        self.folder.mkdir(parents=True, exist_ok=True)
        self._connection = opened(directory / "fetched.sqlite", _SCHEMA)

    def close(self) -> None:
        self._connection.close()

    def file(self, url: str) -> Path:
        """Where the copy of a page is; the name is a hash, so no address can choose a path."""
        return self.folder / f"{hashlib.sha256(url.encode()).hexdigest()[:32]}.page"

    # -- pages

    def page(self, url: str) -> Page:
        """What is known of a page; a copy that is not whole on disk counts as none."""
        row = self._connection.execute("SELECT * FROM pages WHERE url = ?", (url,)).fetchone()
        if row is None:
            return Page(url)
        page = Page(*row)
        with suppress(OSError):
            if page.size and self.file(url).stat().st_size == page.size:
                return page
        return Page(url, stamp=None, checked_at=page.checked_at, failure=page.failure, gone=page.gone)

    def keep(self, page: Page) -> None:
        with self._connection:
            self._connection.execute(
                "INSERT OR REPLACE INTO pages VALUES (?,?,?,?,?,?,?,?,?,?)", astuple(page)
            )

    def write(self, url: str, content: bytes) -> int:
        """Put a page's file in place and return its size; one that says the same is left untouched."""
        place = self.file(url)
        with suppress(OSError):
            if place.read_bytes() == content:
                return len(content)
        replace_bytes(place, content, durable=False)  # a page that is lost is fetched again
        return len(content)

    # -- feeds and sitemaps

    def document(self, source: str, url: str) -> Validators:
        found = self._connection.execute(
            "SELECT final, etag, last_modified FROM documents WHERE source = ? AND url = ?", (source, url)
        ).fetchone()
        return Validators(*found) if found else Validators()

    def list_entries(
        self, source: str, document: str, entries: Iterable[Entry], validators: Validators, *, keep_old: bool
    ) -> None:
        """Replace what a document lists, or add to it; and remember what the site said of the document."""
        columns = ", ".join(("source", "document", *Entry.__dataclass_fields__))
        marks = ", ".join(f":{name}" for name in ("source", "document", *Entry.__dataclass_fields__))
        with self._connection:
            if keep_old:
                # what came newly stands before what was there
                self._connection.execute(
                    "UPDATE entries SET place = place + 100000 WHERE source = ? AND document = ?",
                    (source, document),
                )
            else:
                self._connection.execute(
                    "DELETE FROM entries WHERE source = ? AND document = ?", (source, document)
                )
            self._connection.executemany(
                f"INSERT OR REPLACE INTO entries ({columns}) VALUES ({marks})",  # noqa: S608 - names are ours
                ({"source": source, "document": document} | asdict(entry) for entry in entries),
            )
            self._connection.execute(
                "INSERT OR REPLACE INTO documents VALUES (?, ?, ?, ?, ?)",
                (source, document, *astuple(validators)),
            )

    def entries(self, source: str, document: str) -> list[Entry]:
        """What a document of a source lists, in its order."""
        columns = ", ".join(Entry.__dataclass_fields__)
        rows = self._connection.execute(
            f"SELECT {columns} FROM entries WHERE source = ? AND document = ? ORDER BY place, url",  # noqa: S608
            (source, document),
        )
        return [Entry(row[0], row[1], row[2], bool(row[3]), *row[4:]) for row in rows]

    def forget_entry(self, source: str, url: str) -> None:
        """Drop an entry, and the copy of its page where no other source lists it."""
        with self._connection:
            self._connection.execute("DELETE FROM entries WHERE source = ? AND url = ?", (source, url))
            others = self._connection.execute(
                "SELECT count(*) FROM entries WHERE url = ?", (url,)
            ).fetchone()[0]
            if not others:
                self._connection.execute("DELETE FROM pages WHERE url = ?", (url,))
        if not others:
            self.file(url).unlink(missing_ok=True)
