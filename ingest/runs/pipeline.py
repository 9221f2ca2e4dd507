"""One ingest: the index brought in line with the articles, and published."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path

from ingest.articles.article import Article
from ingest.edits.audit import record
from ingest.edits.change_requests import REFRESH, Change
from ingest.edits.run_lock import Run, exclusive
from ingest.edits.uploads import discard_refused
from ingest.edits.versions import keep_versions
from ingest.embedding.factory import Embedder
from ingest.errors import CatalogueBroken
from ingest.index.checksums import damage
from ingest.index.disk_errors import storage_failures
from ingest.index.generations import Generations
from ingest.index.index import CATALOGUE
from ingest.runs.background_embedding import embedding_ahead
from ingest.runs.base_generation import Foundation, foundations
from ingest.runs.diff import Comparison
from ingest.runs.estimate import Estimate, estimate
from ingest.runs.outcome import Outcome
from ingest.runs.plan import Plan, plan_run
from ingest.runs.publishing import VECTORS, published
from ingest.settings import IngestSettings
from ingest.sources.progress import Report, silent

log = logging.getLogger(__name__)

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
    generations = Generations(settings.index.directory)

    def attempt(held: Foundation, run: Run, started: float) -> Outcome:
        watched = run.watched(report)
        ahead = _ahead(settings, embedder, dry_run=dry_run)
        plan = plan_run(settings, change, only, held, watched, ahead)
        if not (dry_run or change.allow_removals):
            plan.check_removals(held, settings.corpus.max_removed)
        as_it_is = _outcome(plan, change, held.passages, generations.current(), started)
        if dry_run:
            return replace(as_it_is, estimate=_estimate(settings, embedder, held, plan))
        if plan.changes_nothing(held) and held.serves(settings, embedder):
            return as_it_is
        return _built(settings, embedder, held, plan, change, watched, started)

    refreshing = change.action in ("refresh", "import") and not only
    return _from_newest_whole(settings, change, attempt, or_nothing=refreshing)


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
    change = Change("rebuild", by)

    def attempt(held: Foundation, run: Run, started: float) -> Outcome:
        generations.require_current()
        plan = Plan(Comparison((), (), (), len(held.hashes)), (), held.curation, frozenset())
        return _built(settings, embedder, held, plan, change, run.watched(report), started)

    return _from_newest_whole(settings, change, attempt, or_nothing=False)


def _from_newest_whole(
    settings: IngestSettings,
    change: Change,
    attempt: Callable[[Foundation, Run, float], Outcome],
    *,
    or_nothing: bool,
) -> Outcome:
    """A run under the lock, from the newest generation that is whole; where damage shows on the way, the one before."""
    started = time.monotonic()
    generations = Generations(settings.index.directory)
    with (
        exclusive(generations, change.action, change.by) as run,
        _refused_discarded(generations, settings.corpus.uploads, change),
        storage_failures(),
    ):
        for held in foundations(generations, settings.corpus.uploads, or_nothing=or_nothing):
            try:
                return run.end(attempt(held, run, started))
            except CatalogueBroken as error:
                log.warning("%s Going on from the generation before.", error)
                generations.give_up(held.path.name if held.path else "")
    raise CatalogueBroken(
        "No generation can be read any more. Run `python -m ingest` without a PATH to read everything anew."
    )


def _built(
    settings: IngestSettings,
    embedder: Embedder,
    held: Foundation,
    plan: Plan,
    change: Change,
    report: Report,
    started: float,
) -> Outcome:
    build = published(settings, embedder, Generations(settings.index.directory), held, plan, change, report)
    done = plan.without(build.set_aside)
    _keep_versions(settings, held, done.comparison)
    outcome = _outcome(done, change, build.passages, build.generation, started)
    record(settings.index.directory, outcome.audit_entry(change.by, change.names))
    return outcome


def _keep_versions(settings: IngestSettings, held: Foundation, comparison: Comparison) -> None:
    """What other words stand in place of now, article by article from the generation before."""
    index = settings.index
    now = {one.id: (one.title, one.body) for one in comparison.changed if isinstance(one, Article)}
    with held.catalogue() as old:

        def before(names: Iterable[str]) -> Iterator[Article]:
            yield from (one for name in names if old is not None and (one := old.article(name)) is not None)

        replaced = before(one.id for one in comparison.changed)
        changed = (one for one in replaced if now.get(one.id) != (one.title, one.body))
        keep_versions(index.directory, changed, before(comparison.removed), index.version_days)


@contextmanager
def _refused_discarded(generations: Generations, uploads: Path, change: Change) -> Iterator[None]:
    """Delete the copies of what was to be added, unless it was."""
    try:
        yield
    finally:
        if change.add:
            discard_refused(generations, uploads, {one.path for one in change.add})


def _estimate(settings: IngestSettings, embedder: Embedder, held: Foundation, plan: Plan) -> Estimate:
    """What the run would embed: all that is held too, where it has to be made anew."""

    def articles() -> Iterator[Article]:
        yield from plan.articles()
        with held.catalogue() as old:
            if old is not None and not held.fits(embedder):
                replaced = {*plan.comparison.removed, *(one.id for one in plan.comparison.changed)}
                names = [name for name in held.hashes if name not in replaced]
                yield from (article for name in names if (article := old.article(name)) is not None)

    return estimate(articles(), settings.index.directory / VECTORS, embedder, settings.embedding)


def _ahead(
    settings: IngestSettings, embedder: Embedder, *, dry_run: bool
) -> AbstractContextManager[Callable[[Article], None]]:
    """What embeds new articles while others are read; nothing does where that costs money before all is checked."""
    if dry_run or embedder.identity.provider == "openai":
        return nullcontext(lambda _: None)
    return embedding_ahead(settings.index.directory / VECTORS, embedder)


def _outcome(plan: Plan, change: Change, passages: int, generation: str | None, started: float) -> Outcome:
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
