"""How soon somebody may ask again (pure but for the clock it is given)."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable

_PRUNE_ABOVE = 10_000


class Cooldowns:
    """Remembers who asked when. Forgotten at a restart, which harms nobody."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until: dict[Hashable, float] = {}

    def take(self, limits: dict[Hashable, float]) -> float:
        """Start the given cooldowns (seconds by who or where) and return 0; when one still runs, start none
        and return the seconds that are left.
        """
        now = self._clock()
        left = max((self._until.get(key, 0.0) - now for key in limits), default=0.0)
        if left > 0:
            return left
        if len(self._until) > _PRUNE_ABOVE:
            self._until = {key: until for key, until in self._until.items() if until > now}
        self._until |= {key: now + seconds for key, seconds in limits.items() if seconds > 0}
        return 0.0
