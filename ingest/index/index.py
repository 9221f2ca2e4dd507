"""A published generation of the index: the catalogue and the vectors, read as one thing."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np

from ingest.articles.article import Article
from ingest.errors import EmbedderMismatch, IndexBroken, VectorsBroken, VectorsUnreachable
from ingest.index.careful_opening import opening_vectors
from ingest.index.catalogue import SCHEMA_VERSION, Catalogue, Hit
from ingest.index.checksums import require_whole
from ingest.index.chroma import ChromaVectors
from ingest.index.chunking import Passage
from ingest.index.disk_errors import read_failures
from ingest.index.embedding_cache import Vectors
from ingest.index.generations import Generations
from ingest.index.statement_table import SpeakerCount
from ingest.settings import IndexSettings
from ingest.system.batches import batches
from ingest.text.tokens import question_words, quoted

CATALOGUE = "catalogue.sqlite"

MAY_MISS = 0.02  # an approximate search may miss a passage now and then
MOST_COUNTED = 100_000
MOST_TERMS = 5_000
_CHECKED_AT_ONCE = 1_000
_MISSED = 10
_DEPTHS = (10, 200)  # hits among which a passage is looked for by its own vector

log = logging.getLogger(__name__)


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
    """A published generation, open for reading from any thread. Close it when the last question on it is done.

    Where its vectors cannot be searched, `vectors_fault` says why, and it answers by words alone; `needs_rebuilding`
    when waiting will not mend it.
    """

    def __init__(self, settings: IndexSettings, generation: str, embedder_key: str | None) -> None:
        """Raises IndexBroken (CatalogueBroken where a byte is not what was published) or EmbedderMismatch.

        An `embedder_key` of None fits any index.
        """
        self.generation = generation
        self._fault: VectorsBroken | None = None
        self._vectors: ChromaVectors | None = None
        generations = Generations(settings.directory)
        self._folder = generations.path(generation)
        path = self._folder / CATALOGUE
        with ExitStack() as opened:
            opened.enter_context(generations.reading(generation))
            self.catalogue = opened.enter_context(closing(Catalogue(path, readonly=True)))
            require_whole(self._folder, CATALOGUE)
            with read_failures(path):
                if self.catalogue.meta("schema") != SCHEMA_VERSION:
                    raise IndexBroken(
                        "The index was made by another version of this program. Run `python -m ingest` to bring it up "
                        "to date: what has not changed is not embedded again."
                    )
                if embedder_key is not None:
                    self._check_embedder(embedder_key)
                self._count = self.catalogue.count("passages")
            try:
                with opening_vectors(settings, generation, opened) as vectors:
                    self._vectors = opened.enter_context(closing(self._warm(vectors)))
            except VectorsBroken as error:
                self._failed(error)
            self._frequency = lru_cache(maxsize=50_000)(
                partial(self.catalogue.passages_with, most=MOST_COUNTED)
            )
            self._opened = opened.pop_all()

    def _warm(self, vectors: ChromaVectors) -> ChromaVectors:
        """Search once, so that the graph is read before the first question comes."""
        try:
            if (found := vectors.count()) != self._count:
                raise VectorsBroken(
                    f"Chroma holds {found} vectors for {self._count} passages. "
                    "Run `python -m ingest --rebuild` to remake it without embedding."
                )
            for vector in vectors.load(self.catalogue.sample_passages(1)).values():
                vectors.search(vector, 1)
        except BaseException:
            vectors.close()
            raise
        return vectors

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
    def vectors_fault(self) -> str | None:
        return None if self._fault is None else str(self._fault)

    @property
    def needs_rebuilding(self) -> bool:
        return self._fault is not None and not isinstance(self._fault, VectorsUnreachable)

    @property
    def size(self) -> int:
        """The number of passages."""
        return self._count

    # -- searching

    def search_vectors(self, vector: Vectors, limit: int, exclude: Collection[str] = ()) -> list[Hit]:
        """The passages nearest to a unit vector, best first by cosine, none of the articles in `exclude`.

        None at all where the vectors cannot be searched; `vectors_fault` says why.
        """
        spare = self._passages_of(exclude)
        limit = min(limit, self._count - spare)
        if limit <= 0 or self._vectors is None:
            return []
        try:
            found = self._vectors.search(vector, limit + spare)
        except VectorsBroken as error:
            self._failed(error)
            return []
        self._fault = None
        owners = self.catalogue.passage_owners([name for name, _ in found])
        hits = (Hit(name, owners[name], cosine) for name, cosine in found if name in owners)
        return [hit for hit in hits if hit.article_id not in exclude][:limit]

    def search_words(self, words: Sequence[str], limit: int, exclude: Collection[str] = ()) -> list[Hit]:
        """The passages that share most with `words`, best first by BM25; see `question_words` for cutting them."""
        if not words:
            return []
        hits = self.catalogue.search_words(words, limit + self._passages_of(exclude))
        return [hit for hit in hits if hit.article_id not in exclude][:limit]

    def frequencies(self, words: Collection[str]) -> dict[str, int]:
        """In how many passages each word stands; counting stops at 100,000, where a word tells nothing any more."""
        return {word: self._frequency(word) for word in words}

    def words_starting(self, letters: str) -> list[tuple[str, int]]:
        """Words of the articles that begin so, as stems, each with the number of passages it stands in."""
        return self.catalogue.terms_starting(letters, MOST_TERMS)

    def load_vectors(self, passage_ids: Sequence[str]) -> dict[str, Vectors]:
        """The stored unit vectors (d,) by passage id; those that cannot be had are left out."""
        try:
            return {} if self._vectors is None else self._vectors.load(passage_ids)
        except VectorsBroken as error:
            self._failed(error)
            return {}

    def title_vectors(self, article_ids: Collection[str]) -> dict[str, Vectors]:
        """The unit vectors (d,) of the articles' titles alone, by article id."""
        return self.catalogue.title_vectors(article_ids)

    def _failed(self, error: VectorsBroken) -> None:
        if self._fault is None:
            log.warning("Answering by words alone: %s", error)
        self._fault = error

    # -- reading

    def passages(self, ids: Collection[str]) -> dict[str, Passage]:
        return self.catalogue.passages(ids)

    def articles(self, ids: Collection[str]) -> dict[str, Article]:
        return self.catalogue.articles(ids)

    def headers(self, ids: Collection[str]) -> list[Article]:
        """Articles without their bodies, in no order."""
        return self.catalogue.headers(ids)

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

    def speakers(self, typed: str, limit: int) -> list[SpeakerCount]:
        """Whose name, or a word of it, begins as typed; those with the most statements first."""
        return self.catalogue.statements.speakers(typed, limit)

    def check(self, sample: int | None) -> None:
        """Raise IndexBroken unless catalogue and Chroma agree, and a sample of the passages, or with None each of them,
        is found by its vector.
        """
        if self._vectors is None:
            raise self._fault or VectorsBroken("The vectors are not open.")
        every = (name for name, _ in self.catalogue.all_vectors())
        names = list(every) if sample is None else self.catalogue.sample_passages(sample)
        lost = 0
        for some in batches(names, _CHECKED_AT_ONCE):
            stored = self._vectors.load(some)
            own = np.stack(list(stored.values())) if stored else np.empty((0, 0), np.float32)
            lost += len(some) - finds_itself(self._vectors, list(stored), own).count(True)
        if lost > may_be_missed(len(names)):
            raise VectorsBroken(
                f"{lost} of {len(names)} passages are not found by their own vector. "
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


def may_be_missed(passages: int) -> float:
    """How many of so many an approximate search may miss: one now and then, and among dozens of copies of one text
    several others, since a graph of near neighbours leads from copy to copy. Their words still find them.
    """
    return max(passages * MAY_MISS, min(_MISSED, passages / 4))


def finds_itself(vectors: ChromaVectors, names: Sequence[str], own: Vectors) -> list[bool]:
    """Of each passage, whether its own vector finds it; a copy of it elsewhere is as good a find.

    Among many passages that are nearly alike others are as near, so what the first few are not is looked for deeper.
    """
    found = [False] * len(names)
    for depth in _DEPTHS:
        rest = [row for row, is_found in enumerate(found) if not is_found]
        if rest:
            every = vectors.search_all(own[rest], min(depth, max(1, vectors.count())))
            for row, hits in zip(rest, every, strict=True):
                found[row] = any(names[row] == hit or cosine > 0.999 for hit, cosine in hits)
    return found
