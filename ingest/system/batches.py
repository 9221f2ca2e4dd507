"""Things in batches, for what takes only so many at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of `size` items in order, the last one perhaps shorter."""
    rest = iter(items)
    while some := list(islice(rest, size)):
        yield some
