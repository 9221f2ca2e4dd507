"""The state of the corpus, for whoever looks after it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from ingest.edits.manual_edits import Curation
from ingest.edits.run_lock import described, is_running, last_run, running
from ingest.errors import IndexBroken
from ingest.index.catalogue import Catalogue
from ingest.index.checksums import require_whole
from ingest.index.generations import Generations
from ingest.index.index import CATALOGUE
from ingest.settings import IngestSettings
from ingest.text.plurals import counted


def corpus_status(settings: IngestSettings) -> dict[str, Any]:
    """The JSON object that `--status --json` prints; null where there is no index, or nothing was run yet.

    `bytes` is the size of the index on disk; `fault` is there only where the index cannot be read, and says why;
    `running` and `last_run` are as `ingest.edits.run_lock` describes them.
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


def status_text(status: Mapping[str, Any]) -> str:
    """The same for people, a few lines."""
    lines = ["Nothing has been read yet. Run `python -m ingest`."]
    if status["generation"]:
        dates = f", from {status['oldest']} to {status['newest']}" if status["oldest"] else ""
        older = f"; {status['previous']} is kept to go back to" if status["previous"] else ""
        facts = [
            f"{counted(status['articles'], 'article')}, {counted(status['passages'], 'passage')}{dates}",
            f"{counted(status['uploads'], 'upload')}, {status['removed_by_hand']} removed by hand",
            f"Generation {status['generation']}, built at {status['built_at']}{older}",
        ]
        lines = [status["fault"]] if "fault" in status else facts
        lines.append(f"{status['bytes'] / 1e6:,.1f} MB on disk")
    minutes = status["refresh_minutes"]
    lines.append(f"Refreshed every {minutes:g} minutes by the bot" if minutes else "Refreshed by hand only")
    if status["running"] is not None:
        lines.append(f"Now: {described(status['running'])}" if status["running"] else "Now: a run has begun.")
    if (last := status["last_run"]) is not None:
        lines.append(f"Last run: {last['action']} by {last['by']} at {last['started']}, {_ended(last)}")
        lines += [f"  {reject['path']}: {reject['reason']}" for reject in last["rejected"]]
    return "\n".join(lines)


def _ended(last: Mapping[str, Any]) -> str:
    if last.get("error"):
        return f"which failed: {last['error']}"
    changes = ", ".join(f"{last[name]} {name}" for name in ("added", "changed", "removed") if name in last)
    return "; ".join(filter(None, (changes, f"{last['rejects']} not read" if last.get("rejects") else "")))


_NOTHING: dict[str, Any] = {
    "articles": 0, "passages": 0, "oldest": None, "newest": None, "built_at": None, "uploads": 0, "removed_by_hand": 0
}  # fmt: skip


def _held(path: Path) -> dict[str, Any]:
    """What the catalogue says, or `_NOTHING` with a `fault`."""
    try:
        held = _said(path)
        require_whole(path.parent, path.name)
        return held
    except IndexBroken as error:
        return _NOTHING | {"fault": str(error)}
    except (ValueError, TypeError, KeyError) as error:
        return _NOTHING | {
            "fault": f"{path} is damaged ({error}). Run `python -m ingest` to build a new one."
        }


def _said(path: Path) -> dict[str, Any]:
    with Catalogue.published(path) as catalogue:
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
