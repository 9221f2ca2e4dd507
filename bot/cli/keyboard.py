"""Lines of standard input, awaited without holding up the event loop or the end of the program."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")


async def awaited(read: Callable[[], T]) -> T:
    """What a blocking `read` of standard input gives.

    In a daemon thread and not the loop's executor: Ctrl-C would have to wait there until the next line comes.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(give: Callable[[], None]) -> None:
        with suppress(RuntimeError):  # the loop is closed: the program ends
            loop.call_soon_threadsafe(lambda: None if future.done() else give())

    def run() -> None:
        try:
            value = read()
        except BaseException as error:  # handed on to the one who awaits it
            fault = error
            settle(lambda: future.set_exception(fault))
        else:
            settle(lambda: future.set_result(value))

    threading.Thread(target=run, name="keyboard", daemon=True).start()
    return await future
