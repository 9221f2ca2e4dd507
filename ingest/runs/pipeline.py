"""One ingest: the index brought in line with the articles, and published."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from ingest.articles.article import Article, Recognised, content_hash
from ingest.articles.readers.document import Reject
from ingest.edits.audit import record
from ingest.edits.change_requests import REFRESH, Change, Imported, articles_named
from ingest.edits.manual_edits import Curation
from ingest.edits.run_lock import exclusive
from ingest.edits.uploads import discard_refused, discard_uploads, uploads_in_use
from ingest.embedding.factory import Embedder
from ingest.embedding.token_counts import count_tokens
from ingest.errors import CatalogueBroken
from ingest.index.builder import IndexBuilder
from ingest.index.catalogue import Catalogue
from ingest.index.checksums import damage
from ingest.index.chroma import drop_collections
from ingest.index.chunking import split_article
from ingest.index.disk_errors import storage_failures
from ingest.index.embedding_cache import VectorStore, string_hash
from ingest.index.generations import Generations
from ingest.index.index import CATALOGUE
from ingest.runs.background_embedding import embedding_ahead
from ingest.runs.base_generation import Foundation, foundations
from ingest.runs.diff import Comparison, compare, replaced
from ingest.runs.estimate import Estimate, estimate
from ingest.runs.gathering import gather
from ingest.runs.max_age import cutoffs, is_too_old, too_old
from ingest.runs.missing_vectors import embed_missing
from ingest.runs.outcome import Outcome
from ingest.runs.removal_limit import check_removals
from ingest.settings import IngestSettings
from ingest.sources.corpus_reader import CorpusReading, read_corpus
from ingest.sources.parse_cache import ReadingMemo
from ingest.sources.progress import Report, silent

log = logging.getLogger(__name__)

VECTORS = "vectors.sqlite"
MEMO = "reading.sqlite"
NAMED = 50  # articles that an outcome names


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
    with (
        exclusive(generations, change.action, change.by) as run,
        _refused_discarded(generations, settings.corpus.uploads, change),
        storage_failures(),
    ):
        report = run.watched(report)
        refreshing = change.action in ("refresh", "import") and not only
        for held in foundations(generations, settings.corpus.uploads, or_nothing=refreshing):
            try:
                ahead = _ahead(settings, embedder, dry_run=dry_run)
                plan = _plan(settings, change, only, held, report, ahead)
                if not (dry_run or change.allow_removals):
                    plan.check_removals(held, settings.corpus.max_removed)
                if dry_run:
                    outcome = _outcome(plan, change, held.passages, generations.current(), started)
                    return run.end(replace(outcome, estimate=_estimate(settings, embedder, held, plan)))
                if plan.changes_nothing(held) and held.serves(settings, embedder):
                    return run.end(_outcome(plan, change, held.passages, generations.current(), started))
                build, generation = _published(settings, embedder, generations, held, plan, change, report)
            except CatalogueBroken as error:
                log.warning("%s Going on from the generation before.", error)
                generations.give_up(held.path.name if held.path else "")
                continue
            outcome = _outcome(plan.without(build.set_aside), change, build.passages, generation, started)
            record(settings.index.directory, outcome.audit_entry(change.by, change.names))
            return run.end(outcome)
    raise CatalogueBroken(
        "No generation can be read any more. Run `python -m ingest` without a PATH to read everything anew."
    )


def rebuild_index(
    settings: IngestSettings, embedder: Embedder, *, by: str = "", report: Report = silent
) -> Outcome:
    """Publish the current articles again with their vectors put into Chroma anew; nothing is read.

    Nothing is embedded either, unless the store has lost vectors. Where the articles themselves are damaged they are
    read anew, as `ingest_corpus` does. Raises IndexMissing.
    """
    generations = Generations(settings.index.directory)
    folder = generations.path(generations.require_current())
    if generations.has_lost_current() or damage(folder, CATALOGUE) is not None:
        return ingest_corpus(settings, embedder, report=report, change=replace(REFRESH, by=by))
    started = time.monotonic()
    change = Change("rebuild", by)
    with exclusive(generations, change.action, by) as run, storage_failures():
        generations.require_current()
        report = run.watched(report)
        for held in foundations(generations, settings.corpus.uploads, or_nothing=False):
            plan = _Plan(Comparison((), (), (), len(held.hashes)), (), held.curation, frozenset())
            try:
                build, generation = _published(settings, embedder, generations, held, plan, change, report)
            except CatalogueBroken as error:
                log.warning("%s Going on from the generation before.", error)
                generations.give_up(held.path.name if held.path else "")
                continue
            outcome = _outcome(plan.without(build.set_aside), change, build.passages, generation, started)
            record(settings.index.directory, outcome.audit_entry(by, ()))
            return run.end(outcome)
    raise CatalogueBroken(
        "No generation can be read any more. Run `python -m ingest` to read everything anew."
    )


@contextmanager
def _refused_discarded(generations: Generations, uploads: Path, change: Change) -> Iterator[None]:
    """Delete the copies of what was to be added, unless it was."""
    try:
        yield
    finally:
        if change.add:
            discard_refused(generations, uploads, {one.path for one in change.add})


def _estimate(settings: IngestSettings, embedder: Embedder, held: Foundation, plan: _Plan) -> Estimate:
    """What the run would embed: all that is held too, where it has to be made anew."""

    def articles() -> Iterator[Article]:
        yield from plan.articles()
        with held.catalogue() as old:
            if old is not None and not held.fits(embedder):
                replaced = {*plan.comparison.removed, *(one.id for one in plan.comparison.changed)}
                names = [name for name in held.hashes if name not in replaced]
                yield from (article for name in names if (article := old.article(name)) is not None)

    return estimate(articles(), settings.index.directory / VECTORS, embedder, settings.embedding)


def _published(
    settings: IngestSettings,
    embedder: Embedder,
    generations: Generations,
    held: Foundation,
    plan: _Plan,
    change: Change,
    report: Report,
) -> tuple[_Build, str]:
    """Build beside the live index, check, publish and prune; returns what was built and the generation's name."""
    # those of generations that cannot be read are not known, so that is an error before anything is made
    uploads = uploads_in_use(generations)
    previous = held.path if held.fits(embedder) else None
    key = embedder.identity.key
    with closing(VectorStore(settings.index.directory / VECTORS, key, check=True)) as store:
        if change.imported is not None:
            change.imported.prepare(store)
        folder = generations.begin()
        try:
            fresh = change.action == "rebuild"
            builder = IndexBuilder(folder, settings.index, previous, store, key, fresh_vectors=fresh)
            with closing(builder):
                if held.path is not None and previous is None:
                    _carry_over(builder, held, plan.comparison)
                _fill(builder, plan)
                embed_missing(builder, store, embedder, report)
                plan.curation.save(builder.catalogue)
                build = _Build(builder.finish(report), builder.set_aside)
            generation = generations.publish(folder)
        except BaseException:
            generations.abandon(folder)  # the room it takes may be what is missing
            raise
        generations.prune()
        drop_collections(settings.index.chroma, generations.identity(), generations.published())
        if store.is_crowded():
            store.prune(_vectors_in_use(generations))
        discard_uploads(settings.corpus.uploads, uploads - uploads_in_use(generations))
    return build, generation


