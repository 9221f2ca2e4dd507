"""What a run changed, for programs, for people and for the log."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from ingest.articles.article import Article
from ingest.articles.readers.document import Reject
from ingest.edits.audit import AuditEntry
from ingest.runs.estimate import Estimate


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run changed. `generation` is the one in use afterwards."""

    added: int
    changed: int
    removed: int
    unchanged: int
    rejected: tuple[Reject, ...]
    passages: int
    generation: str | None
    seconds: float
    action: str = "refresh"
    estimate: Estimate | None = None  # of a dry run
    articles: tuple[Article, ...] = ()  # those that were added or removed by name

    def shape(self) -> dict[str, Any]:
        """The JSON object that `--json` prints."""
        shape = asdict(self) | {"seconds": round(self.seconds, 3)}
        shape["rejected"] = list(shape["rejected"])
        shape["articles"] = [
            {"article_id": one.id, "title": one.title, "url": one.url} for one in self.articles
        ]
        if self.action not in ("add", "remove"):
            del shape["action"], shape["articles"]
        if self.estimate is None:
            del shape["estimate"]
        else:
            shape["estimate"] = self.estimate.shape()
        return shape

    def audit_entry(self, by: str, what: tuple[str, ...]) -> AuditEntry:
        what = tuple(one.title for one in self.articles) or what
        return AuditEntry(
            by, self.action, what, "done", self.added, self.changed, self.removed, self.generation
        )
