"""One run at a time: who runs, since when and how far, for whoever asks meanwhile, and how the last run ended."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol, TypeVar

from ingest.errors import IngestBusy, StorageFailed
from ingest.index.generations import Generations
from ingest.sources.progress import Report
from ingest.system.atomic_write import replace_bytes

_STATE = "run.json"
_LAST = "last_run.json"
_EVERY = 1.0  # seconds between two writes of the state
_KEPT_REJECTS = 100
_LOOKS = 10


class RunInProgress(IngestBusy):
    """Somebody else's run holds the lock. `running` is its state, as `Run` writes it; None when it has none yet."""

    def __init__(self, text: str, running: dict[str, Any] | None) -> None:
        super().__init__(text)
        self.running = running


class Shaped(Protocol):
    def shape(self) -> dict[str, Any]: ...


Ended = TypeVar("Ended", bound=Shaped)


@dataclass(slots=True)
class Run:
    """The run that holds the lock. Its state: `{"by", "action", "started", "stage", "done", "total"}`."""

    directory: Path
    by: str
    action: str
    started: str
    _written: float = field(default=float("-inf"))

    def watched(self, report: Report) -> Report:
        """`report`, which also tells the state file, at most once a second."""

        def told(stage: str, done: int, total: int) -> None:
            report(stage, done, total)
            if time.monotonic() - self._written >= _EVERY:
                self.tell(stage, done, total)

        return told

    def tell(self, stage: str, done: int, total: int) -> None:
        self._written = time.monotonic()
        about = {"by": self.by, "action": self.action, "started": self.started}
        with suppress(OSError):  # it is for show; what matters fails by itself
            _replace(self.directory / _STATE, about | {"stage": stage, "done": done, "total": total})

    def end(self, outcome: Ended) -> Ended:
        """Keep how the run ended, for whoever asks for the state of the corpus; gives the outcome back."""
        self._keep(outcome.shape())
        return outcome

    def fail(self, error: Exception) -> None:
        self._keep({"error": str(error)})

    def _keep(self, shape: dict[str, Any]) -> None:
        rejected = shape.get("rejected", [])
        about = {"by": self.by, "action": self.action, "started": self.started, "rejects": len(rejected)}
        with suppress(OSError):
            _replace(self.directory / _LAST, about | shape | {"rejected": rejected[:_KEPT_REJECTS]})


@contextmanager
def exclusive(generations: Generations, action: str, by: str) -> Iterator[Run]:
    """Hold the one lock for a run; raises RunInProgress with whose run it is when it is taken.

    How an unsuccessful run ended is kept here; a successful one says so itself, by `Run.end`.
    """
    directory = generations.directory
    with ExitStack() as held:
        for attempt in range(_LOOKS + 1):
            try:
                held.enter_context(generations.writing())
                break
            except IngestBusy as error:
                state = running(directory)
                if state or attempt == _LOOKS:
                    raise RunInProgress(
                        f"{described(state)} {error}" if state else str(error), state
                    ) from None
                # somebody only looked whether the lock is held, or is about to say who it is
                time.sleep(0.05)
        run = Run(directory, by, action, datetime.now(UTC).isoformat(timespec="seconds"))
        run.tell("starting", 0, 0)
        try:
            yield run
        except Exception as error:
            run.fail(error)
            raise
        finally:
            with suppress(OSError):
                (directory / _STATE).unlink(missing_ok=True)


def is_running(generations: Generations) -> bool:
    """Whether somebody holds the lock now; nobody where it cannot be written to."""
    if not generations.directory.is_dir():
        return False
    try:
        with generations.writing():
            with suppress(OSError):
                (generations.directory / _STATE).unlink(missing_ok=True)  # of a run that was killed
            return False
    except IngestBusy:
        return True
    except StorageFailed:
        return False


def running(directory: Path) -> dict[str, Any] | None:
    """The state of the run that holds the lock. Without one it may be what a killed run left."""
    return _read(directory / _STATE)


def last_run(directory: Path) -> dict[str, Any] | None:
    """How the last run ended: its outcome, or `{"error"}`, with `by`, `action`, `started` and `rejects` (a number)."""
    last = _read(directory / _LAST)
    if last is None or not all(isinstance(last.get(name), str) for name in ("by", "action", "started")):
        return None  # somebody else's writing
    rejected = last.get("rejected")
    whole = [one for one in rejected if _is_reject(one)] if isinstance(rejected, list) else []
    return last | {"rejected": whole}


def _is_reject(one: object) -> bool:
    return isinstance(one, dict) and {"path", "reason"} <= one.keys()


def described(state: dict[str, Any]) -> str:
    """A run's state in one sentence."""
    began = str(state.get("started", ""))[:19].replace("T", " ")
    stage, done, total = (state.get(name) for name in ("stage", "done", "total"))
    counts = isinstance(done, int) and isinstance(total, int) and total
    far = f"{stage} {done:,} of {total:,}" if counts else str(stage or "running")
    who, action = state.get("by", "Somebody"), state.get("action", "refresh")
    return f"{who} started a run ({action}) at {began} UTC; it is {far}."


def _replace(path: Path, content: dict[str, Any]) -> None:
    text = json.dumps(content, ensure_ascii=False)
    replace_bytes(path, text.encode("utf-8", errors="replace"), durable=False)


def _read(path: Path) -> dict[str, Any] | None:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None
