"""The figures behind /insights (pure)."""

from __future__ import annotations

import csv
import io
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bot.operations.records import Asked, Feedback
from bot.watching.grouping import agglomerated, wording_vectors

SLOW = 10.0
"""Seconds from which an answer counts as slow."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts over the days, and by day (UTC) of (answered, not found, failed)."""

    days: int
    asked: int
    answered: int
    not_found: int
    failed: int
    up: int
    down: int
    reports: int
    slow: int
    slow_limit: float
    median_seconds: float | None
    by_day: tuple[tuple[date, tuple[int, int, int]], ...]
    unanswered: tuple[str, ...]
    reasons: tuple[str, ...]


def figures(records: Sequence[Asked], feedback: Feedback, now: float, days: int) -> Figures:
    today = datetime.fromtimestamp(now, UTC).date()
    daily = {today - timedelta(days=back): [0, 0, 0] for back in range(min(days, 366) - 1, -1, -1)}
    for one in records:
        place = {"answered": 0, "not_found": 1}.get(one.outcome, 2)
        counts = daily.get(datetime.fromtimestamp(one.at, UTC).date())
        if counts is not None and one.outcome != "running":
            counts[place] += 1
    seconds = [one.seconds for one in records if one.seconds is not None]
    votes = [vote for given in feedback.votes.values() for vote in given]
    wanting = [one for one in records if one.outcome == "not_found"]
    return Figures(
        days=days,
        asked=len(records),
        answered=sum(one.outcome == "answered" for one in records),
        not_found=sum(one.outcome == "not_found" for one in records),
        failed=sum(one.outcome in {"failed", "interrupted"} for one in records),
        up=sum(vote == "up" for vote, _ in votes),
        down=sum(vote == "down" for vote, _ in votes),
        reports=sum(feedback.reports.values()),
        slow=sum(took > SLOW for took in seconds),
        slow_limit=SLOW,
        median_seconds=statistics.median(seconds) if seconds else None,
        by_day=tuple((day, (counts[0], counts[1], counts[2])) for day, counts in daily.items()),
        unanswered=tuple(one.question for one in wanting if one.kind == "question"),
        reasons=tuple(reason for _, reason in votes if reason),
    )


def grouped(questions: Sequence[str], vectors: Any) -> list[list[str]]:
    """Questions that mean the same, largest group first, each headed by its most typical one.

    `vectors` is (n, d) of unit length; None groups by wording alone.
    """
    groups = agglomerated(wording_vectors(questions) if vectors is None else vectors)
    return [[questions[place] for place in group] for group in sorted(groups, key=len, reverse=True)]


def csv_table(records: Sequence[Asked], feedback: Feedback) -> str:
    """One row a question, without who asked it."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(
        ["asked_at", "kind", "question", "outcome", "seconds", "up", "down", "reports", "why_down"]
    )
    for one in records:
        votes = feedback.votes.get(one.key, ())
        table.writerow(
            [
                datetime.fromtimestamp(one.at, UTC).isoformat(timespec="seconds"),
                one.kind,
                inert(one.question),
                one.outcome,
                "" if one.seconds is None else f"{one.seconds:.2f}",
                sum(vote == "up" for vote, _ in votes),
                sum(vote == "down" for vote, _ in votes),
                feedback.reports.get(one.key, 0),
                inert(" | ".join(reason for _, reason in votes if reason)),
            ]
        )
    return out.getvalue()


def inert(text: str) -> str:
    """A cell that a spreadsheet will not take for a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text
