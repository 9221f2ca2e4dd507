"""The configured sources, and the files that each of them holds."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from ingest.articles.readers.document import Reject
from ingest.articles.urls import BadAddress, canonical_address
from ingest.errors import ConfigError, UserFacingError
from ingest.settings import CorpusSettings, SourceSettings, expanded
from ingest.sources.faults import unforeseen

KINDS = {
    ".txt": "text", ".text": "text",
    ".md": "markdown", ".markdown": "markdown",
    ".html": "html", ".htm": "html", ".xhtml": "html",
    ".pdf": "pdf",
    ".docx": "docx",
    ".jsonl": "jsonl", ".ndjson": "jsonl",
}  # fmt: skip
_STAYS = "what was ingested from it before stays, unless --allow-removals says that it may go"
_WILDCARD = re.compile(r"[*?\[]")


@dataclass(frozen=True, slots=True)
class Remote:
    """Where on the web a source is: one page, a feed or a sitemap, of which at most `limit` pages are read.

    `keeps`: a page stays though its site says that it is gone, because somebody put it here by hand.
    """

    url: str
    kind: Literal["page", "feed", "sitemap"] = "page"
    limit: int = 1_000
    keeps: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """A file, a folder or a glob of files, or pages of the web. `key` is what config.toml calls it, and names it in
    the index.

    `location` is absolute: the file, the folder, or the folder that a glob's `pattern` starts from; nowhere for one
    of the web. `source` names the publisher of articles that do not say it themselves. `language` leaves out articles
    that say they are in another, `max_age_days` older ones. `within` restricts a run to files at or below it.
    """

    key: str
    location: Path
    pattern: str | None = None
    source: str | None = None
    language: str | None = None
    max_age_days: int | None = None
    remote: Remote | None = None
    within: tuple[Path, ...] = ()

    @property
    def partial(self) -> bool:
        """Whether this run looks at a part of the source only."""
        return bool(self.within)


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file of a source. `path` is relative to the source, `name` is what reports call it, `kind` None: unknown.

    `identity` is where the file is as seen from the config file, so that its articles keep their ids however the
    sources are cut.
    """

    source: Source
    location: Path
    path: str
    name: str
    identity: str
    kind: str | None


@dataclass(slots=True)
class Listing:
    """The files of a source; `fault` says why the source cannot count as read in full, `empty` that it holds nothing.

    `failed` are paths that could not be had, each with its reject: what is held of them stays. `accumulates`: what is
    not listed any more stays too, except for the paths `withdrawn`.
    """

    files: list[SourceFile] = field(default_factory=list)
    fault: str | None = None
    empty: bool = False
    failed: dict[str, Reject] = field(default_factory=dict)
    accumulates: bool = False
    withdrawn: frozenset[str] = frozenset()


NOWHERE = Path("/byline-has-no-files-here")  # the location of a source of the web; below no path that exists


def configured_sources(corpus: CorpusSettings, base: Path) -> tuple[Source, ...]:
    """The sources that `[corpus]` names; relative paths start at `base`, the config file's folder."""
    entered = {entry.path for entry in corpus.sources}
    default = "paths" not in corpus.model_fields_set  # nobody wrote it twice who named it once
    paths = [key for key in corpus.paths if _is_path(key) and not (default and key in entered)]
    keyed = {key: _local(key, base, SourceSettings(path=key)) for key in paths}
    for entry in corpus.sources:
        source = _remote(entry) if entry.url else _local(entry.path, base, entry)
        if source.key in keyed:
            raise ConfigError(f"[corpus] names {source.key} twice; keep one of the two.")
        keyed[source.key] = source
    return tuple(keyed.values())


def _is_path(key: str) -> bool:
    if re.match(r"https?://", key, re.I):
        raise ConfigError(
            f'[corpus] paths holds {key}, which is an address. Write it into sources: {{ url = "{key}" }}.'
        )
    if not key.strip() or "\0" in key:
        raise ConfigError(
            "[corpus] paths holds an empty path; name a file, a folder or a pattern such as news/*.md."
        )
    return True


def _remote(entry: SourceSettings) -> Source:
    try:
        url = canonical_address(entry.url)
    except BadAddress as error:
        raise ConfigError(f"[corpus] sources: {entry.url[:200]} cannot be fetched: {error}.") from None
    remote = Remote(url, entry.kind, entry.limit)
    return Source(url, NOWHERE, None, entry.source, entry.language, entry.max_age_days, remote)


def _local(key: str, base: Path, entry: SourceSettings) -> Source:
    written = expanded(Path(key))
    fixed = []
    for part in written.parts:
        if _WILDCARD.search(part):
            break
        fixed.append(part)
    pattern = "/".join(written.parts[len(fixed) :]) or None
    location = Path(os.path.abspath(base / Path(*fixed)))  # noqa: PTH100 links are kept
    return Source(key, location, pattern, entry.source, entry.language, entry.max_age_days)


