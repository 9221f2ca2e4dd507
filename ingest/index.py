"""One generation of the index: the catalogue and the vectors, read as one thing and built as one thing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache, partial
from pathlib import Path

import numpy as np

from ingest.articles import Article
from ingest.catalogue import Catalogue, Hit, StoredPassage
from ingest.chroma import ChromaVectors, copy_local
from ingest.chunking import FORMAT, Passage, embedded_text
from ingest.errors import EmbedderMismatch, IndexBroken
from ingest.generations import Generations
from ingest.progress import Report
from ingest.settings import IndexSettings
from ingest.vectors import Vectors, VectorStore, string_hash
from ingest.words import question_words, quoted

CATALOGUE = "catalogue.sqlite"
CHROMA = "chroma"

MAY_MISS = 0.02  # an approximate search may miss a passage now and then
MOST_COUNTED = 100_000
_FETCHED = 2_000  # vectors moved from the store to Chroma at a time


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """What a generation holds; dates are ISO 8601, `built_at` in UTC."""

    generation: str
    articles: int
    passages: int
    oldest: str | None
    newest: str | None
    built_at: str
    embedder: str


class Index:
    """A published generation, open for reading from any thread. Close it when the last question on it is done."""

    def __init__(self, settings: IndexSettings, generation: str, embedder_key: str) -> None:
        self.generation = generation
        generations = Generations(settings.directory)
        folder = generations.path(generation)
        if not (folder / CATALOGUE).is_file():
            raise IndexBroken(f"Generation {generation} has no catalogue. Run `python -m ingest` to build a new one.")
        with ExitStack() as opened:
            opened.enter_context(generations.reading(generation))
            self.catalogue = opened.enter_context(closing(Catalogue(folder / CATALOGUE, readonly=True)))
            self._check_embedder(embedder_key)
            vectors = ChromaVectors(settings.chroma, folder / CHROMA, generation)
            self._vectors = opened.enter_context(closing(vectors))
            self._count = self.catalogue.count("passages")
            self._frequency = lru_cache(maxsize=50_000)(partial(self.catalogue.passages_with, most=MOST_COUNTED))
            self._opened = opened.pop_all()

    def close(self) -> None:
        self._opened.close()

    def __enter__(self) -> Index:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def status(self) -> IndexStatus:
        oldest, newest = self.catalogue.dates()
        return IndexStatus(
            generation=self.generation,
            articles=self.catalogue.count("articles"),
            passages=self._count,
            oldest=oldest,
            newest=newest,
            built_at=self.catalogue.meta("built_at") or "",
            embedder=self.catalogue.meta("embedder") or "",
        )

    @property
    def size(self) -> int:
        """The number of passages."""
        return self._count

    # -- searching

    def search_vectors(self, vector: Vectors, limit: int, exclude: Collection[str] = ()) -> list[Hit]:
        """The passages nearest to a unit vector, best first by cosine, none of the articles in `exclude`."""
        spare = self._passages_of(exclude)
        limit = min(limit, self._count - spare)
        if limit <= 0:
            return []
        found = self._vectors.search(vector, limit + spare)
        owners = self.catalogue.passage_owners([name for name, _ in found])
        hits = (Hit(name, owners[name], cosine) for name, cosine in found if name in owners)
        return [hit for hit in hits if hit.article_id not in exclude][:limit]

    def search_words(self, words: Sequence[str], limit: int, exclude: Collection[str] = ()) -> list[Hit]:
        """The passages that share most with `words`, best first by BM25; see `question_words` for cutting them."""
        if not words:
            return []
        match = " OR ".join(quoted(word) for word in dict.fromkeys(words))
        hits = self.catalogue.search_words(match, limit + self._passages_of(exclude))
        return [hit for hit in hits if hit.article_id not in exclude][:limit]

    def frequencies(self, words: Collection[str]) -> dict[str, int]:
        """In how many passages each word stands; counting stops at 100,000, where a word tells nothing any more."""
        return {word: self._frequency(word) for word in words}

    def load_vectors(self, passage_ids: Sequence[str]) -> dict[str, Vectors]:
        """The stored unit vectors (d,) by passage id."""
        return self._vectors.load(passage_ids)

    # -- reading

    def passages(self, ids: Collection[str]) -> dict[str, Passage]:
        return self.catalogue.passages(ids)

    def articles(self, ids: Collection[str]) -> dict[str, Article]:
        return self.catalogue.articles(ids)

    def article_passages(self, article_id: str) -> list[Passage]:
        """The article's passages in reading order."""
        return self.catalogue.article_passages(article_id)

    def article(self, name: str) -> Article | None:
        """An article by its id, its URL, its title, or words that only one title has."""
        name = name.strip()
        exact = (
            self.catalogue.article(name)
            or self.catalogue.article_by_url(name)
            or self.catalogue.article_by_title(name)
        )
        if exact is not None:
            return exact
        found = self.find_articles(name, limit=2)
        return self.catalogue.article(found[0].id) if len(found) == 1 else None

    def article_ids(self, urls: Iterable[str]) -> frozenset[str]:
        """The ids of those articles that have one of these URLs (or ids)."""
        found = (self.catalogue.article_by_url(url) or self.catalogue.article(url) for url in urls)
        return frozenset(article.id for article in found if article is not None)

    def find_articles(self, text: str, limit: int = 25, offset: int = 0) -> list[Article]:
        """Articles by words of title, source or date, the last one perhaps half typed; newest first, without bodies."""
        words = question_words(text)
        if not words:
            return self.catalogue.newest(limit, offset)
        match = " ".join(f"{quoted(word)}*" for word in words)
        return self.catalogue.find_titles(match, limit, offset)

    def check(self, sample: int) -> None:
        """Raise IndexBroken unless catalogue and Chroma agree, and a sample of passages is found by their vectors."""
        if self._vectors.count() != self._count:
            raise IndexBroken(
                f"Chroma holds {self._vectors.count()} vectors for {self._count} passages. "
                "Run `python -m ingest --rebuild` to remake it without embedding."
            )
        names = self.catalogue.sample_passages(sample)
        stored = self._vectors.load(names)
        lost = [name for name in names if name not in stored or not _found(self._vectors, name, stored[name])]
        if len(lost) > len(names) * MAY_MISS:
            raise IndexBroken(
                f"{len(lost)} of {len(names)} passages are not found by their own vector. "
                "Run `python -m ingest --rebuild` to remake the vectors without embedding."
            )

    def _passages_of(self, article_ids: Collection[str]) -> int:
        return sum(len(self.catalogue.article_passages(name)) for name in article_ids)

    def _check_embedder(self, key: str) -> None:
        built_with = self.catalogue.meta("embedder")
        if built_with != key:
            raise EmbedderMismatch(
                f"The index was made with the embedder {built_with}, but {key} is configured. Set [embedding] back, "
                "or run `python -m ingest` to embed the articles anew."
            )


