"""The files of a local Chroma directory: copied while they are read, made small, and told apart by who writes."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from ingest.errors import VectorsBroken

CHROMA = "chroma"
"""Its name in the folder of a generation."""
DATABASE = "chroma.sqlite3"
_GRAPH_IDS = "index_metadata.pickle"


def copy_local(source: Path, target: Path) -> None:
    """Copy a local Chroma directory, also while a reader has it open.

    A reader's opening and querying rewrites `chroma.sqlite3` and nothing else, so that file is read through SQLite,
    which also leaves out the room that Chroma's log took, and the segments' files, written only by a build, are
    copied as they are. Raises VectorsBroken.
    """
    target.mkdir(parents=True)
    try:
        for path in source.iterdir():
            if path.is_dir():
                shutil.copytree(path, target / path.name)
            elif not path.name.startswith(DATABASE):
                shutil.copy2(path, target / path.name)
        with closing(_sqlite(source)) as old:
            old.execute("VACUUM INTO ?", (str(target / DATABASE),))
    except FileNotFoundError as error:
        raise VectorsBroken(f"A file of the vectors is gone: {error.filename}.") from error
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError) and "full" in str(error):
            raise
        raise VectorsBroken(f"The vectors in {source} are damaged: {error}.") from error


def compact_local(directory: Path) -> None:
    """Give back the room that Chroma's log took while the collection was filled. Nobody may have it open."""
    with closing(_sqlite(directory)) as database:
        database.execute("VACUUM")


def _sqlite(directory: Path) -> sqlite3.Connection:
    place = (directory / DATABASE).absolute().as_uri()
    return sqlite3.connect(f"{place}?mode=rw", uri=True, timeout=30, isolation_level=None)


def lasting_files(folder: Path) -> list[Path]:
    """Every file that no reader rewrites.

    Each opening rewrites Chroma's own database, and the files of a graph that has not grown enough to be saved yet:
    until it has a list of its ids, Chroma makes it anew from the database.
    """
    files = (path for path in folder.rglob("*") if path.is_file())
    lasting = (path for path in files if path.suffix != ".bin" or path.with_name(_GRAPH_IDS).exists())
    return sorted(path for path in lasting if not path.name.startswith(DATABASE))
