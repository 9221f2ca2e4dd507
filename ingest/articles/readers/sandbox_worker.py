"""The process behind ConfinedReader: limits itself, then answers each document with what its reader found."""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys

from ingest.articles.readers.document import Reject
from ingest.articles.readers.sandbox import DOCUMENTS, as_json, read_frame, write_frame

READERS = {kind: f"ingest.articles.readers.{kind}" for kind in (*DOCUMENTS, "feed", "sitemap")}


def main() -> None:
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # a parser that prints must not garble the answers
    readers = {kind: importlib.import_module(module) for kind, module in READERS.items()}
    _limit(int(sys.argv[1]))
    write_frame(answers, b"ready")
    while (request := read_frame(requests)) is not None:
        asked = json.loads(request)
        data = read_frame(requests)
        if data is None:
            return
        _time_work(asked["seconds"])
        try:
            found = as_json(readers[asked["kind"]].read(data, asked["name"]))
        except MemoryError:
            os._exit(3)  # what is left of the heap is not to be trusted
        except (Exception, RecursionError) as error:  # a parser's own fault is its document's reject
            reason = f"Its parser failed: {type(error).__name__}: {str(error)[:120]}"
            found = as_json(iter([Reject(asked["name"], reason)]))
        _time_work(0)
        write_frame(answers, found)


def _time_work(seconds: float) -> None:
    """End this process once it has worked for so long, wherever a parser is stuck; 0 stops counting.

    Work, not time on the clock: a parser that waits for a busy processor is none that hangs. Windows cannot count it.
    """
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_PROF, seconds)  # without a handler the signal ends the process


def _limit(memory: int) -> None:
    """No more than `memory` bytes, no file written, no core dump. Windows has no such limits."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


if __name__ == "__main__":
    main()
