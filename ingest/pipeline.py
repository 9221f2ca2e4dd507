"""One ingest: the index brought in line with the articles, and published."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from ingest.ages import cutoffs, is_too_old, too_old
from ingest.ahead import embedding_ahead
from ingest.articles import Article, CorpusReading, Recognised, Reject, content_hash, read_corpus
from ingest.audit import AuditEntry, record
from ingest.building import IndexBuilder
from ingest.catalogue import SCHEMA_VERSION, Catalogue
from ingest.changes import REFRESH, Change, articles_named
from ingest.chroma import drop_collections
from ingest.chunking import FORMAT, split_article
from ingest.curation import Curation
from ingest.embedding import Embedder
from ingest.errors import CatalogueBroken
from ingest.estimate import Estimate, estimate
from ingest.gathering import gather
from ingest.generations import Generations
from ingest.index import CATALOGUE
from ingest.memo import ReadingMemo
from ingest.progress import Report, silent
from ingest.removals import check_removals
from ingest.running import exclusive
from ingest.seal import damage
from ingest.settings import IngestSettings
from ingest.storage import storage_failures
from ingest.tokens import count_tokens
from ingest.uploads import adopted_uploads, discard_refused, discard_uploads, uploads_in_use
from ingest.vectors import VectorStore, string_hash

log = logging.getLogger(__name__)

VECTORS = "vectors.sqlite"
MEMO = "reading.sqlite"
NAMED = 50  # articles that an outcome names
SORTED_AT_ONCE = 4_096  # strings put in order of length: all of them would not fit into memory
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
    estimate: Estimate | None = None  # of a dry run
    articles: tuple[Article, ...] = ()  # those that were added or removed by name

    def shape(self) -> dict[str, Any]:
        """The JSON object that `--json` prints."""
        named = [{"article_id": one.id, "title": one.title, "url": one.url} for one in self.articles]
        asked = {"action": self.action, "articles": named} if self.action in ("add", "remove") else {}
        return (
            asked
            | {
                "added": self.added,
                "changed": self.changed,
                "removed": self.removed,
                "unchanged": self.unchanged,
                "rejected": [{"path": reject.path, "reason": reject.reason} for reject in self.rejected],
                "passages": self.passages,
                "generation": self.generation,
                "seconds": round(self.seconds, 3),
            }
            | ({} if self.estimate is None else {"estimate": self.estimate.shape()})
        )

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
    with (
        exclusive(generations, change.action, change.by) as run,
        _refused_discarded(generations, settings.corpus.uploads, change),
        storage_failures(),
    ):
        report = run.watched(report)
        refreshing = change.action in ("refresh", "import") and not only
        for held in _foundations(generations, settings.corpus.uploads, or_nothing=refreshing):
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
                passages, generation = _published(settings, embedder, generations, held, plan, change, report)
            except CatalogueBroken as error:
                log.warning("%s Going on from the generation before.", error)
                generations.give_up(held.path.name if held.path else "")
                continue
            outcome = _outcome(plan, change, passages, generation, started)
            record(settings.index.directory, outcome.audit_entry(change.by, change.names))
            return run.end(outcome)
    raise CatalogueBroken(
        "No generation can be read any more. Run `python -m ingest` without a PATH to read everything anew."
    )


def rebuild_index(
    settings: IngestSettings, embedder: Embedder, *, by: str = "", report: Report = silent
) -> Outcome:
    """Publish the current articles again with their vectors put into Chroma anew; nothing is read.

    Nothing is embedded either, unless the store has lost vectors. Raises IndexMissing, or CatalogueBroken when the
    articles themselves are lost.
    """
    started = time.monotonic()
    generations = Generations(settings.index.directory)
    change = Change("rebuild", by)
    with exclusive(generations, change.action, by) as run, storage_failures():
        generations.require_current()
        report = run.watched(report)
        for held in _foundations(generations, settings.corpus.uploads, or_nothing=False):
            plan = _Plan(Comparison((), (), (), len(held.hashes)), (), held.curation, frozenset())
            try:
                passages, generation = _published(settings, embedder, generations, held, plan, change, report)
            except CatalogueBroken as error:
                log.warning("%s Going on from the generation before.", error)
                generations.give_up(held.path.name if held.path else "")
                continue
            outcome = _outcome(plan, change, passages, generation, started)
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


def _estimate(settings: IngestSettings, embedder: Embedder, held: _Held, plan: _Plan) -> Estimate:
    """What the run would embed: all that is held too, where it has to be made anew."""

    def articles() -> Iterator[Article]:
        yield from (*plan.comparison.added, *plan.comparison.changed)
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
    held: _Held,
    plan: _Plan,
    change: Change,
    report: Report,
) -> tuple[int, str]:
    """Build beside the live index, check, publish and prune; returns the number of passages and the generation."""
    # those of generations that cannot be read are not known, so that is an error before anything is made
    uploads = uploads_in_use(generations)
    previous = held.path if held.fits(embedder) else None
    key = embedder.identity.key
    with closing(VectorStore(settings.index.directory / VECTORS, key)) as store:
        if change.imported is not None:
            change.imported.prepare(store)
        folder = generations.begin()
        try:
            fresh = change.action == "rebuild"
            builder = IndexBuilder(folder, settings.index, previous, store, key, fresh_vectors=fresh)
            with closing(builder):
                if held.path is not None and previous is None:
                    _carry_over(builder, held, plan.comparison)
                _fill(builder, plan.comparison)
                _embed(builder, store, embedder, report)
                plan.curation.save(builder.catalogue)
                passages = builder.finish(report)
            generation = generations.publish(folder)
        except BaseException:
            generations.abandon(folder)  # the room it takes may be what is missing
            raise
        generations.prune()
        drop_collections(settings.index.chroma, generations.identity(), generations.published())
        if store.is_crowded():
            store.prune(_vectors_in_use(generations))
        discard_uploads(settings.corpus.uploads, uploads - uploads_in_use(generations))
    return passages, generation


def _foundations(generations: Generations, uploads: Path, *, or_nothing: bool) -> Iterator[_Held]:
    """What a run can start from: the current generation, and while those are broken the ones before, or nothing."""
    current = generations.current()
    names = sorted((name for name in generations.published() if current and name < current), reverse=True)
    curation: Curation | None = None  # the newest that can be read: what was removed by hand stays removed
    for name in [current, *names] if current else []:
        folder = generations.path(name)
        if (wrong := damage(folder, CATALOGUE)) is not None:
            log.warning("The catalogue of generation %s is damaged: %s.", name, wrong)
            generations.give_up(name)  # never gone back to, and deleted once another is current
        try:
            held = _Held.load(folder, is_current=name == current, is_sound=wrong is None)
        except (CatalogueBroken, ValueError, TypeError, KeyError) as error:
            log.warning("Generation %s cannot be gone on from: %s", name, error)
            generations.give_up(name)
            curation = curation or _saved_curation(folder)
        else:
            yield held if curation is None else replace(held, curation=curation)
    if or_nothing or not current:
        yield _Held.nothing(curation or adopted_uploads(uploads))


def _saved_curation(folder: Path) -> Curation | None:
    """What was changed by hand, out of a damaged catalogue."""
    with (
        suppress(CatalogueBroken, ValueError, TypeError, KeyError),
        Catalogue.published(folder / CATALOGUE) as old,
    ):
        return Curation.load(old)
    return None


@dataclass(frozen=True, slots=True)
class _Held:
    """What the last generation says of itself. One that `is_sound` is, byte for byte, what was published."""

    hashes: dict[str, tuple[str, str, str]]  # content hash, origin and path by article id
    passages: int
    embedder: str | None
    format: str | None
    schema: str | None
    chroma: str | None
    curation: Curation
    path: Path | None
    is_current: bool = False
    is_sound: bool = True

    @classmethod
    def nothing(cls, curation: Curation) -> _Held:
        return cls({}, 0, None, None, None, None, curation, None)

    @classmethod
    def load(cls, previous: Path, *, is_current: bool, is_sound: bool) -> _Held:
        """Of a damaged generation the articles that still are what they were, if their table is whole.

        Raises CatalogueBroken, ValueError, TypeError or KeyError where it is too damaged, and IndexBroken where it
        cannot be read.
        """
        with Catalogue.published(previous / CATALOGUE) as old:
            hashes = old.article_hashes() if is_sound else _intact(old)
            return cls(
                hashes, old.count("passages"), old.meta("embedder"), old.meta("format"), old.meta("schema"),
                old.meta("chroma"), Curation.load(old), previous, is_current, is_sound,
            )  # fmt: skip

    def fits(self, embedder: Embedder) -> bool:
        """Whether it is sound and laid out, and its passages and vectors are made, as they would be now."""
        now = (embedder.identity.key, FORMAT, SCHEMA_VERSION)
        return self.is_sound and (self.embedder, self.format, self.schema) == now

    def serves(self, settings: IngestSettings, embedder: Embedder) -> bool:
        """Whether it is the index in use, and could not be made better by building it again."""
        return self.is_current and self.fits(embedder) and self.chroma == settings.index.chroma

    @contextmanager
    def catalogue(self) -> Iterator[Catalogue | None]:
        """That of the last generation, to be looked into."""
        if self.path is None:
            yield None
        else:
            with closing(Catalogue(self.path / CATALOGUE, readonly=True)) as old:
                yield old


def _intact(old: Catalogue) -> dict[str, tuple[str, str, str]]:
    """Of a damaged catalogue, the places of those articles whose text still has the hash it was put with."""
    if not (old.is_whole("articles") and old.is_whole("meta")):
        raise CatalogueBroken("the table of its articles is damaged")
    held = old.article_hashes()
    intact = {
        name: place
        for name, place in held.items()
        if (article := old.article(name)) is not None and content_hash(article) == place[0]
    }
    if len(intact) < len(held):
        log.warning("%d of its articles are damaged, and read anew.", len(held) - len(intact))
    return intact


@dataclass(frozen=True, slots=True)
class _Plan:
    """What a run is about to do. `unwanted` are the articles that somebody removed or that are too old."""

    comparison: Comparison
    rejects: tuple[Reject, ...]
    curation: Curation
    unwanted: frozenset[str]
    named: tuple[Article, ...] = ()

    def changes_nothing(self, held: _Held) -> bool:
        return self.comparison.empty and self.curation == held.curation

    def check_removals(self, held: _Held, max_removed: float) -> None:
        """Raise TooManyRemoved when the run would lose too much that nobody asked to remove."""
        with held.catalogue() as old:
            if old is not None:
                lost = [name for name in self.comparison.removed if name not in self.unwanted]
                check_removals(old, lost, self.comparison.added, max_removed)


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
    held: _Held,
    report: Report,
    ahead: AbstractContextManager[Callable[[Article], None]],
) -> _Plan:
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


def compare(
    found: Mapping[str, Article | Recognised], held: dict[str, tuple[str, str, str]], reading: CorpusReading
) -> Comparison:
    """Sort the articles into added, changed, removed and unchanged.

    An article is removed only when the configured source that held it was read in full, its own file was read
    without fault, and it is not there any more.
    """
    parsed = [article for article in found.values() if isinstance(article, Article)]
    added = tuple(article for article in parsed if article.id not in held)
    changed = tuple(one for one in parsed if one.id in held and held[one.id][0] != content_hash(one))
    removed = tuple(
        name
        for name, (_, origin, path) in held.items()
        if name not in found and reading.is_gone(origin, path)
    )
    return Comparison(added, changed, removed, len(held) - len(changed) - len(removed))


def replaced(found: dict[str, Article], held: dict[str, tuple[str, str, str]]) -> Comparison:
    """The comparison when `found` is to be all that there is."""
    added = tuple(article for name, article in found.items() if name not in held)
    changed = tuple(one for name, one in found.items() if name in held and held[name][0] != content_hash(one))
    removed = tuple(name for name in held if name not in found)
    return Comparison(added, changed, removed, len(held) - len(changed) - len(removed))


def _carry_over(builder: IndexBuilder, held: _Held, comparison: Comparison) -> None:
    """Split the articles anew that this run does not change: the way passages are made is another now, or the
    catalogue that holds them was damaged.
    """
    replaced = {*comparison.removed, *(article.id for article in comparison.changed)}
    with held.catalogue() as old, builder.catalogue.transaction():
        for name in held.hashes if old is not None else ():
            article = old.article(name) if old is not None and name not in replaced else None
            if article is not None:
                builder.put(article, split_article(article, count_tokens))


def _fill(builder: IndexBuilder, comparison: Comparison) -> None:
    with builder.catalogue.transaction():
        for name in comparison.removed:
            builder.remove(name)
        for article in (*comparison.added, *comparison.changed):
            builder.put(article, split_article(article, count_tokens))


def _embed(builder: IndexBuilder, store: VectorStore, embedder: Embedder, report: Report) -> None:
    """Embed what has no vector yet; like lengths go together, so that little is spent on padding."""
    missing = builder.unembedded()
    # an endpoint is asked several requests at once, and one request holds many strings
    at_once = SAVED_AT_ONCE if embedder.identity.provider != "openai" else SORTED_AT_ONCE
    for start in range(0, len(missing), SORTED_AT_ONCE):
        window = builder.strings(missing[start : start + SORTED_AT_ONCE])
        strings = sorted(window.items(), key=lambda item: len(item[1]), reverse=True)
        for first in range(0, len(strings), at_once):
            some = strings[first : first + at_once]
            report("embedding", start + first, len(missing))
            store.save([name for name, _ in some], embedder.embed_passages([text for _, text in some]))
    if missing:
        report("embedding", len(missing), len(missing))
    store.flush()
    _embed_titles(builder.catalogue, store, embedder)


def _embed_titles(catalogue: Catalogue, store: VectorStore, embedder: Embedder) -> None:
    """The titles by themselves, whose vectors the catalogue keeps: they are few, and read with every question."""
    titles = list(catalogue.titles_without_vector().items())
    for first in range(0, len(titles), SAVED_AT_ONCE):
        some = titles[first : first + SAVED_AT_ONCE]
        strings = {string_hash(title): title for _, title in some}
        missing = store.missing(strings)
        if missing:
            store.save(missing, embedder.embed_passages([strings[name] for name in missing]))
            store.flush()
        with catalogue.transaction():
            catalogue.put_title_vectors(
                [name for name, _ in some], store.load([string_hash(title) for _, title in some])
            )


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
