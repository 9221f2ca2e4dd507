"""Files added by hand: copied into the uploads folder under a hash of what is in them."""

from __future__ import annotations

import logging
import re
import shutil
import time
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath, PureWindowsPath

from ingest.articles.readers.document import Reject
from ingest.articles.urls import BadAddress, canonical_address
from ingest.edits.manual_edits import Curation, Upload
from ingest.errors import CatalogueBroken, ConfigError, UserFacingError
from ingest.index.catalogue import Catalogue
from ingest.index.generations import Generations
from ingest.index.index import CATALOGUE
from ingest.sources.sources import KINDS, Listing, Source, SourceFile
from ingest.system.atomic_write import PENDING, replacing
from ingest.system.digest import sha256_of

LARGEST_UPLOAD = 500_000_000  # bytes
_LONGEST_NAME = 120
_HALF_COPIED = 3_600.0  # seconds after which nobody is copying it any more
_OURS = re.compile(r"[0-9a-f]{64}\.[a-z]{2,8}")
_URL = re.compile(r"https?://", re.I)

log = logging.getLogger(__name__)


class UploadRefused(UserFacingError):
    """What was to be added cannot be an article."""


def is_url(written: str) -> bool:
    return bool(_URL.match(written.strip()))


def url_upload(written: str, by: str, at: str) -> Upload:
    """A page of the web, added by its address."""
    try:
        address = canonical_address(written)
    except BadAddress as error:
        raise UploadRefused(f"{written[:200]} cannot be added: {error}.") from None
    return Upload(address, address, by, at)


def file_upload(file: Path, name: str, folder: Path, by: str, at: str) -> Upload:
    """Copy `file` into the uploads folder. `name` is what the person called it: it is shown, and its ending says what
    the file is, but it never becomes a path. Raises UserFacingError.
    """
    shown = shown_name(name)
    ending = PurePosixPath(shown).suffix.lower()
    if ending not in KINDS:
        raise UploadRefused(f"{shown} is not of a kind that Byline reads: {', '.join(sorted(KINDS))}.")
    if not file.is_file():
        raise ConfigError(f"There is no file at {file}; check the path.")
    if file.stat().st_size > LARGEST_UPLOAD:
        raise UploadRefused(f"{shown} is larger than {LARGEST_UPLOAD // 1_000_000} MB; split it.")
    digest = sha256_of(file)
    place = folder / f"{digest}{ending}"
    with replacing(place) as pending:
        shutil.copyfile(file, pending)
        if sha256_of(pending) != digest:
            raise UploadRefused(f"{shown} was changed while it was copied; try again.")
    return Upload(place.name, shown, by, at)


def shown_name(name: str) -> str:
    """The last part of a name, whatever system's path it was, without control characters, at a length to show."""
    last = PurePosixPath(PureWindowsPath(name).as_posix()).name
    plain = "".join(character if character.isprintable() else " " for character in last)
    stem, ending = PurePosixPath(plain).stem, PurePosixPath(plain).suffix
    return (stem.strip()[: _LONGEST_NAME - len(ending)] or "upload") + ending.strip()


def uploaded_files(source: Source, uploads: Iterable[Upload]) -> Listing:
    """The copies of what was added as files; one that is missing keeps its article and is a reject."""
    listing = Listing()
    for upload in uploads:
        if upload.is_url:
            continue
        place = source.location / upload.path
        if not _OURS.fullmatch(upload.path) or not place.is_file():
            reason = "Its copy in the uploads folder is missing; add it again, or remove the article."
            listing.failed[upload.path] = Reject(upload.name, reason)
            continue
        kind = KINDS.get(place.suffix)
        listing.files.append(
            SourceFile(source, place, upload.path, upload.name, f"uploads/{upload.path}", kind)
        )
    return listing


def placed_under_uploads(source: Source, listing: Listing) -> Listing:
    """The listing of a page that was added by hand, as a part of the uploads."""
    return replace(listing, files=[replace(file, source=source) for file in listing.files])


def adopted_uploads(folder: Path) -> Curation:
    """What the uploads folder holds when there is no index that would know: somebody deleted it to start anew."""
    if not folder.is_dir():
        return Curation()
    found = sorted(place for place in folder.iterdir() if _OURS.fullmatch(place.name))
    at = (datetime.fromtimestamp(place.stat().st_mtime, UTC).isoformat(timespec="seconds") for place in found)
    return Curation(
        tuple(Upload(place.name, place.name, "", moment) for place, moment in zip(found, at, strict=True))
    )


def uploads_in_use(generations: Generations) -> set[str]:
    """The paths of what was added by hand that any generation still names; one that is damaged is given up.

    Raises IndexBroken where one cannot be read: nobody knows then what it names.
    """
    used: set[str] = set()
    for name in generations.published():
        try:
            with Catalogue.published(generations.path(name) / CATALOGUE) as catalogue:
                used.update(upload.path for upload in Curation.load(catalogue).uploads)
        except (CatalogueBroken, ValueError, TypeError) as error:
            log.warning("Generation %s is damaged and counted no more: %s", name, error)
            generations.give_up(name)
    return used


def discard_refused(generations: Generations, folder: Path, paths: Collection[str]) -> None:
    """Delete copies that were made for a change that did not come about; those that a generation names stay.

    Called under the lock, or of copies that nobody else can have made.
    """
    with suppress(UserFacingError, OSError):  # why the change was refused says more
        discard_uploads(folder, set(paths) - uploads_in_use(generations))


def discard_uploads(folder: Path, paths: Collection[str]) -> None:
    """Delete copies that no generation names any more, and what killed runs left half copied."""
    for path in paths:
        if _OURS.fullmatch(path):
            (folder / path).unlink(missing_ok=True)
    for left in folder.glob(f"{PENDING}*"):
        if time.time() - left.stat().st_mtime > _HALF_COPIED:
            left.unlink(missing_ok=True)
