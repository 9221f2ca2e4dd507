"""How long the event loop is kept by one thing, in seconds of its thread's processor time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


@asynccontextmanager
async def pauses_of_the_loop() -> AsyncIterator[list[float]]:
    """The time between two turns of the loop, turn by turn; what other programs do does not count."""
    pauses = [0.0]

    async def tick() -> None:
        while True:
            began = time.thread_time()
            await asyncio.sleep(0.001)
            pauses.append(time.thread_time() - began)

    ticking = asyncio.create_task(tick())
    try:
        yield pauses
    finally:
        ticking.cancel()
