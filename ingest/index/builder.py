"""A generation in the making: the catalogue and the vectors, written as one thing, checked and sealed."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import numpy as np

from ingest.articles.article import Article
from ingest.articles.readers.document import Reject
from ingest.errors import IndexBroken, VectorsBroken
from ingest.index.catalogue import Catalogue, StoredPassage
from ingest.index.checksums import damage, require_whole, seal
from ingest.index.chroma import ChromaVectors, place_of
from ingest.index.chroma_files import CHROMA, DATABASE, compact_local, copy_local, lasting_files
from ingest.index.chunking import FORMAT, Passage, embedded_text
from ingest.index.embedding_cache import VectorStore, string_hash
from ingest.index.generations import Generations
from ingest.index.index import CATALOGUE, MAY_MISS, finds_itself, may_be_missed
from ingest.index.recall import ExactNeighbours
from ingest.settings import IndexSettings
from ingest.sources.progress import Report
from ingest.statements.statement import Statement
from ingest.system.batches import batches
from ingest.text.tokens import question_words

_CHECKED = 200  # new passages, and as many others, that are looked for by their words before publishing
_SEARCHED = 50  # of the others that are looked for by their vector too
_COMPARED = 20  # passages whose neighbours are compared with those that brute force finds
_LEAST_RECALL = 0.95
_WIDER = (512, 1024)  # how widely to search instead, where recall falls short
_WORDS = 8
_ADDED_AT_ONCE = 2_000
_ODD = 2  # articles that may fail the check by themselves in a corpus of any size

log = logging.getLogger(__name__)


class IndexBuilder:
    """Starts from a copy of the last generation where that still fits, or from nothing."""

    def __init__(
        self,
        folder: Path,
        settings: IndexSettings,
        previous: Path | None,
        store: VectorStore,
        embedder_key: str,
        *,
        fresh_vectors: bool = False,
    ) -> None:
        """`fresh_vectors`: fill Chroma anew, whatever the last generation's holds. Raises CatalogueBroken."""
        self._folder = folder
        self._settings = settings
        self._store = store
        self._previous = previous
        self._copied = False
        self._may_copy = not fresh_vectors and previous is not None
        self._gone: dict[
            str, str
        ] = {}  # vector hash by passage id: in the last generation, and not in this one
        self._new: dict[str, str] = {}
        self.set_aside: dict[str, Reject] = {}
        """By article id: what is not in this generation, because it cannot be split or found again."""
        if previous is None:
            self.catalogue = Catalogue.create(folder / CATALOGUE)
        else:
            _copy_catalogue(previous, folder)
            self.catalogue = Catalogue(folder / CATALOGUE)
        generation = folder.name.removesuffix(".partial")
        self._identity = Generations(settings.directory).identity()
        self._place = place_of(settings.chroma, folder / CHROMA, self._identity, generation)
        self.catalogue.set_meta("chroma", settings.chroma)
        self.catalogue.set_meta("embedder", embedder_key)
        self.catalogue.set_meta("format", FORMAT)

    def close(self) -> None:
        self.catalogue.close()

    def put(self, article: Article, passages: Sequence[Passage], statements: Sequence[Statement]) -> None:
        """Add an article or replace it."""
        self._retire(article.id)
        stored = [StoredPassage(one, string_hash(embedded_text(article, one))) for one in passages]
        self.catalogue.put(article, stored, statements)
        for one in stored:
            if self._gone.get(one.passage.id) == one.vector:
                del self._gone[one.passage.id]
            else:
                self._new[one.passage.id] = one.vector

    def leave_out(self, article_id: str, path: str, reason: str) -> None:
        """Build without an article, which is no fault of the others."""
        self.set_aside[article_id] = Reject(path, reason)
        self.remove(article_id)

    def remove(self, article_id: str) -> None:
        self._retire(article_id)
        self.catalogue.remove(article_id)

    def _retire(self, article_id: str) -> None:
        for name, vector in self.catalogue.passage_vectors(article_id).items():
            if self._new.pop(name, None) is None:
                self._gone[name] = vector

    def unembedded(self) -> list[str]:
        """The passages, one for every embedded string, that have no vector yet; asked once all articles are put."""
        self._copied = self._may_copy and self._copy()
        held = [vector for _, vector in self._sampled(_CHECKED)] if self._copied else []
        # vectors that are not copied come from the store, and so does what the check compares with
        few = self._copied and not set(self._store.missing(held)) - set(self._new.values())
        missing: dict[str, str] = {}
        for some in batches(self._new.items() if few else self.catalogue.all_vectors(), 10_000):
            names = {vector: name for name, vector in reversed(some)}
            missing |= {
                vector: names[vector] for vector in self._store.missing(names) if vector not in missing
            }
        return list(missing.values())

    def strings(self, passage_ids: Sequence[str]) -> dict[str, str]:
        """The embedded strings of passages, by their hash."""
        found: dict[str, str] = {}
        article: Article | None = None
        for name, article_id, start, end in self.catalogue.spans(passage_ids):
            if article is None or article.id != article_id:
                article = self.catalogue.article(article_id)
                assert article is not None
            string = embedded_text(article, Passage(name, article_id, start, end, article.body[start:end]))
            found[string_hash(string)] = string
        return found

    def finish(self, report: Report) -> int:
        """Bring Chroma in line with the catalogue, check both, and close; returns the number of passages.

        Raises IndexBroken when the check fails, and VectorsBroken when Chroma cannot be written to.
        """
        total = self.catalogue.count("passages")
        vectors = self._changed(total, report) if self._copied else None
        filled = vectors is None
        with closing(vectors or self._filled(total, report)) as vectors:
            self._check(vectors, total)
            total = self.catalogue.count("passages")
        with self.catalogue.transaction():
            self.catalogue.statements.count_speakers()
        if filled and self._place.is_local:
            compact_local(self._place.directory)
        self.catalogue.set_meta("built_at", datetime.now(UTC).isoformat(timespec="seconds"))
        self.catalogue.close()
        seal(self._folder, lasting_files(self._folder), self._folder.glob(f"{CHROMA}/{DATABASE}"))
        return total

    def _copy(self) -> bool:
        """Copy the last generation's vectors, unless they are better added anew."""
        assert self._previous is not None
        total = self.catalogue.count("passages")
        before = total - len(self._new) + len(self._gone)
        # deleted vectors stay in an HNSW graph as holes, so a copy is worth having only while most of it is used
        if (before - len(self._gone)) * 2 <= max(before, total):
            return False
        try:
            if not self._place.is_local:
                old = place_of(self._settings.chroma, Path(), self._identity, self._previous.name)
                with closing(ChromaVectors(old, patient=True)) as vectors:
                    return vectors.fork(self._place.collection)
            if not (self._previous / CHROMA).is_dir():  # they were on a server
                return False
            if (wrong := damage(self._previous, f"{CHROMA}/")) is not None:
                raise VectorsBroken(wrong)
            copy_local(self._previous / CHROMA, self._place.directory)
        except VectorsBroken as error:
            self._copy_failed(error)
            return False
        return True

    def _copy_failed(self, error: Exception) -> None:
        log.warning("The last generation's vectors are not carried on: %s", error)
        if self._place.is_local:
            shutil.rmtree(self._place.directory, ignore_errors=True)

    def _changed(self, total: int, report: Report) -> ChromaVectors | None:
        """The copy brought in line with the catalogue; None when it turns out to be broken."""
        try:
            vectors = ChromaVectors(self._place, patient=True)
        except VectorsBroken as error:
            self._copy_failed(error)
            return None
        try:
            vectors.write_changes_often()
            if vectors.count() != total - len(self._new) + len(self._gone):
                raise VectorsBroken("their number is not that of the passages")
            vectors.delete([name for name in self._gone if name not in self._new])
            for place, some in enumerate(batches(self._new, _ADDED_AT_ONCE)):
                report("indexing", place * _ADDED_AT_ONCE, len(self._new))
                vectors.add(some, self._store.load([self._new[name] for name in some]))
            report("indexing", len(self._new), len(self._new))
        except VectorsBroken as error:
            vectors.close()
            if not self._place.is_local:
                raise
            self._copy_failed(error)
            return None
        except BaseException:
            vectors.close()
            raise
        return vectors

    def _filled(self, total: int, report: Report) -> ChromaVectors:
        """A new collection with every vector, whose searches find what brute force finds."""
        vectors = ChromaVectors(self._place, expected=total, patient=True)
        try:
            exact = ExactNeighbours(self._store, dict(self._sampled(_COMPARED)))
            done = 0
            for some in batches(self.catalogue.all_vectors(), vectors.batch):
                report("indexing", done, total)
                names = [name for name, _ in some]
                rows = self._store.load([vector for _, vector in some])
                vectors.add(names, rows)
                exact.see(rows)
                done += len(some)
            report("indexing", total, total)
            for wider in _WIDER:
                if (recall := exact.recall(vectors)) >= _LEAST_RECALL:
                    break
                log.info("A search finds %.2f of the nearest passages; it looks more widely now.", recall)
                vectors.search_wider(wider)
                vectors.close()
                vectors = ChromaVectors(self._place, patient=True)
        except BaseException:
            vectors.close()
            raise
        return vectors

    def _sampled(self, count: int) -> Iterator[tuple[str, str]]:
        for name in self.catalogue.sample_passages(count):
            yield name, self.catalogue.vector_of(name)

    def _check(self, vectors: ChromaVectors, total: int) -> None:
        """Counts agree, and new passages and a sample of the others are found by their own words and vector.

        The articles of the few that are not found are set aside; raises IndexBroken where it is not a few.
        """
        if vectors.count() != total:
            raise IndexBroken(
                f"Chroma holds {vectors.count()} vectors for {total} passages; the last index stays in use. "
                "Run `python -m ingest` again."
            )
        new = dict(islice(self._new.items(), _CHECKED))
        others = dict(self._sampled(_CHECKED))
        searched = new | dict(list(others.items())[:: max(1, len(others) // _SEARCHED)])
        own = self._store.load(list(searched.values())) if searched else np.empty((0, 0), np.float32)
        found = finds_itself(vectors, list(searched), own)
        lost = [name for name, is_found in zip(searched, found, strict=True) if not is_found]
        unsaid = [name for name in new | others if not self._says(name)]
        missed = [*unsaid, *(lost if len(lost) > may_be_missed(len(searched)) else ())]
        owners = self.catalogue.passage_owners(list(new | others))
        failing = {owners[name] for name in missed}
        if failing and (
            len(failing) > max(_ODD, len(set(owners.values())) * MAY_MISS) or failing == set(owners.values())
        ):
            raise IndexBroken(
                f"Of {len(searched)} passages {len(lost)} are not found by their own vector, and of "
                f"{len(new | others)} {len(unsaid)} not by their own words; the last index stays in use. "
                "Run `python -m ingest --rebuild`."
            )
        self._set_aside(failing, vectors)

    def _set_aside(self, article_ids: Collection[str], vectors: ChromaVectors) -> None:
        """Take articles out again that are in."""
        articles = self.catalogue.articles(article_ids)
        with self.catalogue.transaction():
            for name, article in articles.items():
                vectors.delete(list(self.catalogue.passage_vectors(name)))
                reason = "Searching for its own words does not find it, so it was left out. Look at its text."
                self.leave_out(name, article.path, reason)

    def _says(self, name: str) -> bool:
        """Whether the word index has a word of those that a passage opens with."""
        text = self.catalogue.passages([name])[name].text
        words = question_words(text[:400])[:_WORDS]
        return not words or self.catalogue.found_by_words(name, words)


def _copy_catalogue(previous: Path, folder: Path) -> None:
    """A published catalogue is never written again, so a plain copy is a whole one, if nobody else has harmed it."""
    require_whole(previous, CATALOGUE)
    shutil.copyfile(previous / CATALOGUE, folder / CATALOGUE)
