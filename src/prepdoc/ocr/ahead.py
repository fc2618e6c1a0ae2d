"""Two pages at once, in order: while one engine waits for another, the next page is read."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Given = TypeVar("Given")
Result = TypeVar("Result")

AT_ONCE = 2
"""Engines bring threads of their own, and each page in work holds its pixels in memory."""


def read_ahead(work: Callable[[Given], Result], pages: Iterable[Given]) -> Iterator[Result]:
    """`work` on each page in threads, results in order, at most two pages in memory.

    `pages` are drawn in the calling thread: the libraries that render are bound to one.
    """
    waiting: deque[Future[Result]] = deque()
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="prepdoc-read") as pool:
        for page in pages:
            waiting.append(pool.submit(work, page))
            if len(waiting) == AT_ONCE:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
