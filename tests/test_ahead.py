"""Pages worked on two at a time come in order, whole, and with their errors."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from itertools import islice

import pytest

from prepdoc.ocr import THREADS
from prepdoc.ocr.ahead import one_ahead, read_ahead


class Broken(Exception):
    """What a page raises."""


def breaking(count: int) -> Iterator[int]:
    yield from range(count)
    raise Broken


@pytest.mark.parametrize("count", [0, 1, 2, 7])
def test_items_come_in_order(count: int) -> None:
    assert list(one_ahead(range(count))) == list(range(count))
    assert list(read_ahead(lambda n: n * n, range(count))) == [n * n for n in range(count)]


def test_nothing_that_is_false_ends_the_items() -> None:
    assert list(one_ahead([0, None, "", 1])) == [0, None, "", 1]


def test_all_items_are_made_in_one_thread_that_is_not_the_callers() -> None:
    made = list(one_ahead(threading.current_thread().name for _ in range(5)))
    assert len(set(made)) == 1
    assert made[0] != threading.current_thread().name


def test_the_next_item_is_made_while_one_is_used() -> None:
    made = threading.Event()

    def items() -> Iterator[int]:
        yield 1
        made.set()
        yield 2

    ahead = one_ahead(items())
    assert next(ahead) == 1
    assert made.wait(timeout=10)
    assert list(ahead) == [2]


def test_no_more_than_the_next_item_is_made() -> None:
    made: list[int] = []

    def items() -> Iterator[int]:
        for n in range(9):
            made.append(n)
            yield n

    ahead = one_ahead(items())
    assert list(islice(ahead, 3)) == [0, 1, 2]
    ahead.close()  # type: ignore[attr-defined]
    assert made in ([0, 1, 2], [0, 1, 2, 3])


@pytest.mark.parametrize("count", [0, 1, 3])
def test_an_error_comes_after_the_items_before_it(count: int) -> None:
    seen = []
    with pytest.raises(Broken):
        for item in one_ahead(breaking(count)):
            seen.append(item)
    assert seen == list(range(count))


def test_an_error_of_the_work_is_raised_in_its_place() -> None:
    def work(n: int) -> int:
        if n == 2:
            raise Broken
        return n

    seen = []
    with pytest.raises(Broken):
        for item in read_ahead(work, range(5)):
            seen.append(item)
    assert seen == [0, 1]


@pytest.mark.parametrize(("threads", "pages_at_once"), [("", 2), ("4", 2), ("1", 1)])
def test_no_more_pages_are_in_work_than_may_be(
    monkeypatch: pytest.MonkeyPatch, threads: str, pages_at_once: int
) -> None:
    """One, where the process shares the machine with others and has one core."""
    monkeypatch.setenv(THREADS, threads)
    drawn: list[int] = []

    def pages() -> Iterator[int]:
        for n in range(9):
            drawn.append(n)
            yield n

    read = read_ahead(lambda n: n, pages())
    assert next(read) == 0
    assert len(drawn) == pages_at_once
