"""The full-text index of a catalogue's passages, whose words are stems."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from ingest.articles.article import Article
from ingest.index.catalogue_file import CatalogueFile
from ingest.text.stemming import stem
from ingest.text.tokens import question_words, quoted

TITLE_WEIGHT = 2.0  # a word of the title says more of a passage than one of its text


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found by one of the searches; a higher score is better, on that search's own scale."""

    passage_id: str
    article_id: str
    score: float


class WordSearch(CatalogueFile):
    """What can be asked of the tables `words` and `terms`."""

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

    def found_by_words(self, passage_id: str, words: Collection[str]) -> bool:
        """Whether the word index has one of `words` for the passage."""
        row = self.connection.execute(
            "SELECT 1 FROM words WHERE words MATCH ? AND rowid = (SELECT number FROM passages WHERE id = ?)",
            (_any_of(words), passage_id),
        ).fetchone()
        return row is not None


def stemmed(text: str) -> str:
    """A text as the word index keeps it."""
    return " ".join(stem(word) for word in question_words(text))


def _any_of(words: Collection[str]) -> str:
    """An FTS5 expression for what has one of `words`, lower case, in one of their forms."""
    return " OR ".join(quoted(one) for one in dict.fromkeys(map(stem, words)))


def heading_of(article: Article) -> str:
    """What an article is known by besides its text: title, publisher, and day in words, as questions name them."""
    day = article.published or ""
    if len(day) >= 10:
        with suppress(ValueError):
            day = f"{date.fromisoformat(day[:10]):%d %B %Y}".lstrip("0")
    return " ".join(part for part in (article.title, article.source, day) if part)
