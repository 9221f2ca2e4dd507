"""What a run is about to do: the articles read, against those that the last generation holds."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from ingest.articles.article import Article, Recognised, content_hash
from ingest.articles.readers.document import Reject
from ingest.edits.change_requests import Change, Imported, articles_named
from ingest.edits.manual_edits import Curation
from ingest.runs.base_generation import Foundation
from ingest.runs.diff import Comparison, compare, replaced
from ingest.runs.gathering import gather
from ingest.runs.removal_limit import check_removals
from ingest.settings import IngestSettings
from ingest.sources.corpus_reader import CorpusReading, read_corpus
from ingest.sources.max_age import cutoffs, is_too_old
from ingest.sources.parse_cache import ReadingMemo
from ingest.sources.progress import Report

MEMO = "reading.sqlite"


@dataclass(frozen=True, slots=True)
class Plan:
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

    def without(self, set_aside: Mapping[str, Reject]) -> Plan:
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


def plan_run(
    settings: IngestSettings,
    change: Change,
    only: Sequence[Path],
    held: Foundation,
    report: Report,
    ahead: AbstractContextManager[Callable[[Article], None]],
) -> Plan:
    """Read what is to be read, and compare it with the last generation. `ahead` is shown every new article."""
    if change.imported is not None:
        comparison = replaced(change.imported.articles, held.hashes)
        return Plan(comparison, (), change.imported.curation, frozenset(), imported=change.imported)
    with held.catalogue() as old:
        curation = change.begun(held.curation, old)
        if change.action == "remove":
            named = articles_named(change.remove, old, held.curation)
            comparison = Comparison((), (), (), len(held.hashes))
            buried = curation.removed_ids
            return Plan(comparison.leaving_out(buried, held.hashes), (), curation, buried, tuple(named))
        gathered = gather(settings, curation, change, only, held.path is None, report)
        oldest = cutoffs(gathered.sources)
        needless = partial(_left_out, removed=curation.removed_ids, oldest=oldest)
        hashes = {name: place[0] for name, place in held.hashes.items()}
        # what was asked for by name is read, whatever is known of it
        memo_path = settings.index.directory / MEMO if change.action == "refresh" else None
        with closing(ReadingMemo(memo_path)) as memo, ahead as embed:
            known = (gathered.listings, memo, hashes, needless, change.allow_removals)
            reading = read_corpus(gathered.sources, (), *known)

            def news(article: Article) -> None:
                if hashes.get(article.id) != content_hash(article) and not needless(article):
                    embed(article)

            found, rejects = _read(reading, report, news)
        settled = change.settled(curation, found, held.hashes, rejects)
        unwanted = {*settled.removed_ids, *(one.id for one in found.values() if is_too_old(one, oldest))}
        if old is not None:
            unwanted |= {name for key, day in oldest.items() for name in old.ids_before(key, day)}
        comparison = compare(found, held.hashes, reading).leaving_out(unwanted, held.hashes)
        return Plan(comparison, rejects, settled, frozenset(unwanted), change.articles_added(found, old))


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
