"""A generation's vectors opened so that broken files end no process but a child's."""

from __future__ import annotations

import os
import sqlite3
import subprocess  # a child that may crash in this process's stead
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from ingest.errors import IndexBroken, VectorsBroken, VectorsUnreachable
from ingest.index.checksums import damage
from ingest.index.chroma import ChromaVectors, place_of
from ingest.index.chroma_files import CHROMA, DATABASE, copy_local
from ingest.index.generations import Generations
from ingest.settings import IndexSettings

_PROBE_SECONDS = 120


@contextmanager
def opening_vectors(settings: IndexSettings, generation: str, opened: ExitStack) -> Iterator[ChromaVectors]:
    """Chroma open; the block is its first search. Its files are checked before, and a crash in the block is remembered.

    What has to stay as long as the vectors do is put on `opened`. Raises VectorsBroken.
    """
    generations = Generations(settings.directory)
    folder = generations.path(generation) / CHROMA
    place = place_of(settings.chroma, folder, "", generation)
    if not place.is_local:
        yield ChromaVectors(place_of(settings.chroma, folder, generations.identity(), generation))
        return
    try:
        wrong = damage(folder.parent, f"{CHROMA}/")
    except IndexBroken as error:
        raise VectorsUnreachable(str(error)) from error  # they may be whole
    if wrong is not None:
        raise VectorsBroken(
            f"The vectors are damaged: {wrong}. Run `python -m ingest --rebuild` to remake them."
        )
    if generations.ended_a_process(generation):
        _try_in_a_child(settings, generation)
        generations.trust(generation)
    if not os.access(folder / DATABASE, os.W_OK) or not os.access(folder, os.W_OK):
        place = replace(place, directory=opened.enter_context(_writable_copy(folder)))
    with generations.risky(generation):
        yield ChromaVectors(place)


@contextmanager
def _writable_copy(folder: Path) -> Iterator[Path]:
    """A copy of Chroma's files for as long as the block runs: each opening writes to them, which their disk refuses."""
    with ExitStack() as held:
        try:
            room = tempfile.TemporaryDirectory(prefix="byline-", ignore_cleanup_errors=True)
            copy = Path(held.enter_context(room)) / CHROMA
            copy_local(folder, copy)
        except (OSError, sqlite3.Error) as error:
            raise VectorsUnreachable(
                f"{folder} cannot be written to, which opening it needs, nor copied: {error}."
            ) from error
        yield copy


def _try_in_a_child(settings: IndexSettings, generation: str) -> None:
    """Raise VectorsBroken unless a process of its own can open and search the generation."""
    command = [sys.executable, "-m", "ingest.index.crash_probe", "--directory", str(settings.directory)]
    command += ["--chroma", settings.chroma, "--generation", generation]
    home = Path(__file__).resolve().parents[2]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_PROBE_SECONDS, check=False, cwd=home)  # noqa: S603
    except subprocess.TimeoutExpired:
        raise VectorsBroken(
            "Opening the vectors hangs. Run `python -m ingest --rebuild` to remake them."
        ) from None
    if done.returncode != 0:
        raise VectorsBroken(
            "Opening the vectors ends the process. Run `python -m ingest --rebuild` to remake them."
        )
