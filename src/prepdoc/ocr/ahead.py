"""Two pages at once, in order: while one is waited for, the next one is worked on.

A process that has one core for itself works on one: a second one takes as long, and 0.5 GB.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from typing import TypeVar

from prepdoc.ocr import engine_threads
from prepdoc.threads import threads

Given = TypeVar("Given")
Result = TypeVar("Result")

AT_ONCE = 2
"""Engines bring threads of their own, and each page in work holds its pixels in memory."""


def read_ahead(work: Callable[[Given], Result], pages: Iterable[Given]) -> Iterator[Result]:
    """`work` on each page in threads, results in order, at most two pages in memory.

    `pages` are drawn in the calling thread: the libraries that render are bound to one.
    """
    waiting: deque[Future[Result]] = deque()
    at_once = min(AT_ONCE, engine_threads() or AT_ONCE)
    with threads(at_once, "read") as pool:
        for page in pages:
            waiting.append(pool.submit(work, page))
            if len(waiting) == at_once:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def one_ahead(items: Iterable[Result]) -> Iterator[Result]:
    """The same items, of which the next one is made in a thread while this one is used.

    All are made in that thread, one after the other.
    """
    source = iter(items)
    with threads(1, "ahead") as maker:
        waiting = maker.submit(_next, source)
        while made := waiting.result():
            waiting = maker.submit(_next, source)
            yield made[0]


def _next(source: Iterator[Result]) -> tuple[Result] | None:
    for item in source:
        return (item,)
    return None