class IndexBuilder:
    """A generation in the making: starts from a copy of the last one where that still fits, or from nothing."""

    def __init__(
        self, folder: Path, settings: IndexSettings, previous: Path | None, store: VectorStore, embedder_key: str
    ) -> None:
        self._folder = folder
        self._settings = settings
        self._store = store
        self._previous = previous
        self._strings: dict[str, str] = {}
        if previous is None:
            self.catalogue = Catalogue.create(folder / CATALOGUE)
        else:
            with closing(Catalogue(previous / CATALOGUE, readonly=True)) as old:
                old.copy_to(folder / CATALOGUE)
            self.catalogue = Catalogue(folder / CATALOGUE)
        self._before = self.catalogue.passage_vectors()
        self.catalogue.set_meta("embedder", embedder_key)
        self.catalogue.set_meta("format", FORMAT)

    def close(self) -> None:
        self.catalogue.close()

    def put(self, article: Article, passages: Sequence[Passage]) -> None:
        """Add an article or replace it."""
        stored = []
        for passage in passages:
            string = embedded_text(article, passage)
            name = string_hash(string)
            self._strings[name] = string
            stored.append(StoredPassage(passage, name))
        self.catalogue.put(article, stored)

    def remove(self, article_id: str) -> None:
        self.catalogue.remove(article_id)

    def strings_to_embed(self) -> dict[str, str]:
        """The embedded strings, by hash, that have no vector yet."""
        return {name: self._strings[name] for name in self._store.missing(self._strings)}

    def finish(self, report: Report) -> int:
        """Bring Chroma in line with the catalogue and close; returns the number of passages."""
        wanted = self.catalogue.passage_vectors()
        unchanged = {name for name, vector in self._before.items() if wanted.get(name) == vector}
        local = self._settings.chroma == "local"
        # deleted vectors stay in an HNSW graph as holes, so a copy is worth having only while most of it is used
        copied = self._previous is not None and local and len(unchanged) * 2 > max(len(self._before), len(wanted))
        if copied:
            assert self._previous is not None
            copy_local(self._previous / CHROMA, self._folder / CHROMA)
        generation = self._folder.name.removesuffix(".partial")
        with closing(
            ChromaVectors(self._settings.chroma, self._folder / CHROMA, generation, create=not copied)
        ) as vectors:
            if copied:
                vectors.delete([name for name in self._before if name not in wanted])
            new = [name for name in wanted if not (copied and name in unchanged)]
            for done, some in _batches(new, _FETCHED):
                report("indexing", done, len(new))
                vectors.add(some, self._store.load([wanted[name] for name in some]))
            report("indexing", len(new), len(new))
            self._check(vectors, wanted, new)
        self.catalogue.set_meta("built_at", datetime.now(UTC).isoformat(timespec="seconds"))
        self.catalogue.close()
        return len(wanted)

    def _check(self, vectors: ChromaVectors, wanted: dict[str, str], new: Sequence[str]) -> None:
        """Counts agree, and new passages and a sample of the others are found by their own vector."""
        if vectors.count() != len(wanted):
            raise IndexBroken(
                f"Chroma holds {vectors.count()} vectors for {len(wanted)} passages; the last index stays in use. "
                "Run `python -m ingest` again."
            )
        sample = [*new[:200], *self.catalogue.sample_passages(200)]
        own = self._store.load([wanted[name] for name in sample]) if sample else np.empty((0, 0))
        lost = sum(not _found(vectors, name, vector) for name, vector in zip(sample, own, strict=True))
        if lost > len(sample) * MAY_MISS:
            raise IndexBroken(
                f"{lost} of {len(sample)} passages are not found by their own vector; the last index stays in use. "
                "Run `python -m ingest --rebuild`."
            )


def _found(vectors: ChromaVectors, name: str, vector: Vectors) -> bool:
    """Whether a passage is found by its own vector; a copy of it elsewhere is as good a find."""
    return any(found == name or cosine > 0.999 for found, cosine in vectors.search(vector, 10))


def _batches(items: Sequence[str], size: int) -> Iterator[tuple[int, Sequence[str]]]:
    """The items by `size`, each batch with how many came before it."""
    for first in range(0, len(items), size):
        yield first, items[first : first + size]