@dataclass(frozen=True, slots=True)
class _Build:
    """How many passages a generation holds, and by id the articles that it does not hold for what they are."""

    passages: int
    set_aside: Mapping[str, Reject]


@dataclass(frozen=True, slots=True)
class _Plan:
    """What a run is about to do. `unwanted` are the articles that somebody removed or that are too old."""

    comparison: Comparison
    rejects: tuple[Reject, ...]
    curation: Curation
    unwanted: frozenset[str]
    named: tuple[Article, ...] = ()
    imported: Imported | None = None

    def articles(self) -> Iterator[Article]:
        """Those that are added or changed; an import's are read from its file, one by one."""
        news = {one.id: one for one in (*self.comparison.added, *self.comparison.changed)}
        if self.imported is not None:
            yield from (article for article in self.imported.read() if article.id in news)
        yield from (one for one in news.values() if isinstance(one, Article))

    def changes_nothing(self, held: Foundation) -> bool:
        return self.comparison.empty and self.curation == held.curation

    def without(self, set_aside: Mapping[str, Reject]) -> _Plan:
        """What was done of it, where some articles had to be left out."""
        if not set_aside:
            return self
        left = self.comparison
        left = replace(
            left,
            added=tuple(one for one in left.added if one.id not in set_aside),
            changed=tuple(one for one in left.changed if one.id not in set_aside),
        )
        return replace(self, comparison=left, rejects=(*self.rejects, *set_aside.values()))

    def check_removals(self, held: Foundation, max_removed: float) -> None:
        """Raise TooManyRemoved when the run would lose too much that nobody asked to remove."""
        with held.catalogue() as old:
            if old is not None:
                lost = [name for name in self.comparison.removed if name not in self.unwanted]
                check_removals(old, lost, self.articles(), max_removed)


