"""The state of the corpus, for whoever looks after it."""

from __future__ import annotations

from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from ingest.catalogue import Catalogue
from ingest.curation import Curation
from ingest.generations import Generations
from ingest.index import CATALOGUE
from ingest.running import is_running, last_run, running
from ingest.settings import IngestSettings


def corpus_status(settings: IngestSettings) -> dict[str, Any]:
    """The JSON object that `--status --json` prints; null where there is no index, or nothing was run yet.

    `bytes` is the size of the index on disk; `running` and `last_run` are as `ingest.running` describes them.
    """
    generations = Generations(settings.index.directory)
    name = generations.current()
    busy = is_running(generations)
    return {
        "generation": name,
        **(_held(generations.path(name) / CATALOGUE) if name else _NOTHING),
        "previous": generations.previous(),
        "bytes": _size(settings.index.directory),
        "running": running(generations.directory) or {} if busy else None,
        "last_run": last_run(generations.directory),
        "refresh_minutes": settings.corpus.refresh_minutes,
    }


_NOTHING: dict[str, Any] = {
    "articles": 0, "passages": 0, "oldest": None, "newest": None, "built_at": None, "uploads": 0, "removed_by_hand": 0
}  # fmt: skip


def _held(path: Path) -> dict[str, Any]:
    with closing(Catalogue(path, readonly=True)) as catalogue:
        oldest, newest = catalogue.dates()
        curation = Curation.load(catalogue)
        return {
            "articles": catalogue.count("articles"),
            "passages": catalogue.count("passages"),
            "oldest": oldest,
            "newest": newest,
            "built_at": catalogue.meta("built_at"),
            "uploads": len(curation.uploads),
            "removed_by_hand": len(curation.tombstones),
        }


def _size(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        with suppress(OSError):  # a build may be swept away meanwhile
            total += path.stat().st_size if path.is_file() else 0
    return total
