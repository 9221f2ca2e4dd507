"""What the files of a generation were when it was published, so that damage is seen before anything trips over it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from ingest.errors import CatalogueBroken
from ingest.index.disk_errors import unreadable
from ingest.system.digest import sha256_of

_SEAL = "seal.json"


def seal(folder: Path, paths: Iterable[Path]) -> None:
    """Write down size and SHA-256 of files below `folder`."""
    kept = {path.relative_to(folder).as_posix(): [path.stat().st_size, sha256_of(path)] for path in paths}
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
            if name.startswith(below) and (
                path.stat().st_size != size or (thorough and sha256_of(path) != digest)
            ):
                return f"{name} is not what was published"
    except (FileNotFoundError, NotADirectoryError):
        return f"{path.name} is missing"
    except OSError as error:
        raise unreadable(path, error) from error
    except (ValueError, TypeError, AttributeError) as error:
        return f"the seal cannot be checked: {error}"
    return None


def require_whole(folder: Path, name: str) -> None:
    """Raise CatalogueBroken unless the file `name` of a generation is, byte for byte, what was published."""
    if (wrong := damage(folder, name)) is not None:
        raise CatalogueBroken(
            f"The catalogue of generation {folder.name} is damaged: {wrong}. Run `python -m ingest` to build a new one."
        )
