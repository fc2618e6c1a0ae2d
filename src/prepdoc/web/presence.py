"""Whether anybody still looks at the page: the server ends when nobody does."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from typing import Final

START_S: Final = 120.0
"""A browser that has to start first, on a slow machine."""
LOADING_S: Final = 30.0
"""From the last request of a page that is still loading: it may be closed before it says so."""
LEFT_S: Final = 10.0
"""A page that is loaded again is away for a moment."""
IDLE_S: Final = 3600.0
"""An hour without any request: the page was forgotten in some tab."""
BEAT_S: Final = 5.0


class Presence:
    """Counts the pages that are open, and knows when something was asked last."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` tells seconds."""
        self._clock = clock
        self._open = 0
        self._since = clock()
        self._patience = START_S
        self._asked = self._since

    @property
    def is_over(self) -> bool:
        """Whether the page was closed, or forgotten."""
        now = self._clock()
        is_left = not self._open and now - self._since > self._patience
        return is_left or now - self._asked > IDLE_S

    def note(self) -> None:
        """Something was asked; by a page that is still loading, where none is open."""
        self._asked = self._clock()
        if not self._open:
            self._since, self._patience = self._asked, LOADING_S

    async def stream(self) -> AsyncIterator[bytes]:
        """Signs of life to a page, as server-sent events, until it is closed."""
        self._open += 1
        try:
            while True:
                yield b": alive\n\n"
                await asyncio.sleep(BEAT_S)
        finally:
            self._open -= 1
            self._since, self._patience = self._clock(), LEFT_S
