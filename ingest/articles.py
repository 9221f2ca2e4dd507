"""Articles, and the one walk over the configured sources that finds them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from ingest.addresses import identity_of
from ingest.cleaning import Cleaned, clean, one_line
from ingest.dates import date_in_address
from ingest.readers import jsonl, markdown, page, text
from ingest.readers.confined import ConfinedReader
from ingest.readers.document import Document, Reject
from ingest.sources import Listing, Source, SourceFile, configured_sources, listings, restricted

__all__ = ["Article", "CorpusReading", "Reject", "Source", "configured_sources", "read_corpus"]

LARGEST_FILE = 50_000_000  # bytes; JSON Lines are read line by line and may be of any size
_FORMATS = "text, Markdown, HTML, PDF, DOCX and JSON Lines (.txt .md .html .pdf .docx .jsonl)"
_SCHEME = re.compile(r"https?://\S+", re.I)
_BARE_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)+(?:[/:?]\S*)?")
_ARCHIVED = re.compile(r"https?://(?:web\.archive\.org/web|archive\.(?:is|ph|today))/\d{4,14}[a-z_*]*/(.+)", re.I)


@dataclass(frozen=True, slots=True)
class Article:
    """One article as it is kept: `body` is the cleaned text that every quote is taken from.

    `id` is stable: it hashes the URL (in its one spelling, without tracking), else the file's path with the row's own id or content.
    `published` is an ISO 8601 date or date-time. `origin` names the configured source that holds it,
    `path` the file (relative to the origin) that it was read from.
    """

    id: str
    title: str
    body: str
    url: str | None = None
    source: str | None = None
    author: str | None = None
    published: str | None = None
    origin: str = ""
    path: str = ""


@dataclass(slots=True)
class _Seen:
    place: str
    article: tuple[str, int]  # published (or ""), length of the body: newer first, then longer
    content: str


@dataclass(slots=True)
class CorpusReading:
    """Iterate it once: articles and rejects, in the order of sources and paths. Afterwards it knows what is gone.

    An article whose id came before replaces the former one: the same URL stood twice with different texts, and the
    newer or longer is kept; the other is a reject too. The counts grow while iterating.
    """

    sources: tuple[Source, ...]
    files_total: int = 0
    files_done: int = 0
    bytes_total: int = 0
    bytes_done: int = 0
    _files: list[SourceFile] = field(default_factory=list)
    _listings: dict[str, Listing] = field(default_factory=dict)
    _failed: set[tuple[str, str]] = field(default_factory=set)
    _seen: dict[str, _Seen] = field(default_factory=dict)
    _finished: bool = False

    def __iter__(self) -> Iterator[Article | Reject]:
        for key, listing in self._listings.items():
            if listing.fault:
                yield Reject(key, listing.fault)
            for path, reject in listing.failed.items():
                self._failed.add((key, path))
                yield reject
        with ExitStack() as stack:
            confined = stack.enter_context(ConfinedReader())
            for file in self._files:
                before = self.bytes_done
                for found in self._documents(file, confined):
                    if isinstance(found, Document):
                        yield from self._article(file, found)
                    else:
                        self._failed.add((file.source.key, file.path))
                        yield found
                self.files_done += 1
                self.bytes_done = before + _size(file.location)
        self._finished = True

    def is_complete(self, origin: str) -> bool:
        """Whether the source `origin` is configured and was read in full by this run."""
        known = any(source.key == origin and not source.partial for source in self.sources)
        return self._finished and known and not self._listings[origin].fault

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

    def _documents(self, file: SourceFile, confined: ConfinedReader) -> Iterator[Document | Reject]:
        if file.kind is None:
            yield Reject(file.name, f"Not a format that Byline reads: {_FORMATS}.")
            return
        try:
            if file.kind == "jsonl":
                yield from self._rows(file)
                return
            size = file.location.stat().st_size
            if size > LARGEST_FILE:
                yield Reject(file.name, f"The file is larger than {LARGEST_FILE // 1_000_000} MB.")
                return
            data = file.location.read_bytes()
        except OSError as error:
            yield Reject(file.name, f"The file cannot be opened: {error.strerror or error}.")
            return
        if not data.strip():
            yield Reject(file.name, "The file is empty.")
        elif file.kind == "text":
            yield from text.read(data, file.name)
        elif file.kind == "markdown":
            yield from markdown.read(data, file.name)
        elif file.kind == "page":
            yield from page.read(data, file.name, confined)
        else:
            yield from confined.read(file.kind, data, file.name)

    def _rows(self, file: SourceFile) -> Iterator[Document | Reject]:
        before, rows = self.bytes_done, 0
        with file.location.open("rb") as opened:
            for found in jsonl.read_lines(opened, file.name):
                rows += 1
                self.bytes_done = before + opened.tell()
                yield found
        if not rows:
            yield Reject(file.name, "The file is empty.")

    def _article(self, file: SourceFile, document: Document) -> Iterator[Article | Reject]:
        place = f"{file.name}:{document.line}" if document.line else file.name
        if _foreign(document.language, file.source.language):
            return
        cleaned = clean(document.text, document.form, document.title)
        if not cleaned.body:
            yield Reject(place, "No text of an article is in it.")
            return
        article = _made(file, document, cleaned)
        rank = (article.published or "", len(article.body))
        content = _digest(article.title, article.body)
        before = self._seen.get(article.id)
        if before and before.content == content:
            return
        if before and not article.url:
            article = _made(file, document, cleaned, apart=content)
            if article.id in self._seen:
                return
        elif before:
            newer = rank > before.article
            loser, winner = (before.place, place) if newer else (place, before.place)
            yield Reject(loser, f"The same URL as {winner}, which is newer or longer and is kept: {article.url}")
            if not newer:
                return
        self._seen[article.id] = _Seen(place, rank, content)
        yield article


def read_corpus(
    sources: Sequence[Source], only: Sequence[Path] = (), known: Mapping[str, Listing] | None = None
) -> CorpusReading:
    """List the files of `sources`, restricted to the paths `only`; iterate the reading to read them.

    `known` has the listings, by key, of sources that are no folders of files. Raises ConfigError for a path of `only`
    that does not exist.
    """
    chosen = restricted(sources, only)
    reading = CorpusReading(chosen)
    for source, listing in listings(chosen, known):
        reading._files += listing.files
        reading._listings[source.key] = listing
    reading.files_total = len(reading._files)
    reading.bytes_total = sum(_size(file.location) for file in reading._files)
    return reading


def _made(file: SourceFile, document: Document, cleaned: Cleaned, apart: str = "") -> Article:
    url = document.url if document.url and is_address(document.url) else None
    name = document.row or (_digest(document.title or "", document.text) if document.line else "")
    return Article(
        id=_digest(identity_of(url)) if url else _digest(file.identity, name, apart),
        title=cleaned.title or _title_from(file, document, cleaned),
        body=cleaned.body,
        url=url,
        source=one_line(document.source) or file.source.source or publisher_of(url),
        author=one_line(document.author),
        published=document.published or _day_of(cleaned.published, date_in_address(url)),
        origin=file.source.key,
        path=file.path,
    )


def _day_of(said: str | None, in_address: str | None) -> str | None:
    """The address decides where it speaks: the clock of the page's head has been taken for the article's date."""
    return in_address or said


def _foreign(said: str | None, wanted: str | None) -> bool:
    """Whether a document says that it is in another language than its source is wanted in; "en" covers "en-GB"."""
    if not said or not wanted:
        return False
    code = said.lower().partition("-")[0]
    return len(code) in (2, 3) and code != wanted.lower().partition("-")[0]


def is_address(url: str) -> bool:
    """A web address, perhaps without its scheme; "n/a" and "javascript:…" are none."""
    return bool(_SCHEME.fullmatch(url.strip()) or _BARE_HOST.fullmatch(url.strip()))


def publisher_of(url: str | None) -> str | None:
    """The host name without "www."; of an archived page, the host that was archived."""
    if not url:
        return None
    archived = _ARCHIVED.fullmatch(url.strip())
    address = archived[1] if archived else url.strip()
    try:
        host = urlsplit(address if "//" in address[:9] else f"//{address}").hostname
    except ValueError:
        return None
    return host.removeprefix("www.") or None if host else None


def _title_from(file: SourceFile, document: Document, cleaned: Cleaned) -> str:
    if document.line:
        first = cleaned.body.split("\n", 1)[0]
        return first if len(first) <= 80 else first[:80].rsplit(" ", 1)[0] + "…"
    return one_line(re.sub(r"[-_]+", " ", PurePosixPath(file.name).stem)) or file.path


def _digest(*parts: str) -> str:
    """16 hex digits of SHA-256; one part is hashed as it is, several with their lengths, so none run together."""
    joined = parts[0] if len(parts) == 1 else "".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _size(place: Path) -> int:
    try:
        return place.stat().st_size
    except OSError:
        return 0
