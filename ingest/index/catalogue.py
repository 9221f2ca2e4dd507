"""SQLite: the articles of one generation, their passages, and the words they can be found by."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np

from ingest.articles.article import Article, content_hash, digest
from ingest.articles.urls import identity_of
from ingest.index import statement_table
from ingest.index.chunking import Passage
from ingest.index.disk_errors import read_failures
from ingest.index.embedding_cache import Vectors
from ingest.index.statement_table import StatementTable
from ingest.index.word_search import Hit as Hit
from ingest.index.word_search import WordSearch, heading_of, stemmed
from ingest.statements.extraction import FORMAT as STATEMENT_FORMAT
from ingest.statements.statement import Statement
from ingest.text.tokens import searchable

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

_ARTICLE_COLUMNS = tuple(field.name for field in fields(Article))
# where a browser scrolls to: part of a link, not of an address
_TEXT_FRAGMENT = re.compile(r"#?:~:.*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage as it stands in the catalogue: `vector` is the hash of the string it was embedded from."""

    passage: Passage
    vector: str


class Catalogue(WordSearch):
    """One `catalogue.sqlite`. Reading is safe from many threads; writing is for one."""

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
        title = stemmed(heading_of(article))
        for item in stored:
            passage = item.passage
            cursor = self.connection.execute(
                "INSERT INTO passages (id, article, start, end, vector) VALUES (?, ?, ?, ?, ?)",
                (passage.id, article.id, passage.start, passage.end, item.vector),
            )
            self.connection.execute(
                "INSERT INTO words (rowid, title, text) VALUES (?, ?, ?)",
                (cursor.lastrowid, title, stemmed(passage.text)),
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

    def ids_titled(self, title: str) -> list[str]:
        rows = self.connection.execute("SELECT id FROM articles WHERE title = ? COLLATE NOCASE", (title,))
        return [row[0] for row in rows]

    def ids_at(self, origin: str, path: str) -> set[str]:
        """The articles that were read from one file."""
        statement = "SELECT id FROM articles WHERE origin = ? AND path = ?"
        return {row[0] for row in self.connection.execute(statement, (origin, path))}

    def ids_before(self, origin: str, day: str) -> set[str]:
        """The articles of a source that were published before an ISO date."""
        statement = "SELECT id FROM articles WHERE origin = ? AND substr(published, 1, 10) < ?"
        return {row[0] for row in self.connection.execute(statement, (origin, day))}

    def article_hashes(self) -> dict[str, tuple[str, str, str]]:
        """Every article's (content hash, origin, path) by its id."""
        rows = self.connection.execute("SELECT id, hash, origin, path FROM articles")
        return {row[0]: (row[1], row[2], row[3]) for row in rows}

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

    # -- figures

    def count(self, table: str) -> int:
        assert table in ("articles", "passages")
        return int(self.connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608

    def dates(self) -> tuple[str | None, str | None]:
        """The oldest and the newest publication date."""
        row = self.connection.execute("SELECT min(published), max(published) FROM articles").fetchone()
        return row[0], row[1]


def id_of_address(url: str) -> str:
    """The id that an article of this address has."""
    return digest(identity_of(url))
