"""The sources of the web: what each lists, the pages of it that are due, and their copies brought up to date."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from ingest.articles.readers.document import Document, Reject
from ingest.articles.readers.fetched_page import PageHead, kind_of, packed
from ingest.articles.readers.sandbox import ConfinedReader
from ingest.articles.readers.sitemap import LARGEST as LARGEST_SITEMAP
from ingest.articles.urls import declared_canonical
from ingest.sources.faults import OURS, unforeseen
from ingest.sources.fetching import Fetched, Fetcher, FetchFailed
from ingest.sources.listed_pages import is_older, listed_entries
from ingest.sources.page_cache import Entry, Mirror, Page
from ingest.sources.progress import Report, silent
from ingest.sources.sources import Listing, Source, SourceFile

HOUR = 3600.0
_RECHECK = 24 * HOUR  # a listed page whose listing does not say when it changed
_RECHECK_STAMPED = 7 * 24 * HOUR  # one whose listing says that it has not changed
_RETRY = HOUR  # one that could not be had
_SITES_AT_ONCE = 8
_MOST_SITEMAPS = 500
# characters of HTML from which a feed's own text can stand in for a page that cannot be had
_WHOLE_TEXT = 500

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Plan:
    """What a source lists in this run."""

    source: Source
    entries: dict[str, Entry] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)  # the feed's own HTML of an entry
    fault: str | None = None
    notes: list[Reject] = field(default_factory=list)


class Crawler:
    """Brings the mirror up to date and lists each source's files. `now` gives seconds since 1970."""

    def __init__(
        self,
        mirror: Mirror,
        fetcher: Fetcher,
        confined: ConfinedReader,
        *,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._mirror = mirror
        self._fetcher = fetcher
        self._confined = confined
        self._now = now
        self._parsing = asyncio.Lock()  # one document at a time goes to the worker

    async def crawl(self, sources: Sequence[Source], report: Report = silent) -> dict[str, Listing]:
        """A listing by source key; what cannot be fetched is in it with its reason, never an exception."""
        plans = [_Plan(source) for source in sources]
        await asyncio.gather(*(self._list_safely(plan) for plan in plans))
        await self._fetch_due(plans, report)
        seen: set[str] = set()
        return {plan.source.key: self._listing(plan, seen) for plan in plans}

    # -- what a source lists

    async def _list_safely(self, plan: _Plan) -> None:
        """What a stranger's bytes make our own code raise is a fault of that source alone."""
        try:
            await self._list(plan)
        except OURS:
            raise
        except Exception as error:
            log.exception("listing %s", plan.source.key)
            plan.fault = f"{unforeseen(error)} What was ingested from it before stays."

    async def _list(self, plan: _Plan) -> None:
        remote = plan.source.remote
        assert remote is not None
        if remote.kind == "page":
            plan.entries[remote.url] = Entry(remote.url)
            return
        try:
            if remote.kind == "feed":
                await self._read_listing(plan, "feed", remote.url)
                entries = self._mirror.entries(plan.source.key, remote.url)
            else:
                entries = await self._sitemap_entries(plan, remote.url)
        except FetchFailed as error:
            plan.fault = f"{error} What was ingested from it before stays."
            entries = self._mirror.entries(plan.source.key, remote.url)
        old = {entry.url for entry in entries if is_older(entry, plan.source, self._now())}
        wanted = [entry for entry in entries if not entry.nested and entry.url not in old]
        for url in old if remote.kind == "feed" else ():
            self._mirror.forget_entry(plan.source.key, url)
        plan.entries = {entry.url: entry for entry in wanted[: remote.limit]}
        if len(wanted) > remote.limit and remote.kind == "sitemap":
            reason = f"It lists {len(wanted)} pages; the newest {remote.limit} are read. Raise its limit to read more."
            plan.notes.append(Reject(plan.source.key, reason))

    async def _sitemap_entries(self, plan: _Plan, url: str) -> list[Entry]:
        """The pages of a sitemap and of those it names, newest first; a broken part makes the source incomplete."""
        found: list[Entry] = []
        waiting, read = [url], set[str]()
        while waiting:
            document = waiting.pop(0)
            if document in read:
                continue
            if len(read) >= _MOST_SITEMAPS:
                plan.fault = f"It names more than {_MOST_SITEMAPS} sitemaps; the others are not read."
                break
            read.add(document)
            try:
                await self._read_listing(plan, "sitemap", document)
            except FetchFailed as error:
                if document == url:
                    raise
                plan.fault = f"{document}: {error} What was ingested from it before stays."
            listed = self._mirror.entries(plan.source.key, document)
            found += [entry for entry in listed if not entry.nested]
            waiting += [entry.url for entry in listed if entry.nested]
        return sorted(found, key=lambda entry: entry.stamp or "", reverse=True)

    async def _read_listing(self, plan: _Plan, kind: str, url: str) -> None:
        """Bring the mirror's entries of one feed or sitemap up to date; raises FetchFailed."""
        known = self._mirror.document(plan.source.key, url)
        fetched = await self._fetcher.fetch(
            url, known, language=plan.source.language, largest=LARGEST_SITEMAP
        )
        if fetched.body is None:
            return
        body = fetched.body
        async with self._parsing:
            found = await asyncio.to_thread(lambda: list(self._confined.read(kind, body, url)))
        rejects = [item for item in found if isinstance(item, Reject)]
        documents = [item for item in found if isinstance(item, Document)]
        if rejects and not documents:
            raise FetchFailed(rejects[0].reason)
        if rejects:
            plan.fault = f"{rejects[0].reason} What was ingested from it before stays."
        entries = list(listed_entries(documents, url, fetched.validators.url, kind))
        if kind == "feed":
            plan.texts |= {entry.url: document.text for entry, document in entries}
        listed = [entry for entry, _ in entries]
        self._mirror.list_entries(plan.source.key, url, listed, fetched.validators, keep_old=kind == "feed")

    # -- the pages

    async def _fetch_due(self, plans: Sequence[_Plan], report: Report) -> None:
        """Fetch what is due, site by site; several sites at once, one page of a site after the other."""
        by_site: dict[str, dict[str, tuple[_Plan, Entry]]] = {}
        for plan in plans:
            for url, entry in plan.entries.items():
                if self._is_due(self._mirror.page(url), entry, plan.source):
                    by_site.setdefault(urlsplit(url).hostname or "", {}).setdefault(url, (plan, entry))
        total, done = sum(map(len, by_site.values())), 0
        free = asyncio.Semaphore(_SITES_AT_ONCE)

        async def visit(pages: Iterable[tuple[_Plan, Entry]]) -> None:
            nonlocal done
            async with free:
                for plan, entry in pages:
                    await self._update_safely(plan, entry)
                    done += 1
                    report("fetching", done, total)

        if total:
            report("fetching", 0, total)
        async with asyncio.TaskGroup() as group:
            for pages in by_site.values():
                group.create_task(visit(pages.values()))

    def _is_due(self, page: Page, entry: Entry, source: Source) -> bool:
        age = self._now() - page.checked_at
        if source.remote is not None and source.remote.kind == "page":
            return True
        if page.gone:
            return age >= _RECHECK or entry.stamp != page.stamp
        if page.failure:
            return age >= _RETRY
        if not page.size or (entry.stamp and entry.stamp != page.stamp):
            return True
        return age >= (_RECHECK_STAMPED if entry.stamp else _RECHECK)

    async def _update_safely(self, plan: _Plan, entry: Entry) -> None:
        try:
            await self._update(plan, entry)
        except OURS:
            raise
        except Exception as error:
            log.exception("fetching %s", entry.url)
            plan.notes.append(Reject(entry.url, unforeseen(error)))

    async def _update(self, plan: _Plan, entry: Entry) -> None:
        url, now = entry.url, self._now()
        page = self._mirror.page(url)
        try:
            fetched = await self._fetcher.fetch(url, page.validators, language=plan.source.language)
        except FetchFailed as error:
            text = plan.texts.get(url, "")
            if not page.size and len(text) >= _WHOLE_TEXT:
                body = f"<html><body><article>{text}</article></body></html>".encode("utf-8", "replace")
                page = replace(page, canonical=url, size=self._write(entry, url, "html", body))
                self._mirror.keep(replace(page, stamp=entry.stamp, checked_at=now, failure="", gone=0))
                return
            # the stamp of a page that is gone is kept, so that it is asked for again when its listing changes
            stamp = entry.stamp if error.gone else page.stamp
            self._mirror.keep(
                replace(page, stamp=stamp, checked_at=now, failure=str(error), gone=int(error.gone))
            )
            return
        if fetched.body is None:
            self._mirror.keep(replace(page, stamp=entry.stamp, checked_at=now, failure="", gone=0))
            return
        self._mirror.keep(self._stored(entry, fetched, fetched.body, now))

    def _stored(self, entry: Entry, fetched: Fetched, body: bytes, now: float) -> Page:
        final = fetched.validators.url
        kind = kind_of(fetched.media_type, final, body)
        canonical = (
            declared_canonical(body[:300_000].decode("utf-8", "replace"), final) if kind == "html" else final
        )
        size = self._write(entry, canonical, kind, body)
        said = fetched.validators
        return Page(entry.url, final, said.etag, said.last_modified, canonical, entry.stamp, size, now)

    def _write(self, entry: Entry, canonical: str, kind: str, body: bytes) -> int:
        head = PageHead(canonical, kind, entry.title, entry.author, entry.published, entry.site)
        return self._mirror.write(entry.url, packed(head, body))

    # -- what the reading of articles gets

    def _listing(self, plan: _Plan, seen: set[str]) -> Listing:
        """The files of the source; a page that another one is the canonical address of too is listed once."""
        remote = plan.source.remote
        assert remote is not None
        listing = Listing(fault=plan.fault, accumulates=remote.kind == "feed")
        withdrawn = set()
        for note in plan.notes:
            listing.failed[note.path] = note
        for url in plan.entries:
            page = self._mirror.page(url)
            gone = page.gone and not remote.keeps
            if gone:
                withdrawn.add(url)
            if page.failure:
                listing.failed[url] = Reject(url, page.failure)
            if page.size and not gone and page.canonical not in seen:
                seen.add(page.canonical)
                place = self._mirror.file(url)
                listing.files.append(
                    SourceFile(plan.source, place, url, page.canonical, page.canonical, "page")
                )
        return replace(listing, withdrawn=frozenset(withdrawn))
