"""The one walk over the configured sources that finds their articles."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from ingest.articles.article import Article, Recognised, content_hash, digest
from ingest.articles.cleaning.article_body import clean, one_line
from ingest.articles.readers import jsonl
from ingest.articles.readers.document import Document, Reject
from ingest.articles.readers.sandbox import ConfinedReader
from ingest.articles.site_names import without_site_name
from ingest.sources.article_of import article_of, documents_in, is_foreign
from ingest.sources.faults import OURS, unforeseen
from ingest.sources.parse_cache import ReadingMemo, Seen, Sighting, place_in, row_hash
from ingest.sources.sources import KINDS, Listing, Source, SourceFile, listings, restricted

LARGEST_FILE = 50_000_000  # bytes; JSON Lines are read line by line and may be of any size

Sighted = tuple[Sighting, Article | None]
"""A place in a file with its article, unless that was recognised without parsing."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class CorpusReading:
    """Iterate it once: articles and rejects, in the order of sources and paths. Afterwards it knows what is gone.

    An article whose id came before replaces the former one: the same URL stood twice with different texts, and the
    newer or longer is kept; the other is a reject too. What `memo` remembers is not parsed: it comes as Recognised
    when it is in `held` (content hashes by id) as it was, and is read again at the end when it is not, unless it is
    `needless` because it will be left out. The counts grow while iterating.
    """

    sources: tuple[Source, ...]
    files_total: int = 0
    files_done: int = 0
    memo: ReadingMemo = field(default_factory=lambda: ReadingMemo(None))
    held: Mapping[str, str] = field(default_factory=dict)
    needless: Callable[[Recognised], bool] = lambda _: False
    may_empty: bool = False
    _files: list[SourceFile] = field(default_factory=list)
    _listings: dict[str, Listing] = field(default_factory=dict)
    _failed: set[tuple[str, str]] = field(default_factory=set)
    _seen: dict[str, Seen] = field(default_factory=dict)
    _finished: bool = False

    def __iter__(self) -> Iterator[Article | Recognised | Reject]:
        for key, listing in self._listings.items():
            if listing.fault:
                yield Reject(key, listing.fault)
            for path, reject in listing.failed.items():
                self._failed.add((key, path))
                yield reject
        with ExitStack() as stack:
            confined = stack.enter_context(ConfinedReader())
            for file in self._files:
                for sighting, article in self._sightings_safely(file, confined):
                    yield from self._judged(file, sighting, article)
                self.files_done += 1
            yield from self._read_again(confined)
        if not any(source.partial for source in self.sources):
            self.memo.forget_unvisited()
        self._finished = True

    def is_complete(self, origin: str) -> bool:
        """Whether the source `origin` is configured and was read in full by this run."""
        known = any(source.key == origin and not source.partial for source in self.sources)
        if not (self._finished and known):
            return False
        listing = self._listings[origin]
        return not listing.fault or (listing.empty and self.may_empty)

    def is_gone(self, origin: str, path: str) -> bool:
        """Whether an article from there, which this run did not yield, may be removed from the index.

        Only when its source was read in full, lists all that it has, and its own file is not one that could not be
        read; or when its site says that it is gone.
        """
        listing = self._listings.get(origin)
        if listing is not None and path in listing.withdrawn:
            return self._finished
        if not self.is_complete(origin) or self._listings[origin].accumulates:
            return False
        return (origin, path) not in self._failed

    def _sightings_safely(self, file: SourceFile, confined: ConfinedReader) -> Iterator[Sighted]:
        """What one file makes our own code raise is a fault of that file alone."""
        try:
            yield from self._sightings(file, confined)
        except OURS:
            raise
        except Exception as error:
            log.exception("reading %s", file.name)
            yield _fault(unforeseen(error)), None

    def _sightings(self, file: SourceFile, confined: ConfinedReader) -> Iterator[Sighted]:
        """All that a file holds, each with its article unless it was recognised without parsing."""
        if file.kind is None:
            yield _fault(f"Not a format that Byline reads: {' '.join(KINDS)}."), None
            return
        try:
            status = file.location.stat()
            known = self.memo.unchanged(file, status)
            if known is None and file.kind == "jsonl":
                yield from self._rows(file)
                return
            if known is None and status.st_size > LARGEST_FILE:
                yield _fault(f"The file is larger than {LARGEST_FILE // 1_000_000} MB."), None
                return
            data = b"" if known is not None else file.location.read_bytes()
        except OSError as error:
            yield _fault(f"The file cannot be opened: {error.strerror or error}."), None
            return
        if known is None:
            known = self.memo.same_bytes(file, data, status)
        if known is not None:
            yield from ((sighting, None) for sighting in known)
            return
        found = []
        overruns = confined.overruns
        for document in documents_in(file, data, confined):
            if pair := self._sighted(file, document):
                found.append(pair[0])
                yield pair
        if confined.overruns == overruns:
            self.memo.keep(file, status, found, data)

    def _rows(self, file: SourceFile, wanted: Collection[int] | None = None) -> Iterator[Sighted]:
        """The lines of a JSON Lines file, those unchanged without parsing; or only the lines `wanted`, parsed."""
        found, empty = [], True
        known = self.memo.rows(file)
        with file.location.open("rb") as opened:
            status = os.fstat(opened.fileno())
            for line in jsonl.raw_lines(opened, file.name):
                empty = False
                if isinstance(line, Reject):
                    pair = self._sighted(file, line)
                elif wanted is not None and line.number not in wanted:
                    continue
                else:
                    pair = self._row(file, line, {} if wanted is not None else known)
                if pair is not None:
                    found.append(pair[0])
                    yield pair
        if wanted is not None:
            return
        if empty:
            found.append(_fault("The file is empty."))
            yield found[0], None
        self.memo.keep(file, status, found)

    def _row(self, file: SourceFile, line: jsonl.Line, known: Mapping[str, Sighting]) -> Sighted | None:
        row = row_hash(line.raw)
        same = known.get(row)
        if same is not None and self._stands_alone(same):
            return same if same.line == line.number else replace(same, line=line.number), None
        return self._sighted(file, jsonl.read_line(line, file.name), row)

    def _stands_alone(self, sighting: Sighting) -> bool:
        """Whether a remembered row still has its id to itself, so that parsing it would give the same."""
        if sighting.apart:
            return False
        seen = self._seen.get(sighting.id)
        return seen is None or bool(sighting.url) or seen.sighting.content == sighting.content

    def _sighted(self, file: SourceFile, document: Document | Reject, row: str = "") -> Sighted | None:
        if isinstance(document, Reject):
            line = document.path.removeprefix(f"{file.name}:")
            return _fault(document.reason, int(line) if line.isdecimal() else 0, row), None
        if is_foreign(document.language, file.source.language):
            return None
        source = one_line(document.source) or file.source.source
        title = without_site_name(one_line(document.title), source, document.url)
        cleaned = clean(document.text, document.form, title)
        if not cleaned.body:
            return _fault("No text of an article is in it.", document.line, row, unread=False), None
        article = article_of(file, document, cleaned)
        content = digest(article.title, article.body)
        seen = self._seen.get(article.id)
        apart = seen is not None and not article.url and seen.sighting.content != content
        if apart:
            article = article_of(file, document, cleaned, apart=content)
        sighting = Sighting(
            line=document.line,
            row=row,
            id=article.id,
            hash=content_hash(article),
            url=article.url or "",
            published=article.published or "",
            length=len(article.body),
            content=content,
            apart=apart,
        )
        return sighting, article

    def _judged(
        self, file: SourceFile, sighting: Sighting, article: Article | None
    ) -> Iterator[Article | Recognised | Reject]:
        """The article, unless one of the same id that was seen before is the better."""
        if sighting.fault:
            if sighting.unread:
                self._failed.add((file.source.key, file.path))
            yield Reject(place_in(file, sighting.line), sighting.fault)
            return
        before, now = self._seen.get(sighting.id), Seen(file, sighting, parsed=article is not None)
        if before and before.sighting.content == sighting.content:
            return
        if before:
            loser, winner = (before, now) if now.rank > before.rank else (now, before)
            yield Reject(
                loser.place,
                f"The same URL as {winner.place}, which is newer or longer and is kept: {sighting.url}",
            )
            if winner is before:
                return
        self._seen[sighting.id] = now
        if article is not None:
            yield article
        elif self.held.get(sighting.id) == sighting.hash:
            yield now.recognised

    def _read_again(self, confined: ConfinedReader) -> Iterator[Article | Recognised]:
        """The articles that were recognised but are not held as they are: after a roll back, or a killed run."""
        wanted: dict[SourceFile, dict[str, int]] = {}
        for name, seen in self._seen.items():
            if seen.parsed or self.held.get(name) == seen.sighting.hash:
                continue
            if self.needless(recognised := seen.recognised):
                yield recognised
            else:
                wanted.setdefault(seen.file, {})[name] = seen.sighting.line
        for file, lines in wanted.items():
            left = set(lines)
            for article in self._parsed(file, set(lines.values()), confined):
                if article.id in left:
                    left.remove(article.id)
                    yield article
            if left:  # the file was there a moment ago; the next run will see what became of it
                self._failed.add((file.source.key, file.path))

    def _parsed(
        self, file: SourceFile, lines: Collection[int], confined: ConfinedReader
    ) -> Iterator[Article]:
        try:
            if file.kind == "jsonl":
                pairs = list(self._rows(file, lines))
            else:
                documents = documents_in(file, file.location.read_bytes(), confined)
                pairs = [pair for document in documents if (pair := self._sighted(file, document))]
        except OURS:
            raise
        except Exception:
            log.exception("reading %s again", file.name)
            return
        yield from (article for _, article in pairs if article is not None)


def _fault(reason: str, line: int = 0, row: str = "", *, unread: bool = True) -> Sighting:
    return Sighting(line, row, fault=reason, unread=unread)


def read_corpus(
    sources: Sequence[Source],
    only: Sequence[Path] = (),
    known: Mapping[str, Listing] | None = None,
    memo: ReadingMemo | None = None,
    held: Mapping[str, str] | None = None,
    needless: Callable[[Recognised], bool] = lambda _: False,
    may_empty: bool = False,
) -> CorpusReading:
    """List the files of `sources`, restricted to the paths `only`; iterate the reading to read them.

    `memo` remembers what files held, and `held` the content hashes of the articles in the index: what both know is
    not parsed. `known` has the listings, by key, of sources that are no folders of files. Raises ConfigError for a
    path of `only` that does not exist. With `may_empty` a source that holds nothing any more counts as read in full;
    else it is taken for one that is not there today.
    """
    chosen = restricted(sources, only)
    memo = memo or ReadingMemo(None)
    reading = CorpusReading(chosen, memo=memo, held=held or {}, needless=needless, may_empty=may_empty)
    for source, listing in listings(chosen, known):
        reading._files += listing.files
        reading._listings[source.key] = listing
    reading.files_total = len(reading._files)
    return reading
