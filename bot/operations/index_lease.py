"""An index lent to one question, and given back when the last thread that reads it for that question has ended."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager
from typing import Any, ParamSpec, TypeVar

from bot.operations.index_pool import Library
from ingest.index.index import Index

P = ParamSpec("P")
T = TypeVar("T")


class Loan:
    """The borrowed `index`. Read it through `read` only, which keeps it open for as long as that takes."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self.reading: set[asyncio.Future[Any]] = set()

    async def read(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `work` in a thread. It goes on to its end even where nobody waits for it any more."""
        reading = asyncio.ensure_future(asyncio.to_thread(work, *args, **kwargs))
        self.reading.add(reading)
        reading.add_done_callback(self.reading.discard)
        return await asyncio.shield(reading)


@asynccontextmanager
async def borrowed(library: Library) -> AsyncIterator[Loan]:
    """The current index. Raises what `Library.lease` raises."""
    lease = library.lease()
    taking = asyncio.ensure_future(asyncio.to_thread(lease.__enter__))
    try:
        index = await asyncio.shield(taking)
    except asyncio.CancelledError:
        # the thread takes the lease all the same, so it has to be given back
        taking.add_done_callback(
            lambda done: None if done.cancelled() or done.exception() else _return(lease)
        )
        raise
    loan = Loan(index)
    try:
        yield loan
    finally:
        if loan.reading:
            # a search that timed out still reads; closing files under it could end the process
            asyncio.gather(*loan.reading, return_exceptions=True).add_done_callback(lambda _: _return(lease))
        else:
            await asyncio.shield(_return(lease))


def _return(lease: AbstractContextManager[Index]) -> asyncio.Future[bool | None]:
    return asyncio.get_running_loop().run_in_executor(None, lease.__exit__, None, None, None)
