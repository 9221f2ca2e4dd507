"""SQLite: the articles of one generation, their passages, and the words they can be found by."""

from __future__ import annotations

import hashlib
import re
import sqlite3
import threading
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from ingest.articles.article import Article, content_hash
from ingest.articles.urls import identity_of
from ingest.index import statement_table
from ingest.index.chunking import Passage
from ingest.index.disk_errors import read_failures
from ingest.index.embedding_cache import Vectors
from ingest.index.statement_table import StatementTable
from ingest.statements.extraction import FORMAT as STATEMENT_FORMAT
from ingest.statements.statement import Statement
from ingest.text.stemming import stem
from ingest.text.tokens import question_words, quoted, searchable

SCHEMA = f"""
{statement_table.SCHEMA}
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE articles (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE, title TEXT NOT NULL, body TEXT NOT NULL,
    url TEXT, source TEXT, author TEXT, published TEXT,
    origin TEXT NOT NULL, path TEXT NOT NULL, hash TEXT NOT NULL
);
CREATE INDEX articles_by_url ON articles (url);
CREATE INDEX articles_by_date ON articles (published);
CREATE TABLE passages (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE, article TEXT NOT NULL,
    start INTEGER NOT NULL, end INTEGER NOT NULL, vector TEXT NOT NULL
);
CREATE TABLE title_vectors (article TEXT PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID;
CREATE INDEX passages_by_article ON passages (article, start);
-- stems, as `ingest.text.stemming` makes them, so that a question is compared with what is kept here
CREATE VIRTUAL TABLE words USING fts5 (title, text, tokenize = 'unicode61 remove_diacritics 2');
CREATE VIRTUAL TABLE terms USING fts5vocab (words, 'row');
CREATE VIRTUAL TABLE titles USING fts5 (title, source, published, prefix = '2 3', tokenize = 'unicode61');
"""
# another one is built anew, and so are statements by other rules
SCHEMA_VERSION = hashlib.sha256(f"{SCHEMA}{STATEMENT_FORMAT}".encode()).hexdigest()[:12]
TITLE_WEIGHT = 2.0  # a word of the title says more of a passage than one of its text

