"""An index is given back exactly when nobody reads it any more."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from bot.operations.index_lease import borrowed


class Shelf:
    """Stands for the library: counts who holds its index, and lets the taking be held up."""

    def __init__(self) -> None:
        self.held = 0
        self.may_take = threading.Event()
        self.may_take.set()

    @contextmanager
    def lease(self) -> Iterator[Any]:
        self.may_take.wait(5)
        self.held += 1
        try:
            yield "index"
        finally:
            self.held -= 1


async def until_free(shelf: Shelf) -> None:
    for _ in range(500):
        if not shelf.held:
            return
        await asyncio.sleep(0.01)
    raise AssertionError("the index was never given back")


async def test_the_index_is_given_back_when_the_block_ends() -> None:
    shelf = Shelf()
    async with borrowed(shelf) as loan:  # type: ignore[arg-type]
        assert shelf.held == 1
        assert await loan.read(lambda: loan.index) == "index"
    await until_free(shelf)


async def test_a_question_cancelled_while_it_takes_the_index_gives_it_back() -> None:
    shelf = Shelf()
    shelf.may_take.clear()

    async def ask() -> None:
        async with borrowed(shelf):  # type: ignore[arg-type]
            raise AssertionError("it was cancelled before")

    asking = asyncio.create_task(ask())
    await asyncio.sleep(0.05)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    shelf.may_take.set()
    await asyncio.sleep(0.1)
    await until_free(shelf)


async def test_the_index_stays_open_while_a_search_that_timed_out_reads_it() -> None:
    shelf = Shelf()
    go_on = threading.Event()

    async def ask() -> None:
        async with borrowed(shelf) as loan:  # type: ignore[arg-type]
            await loan.read(go_on.wait, 5)

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(ask(), 0.05)
    assert shelf.held == 1
    go_on.set()
    await until_free(shelf)
