"""What a run changed, for programs, for people and for the log."""

from __future__ import annotations

from dataclasses import dataclass
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
        named = [{"article_id": one.id, "title": one.title, "url": one.url} for one in self.articles]
        asked = {"action": self.action, "articles": named} if self.action in ("add", "remove") else {}
        return (
            asked
            | {
                "added": self.added,
                "changed": self.changed,
                "removed": self.removed,
                "unchanged": self.unchanged,
                "rejected": [{"path": reject.path, "reason": reject.reason} for reject in self.rejected],
                "passages": self.passages,
                "generation": self.generation,
                "seconds": round(self.seconds, 3),
            }
            | ({} if self.estimate is None else {"estimate": self.estimate.shape()})
        )

    def audit_entry(self, by: str, what: tuple[str, ...]) -> AuditEntry:
        what = tuple(one.title for one in self.articles) or what
        return AuditEntry(
            by, self.action, what, "done", self.added, self.changed, self.removed, self.generation
        )
