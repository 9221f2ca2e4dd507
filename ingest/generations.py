"""Generations of the index on disk: one directory each, published by replacing one small file."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from ingest.errors import IndexMissing, IngestBusy

KEPT = 2  # the current generation, and the one before for roll back


@dataclass(frozen=True, slots=True)
class Generations:
    """`directory` holds `<generation>/`, `current` (the published one's name), `lock` and `readers/`."""

    directory: Path

    def current(self) -> str | None:
        """The published generation's name, or None before the first publish."""
        try:
            name = (self.directory / "current").read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return None
        return name or None

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
        """Every complete generation on disk, oldest first."""
        found = self.directory.glob("*/catalogue.sqlite")
        return sorted(path.parent.name for path in found if not path.parent.name.endswith(".partial"))

    def begin(self) -> Path:
        """A new, empty directory to build the next generation in; what earlier killed runs left is swept away."""
        self.directory.mkdir(parents=True, exist_ok=True)
        for leftover in self.directory.glob("*.partial"):
            shutil.rmtree(leftover, ignore_errors=True)
        now = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
        partial = self.directory / f"{now[:-3]}-{uuid.uuid4().hex[:4]}.partial"
        partial.mkdir()
        return partial

    def publish(self, partial: Path) -> str:
        """Make a finished build the current generation and return its name."""
        generation = partial.name.removesuffix(".partial")
        _flush_tree(partial)
        final = self.path(generation)
        partial.rename(final)
        self.point_to(generation)
        return generation

    def point_to(self, generation: str) -> None:
        pending = self.directory / f"current.{os.getpid()}"
        with pending.open("w", encoding="ascii") as file:
            file.write(generation + "\n")
            file.flush()
            os.fsync(file.fileno())
        pending.replace(self.directory / "current")  # atomic: readers see the old index or the new, never half of one
        _flush(self.directory)

    def previous(self) -> str | None:
        """The newest generation older than the current one."""
        current = self.current()
        older = [name for name in self.published() if current is not None and name < current]
        return older[-1] if older else None

    def prune(self) -> None:
        """Delete all but the newest generations and those that a reader still holds."""
        published = self.published()
        keep = {*published[-KEPT:], self.current(), self.previous(), *self._held()}
        for name in published:
            if name not in keep:
                shutil.rmtree(self.path(name), ignore_errors=True)

    @contextmanager
    def reading(self, generation: str) -> Iterator[None]:
        """Keep a generation from being pruned while the block runs, in this process or another."""
        readers = self.directory / "readers"
        readers.mkdir(exist_ok=True)
        lease = readers / f"{generation}.{uuid.uuid4().hex[:8]}"
        with FileLock(lease, thread_local=False):  # closed perhaps in another thread than it was opened in
            yield
        lease.unlink(missing_ok=True)

    def _held(self) -> set[str]:
        """Generations with a live reader; the leases of readers that died are removed."""
        held = set()
        for lease in (self.directory / "readers").glob("*"):
            lock = FileLock(lease)
            try:
                lock.acquire(timeout=0)
            except Timeout:
                held.add(lease.name.rpartition(".")[0])
            else:
                lock.release()
                lease.unlink(missing_ok=True)
        return held

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the one lock under which anything here is changed."""
        self.directory.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.directory / "lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise IngestBusy(
                f"Another ingest is writing to {self.directory}. Wait for it to end, then run this again."
            ) from None
        try:
            yield
        finally:
            lock.release()


def _flush_tree(directory: Path) -> None:
    """Everything below a directory on disk before it is pointed to: a power cut must not leave half a generation."""
    for path in [*directory.rglob("*"), directory]:
        _flush(path)


def _flush(path: Path) -> None:
    if os.name == "nt" and path.is_dir():
        return  # Windows cannot open a directory, and needs no flush of one
    handle = os.open(path, os.O_RDONLY if os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
