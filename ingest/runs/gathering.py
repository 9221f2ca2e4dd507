"""Everything that a run reads: the configured sources, the web among them, and what was added by hand."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from ingest.articles.readers.sandbox import ConfinedReader
from ingest.edits.change_requests import Change
from ingest.edits.manual_edits import UPLOADS, Curation
from ingest.edits.uploads import placed_under_uploads, uploaded_files
from ingest.settings import IngestSettings
from ingest.sources.page_cache import Mirror
from ingest.sources.progress import Report, silent
from ingest.sources.sources import Listing, Remote, Source, configured_sources, files_of, restricted
from ingest.sources.ssrf_guard import Guard


@dataclass(frozen=True, slots=True)
class Gathered:
    """What a run reads: the sources, and the listings, by key, of those that are no folders of files."""

    sources: tuple[Source, ...]
    listings: dict[str, Listing]


def gather(
    settings: IngestSettings,
    curation: Curation,
    change: Change,
    only: Sequence[Path],
    first: bool,
    report: Report,
) -> Gathered:
    """The sources of this run, with the pages of the web brought up to date.

    `only` restricts it to some paths. `first`: there is no index yet, so adding something reads everything.
    """
    sources = configured_sources(settings.corpus, settings.base)
    uploads = Source(UPLOADS, settings.corpus.uploads)
    wanted = curation.uploads
    if change.action == "add" and not first:
        sources = restricted(sources, change.add_paths) if change.add_paths else ()
        wanted = change.add
        uploads = replace(uploads, within=(uploads.location,))  # a part of them: the others stay as they are
    elif only:
        sources, wanted = restricted(sources, only), ()
    web = [source for source in sources if source.remote is not None]
    pages = [
        Source(upload.path, uploads.location, remote=Remote(upload.path, keeps=True))
        for upload in wanted
        if upload.is_url and upload.path not in {source.key for source in web}
    ]
    listings = fetched(settings, [*web, *pages], change.guard, report) if web or pages else {}
    for source in sources:
        if source.remote is None and uploads.location.is_relative_to(source.location):
            listings[source.key] = _without(uploads.location, files_of(source))
    if wanted or (curation.uploads and not uploads.partial and not only):
        added = uploaded_files(uploads, wanted)
        for page in pages:
            added = _joined(added, placed_under_uploads(uploads, listings.pop(page.key)))
        listings[UPLOADS] = added
        sources = (*sources, uploads)
    return Gathered(tuple(sources), listings)


def fetched(
    settings: IngestSettings, sources: Sequence[Source], guard: Guard, report: Report = silent
) -> dict[str, Listing]:
    """The listings, by key, of sources of the web, after asking for what is due."""

    # importing the client takes a good part of a run that has nothing of the web to look at
    from ingest.sources.crawling import Crawler
    from ingest.sources.fetching import Fetcher

    async def crawl() -> dict[str, Listing]:
        async with Fetcher(settings.corpus.seconds_between_requests, guard) as fetcher:
            return await Crawler(mirror, fetcher, confined).crawl(sources, report)

    with closing(Mirror(settings.index.directory)) as mirror, ConfinedReader() as confined:
        return asyncio.run(crawl())


def _without(folder: Path, listing: Listing) -> Listing:
    """The listing of a folder that the uploads lie in: they are a source of their own."""
    return replace(listing, files=[file for file in listing.files if folder not in file.location.parents])


def _joined(one: Listing, other: Listing) -> Listing:
    return replace(one, files=[*one.files, *other.files], failed=one.failed | other.failed)
