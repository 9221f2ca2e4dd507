"""How far a run of ingest is: what it told so far, and what that says about pace and time left (pure)."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from babel.numbers import format_decimal

from bot.chat.messages.language import Words
from bot.chat.messages.markup import one_line, plain

_BAR = 20
_TELLING = 2.0  # seconds of a stage after which its pace tells something
_MOST = 10**9


@dataclass
class RunProgress:
    """One run, by whom and what for. `action` is as ingest names it; `files` and `passages` are (done, total)."""

    by: str
    action: str
    started: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))
    stage: str = "starting"
    done: int = 0
    total: int = 0
    files: tuple[int, int] = (0, 0)
    passages: tuple[int, int] = (0, 0)
    clock: Callable[[], float] = time.monotonic
    _since: float | None = None  # when the stage began; nobody tells it of a run of another process
    _from: int = 0

    @classmethod
    def told(cls, state: Mapping[str, Any]) -> RunProgress:
        """The state of another run, as ingest tells it; what is not as it should be is left out."""
        by, action, started, stage = (
            str(state.get(name) or "") for name in ("by", "action", "started", "stage")
        )
        return cls(by, action, started, stage, _count(state.get("done")), _count(state.get("total")))

    def step(self, stage: str, done: int, total: int) -> None:
        if stage != self.stage:
            self._since, self._from = self.clock(), done
        self.stage, self.done, self.total = stage, done, total
        if stage == "reading":
            self.files = (done, total)
        elif stage == "embedding":
            self.passages = (done, total)

    @property
    def rate(self) -> float | None:
        """How many a second of what the stage counts; None while that cannot be told."""
        if self._since is None:
            return None
        seconds = self.clock() - self._since
        return (self.done - self._from) / seconds if seconds >= _TELLING and self.done > self._from else None

    @property
    def seconds_left(self) -> float | None:
        rate = self.rate
        return (self.total - self.done) / rate if rate and self.total > self.done else None


def progress_text(run: RunProgress, words: Words) -> str:
    """The run for those who watch it: what it does, a bar, what it counted, its pace and the time left."""
    lines = [f"**{_doing(run.stage, words)}**"]
    if run.total > 0:
        share = min(1.0, run.done / run.total)
        full = int(share * _BAR)
        lines.append(f"`{'█' * full}{'░' * (_BAR - full)}` {share * 100:.0f} %")
    counted = []
    if run.files[1]:
        counted.append(words("Articles: {done} of {total} files", **_pair(run.files, words)))
    if run.passages[1]:
        counted.append(words("Passages: {done} of {total}", **_pair(run.passages, words)))
    if not counted and run.total > 0:
        counted.append(words("{done} of {total}", **_pair((run.done, run.total), words)))
    if run.rate is not None:
        pace = format_decimal(run.rate, format="#,##0" if run.rate >= 10 else "0.0", locale=words.language)
        counted.append(words("{pace} a second", pace=pace))
    if run.seconds_left is not None:
        counted.append(time_left(run.seconds_left, words))
    if counted:
        lines.append("-# " + " · ".join(counted))
    return "\n".join(lines)


def busy_text(run: RunProgress, words: Words) -> str:
    """Whose run it is that holds everybody else up, since when, and how far it is."""
    who = words("The schedule") if run.by == "schedule" else plain(one_line(run.by, 100)) or words("Somebody")
    values = {"who": who, "action": f"`{action_name(run.action)}`", "when": moment(run.started, "R")}
    return words("{who} started a run ({action}) {when}:", **values) + "\n" + progress_text(run, words)


def time_left(seconds: float, words: Words) -> str:
    if seconds < 60:
        return words("less than a minute left")
    minutes = round(seconds / 60)
    if minutes < 90:
        return words.plural("about {n} minute left", "about {n} minutes left", minutes)
    return words.plural("about {n} hour left", "about {n} hours left", round(minutes / 60))


def moment(iso: str, style: str) -> str:
    """A moment as Discord shows it in each reader's own time and language."""
    try:
        at = datetime.fromisoformat(iso)
    except ValueError:
        return plain(one_line(iso, 40))
    return f"<t:{int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp())}:{style}>"


def _doing(stage: str, words: Words) -> str:
    known = {
        "fetching": words("Fetching pages…"),
        "reading": words("Reading the articles…"),
        "embedding": words("Embedding the passages…"),
        "indexing": words("Building the index…"),
    }
    return known.get(stage) or words("Working…")


def _pair(counts: tuple[int, int], words: Words) -> dict[str, str]:
    done, total = (format_decimal(count, locale=words.language) for count in counts)
    return {"done": done, "total": total}


def action_name(action: str) -> str:
    """What a run did, as ingest names it, when it comes from a file that anybody may have written."""
    return "".join(letter for letter in action[:20] if letter.isalpha()) or "refresh"


def _count(value: object) -> int:
    return min(max(0, value), _MOST) if isinstance(value, int) else 0
