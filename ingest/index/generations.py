"""Generations of the index on disk: one directory each, published by replacing one small file."""

from __future__ import annotations

import logging
import re
import shutil
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from ingest.errors import IndexMissing, IngestBusy, NothingToRollBack, StorageFailed
from ingest.index.checksums import damage
from ingest.index.disk_errors import unreadable
from ingest.system.atomic_write import flush, replace_bytes

KEPT = 2  # the current generation, and the one before for roll back
_CATALOGUE = "catalogue.sqlite"
_NAME = re.compile(r"[0-9]{8}T[0-9]{9}-[0-9a-f]{4}")  # as `begin` makes it; nothing else becomes a path
_IDENTITY = re.compile(r"[0-9a-f]{12}")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Generations:
    """`directory` holds `<generation>/`, `current` (the published one's name), `id`, `lock`, `readers/`, `opening/`."""

    directory: Path

    def current(self) -> str | None:
        """The published generation's name, or None before the first publish. Raises IndexBroken.

        Where the pointer was lost or overwritten, or names one that is gone, it is the newest one on disk whose
        catalogue has the size it had.
        """
        named = next((name for name in self._words_in("current")[:1] if _NAME.fullmatch(name)), None)
        if named is not None and self.path(named).exists():
            return named
        newest_first = reversed(self.published())
        return next((name for name in newest_first if not self._is_harmed(name)), named)

    def has_lost_current(self) -> bool:
        """Whether `current` had to be guessed: the pointer is gone, or the generation that it names."""
        name = self.current()
        return name is not None and self._words_in("current") != [name]

    def _is_harmed(self, name: str) -> bool:
        return damage(self.path(name), _CATALOGUE, thorough=False) is not None

    def _words_in(self, file: str) -> list[str]:
        path = self.directory / file
        try:
            return path.read_text(encoding="ascii", errors="replace").split()
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as error:
            raise unreadable(path, error) from error

    def require_current(self) -> str:
        name = self.current()
        if name is None:
            raise IndexMissing(
                f"There is no index in {self.directory} yet. Run `python -m ingest` to make one from the articles."
            )
        return name

    def path(self, generation: str) -> Path:
        return self.directory / generation

    def published(self) -> list[str]:
        """Every complete generation on disk, oldest first. Raises IndexBroken."""
        try:
            names = {path.name for path in self.directory.iterdir() if _NAME.fullmatch(path.name)}
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as error:
            raise unreadable(self.directory, error) from error
        return sorted(name for name in names - self._abandoned() if self._has_catalogue(name))

    def _has_catalogue(self, name: str) -> bool:
        """Whether a catalogue is there, or may be: one that cannot be looked at is not gone."""
        try:
            (self.path(name) / _CATALOGUE).stat()
        except (FileNotFoundError, NotADirectoryError):
            return False
        except OSError:
            return True
        return True

    def begin(self) -> Path:
        """A new, empty directory to build the next generation in; what earlier killed runs left is swept away."""
        self.directory.mkdir(parents=True, exist_ok=True)
        for leftover in self.directory.glob("*.partial"):
            shutil.rmtree(leftover, ignore_errors=True)
        now = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")[:-3]
        partial = self.directory / f"{self._after_all(now)}-{uuid.uuid4().hex[:4]}.partial"
        partial.mkdir(mode=0o700)  # articles may be for their owner alone, as the records of questions are
        return partial

    def _after_all(self, now: str) -> str:
        """`now`, or just after the newest generation where the clock was set back: names tell what came when."""
        newest = (self.published() or [""])[-1][: len(now)]
        if now > newest:
            return now
        following = str(int(newest.replace("T", "")) + 1)
        return f"{following[:8]}T{following[8:]}"

    def abandon(self, partial: Path) -> None:
        """Delete a build that failed: the room it takes may be what was missing."""
        shutil.rmtree(partial, ignore_errors=True)

    def identity(self) -> str:
        """A name for this directory that no other has, made under the lock and kept."""
        path = self.directory / "id"
        try:
            name = path.read_text(encoding="ascii", errors="replace").strip()
        except FileNotFoundError:
            name = ""
        if not _IDENTITY.fullmatch(name):
            name = uuid.uuid4().hex[:12]
            self._write("id", name)
        return name

    def publish(self, partial: Path) -> str:
        """Make a finished build the current generation and return its name."""
        generation = partial.name.removesuffix(".partial")
        _flush_tree(partial)
        final = self.path(generation)
        partial.rename(final)
        flush(self.directory)  # the name must not reach the disk after the pointer to it
        self.point_to(generation)
        return generation

    def point_to(self, generation: str) -> None:
        self._write("current", generation)  # atomic: readers see the old index or the new, never half of one

    def _write(self, name: str, text: str) -> None:
        replace_bytes(self.directory / name, f"{text}\n".encode("ascii"))

    def previous(self) -> str | None:
        """The newest generation older than the current one."""
        current = self.current()
        return next(iter(self.before(current)), None) if current is not None else None

    def before(self, generation: str) -> list[str]:
        """Those that are older, newest first."""
        return [name for name in reversed(self.published()) if name < generation]

    def roll_back(self) -> str:
        """Make the previous generation current and return its name; the one it replaces is never used again."""
        current, previous = self.require_current(), self.previous()
        if previous is None:
            raise NothingToRollBack("There is no older generation to go back to.")
        self.point_to(previous)
        # named only now: killed in between, the abandoned one is merely kept a while longer
        self._write("abandoned", "\n".join(sorted({*self._abandoned(), current})))
        return previous

    def give_up(self, generation: str) -> None:
        """Count a broken generation no more; it is deleted once another is current and nobody reads it."""
        if generation:
            self._write("abandoned", "\n".join(sorted({*self._abandoned(), generation})))

    def _abandoned(self) -> set[str]:
        """Generations that were rolled back, and may still be on disk because somebody reads them."""
        return {name for name in self._words_in("abandoned") if _NAME.fullmatch(name)}

    def prune(self) -> None:
        """Delete all but the newest generations and those that a reader still holds."""
        published = self.published()
        abandoned, held = self._abandoned(), self._held()
        keep = {*published[-KEPT:], self.current(), self.previous(), *held}
        for name in [*published, *abandoned]:
            if name not in keep:
                shutil.rmtree(self.path(name), ignore_errors=True)
        if abandoned - held:
            self._write(
                "abandoned", "\n".join(sorted(name for name in abandoned if self.path(name).exists()))
            )

    @contextmanager
    def reading(self, generation: str) -> Iterator[None]:
        """Keep a generation from being pruned while the block runs, in this process or another.

        On a disk that cannot be written to nothing is pruned either, so it is read without.
        """
        with self._marked("readers", generation):
            yield

    @contextmanager
    def _marked(self, kind: str, generation: str) -> Iterator[None]:
        """A locked file in the folder `kind` while the block runs, where one can be written."""
        mark = self.directory / kind / f"{generation}.{uuid.uuid4().hex[:8]}"
        with ExitStack() as held:
            try:
                mark.parent.mkdir(exist_ok=True)
                held.callback(_remove, mark)
                # released perhaps in another thread than it was taken in
                held.enter_context(FileLock(mark, thread_local=False))
            except OSError as error:
                log.info("Generation %s is read without a mark: %s", generation, error)
            yield

    @contextmanager
    def risky(self, generation: str) -> Iterator[None]:
        """Leave a mark for as long as the block runs, which stays if it ends the process; see `ended_a_process`."""
        with self._marked("opening", generation):
            yield

    def ended_a_process(self, generation: str) -> bool:
        """Whether a process died while it opened this generation: Chroma can crash on broken files."""
        return any(_is_free(mark) for mark in (self.directory / "opening").glob(f"{generation}.*"))

    def trust(self, generation: str) -> None:
        """Forget that a process died while it opened this generation."""
        for mark in (self.directory / "opening").glob(f"{generation}.*"):
            if _is_free(mark):
                _remove(mark)

    def _held(self) -> set[str]:
        """Generations with a live reader; the leases of readers that died are removed."""
        held = set()
        for lease in (self.directory / "readers").glob("*"):
            if _is_free(lease):
                lease.unlink(missing_ok=True)
            else:
                held.add(lease.name.rpartition(".")[0])
        return held

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the one lock under which anything here is changed."""
        lock = FileLock(self.directory / "lock")
        try:
            self.directory.mkdir(parents=True, exist_ok=True)
            lock.acquire(timeout=0)
        except Timeout:
            raise IngestBusy(
                f"Another ingest is writing to {self.directory}. Wait for it to end, then run this again."
            ) from None
        except OSError as error:
            raise StorageFailed(
                f"{self.directory} cannot be written to: {error.strerror or error}. Nothing was changed. "
                "Mend the folder's rights or the disk, and run this again."
            ) from error
        try:
            yield
        finally:
            lock.release()


def _is_free(path: Path) -> bool:
    """Whether nobody holds the lock on a file, so that whoever made it is gone; not where that cannot be told."""
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except (Timeout, OSError):
        return False
    lock.release()
    return True


def _remove(mark: Path) -> None:
    with suppress(OSError):
        mark.unlink(missing_ok=True)


def _flush_tree(directory: Path) -> None:
    """Everything below a directory on disk before it is pointed to: a power cut must not leave half a generation."""
    for path in [*directory.rglob("*"), directory]:
        flush(path)
