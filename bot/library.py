"""The open index: one question sees one generation, and a new one is taken up as soon as it is published."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from ingest.generations import Generations
from ingest.index import Index
from ingest.settings import IndexSettings


@dataclass
class _Shelf:
    """An open generation and how many questions are reading it."""

    index: Index
    readers: int = 0


class Library:
    """Lends the current index. All methods block shortly on disk: call them from a thread, not the event loop."""

    def __init__(self, settings: IndexSettings, embedder_key: str) -> None:
        self._settings = settings
        self._embedder_key = embedder_key
        self._generations = Generations(settings.directory)
        self._lock = threading.Lock()
        self._shelves: dict[str, _Shelf] = {}
        self._current = ""

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

    def close(self) -> None:
        with self._lock:
            for shelf in self._shelves.values():
                shelf.index.close()
            self._shelves.clear()
            self._current = ""

    def _take(self) -> _Shelf:
        with self._lock:
            name = self._generations.require_current()
            if name not in self._shelves:
                self._shelves[name] = _Shelf(Index(self._settings, name, self._embedder_key))
            self._current = name
            shelf = self._shelves[name]
            shelf.readers += 1
            self._close_unread()
            return shelf

    def _give_back(self, shelf: _Shelf) -> None:
        with self._lock:
            shelf.readers -= 1
            self._close_unread()

    def _close_unread(self) -> None:
        """Close superseded generations that no question reads any more; called under the lock."""
        for name, shelf in list(self._shelves.items()):
            if name != self._current and shelf.readers == 0:
                shelf.index.close()
                del self._shelves[name]