def _ahead(
    settings: IngestSettings, embedder: Embedder, *, dry_run: bool
) -> AbstractContextManager[Callable[[Article], None]]:
    """What embeds new articles while others are read; nothing does where that costs money before all is checked."""
    if dry_run or embedder.identity.provider == "openai":
        return nullcontext(lambda _: None)
    return embedding_ahead(settings.index.directory / VECTORS, embedder)


def _plan(
    settings: IngestSettings,
    change: Change,
    only: Sequence[Path],
    held: Foundation,
    report: Report,
    ahead: AbstractContextManager[Callable[[Article], None]],
) -> _Plan:
    """Read what is to be read, and compare it with the last generation."""
    if change.imported is not None:
        comparison = replaced(change.imported.articles, held.hashes)
        return _Plan(comparison, (), change.imported.curation, frozenset(), imported=change.imported)
    with held.catalogue() as old:
        curation = change.begun(held.curation, old)
        if change.action == "remove":
            named = articles_named(change.remove, old, held.curation)
            comparison = Comparison((), (), (), len(held.hashes))
            buried = curation.removed_ids
            return _Plan(comparison.leaving_out(buried, held.hashes), (), curation, buried, tuple(named))
        gathered = gather(settings, curation, change, only, held.path is None, report)
        oldest = cutoffs(gathered.sources)
        needless = partial(_left_out, removed=curation.removed_ids, oldest=oldest)
        hashes = {name: place[0] for name, place in held.hashes.items()}
        # what was asked for by name is read, whatever is known of it
        memo_path = settings.index.directory / MEMO if change.action == "refresh" else None
        with closing(ReadingMemo(memo_path)) as memo, ahead as embed:
            reading = read_corpus(
                gathered.sources, (), gathered.listings, memo, hashes, needless, change.allow_removals
            )

            def news(article: Article) -> None:
                if hashes.get(article.id) != content_hash(article) and not needless(article):
                    embed(article)

            found, rejects = _read(reading, report, news)
        settled = change.settled(curation, found, held.hashes, rejects)
        aged = {article.id for article in found.values() if is_too_old(article, oldest)}
        unwanted = settled.removed_ids | aged | (too_old(old, oldest) if old is not None else frozenset())
        comparison = compare(found, held.hashes, reading).leaving_out(unwanted, held.hashes)
        return _Plan(comparison, rejects, settled, unwanted, change.articles_added(found, old))


def _left_out(one: Article | Recognised, removed: Collection[str], oldest: Mapping[str, str]) -> bool:
    return one.id in removed or is_too_old(one, oldest)


def _read(
    reading: CorpusReading, report: Report, see: Callable[[Article], None]
) -> tuple[dict[str, Article | Recognised], tuple[Reject, ...]]:
    """Every article by its id, and what could not be read; `see` is shown each article as it comes."""
    found: dict[str, Article | Recognised] = {}
    rejects = []
    for item in reading:
        if isinstance(item, Reject):
            rejects.append(item)
        else:
            found[item.id] = item
            if isinstance(item, Article):
                see(item)
        report("reading", reading.files_done, reading.files_total)
    return found, tuple(rejects)


def _carry_over(builder: IndexBuilder, held: Foundation, comparison: Comparison) -> None:
    """Split the articles anew that this run does not change: the way passages are made is another now, or the
    catalogue that holds them was damaged.
    """
    replaced = {*comparison.removed, *(article.id for article in comparison.changed)}
    with held.catalogue() as old, builder.catalogue.transaction():
        for name in held.hashes if old is not None else ():
            article = old.article(name) if old is not None and name not in replaced else None
            if article is not None:
                _put(builder, article)


def _fill(builder: IndexBuilder, plan: _Plan) -> None:
    with builder.catalogue.transaction():
        for name in plan.comparison.removed:
            builder.remove(name)
        for article in plan.articles():
            _put(builder, article)


def _put(builder: IndexBuilder, article: Article) -> None:
    """Split an article and put it; one that cannot be split is left out."""
    try:
        passages = split_article(article, count_tokens)
    except Exception as error:
        log.exception("splitting %s", article.path)
        reason = f"It cannot be split into passages ({type(error).__name__}: {error}), so it was left out."
        builder.leave_out(article.id, article.path, reason)
    else:
        builder.put(article, passages)


def _vectors_in_use(generations: Generations) -> Iterator[str]:
    """The vectors that any generation still on disk was built from."""
    for name in generations.published():
        try:
            with Catalogue.published(generations.path(name) / CATALOGUE) as catalogue:
                yield from (vector for _, vector in catalogue.all_vectors())
                yield from (string_hash(title) for title in catalogue.all_titles())
        except CatalogueBroken as error:
            log.warning("Generation %s is damaged and counted no more: %s", name, error)
            generations.give_up(name)


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
