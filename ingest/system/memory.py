"""How glibc keeps memory that was freed."""

from __future__ import annotations

import ctypes
import sys

_M_ARENA_MAX = -8  # of mallopt(3)
_ARENAS = 2


def limit_heaps() -> None:
    """Let all threads share two heaps, to be called before there are threads; elsewhere than on Linux nothing is done.

    Each opening of Chroma starts threads anew, each of which may get a heap of its own, where pieces of what it freed
    stay. Measured over openings of 4,188 vectors: 82 MB after 20 and after 60; without, 147 after 20 and 200 after 60.
    """
    if sys.platform == "linux":
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # musl has none
        if mallopt is not None:
            mallopt(_M_ARENA_MAX, _ARENAS)
