"""Atomic, durable replacement of a file: a reader sees the old content or the new, and a power cut loses no more.

Write aside, fsync, rename, fsync the folder (Pillai et al., All File Systems Are Not Created Equal, OSDI 2014).
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PENDING = ".pending-"
"""How the name of a file begins that is not whole yet; what a kill left of one may be deleted."""


@contextmanager
def replacing(path: Path, *, mode: int = 0o666, durable: bool = True) -> Iterator[Path]:
    """Yield an empty file in the folder of `path` (made if need be), which takes its place when the block ends.

    Where the block raises, `path` stays as it was. `mode` is for a new file, less what the umask takes. Not `durable`
    is for what a power cut may take back, as nobody misses it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    pending = path.with_name(f"{PENDING}{secrets.token_hex(8)}{path.suffix}")
    os.close(os.open(pending, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode))
    try:
        yield pending
        if durable:
            flush(pending)
        pending.replace(path)
    finally:
        pending.unlink(missing_ok=True)
    if durable:
        flush(path.parent)  # the new name


def replace_bytes(path: Path, content: bytes, *, mode: int = 0o666, durable: bool = True) -> None:
    """Put `content` in place of what `path` held."""
    with replacing(path, mode=mode, durable=durable) as pending:
        pending.write_bytes(content)


def flush(path: Path) -> None:
    """Have a file's content, or a folder's names, on disk."""
    if os.name == "nt" and path.is_dir():
        return  # Windows cannot open a directory, and needs no flush of one
    handle = os.open(path, os.O_RDONLY if os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
