"""SIGTERM, which a service manager sends, taken as Ctrl-C is."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def cancelled_by_sigterm() -> Iterator[asyncio.Event]:
    """Let `systemctl stop` end the current task as Ctrl-C does; the event tells that it did. A second one changes
    nothing: the first one's apologies are on their way.
    """
    stopped, task, loop = asyncio.Event(), asyncio.current_task(), asyncio.get_running_loop()
    assert task is not None

    def stop() -> None:
        if not stopped.is_set():
            stopped.set()
            task.cancel()

    try:
        loop.add_signal_handler(signal.SIGTERM, stop)
    except (NotImplementedError, RuntimeError):  # Windows; a thread that is not the main one
        yield stopped
        return
    try:
        yield stopped
    finally:
        loop.remove_signal_handler(signal.SIGTERM)
