"""What the files of a generation were when it was published, so that damage is seen before anything trips over it."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from ingest.errors import CatalogueBroken
from ingest.index.disk_errors import is_damage, unreadable
from ingest.system.digest import sha256_of

_SEAL = "seal.json"
_REWRITTEN = "acquire_write"  # the one table of Chroma's database that opening it changes


def seal(folder: Path, paths: Iterable[Path], databases: Iterable[Path] = ()) -> None:
    """Write down size and SHA-256 of files below `folder`, and of `databases`, which readers rewrite, their rows'."""
    kept: dict[str, tuple[int | None, str]] = {
        path.relative_to(folder).as_posix(): (path.stat().st_size, sha256_of(path)) for path in paths
    }
    kept |= {path.relative_to(folder).as_posix(): (None, digest_of_rows(path)) for path in databases}
    (folder / _SEAL).write_text(json.dumps(kept), encoding="utf-8")


def damage(folder: Path, below: str = "", *, thorough: bool = True) -> str | None:
    """Which sealed file, of those whose path starts with `below`, is not what it was; None when all are.

    Without `thorough` only sizes are compared. Chroma can end the process on broken files, so they are looked at
    before it opens them: half a gigabyte takes a quarter of a second. Raises IndexBroken where a file is there and
    cannot be read, for then it may be whole.
    """
    path = folder / _SEAL
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        if not kept:
            return "the seal names no file"
        for name, (size, digest) in kept.items():
            path = folder / name
            if name.startswith(below) and not _is_as_sealed(path, size, digest, thorough):
                return f"{name} is not what was published"
    except (FileNotFoundError, NotADirectoryError):
        return f"{path.name} is missing"
    except OSError as error:
        raise unreadable(path, error) from error
    except sqlite3.Error as error:
        if not is_damage(error):
            raise unreadable(path, error) from error
        return f"{path.name} cannot be read as it was published: {error}"
    except (ValueError, TypeError, AttributeError) as error:
        return f"the seal cannot be checked: {error}"
    return None


def _is_as_sealed(path: Path, size: int | None, digest: str, thorough: bool) -> bool:
    found = path.stat().st_size
    if size is None:
        return not thorough or digest_of_rows(path) == digest
    return found == size and (not thorough or sha256_of(path) == digest)


def require_whole(folder: Path, name: str) -> None:
    """Raise CatalogueBroken unless the file `name` of a generation is, byte for byte, what was published."""
    if (wrong := damage(folder, name)) is not None:
        raise CatalogueBroken(
            f"The catalogue of generation {folder.name} is damaged: {wrong}. Run `python -m ingest` to build a new one."
        )


def digest_of_rows(path: Path) -> str:
    """SHA-256 over all rows of a database, and what its integrity check says of the indexes beside them.

    Chroma aborts the process on text that is no UTF-8 any more, which is found here. Raises sqlite3.Error.
    """
    summary = hashlib.sha256()
    # writable where it can be: what a killed reader left half written is rolled back first
    uri = f"{path.absolute().as_uri()}?mode=rw"
    with closing(sqlite3.connect(uri, uri=True, timeout=30, isolation_level=None)) as database:
        for row in database.execute("PRAGMA integrity_check"):
            summary.update(repr(row).encode())
        for kind, name, definition in database.execute(
            "SELECT type, name, sql FROM sqlite_master"
        ).fetchall():
            summary.update(repr((kind, name, definition)).encode())
            if kind == "table" and name != _REWRITTEN and not str(definition).startswith("CREATE VIRTUAL"):
                for row in database.execute(f'SELECT * FROM "{name}" NOT INDEXED'):  # noqa: S608 - sealed by us
                    summary.update(repr(row).encode("utf-8", "surrogatepass"))
    return summary.hexdigest()