def restricted(sources: Sequence[Source], only: Sequence[Path]) -> tuple[Source, ...]:
    """The sources that a run restricted to the paths `only` reads, and how much of each.

    A path that belongs to no configured source is a source of its own, named by its folder, so that a file has the
    same origin whether it is named itself or by its folder.
    """
    if not only:
        return tuple(sources)
    within: dict[Source, tuple[Path, ...]] = {}
    for path in only:
        place = Path(os.path.abspath(path))  # noqa: PTH100 links are kept
        if not place.exists():
            raise ConfigError(
                f"There is no file or folder at {path}; check the path, or leave it out to read all sources."
            )
        holders = [
            source for source in sources if _at_or_below(place, source.location) and _matches(source, place)
        ]
        covered = [source for source in sources if _at_or_below(source.location, place)]
        if not holders and not covered:
            folder = place if place.is_dir() else place.parent
            holders = [Source(folder.as_posix(), folder)]
        for source in covered:
            within[source] = ()
        for source in holders:
            if source not in covered and within.get(source, (place,)):
                within[source] = (*within.get(source, ()), place)
    in_order = [*sources, *(source for source in within if source not in sources)]
    return tuple(replace(source, within=within[source]) for source in in_order if source in within)


def holds(source: Source, path: Path) -> bool:
    """Whether a file is one of the source's own."""
    place = Path(os.path.abspath(path))  # noqa: PTH100 links are kept
    own = _at_or_below(place, source.location) and _matches(source, place)
    return own and _inside(place, source.location.resolve())


def _matches(source: Source, place: Path) -> bool:
    return source.pattern is None or place.is_dir() or place in source.location.glob(source.pattern)


def _at_or_below(place: Path, folder: Path) -> bool:
    return place == folder or folder in place.parents


def files_of(source: Source) -> Listing:
    """Every visible file of the source, sorted. Links that leave the source are not followed."""
    if source.pattern is not None:
        return _globbed(source)
    if source.location.is_file():
        return Listing([_file(source, source.location, source.location.name)])
    if not source.location.is_dir():
        return Listing(
            fault=f"There is nothing at {source.location}; {_STAYS}.",
            empty=True,
        )
    faults: list[OSError] = []
    root = source.location.resolve()
    found: list[SourceFile] = []
    for folder, folders, names in os.walk(source.location, onerror=faults.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in names:
            place = Path(folder, name)
            named = place in source.within
            if (not name.startswith(".") or named) and _wanted(source, place) and _inside(place, root):
                found.append(_file(source, place, place.relative_to(source.location).as_posix()))
    found.sort(key=lambda file: file.path)
    if faults:
        return Listing(found, f"{faults[0].filename} cannot be opened: {faults[0].strerror}.")
    return Listing(found, None if found else f"No file is there; {_STAYS}.", empty=not found)


def _files_safely(source: Source) -> Listing:
    """A source that cannot be listed is at fault alone."""
    try:
        return files_of(source)
    except UserFacingError:
        raise
    except (OSError, ValueError, RecursionError) as error:
        return Listing(fault=f"{unforeseen(error)} {_STAYS.capitalize()}.")


def _globbed(source: Source) -> Listing:
    root = source.location.resolve()
    try:
        places = sorted(source.location.glob(source.pattern or "*")) if source.location.is_dir() else []
    except (ValueError, NotImplementedError) as error:
        raise ConfigError(f"[corpus] paths: {source.key!r} is not a pattern of paths: {error}.") from None
    found = []
    for place in places:
        path = place.relative_to(source.location)
        hidden = any(part.startswith(".") for part in path.parts)
        if place.is_file() and not hidden and _wanted(source, place) and _inside(place, root):
            found.append(_file(source, place, path.as_posix()))
    return Listing(found, None if found else f"No file matches; {_STAYS}.", empty=not found)


def _wanted(source: Source, place: Path) -> bool:
    return not source.within or any(_at_or_below(place, path) for path in source.within)


def _inside(place: Path, root: Path) -> bool:
    """A regular file that is, the links in its whole path followed, still inside the source."""
    try:
        return place.is_file() and _at_or_below(place.resolve(), root)
    except (OSError, RuntimeError):  # a loop of links
        return False


def _file(source: Source, place: Path, path: str) -> SourceFile:
    at_file = source.pattern is None and source.location == place
    start = expanded(Path(source.key)).as_posix()
    if source.pattern is not None:
        start = start[: len(start) - len(source.pattern)]
    identity = readable(posixpath.normpath(start if at_file else posixpath.join(start, path)))
    return SourceFile(
        source, place, readable(path), printable(identity), identity, KINDS.get(place.suffix.lower())
    )


def readable(name: str) -> str:
    """A file's name as text: its bytes may be of any encoding, and what is no UTF-8 is written as in "caf\\xe9"."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def printable(name: str) -> str:
    """A name in which a line break or a terminal's control code takes no effect."""
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in name
    )


def listings(
    sources: Sequence[Source], known: Mapping[str, Listing] | None = None
) -> Iterator[tuple[Source, Listing]]:
    """Each source with its files; a file that two sources hold belongs to the first.

    `known` has the listings, by key, of the sources that are not folders of files.
    """
    seen: set[Path] = set()
    for source in sources:
        listing = (known or {}).get(source.key) or _files_safely(source)
        own = [file for file in listing.files if file.location not in seen]
        seen.update(file.location for file in own)
        yield source, replace(listing, files=own)
