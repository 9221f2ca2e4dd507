"""The open index: one question sees one generation, and a new one is taken up as soon as it is published."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from ingest.errors import CatalogueBroken, EmbedderMismatch, IndexBroken, IndexMissing
from ingest.index.generations import Generations
from ingest.index.index import Index
from ingest.settings import IndexSettings

# seconds that questions wait for a new generation to open while an older one could answer them
PATIENCE = 5.0
RETRY = 30.0  # seconds before a generation that would not open, or lacks its vectors, is opened again
REPORT_AGAIN = 600.0  # seconds after which vectors that are still broken are reported again

log = logging.getLogger(__name__)


@dataclass(eq=False)
class _Shelf:
    """An open generation and how many questions are reading it."""

    index: Index
    readers: int = 0
    since: float = field(default_factory=time.monotonic)


@dataclass(frozen=True)
class _Opening:
    """A generation that a thread is opening; `done` has no result, or the error."""

    began: float = field(default_factory=time.monotonic)
    done: Future[None] = field(default_factory=Future)


class Library:
    """Lends the current index. All methods block shortly on disk: call them from a thread, not the event loop.

    While a new generation opens, and when it will not, questions are answered from the one before if that is open.
    Where the catalogue of the current one is damaged, and none is open, the newest before it that is whole is.
    """

    def __init__(
        self, settings: IndexSettings, embedder_key: str, on_broken: Callable[[str], None] = lambda _: None
    ) -> None:
        """`on_broken` is called, from some thread, when a generation is damaged and has to be remade."""
        self._settings = settings
        self._embedder_key = embedder_key
        self._on_broken = on_broken
        self._generations = Generations(settings.directory)
        self._lock = threading.Lock()
        self._current: _Shelf | None = None
        self._superseded: list[_Shelf] = []
        self._openings: dict[str, _Opening] = {}
        self._refused: dict[str, float] = {}  # when a generation would not open
        self._reported: dict[str, float] = {}
        self._closed = False

    @contextmanager
    def lease(self) -> Iterator[Index]:
        """The current generation, kept open until the block ends.

        Raises IndexMissing, IndexBroken or EmbedderMismatch, whose texts say what to run.
        """
        shelf = self._take()
        try:
            yield shelf.index
        finally:
            self._give_back(shelf)

    def tell_when_broken(self, told: Callable[[str], None]) -> None:
        """Call `told` in place of `on_broken`, at once for the generations that were reported before."""
        with self._lock:
            self._on_broken = told
            before = tuple(self._reported)
        for generation in before:
            told(generation)

    def close(self) -> None:
        """Close every generation; a question that still reads one fails."""
        with self._lock:
            self._closed = True
            shelves = [*self._superseded, *([self._current] if self._current else [])]
            self._superseded, self._current = [], None
        for shelf in shelves:
            shelf.index.close()

    def _take(self) -> _Shelf:
        while True:
            name = self._generations.require_current()
            with self._lock:
                if self._closed:
                    raise IndexMissing("The library is closed.")
                held = self._current
                if held is not None:
                    held.readers += 1
                    if not self._is_due(name, held):
                        return held
                opening = self._opening(name)
                if held is not None and held.index.generation == name:
                    return held  # it lacks its vectors; another try must not keep anybody waiting
            try:
                opening.done.result(
                    None if held is None else max(0.0, opening.began + PATIENCE - time.monotonic())
                )
            except Exception:  # among them a TimeoutError, ours when the patience is over or the disk's own
                if held is not None:
                    return held
                if self._generations.current() == name:
                    raise
                continue  # it was pruned while it was being opened: another is current
            if held is not None:
                self._give_back(held)

    def _is_due(self, name: str, held: _Shelf) -> bool:
        """Whether the generation `name` should be opened in place of the one held; called under the lock."""
        now = time.monotonic()
        if held.index.generation == name:
            return held.index.vectors_fault is not None and now - held.since > RETRY
        return now - self._refused.get(name, float("-inf")) > RETRY

    def _opening(self, name: str) -> _Opening:
        """The one opening of a generation that runs; called under the lock."""
        opening = self._openings.get(name)
        if opening is None:
            opening = self._openings[name] = _Opening()
            threading.Thread(
                target=self._open, args=(name, opening), name=f"open {name}", daemon=True
            ).start()
        return opening

    def _open(self, name: str, opening: _Opening) -> None:
        try:
            index = self._opened(name)
        except BaseException as error:
            with self._lock:
                del self._openings[name]
                self._refused[name] = time.monotonic()
                if self._current is not None:
                    log.error("The new index cannot be used, so the last one stays: %s", error)
            opening.done.set_exception(error)
            return
        with self._lock:
            del self._openings[name]
            held = self._current
            # an older index that answers in full is better than a new one that answers by words alone
            better = held is None or index.vectors_fault is None or held.index.vectors_fault is not None
            taken = better and not self._closed
            if taken:
                self._superseded += [held] if held is not None else []
                self._current = _Shelf(index)
                self._refused.clear()
            if not taken or index.generation != name:
                self._refused[name] = time.monotonic()
            unread = self._unread()
        if not taken:
            index.close()
        _close(unread)
        self._report_broken(index)
        with suppress(IndexBroken):
            if self._generations.has_lost_current():
                self._report(name)
        opening.done.set_result(None)

    def _opened(self, name: str) -> Index:
        """The generation `name`, or the newest before it that is whole where it is damaged and none is open."""
        try:
            return Index(self._settings, name, self._embedder_key)
        except CatalogueBroken as error:
            self._report(name)
            if self._current is not None:
                raise
            for older in self._generations.before(name):
                with suppress(IndexBroken, EmbedderMismatch):
                    index = Index(self._settings, older, self._embedder_key)
                    log.error("Answering from the generation before, %s: %s", older, error)
                    return index
            raise

    def _give_back(self, shelf: _Shelf) -> None:
        with self._lock:
            shelf.readers -= 1
            unread = self._unread()
        _close(unread)
        self._report_broken(shelf.index)

    def _unread(self) -> list[_Shelf]:
        """Superseded generations that no question reads any more, to be closed; called under the lock."""
        unread = [shelf for shelf in self._superseded if shelf.readers == 0]
        self._superseded = [shelf for shelf in self._superseded if shelf.readers]
        return unread

    def _report_broken(self, index: Index) -> None:
        if index.needs_rebuilding:
            self._report(index.generation)

    def _report(self, generation: str) -> None:
        """Tell that a generation has to be remade, now and then while it has not been."""
        with self._lock:
            now = time.monotonic()
            fresh = now - self._reported.get(generation, float("-inf")) > REPORT_AGAIN
            if fresh:
                self._reported[generation] = now
        if fresh:
            self._on_broken(generation)


def _close(shelves: list[_Shelf]) -> None:
    """Outside the lock: closing takes Chroma a moment, for which no question has to wait."""
    for shelf in shelves:
        shelf.index.close()
