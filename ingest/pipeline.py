"""One ingest: the index brought in line with the articles, and published."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.articles import Article, CorpusReading, Reject, configured_sources, read_corpus
from ingest.catalogue import Catalogue, content_hash
from ingest.chunking import FORMAT, split_article
from ingest.embedding import Embedder
from ingest.generations import Generations
from ingest.index import CATALOGUE, IndexBuilder
from ingest.progress import Report, silent
from ingest.settings import IngestSettings
from ingest.tokens import count_tokens
from ingest.vectors import VectorStore

VECTORS = "vectors.sqlite"
SAVED_AT_ONCE = 256  # strings embedded between two saves: what a killed run can lose


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run changed. `generation` is the one in use afterwards."""

    added: int
    changed: int
    removed: int
    unchanged: int
    rejected: tuple[Reject, ...]
    passages: int
    generation: str | None
    seconds: float

    def shape(self) -> dict[str, Any]:
        """The JSON object that `--json` prints."""
        return {
            "added": self.added,
            "changed": self.changed,
            "removed": self.removed,
            "unchanged": self.unchanged,
            "rejected": [{"path": reject.path, "reason": reject.reason} for reject in self.rejected],
            "passages": self.passages,
            "generation": self.generation,
            "seconds": round(self.seconds, 3),
        }


@dataclass(frozen=True, slots=True)
class Comparison:
    """The articles read, against those that the last generation holds."""

    added: tuple[Article, ...]
    changed: tuple[Article, ...]
    removed: tuple[str, ...]
    unchanged: int

    @property
    def empty(self) -> bool:
        return not (self.added or self.changed or self.removed)


def ingest_corpus(
    settings: IngestSettings,
    embedder: Embedder,
    *,
    only: Sequence[Path] = (),
    dry_run: bool = False,
    report: Report = silent,
) -> Outcome:
    """Read, compare, split, embed, build, check, publish, prune; what cannot be read is reported, not fatal.

    `only` restricts the run to files at or below these paths. Until the new generation is published the last one
    stays current, whatever goes wrong; vectors are saved as they are made, so a killed run goes on where it was.
    """
    started = time.monotonic()
    generations = Generations(settings.index.directory)
    with generations.writing():
        current = generations.current()
        previous = generations.path(current) if current else None
        held = _Held.load(previous)
        reading = read_corpus(configured_sources(settings.corpus.paths, settings.base), only)
        found, rejects = _read(reading, report)
        comparison = compare(found, held.hashes, reading)
        stale = previous is not None and (held.embedder, held.format) != (embedder.identity.key, FORMAT)
        if dry_run or (comparison.empty and not stale and previous is not None):
            return _outcome(comparison, rejects, held.passages, current, started)
        store_path = settings.index.directory / VECTORS
        with closing(VectorStore(store_path, embedder.identity.key)) as store:
            folder = generations.begin()
            builder = IndexBuilder(folder, settings.index, None if stale else previous, store, embedder.identity.key)
            with closing(builder):
                if stale and previous is not None:
                    _carry_over(builder, previous, comparison)
                _fill(builder, comparison)
                _embed(builder, store, embedder, report)
                passages = builder.finish(report)
            generation = generations.publish(folder)
            generations.prune()
            store.prune(_vectors_in_use(generations))
    return _outcome(comparison, rejects, passages, generation, started)


@dataclass(frozen=True, slots=True)
class _Held:
    """What the last generation says of itself."""

    hashes: dict[str, tuple[str, str, str]]  # content hash, origin and path by article id
    passages: int
    embedder: str | None
    format: str | None

    @classmethod
    def load(cls, previous: Path | None) -> _Held:
        if previous is None:
            return cls({}, 0, None, None)
        with closing(Catalogue(previous / CATALOGUE, readonly=True)) as old:
            return cls(old.article_hashes(), old.count("passages"), old.meta("embedder"), old.meta("format"))


def _read(reading: CorpusReading, report: Report) -> tuple[dict[str, Article], tuple[Reject, ...]]:
    """Every article by its id, and what could not be read."""
    found: dict[str, Article] = {}
    rejects = []
    for item in reading:
        if isinstance(item, Reject):
            rejects.append(item)
        else:
            found[item.id] = item
        report("reading", reading.files_done, reading.files_total)
    return found, tuple(rejects)


def compare(
    found: dict[str, Article], held: dict[str, tuple[str, str, str]], reading: CorpusReading
) -> Comparison:
    """Sort the articles into added, changed, removed and unchanged.

    An article is removed only when the configured source that held it was read in full, its own file was read
    without fault, and it is not there any more.
    """
    added = tuple(article for name, article in found.items() if name not in held)
    changed = tuple(
        article for name, article in found.items() if name in held and held[name][0] != content_hash(article)
    )
    removed = tuple(
        name for name, (_, origin, path) in held.items() if name not in found and reading.is_gone(origin, path)
    )
    return Comparison(added, changed, removed, len(held) - len(changed) - len(removed))


def _carry_over(builder: IndexBuilder, previous: Path, comparison: Comparison) -> None:
    """Split the articles anew that this run does not change: the way passages are made is another now."""
    replaced = {*comparison.removed, *(article.id for article in comparison.changed)}
    with closing(Catalogue(previous / CATALOGUE, readonly=True)) as old, builder.catalogue.transaction():
        for name in old.article_hashes():
            article = old.article(name)
            if article is not None and name not in replaced:
                builder.put(article, split_article(article, count_tokens))


def _fill(builder: IndexBuilder, comparison: Comparison) -> None:
    with builder.catalogue.transaction():
        for name in comparison.removed:
            builder.remove(name)
        for article in (*comparison.added, *comparison.changed):
            builder.put(article, split_article(article, count_tokens))


def _embed(builder: IndexBuilder, store: VectorStore, embedder: Embedder, report: Report) -> None:
    """Embed what has no vector yet; like lengths go together, so that little is spent on padding."""
    strings = sorted(builder.strings_to_embed().items(), key=lambda item: len(item[1]), reverse=True)
    for first in range(0, len(strings), SAVED_AT_ONCE):
        some = strings[first : first + SAVED_AT_ONCE]
        report("embedding", first, len(strings))
        store.save([name for name, _ in some], embedder.embed_passages([text for _, text in some]))
    if strings:
        report("embedding", len(strings), len(strings))


def _vectors_in_use(generations: Generations) -> set[str]:
    """The vectors that any generation still on disk was built from."""
    used: set[str] = set()
    for name in generations.published():
        with closing(Catalogue(generations.path(name) / CATALOGUE, readonly=True)) as catalogue:
            used.update(catalogue.passage_vectors().values())
    return used


def _outcome(
    comparison: Comparison, rejects: tuple[Reject, ...], passages: int, generation: str | None, started: float
) -> Outcome:
    return Outcome(
        added=len(comparison.added),
        changed=len(comparison.changed),
        removed=len(comparison.removed),
        unchanged=comparison.unchanged,
        rejected=rejects,
        passages=passages,
        generation=generation,
        seconds=time.monotonic() - started,
    )
