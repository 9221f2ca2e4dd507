"""What is counted for Prometheus."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest


class Metrics:
    """A registry of its own, so that two bots in one process (or test) never share a figure."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._asked = Counter("byline_questions", "Questions by outcome", ["outcome"], registry=self.registry)
        self._seconds = Histogram(
            "byline_answer_seconds",
            "From the question to the answer shown",
            buckets=(0.25, 0.5, 1, 2, 4, 8, 15, 30, 60),
            registry=self.registry,
        )
        self._running = Gauge("byline_questions_running", "Questions being worked on", registry=self.registry)
        self._acknowledged = Histogram(
            "byline_acknowledge_seconds",
            "From receiving an interaction to acknowledging it",
            buckets=(0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 3),
            registry=self.registry,
        )
        self._votes = Counter("byline_votes", "Votes on answers", ["vote"], registry=self.registry)
        self._errors = Counter(
            "byline_errors", "Errors shown to people by kind", ["kind"], registry=self.registry
        )

    @contextmanager
    def question(self) -> Iterator[None]:
        started = time.monotonic()
        with self._running.track_inprogress():
            yield
        self._seconds.observe(time.monotonic() - started)

    def asked(self, outcome: str) -> None:
        self._asked.labels(outcome).inc()

    def voted(self, vote: str) -> None:
        self._votes.labels(vote).inc()

    def failed(self, kind: str) -> None:
        self._errors.labels(kind).inc()

    def acknowledged(self, seconds: float) -> None:
        self._acknowledged.observe(seconds)

    def text(self) -> bytes:
        """The exposition format that Prometheus scrapes."""
        return generate_latest(self.registry)