_ARTICLE_COLUMNS = tuple(field.name for field in fields(Article))
# where a browser scrolls to: part of a link, not of an address
_TEXT_FRAGMENT = re.compile(r"#?:~:.*", re.DOTALL)
_CHUNK = 500  # bound below SQLite's limit of variables in one statement


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found by one of the searches; a higher score is better, on that search's own scale."""

    passage_id: str
    article_id: str
    score: float


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage as it stands in the catalogue: `vector` is the hash of the string it was embedded from."""

    passage: Passage
    vector: str


class Catalogue:
    """One `catalogue.sqlite`. Reading is safe from many threads; writing is for one."""

    def __init__(self, path: Path, *, readonly: bool = False) -> None:
        self.path = path
        self._readonly = readonly
        self._local = threading.local()
        self._opened: list[sqlite3.Connection] = []
        self._opening = threading.Lock()

    @classmethod
    def create(cls, path: Path) -> Catalogue:
        catalogue = cls(path)
        catalogue.connection.executescript(SCHEMA)
        catalogue.set_meta("schema", SCHEMA_VERSION)
        return catalogue

    @classmethod
    @contextmanager
    def published(cls, path: Path) -> Iterator[Catalogue]:
        """A published catalogue, open for reading. Raises CatalogueBroken where it is damaged or gone, and IndexBroken
        where it cannot be read.
        """
        with read_failures(path):
            path.open("rb").close()  # SQLite says the same of a file that is gone and of one it may not open
            with closing(cls(path, readonly=True)) as catalogue:
                yield catalogue

    @property
    def connection(self) -> sqlite3.Connection:
        """This thread's connection."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            # immutable: a published catalogue is never written again, so readers need neither locks nor side files
            query = "?mode=ro&immutable=1" if self._readonly else ""
            connection = sqlite3.connect(
                f"{self.path.absolute().as_uri()}{query}", uri=True, check_same_thread=False
            )
            if not self._readonly:
                # a killed build is thrown away whole, so only publishing has to reach the disk (`Catalogue.finish`)
                connection.executescript("PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF;")
            self._local.connection = connection
            with self._opening:
                self._opened.append(connection)
        return connection

    def close(self) -> None:
        with self._opening:
            for connection in self._opened:
                connection.close()
            self._opened.clear()
        self._local = threading.local()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with self.connection:
            yield

    # -- meta

    def meta(self, key: str) -> str | None:
        row = self.connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return row[0] if row else None

    def set_meta(self, key: str, value: str) -> None:
        with self.connection:
            self.connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    # -- writing

    @property
    def statements(self) -> StatementTable:
        """Who said what, read and written by this thread."""
        return StatementTable(self.connection)

    def put(
        self, article: Article, stored: Sequence[StoredPassage], statements: Sequence[Statement] = ()
    ) -> None:
        """Add an article, or replace the one of the same id, with all its passages and statements."""
        self.remove(article.id)
        self.statements.put(article, statements)
        columns = ", ".join(_ARTICLE_COLUMNS)
        marks = ", ".join("?" * len(_ARTICLE_COLUMNS))
        cursor = self.connection.execute(
            f"INSERT INTO articles ({columns}, hash) VALUES ({marks}, ?)",  # noqa: S608 - column names are ours
            (*asdict(article).values(), content_hash(article)),
        )
        self.connection.execute(
            "INSERT INTO titles (rowid, title, source, published) VALUES (?, ?, ?, ?)",
            (
                cursor.lastrowid,
                searchable(article.title),
                searchable(article.source or ""),
                article.published,
            ),
        )
        title = _stems(_heading(article))
        for item in stored:
            passage = item.passage
            cursor = self.connection.execute(
                "INSERT INTO passages (id, article, start, end, vector) VALUES (?, ?, ?, ?, ?)",
                (passage.id, article.id, passage.start, passage.end, item.vector),
            )
            self.connection.execute(
                "INSERT INTO words (rowid, title, text) VALUES (?, ?, ?)",
                (cursor.lastrowid, title, _stems(passage.text)),
            )

    def remove(self, article_id: str) -> None:
        row = self.connection.execute("SELECT number FROM articles WHERE id = ?", (article_id,)).fetchone()
        if row is None:
            return
        self.connection.execute(
            "DELETE FROM words WHERE rowid IN (SELECT number FROM passages WHERE article = ?)", (article_id,)
        )
        self.connection.execute("DELETE FROM passages WHERE article = ?", (article_id,))
        self.statements.remove(article_id)
        self.connection.execute("DELETE FROM titles WHERE rowid = ?", row)
        self.connection.execute("DELETE FROM title_vectors WHERE article = ?", (article_id,))
        self.connection.execute("DELETE FROM articles WHERE number = ?", row)

    # -- reading articles

    def article(self, article_id: str) -> Article | None:
        return self.articles([article_id]).get(article_id)

    def articles(self, ids: Collection[str]) -> dict[str, Article]:
        columns = ", ".join(_ARTICLE_COLUMNS)
        rows = self._in(f"SELECT {columns} FROM articles WHERE id IN", ids)  # noqa: S608
        return {row[0]: Article(*row) for row in rows}

    def article_by_url(self, url: str) -> Article | None:
        """The article at an address, as it is written there or in another spelling: with tracking, in capitals,
        with a fragment.
        """
        address = _TEXT_FRAGMENT.sub("", url.strip())
        row = self.connection.execute("SELECT id FROM articles WHERE url = ?", (address,)).fetchone()
        return self.article(row[0] if row else id_of_address(address))

    def article_by_title(self, title: str) -> Article | None:
        row = self.connection.execute(
            "SELECT id FROM articles WHERE title = ? COLLATE NOCASE ORDER BY published DESC", (title,)
        ).fetchone()
        return self.article(row[0]) if row else None

    def article_hashes(self) -> dict[str, tuple[str, str, str]]:
        """Every article's (content hash, origin, path) by its id."""
        rows = self.connection.execute("SELECT id, hash, origin, path FROM articles")
        return {row[0]: (row[1], row[2], row[3]) for row in rows}

    def is_whole(self, table: str) -> bool:
        """Whether SQLite finds nothing wrong with a table and its indexes."""
        rows = self.connection.execute(f"PRAGMA integrity_check({table})").fetchall()
        return bool(rows == [("ok",)])

    def find_titles(self, match: str, limit: int, offset: int = 0) -> list[Article]:
        """Articles whose title, source or date match an FTS5 expression, newest first; bodies are left out."""
        return self._headers(
            "WHERE number IN (SELECT rowid FROM titles WHERE titles MATCH ?)", (match,), limit, offset
        )

    def newest(self, limit: int, offset: int = 0) -> list[Article]:
        """Articles newest first; bodies are left out."""
        return self._headers("", (), limit, offset)

    def headers(self, ids: Collection[str]) -> list[Article]:
        """Articles without their bodies, in no order."""
        columns = "id, title, '', url, source, author, published, origin, path"
        rows = self._in(f"SELECT {columns} FROM articles WHERE id IN", ids)  # noqa: S608
        return [Article(*row) for row in rows]

    def _headers(self, where: str, values: tuple[str, ...], limit: int, offset: int) -> list[Article]:
        rows = self.connection.execute(
            "SELECT id, title, url, source, author, published, origin, path FROM articles "  # noqa: S608
            f"{where} ORDER BY published DESC NULLS LAST, number LIMIT ? OFFSET ?",
            (*values, limit, offset),
        )
        return [Article(row[0], row[1], "", *row[2:]) for row in rows]

    # -- reading passages

    def passages(self, ids: Collection[str]) -> dict[str, Passage]:
        rows = self._in(
            "SELECT p.id, p.article, p.start, p.end, substr(a.body, p.start + 1, p.end - p.start) "
            "FROM passages p JOIN articles a ON a.id = p.article WHERE p.id IN",
            ids,
        )
        return {row[0]: Passage(*row) for row in rows}

    def article_passages(self, article_id: str) -> list[Passage]:
        """The article's passages in reading order."""
        rows = self.connection.execute(
            "SELECT p.id, p.article, p.start, p.end, substr(a.body, p.start + 1, p.end - p.start) "
            "FROM passages p JOIN articles a ON a.id = p.article WHERE p.article = ? ORDER BY p.start",
            (article_id,),
        )
        return [Passage(*row) for row in rows]

    def passage_vectors(self, article_id: str | None = None) -> dict[str, str]:
        """The vector hash by passage id, of one article or of all."""
        where, values = ("WHERE article = ?", (article_id,)) if article_id is not None else ("", ())
        return dict(self.connection.execute(f"SELECT id, vector FROM passages {where}", values))  # noqa: S608

    def passage_owners(self, ids: Collection[str]) -> dict[str, str]:
        """The article id by passage id."""
        return dict(self._in("SELECT id, article FROM passages WHERE id IN", ids))

    def vector_of(self, passage_id: str) -> str:
        """The hash of the string that a passage, which must be there, was embedded from."""
        row = self.connection.execute("SELECT vector FROM passages WHERE id = ?", (passage_id,)).fetchone()
        return str(row[0])

    def all_vectors(self) -> Iterator[tuple[str, str]]:
        """Every passage's id and vector hash, in the order they were put; reads on while it is iterated."""
        yield from self.connection.execute("SELECT id, vector FROM passages ORDER BY number")

    def spans(self, ids: Collection[str]) -> list[tuple[str, str, int, int]]:
        """Passages without their text: id, article id, start and end; those of an article together."""
        rows = self._in("SELECT id, article, start, end FROM passages WHERE id IN", ids)
        return sorted(rows, key=lambda row: row[1:])

    def sample_passages(self, count: int) -> list[str]:
        """Ids of about `count` passages spread evenly over the catalogue."""
        first, last = self.connection.execute("SELECT min(number), max(number) FROM passages").fetchone()
        if first is None:
            return []
        step = max(1.0, (last - first + 1) / max(1, count))
        wanted = dict.fromkeys(
            int(first + place * step) for place in range(count) if first + place * step <= last
        )
        following = "SELECT id FROM passages WHERE number >= ? ORDER BY number LIMIT 1"
        rows = (self.connection.execute(following, (number,)).fetchone() for number in wanted)
        return list(dict.fromkeys(row[0] for row in rows))

    def found_by_words(self, passage_id: str, words: Collection[str]) -> bool:
        """Whether the word index has one of `words` for the passage."""
        row = self.connection.execute(
            "SELECT 1 FROM words WHERE words MATCH ? AND rowid = (SELECT number FROM passages WHERE id = ?)",
            (_any_of(words), passage_id),
        ).fetchone()
        return row is not None

    # -- titles

    def titles_without_vector(self) -> dict[str, str]:
        """The titles, by article id, whose vectors are still to be put."""
        rows = self.connection.execute(
            "SELECT id, title FROM articles WHERE id NOT IN (SELECT article FROM title_vectors) ORDER BY number"
        )
        return dict(rows)

    def all_titles(self) -> Iterator[str]:
        """Every article's title; reads on while it is iterated."""
        yield from (row[0] for row in self.connection.execute("SELECT title FROM articles"))

    def put_title_vectors(self, article_ids: Sequence[str], vectors: Vectors) -> None:
        """Vectors (n, d) of the titles alone, by article."""
        rows = zip(article_ids, (row.astype("<f4").tobytes() for row in vectors), strict=True)
        self.connection.executemany("INSERT OR REPLACE INTO title_vectors VALUES (?, ?)", rows)

    def title_vectors(self, article_ids: Collection[str]) -> dict[str, Vectors]:
        """The titles' unit vectors (d,) by article id; those that are not there are left out."""
        rows = self._in("SELECT article, vector FROM title_vectors WHERE article IN", article_ids)
        return {name: np.frombuffer(vector, "<f4") for name, vector in rows}

    # -- words

    def search_words(self, words: Collection[str], limit: int) -> list[Hit]:
        """Passages that have one of `words`, of which there is one, best first by BM25 with the title weighted."""
        rows = self.connection.execute(
            "SELECT p.id, p.article, found.score FROM (SELECT rowid, -bm25(words, ?, 1.0) AS score FROM words "
            "WHERE words MATCH ? ORDER BY score DESC LIMIT ?) AS found JOIN passages p ON p.number = found.rowid "
            "ORDER BY found.score DESC",
            (TITLE_WEIGHT, _any_of(words), limit),
        )
        return [Hit(*row) for row in rows]

    def passages_with(self, word: str, most: int) -> int:
        """In how many passages, up to `most`, a word stands in one of its forms."""
        row = self.connection.execute(
            "SELECT count(*) FROM (SELECT 1 FROM words WHERE words MATCH ? LIMIT ?)", (_any_of([word]), most)
        ).fetchone()
        return int(row[0])

    def terms_starting(self, letters: str, most: int) -> list[tuple[str, int]]:
        """Up to `most` words of the index (stems) that begin so, each with the number of passages it stands in."""
        rows = self.connection.execute(
            "SELECT term, doc FROM terms WHERE term >= ? AND term < ? LIMIT ?",
            (letters, f"{letters}\U0010ffff", most),
        )
        return [(term, int(count)) for term, count in rows]

    # -- figures

    def count(self, table: str) -> int:
        assert table in ("articles", "passages")
        return int(self.connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608

    def dates(self) -> tuple[str | None, str | None]:
        """The oldest and the newest publication date."""
        row = self.connection.execute("SELECT min(published), max(published) FROM articles").fetchone()
        return row[0], row[1]

    def _in(self, statement: str, values: Collection[str]) -> Iterator[Any]:
        """Run `… IN` over any number of values, a bounded number at a time."""
        listed = list(values)
        for first in range(0, len(listed), _CHUNK):
            some = listed[first : first + _CHUNK]
            yield from self.connection.execute(f"{statement} ({', '.join('?' * len(some))})", some)


def _stems(text: str) -> str:
    """A text as the word index keeps it."""
    return " ".join(stem(word) for word in question_words(text))


def _any_of(words: Collection[str]) -> str:
    """An FTS5 expression for what has one of `words`, lower case, in one of their forms."""
    return " OR ".join(quoted(one) for one in dict.fromkeys(map(stem, words)))


def id_of_address(url: str) -> str:
    """The id that an article of this address has."""
    return hashlib.sha256(identity_of(url).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _heading(article: Article) -> str:
    """What an article is known by besides its text: title, publisher, and day in words, as questions name them."""
    day = article.published or ""
    if len(day) >= 10:
        with suppress(ValueError):
            day = f"{date.fromisoformat(day[:10]):%d %B %Y}".lstrip("0")
    return " ".join(part for part in (article.title, article.source, day) if part)
