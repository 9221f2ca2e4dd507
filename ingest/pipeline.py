"""One ingest: the index brought in line with the articles, and published."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.ages import cutoffs, is_too_old, too_old
from ingest.articles import Article, CorpusReading, Reject, read_corpus
from ingest.audit import AuditEntry, record
from ingest.catalogue import Catalogue, content_hash
from ingest.changes import REFRESH, Change, articles_named
from ingest.chunking import FORMAT, split_article
from ingest.curation import Curation
from ingest.embedding import Embedder
from ingest.gathering import gather
from ingest.generations import Generations
from ingest.index import CATALOGUE, IndexBuilder
from ingest.progress import Report, silent
from ingest.removals import check_removals
from ingest.running import exclusive
from ingest.settings import IngestSettings
from ingest.tokens import count_tokens
from ingest.uploads import adopted_uploads, discard_uploads, uploads_in_use
from ingest.vectors import VectorStore

VECTORS = "vectors.sqlite"
NAMED = 50  # articles that an outcome names
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
    action: str = "refresh"
    articles: tuple[Article, ...] = ()  # those that were added or removed by name

    def shape(self) -> dict[str, Any]:
        """The JSON object that `--json` prints."""
        named = [{"article_id": one.id, "title": one.title, "url": one.url} for one in self.articles]
        asked = {"action": self.action, "articles": named} if self.action in ("add", "remove") else {}
        return asked | {
            "added": self.added,
            "changed": self.changed,
            "removed": self.removed,
            "unchanged": self.unchanged,
            "rejected": [{"path": reject.path, "reason": reject.reason} for reject in self.rejected],
            "passages": self.passages,
            "generation": self.generation,
            "seconds": round(self.seconds, 3),
        }

    def audit_entry(self, by: str, what: tuple[str, ...]) -> AuditEntry:
        what = tuple(one.title for one in self.articles) or what
        return AuditEntry(
            by, self.action, what, "done", self.added, self.changed, self.removed, self.generation
        )


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

    def leaving_out(self, unwanted: Collection[str], held: Collection[str]) -> Comparison:
        """Without the articles that somebody removed or that are too old, wherever they stand."""
        added = tuple(article for article in self.added if article.id not in unwanted)
        changed = tuple(article for article in self.changed if article.id not in unwanted)
        gone = {*self.removed, *unwanted}
        removed = tuple(name for name in held if name in gone)
        return Comparison(added, changed, removed, len(held) - len(changed) - len(removed))


def ingest_corpus(
    settings: IngestSettings,
    embedder: Embedder,
    *,
    only: Sequence[Path] = (),
    dry_run: bool = False,
    report: Report = silent,
    change: Change = REFRESH,
) -> Outcome:
    """Read, compare, split, embed, build, check, publish, prune; what cannot be read is reported, not fatal.

    `only` restricts the run to files at or below these paths; `change` says what else it was asked to do. Until the
    new generation is published the last one stays current, whatever goes wrong; vectors are saved as they are made,
    so a killed run goes on where it was.
    """
    started = time.monotonic()
    generations = Generations(settings.index.directory)
    with exclusive(generations, change.action, change.by) as run:
        report = run.watched(report)
        current = generations.current()
        previous = generations.path(current) if current else None
        held = _Held.load(previous, settings.corpus.uploads)
        plan = _plan(settings, change, only, held, report)
        comparison = plan.comparison
        if not (dry_run or change.allow_removals):
            plan.check_removals(held, settings.corpus.max_removed)
        stale = previous is not None and (held.embedder, held.format) != (embedder.identity.key, FORMAT)
        same = comparison.empty and plan.curation == held.curation and not stale and previous is not None
        if dry_run or same:
            return run.end(_outcome(plan, change, held.passages, current, started))
        store_path = settings.index.directory / VECTORS
        with closing(VectorStore(store_path, embedder.identity.key)) as store:
            if change.imported is not None:
                change.imported.prepare(store)
            folder = generations.begin()
            builder = IndexBuilder(folder, settings.index, None if stale else previous, store, embedder.identity.key)
            with closing(builder):
                if stale and previous is not None:
                    _carry_over(builder, previous, comparison)
                _fill(builder, comparison)
                _embed(builder, store, embedder, report)
                plan.curation.save(builder.catalogue)
                passages = builder.finish(report)
            uploads = uploads_in_use(generations)
            generation = generations.publish(folder)
            generations.prune()
            store.prune(_vectors_in_use(generations))
            discard_uploads(settings.corpus.uploads, uploads - uploads_in_use(generations))
        outcome = _outcome(plan, change, passages, generation, started)
        record(settings.index.directory, outcome.audit_entry(change.by, change.names))
        return run.end(outcome)


@dataclass(frozen=True, slots=True)
class _Held:
    """What the last generation says of itself."""

    hashes: dict[str, tuple[str, str, str]]  # content hash, origin and path by article id
    passages: int
    embedder: str | None
    format: str | None
    curation: Curation
    path: Path | None

    @classmethod
    def load(cls, previous: Path | None, uploads: Path) -> _Held:
        if previous is None:
            return cls({}, 0, None, None, adopted_uploads(uploads), None)
        with closing(Catalogue(previous / CATALOGUE, readonly=True)) as old:
            return cls(
                old.article_hashes(), old.count("passages"), old.meta("embedder"), old.meta("format"),
                Curation.load(old), previous,
            )  # fmt: skip

    @contextmanager
    def catalogue(self) -> Iterator[Catalogue | None]:
        """That of the last generation, to be looked into."""
        if self.path is None:
            yield None
        else:
            with closing(Catalogue(self.path / CATALOGUE, readonly=True)) as old:
                yield old


@dataclass(frozen=True, slots=True)
class _Plan:
    """What a run is about to do. `unwanted` are the articles that somebody removed or that are too old."""

    comparison: Comparison
    rejects: tuple[Reject, ...]
    curation: Curation
    unwanted: frozenset[str]
    named: tuple[Article, ...] = ()

    def check_removals(self, held: _Held, max_removed: float) -> None:
        """Raise TooManyRemoved when the run would lose too much that nobody asked to remove."""
        with held.catalogue() as old:
            if old is not None:
                lost = [name for name in self.comparison.removed if name not in self.unwanted]
                check_removals(old, lost, self.comparison.added, max_removed)


def _plan(settings: IngestSettings, change: Change, only: Sequence[Path], held: _Held, report: Report) -> _Plan:
    """Read what is to be read, and compare it with the last generation."""
    if change.imported is not None:
        articles, curation = change.imported.articles, change.imported.curation
        return _Plan(replaced(articles, held.hashes), (), curation, frozenset())
    with held.catalogue() as old:
        curation = change.begun(held.curation, old)
        if change.action == "remove":
            named = articles_named(change.remove, old, held.curation)
            comparison = Comparison((), (), (), len(held.hashes))
            buried = curation.removed_ids
            return _Plan(comparison.leaving_out(buried, held.hashes), (), curation, buried, tuple(named))
        gathered = gather(settings, curation, change, only, held.path is None, report)
        oldest = cutoffs(gathered.sources)
        reading = read_corpus(gathered.sources, known=gathered.listings)
        found, rejects = _read(reading, report)
        settled = change.settled(curation, found, held.hashes, rejects)
        aged = {article.id for article in found.values() if is_too_old(article, oldest)}
        unwanted = settled.removed_ids | aged | (too_old(old, oldest) if old is not None else frozenset())
        comparison = compare(found, held.hashes, reading).leaving_out(unwanted, held.hashes)
        return _Plan(comparison, rejects, settled, unwanted, change.articles_added(found, old))


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


def replaced(found: dict[str, Article], held: dict[str, tuple[str, str, str]]) -> Comparison:
    """The comparison when `found` is to be all that there is."""
    added = tuple(article for name, article in found.items() if name not in held)
    changed = tuple(one for name, one in found.items() if name in held and held[name][0] != content_hash(one))
    removed = tuple(name for name in held if name not in found)
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


def _outcome(plan: _Plan, change: Change, passages: int, generation: str | None, started: float) -> Outcome:
    comparison = plan.comparison
    return Outcome(
        added=len(comparison.added),
        changed=len(comparison.changed),
        removed=len(comparison.removed),
        unchanged=comparison.unchanged,
        rejected=plan.rejects,
        passages=passages,
        generation=generation,
        seconds=time.monotonic() - started,
        action=change.action,
        articles=plan.named[:NAMED],
    )
