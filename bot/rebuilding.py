"""Broken vectors remade without anybody's doing: a child process, while questions are answered by words alone."""

from __future__ import annotations

import json
import logging
import subprocess  # our own program
import sys
import threading
from pathlib import Path

log = logging.getLogger(__name__)


class Rebuilder:
    """Runs `python -m ingest --rebuild`, one at a time. Its crash, or being ended with the bot, loses nothing."""

    def __init__(self, config: Path) -> None:
        self._config = config
        self._lock = threading.Lock()
        self._child: subprocess.Popen[str] | None = None
        self._closed = False

    def start(self, generation: str) -> None:
        """Begin to remake the vectors of a generation, and return at once; for `Library`'s `on_broken`."""
        with self._lock:
            if self._closed or self._child is not None:
                return
            log.warning("The vectors of generation %s are broken; remaking them.", generation)
            command = [sys.executable, "-m", "ingest", "--rebuild", "--json", "--by", "the bot"]
            self._child = subprocess.Popen(  # noqa: S603 - fixed arguments
                [*command, "--config", str(self._config.resolve())],
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                cwd=Path(__file__).resolve().parents[1],
            )
            threading.Thread(target=self._watch, args=(self._child,), name="rebuild", daemon=True).start()

    def close(self) -> None:
        """End the child; the next start of the bot begins anew."""
        with self._lock:
            self._closed = True
            child = self._child
        if child is not None:
            child.kill()
            child.wait()

    def _watch(self, child: subprocess.Popen[str]) -> None:
        with child:
            assert child.stdout is not None
            said = child.stdout.read()
        with self._lock:
            self._child = None
            if self._closed:
                return
        if child.returncode == 0:
            log.warning("The vectors were remade; the next question uses them.")
            return
        try:
            reason = json.loads(said)["error"]
        except (ValueError, KeyError, TypeError):
            reason = f"it ended with code {child.returncode}"
        log.error("The vectors could not be remade: %s", reason)
