"""Formats whose parsers can hang, crash or swell are read in a child process with limits on time and memory.

One worker serves document after document; one that dies or overruns is replaced, and its document is a reject.
Talk is length-prefixed JSON over pipes: nothing that a hijacked parser says is ever executed or unpickled.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess  # the worker is this package itself
import sys
import threading
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import IO

from ingest.articles.readers.document import Document, Reject

DOCUMENTS = ("html", "pdf", "docx")  # the formats read there, each by the module of its name beside this one
SECONDS_A_DOCUMENT = 8.0  # of work, where that can be measured: a busy computer must not make rejects
SECONDS_A_MEGABYTE = 5.0  # small and slow is a trap; what is large may just be long
_BUSY = 5  # times as long on the clock
MEMORY_BYTES = 1_500_000_000
_SECONDS_TO_START = 60.0
_LONGEST_ANSWER = 100_000_000


class ConfinedReader:
    """Reads DOCUMENTS, feeds and sitemaps in a worker process, which starts when first needed. Close it after use."""

    def __init__(self, seconds: float = SECONDS_A_DOCUMENT, memory: int = MEMORY_BYTES) -> None:
        self._seconds, self._memory = seconds, memory
        self.overruns = 0  # documents given up on, by the clock or by a crash: another run may have more luck
        self._worker: subprocess.Popen[bytes] | None = None
        self._answers: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()

    def read(self, kind: str, data: bytes, name: str) -> Iterator[Document | Reject]:
        """What `ingest.articles.readers.<kind>.read(data, name)` yields, or a reject when it overran or died."""
        worker = self._worker or self._started()
        reason = ""
        patience = self._seconds + SECONDS_A_MEGABYTE * len(data) / 1_000_000
        too_slow = f"Reading it took longer than {patience:.0f} seconds."
        try:
            assert worker.stdin is not None
            write_frame(worker.stdin, json.dumps({"kind": kind, "name": name, "seconds": patience}).encode())
            write_frame(worker.stdin, data)
            answer = self._answers.get(timeout=patience * (_BUSY if hasattr(signal, "setitimer") else 1))
        except queue.Empty:
            answer, reason = None, too_slow
        except OSError:
            answer = None
        if answer is None:
            self.overruns += 1
            self.close()
            if worker.returncode == -getattr(signal, "SIGPROF", 0):
                reason = too_slow
            yield Reject(
                name, reason or "Its parser crashed or needed too much memory; the file may be damaged."
            )
            return
        for found in json.loads(answer):
            yield Reject(**found["reject"]) if "reject" in found else Document(**found["document"])

    def close(self) -> None:
        """End the worker, whatever it is doing."""
        worker, self._worker = self._worker, None
        if worker is None:
            return
        worker.kill()
        worker.wait()
        for pipe in (worker.stdin, worker.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()

    def __enter__(self) -> ConfinedReader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _started(self) -> subprocess.Popen[bytes]:
        package_home = Path(__file__).resolve().parents[3]
        kept = ("PATH", "LANG", "LC_ALL", "TZ", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR")
        environment = {name: os.environ[name] for name in kept if name in os.environ}  # no secrets
        environment |= {"PYTHONPATH": str(package_home), "PYTHONIOENCODING": "utf-8"}
        worker = subprocess.Popen(  # noqa: S603 fixed arguments
            [
                sys.executable,
                "-P",
                "-W",
                "ignore",
                "-m",
                "ingest.articles.readers.sandbox_worker",
                str(self._memory),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
        )
        assert worker.stdout is not None
        answers: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        threading.Thread(target=_pump, args=(worker.stdout, answers), daemon=True).start()
        with contextlib.suppress(queue.Empty):
            # it says that it is ready, so that its imports are not timed
            if answers.get(timeout=_SECONDS_TO_START) is None:
                answers.put(None)
        self._worker, self._answers = worker, answers
        return worker


def _pump(pipe: IO[bytes], answers: queue.SimpleQueue[bytes | None]) -> None:
    """Frames from the worker into the queue; None when it is gone. A thread, because Windows cannot poll pipes."""
    with contextlib.suppress(OSError, ValueError):
        while (frame := read_frame(pipe)) is not None:
            answers.put(frame)
    answers.put(None)


def write_frame(pipe: IO[bytes], data: bytes) -> None:
    pipe.write(len(data).to_bytes(8, "big"))
    pipe.write(data)
    pipe.flush()


def read_frame(pipe: IO[bytes]) -> bytes | None:
    """The next frame, or None at the end of the pipe or for a frame of unbelievable length."""
    head = pipe.read(8)
    size = int.from_bytes(head, "big")
    if len(head) < 8 or size > _LONGEST_ANSWER:
        return None
    data = pipe.read(size)
    return data if len(data) == size else None


def as_json(found: Iterator[Document | Reject]) -> bytes:
    """The frame that carries what a reader found."""
    named = ({"reject" if isinstance(each, Reject) else "document": asdict(each)} for each in found)
    return json.dumps(list(named)).encode()
