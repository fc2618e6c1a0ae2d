"""Documents → results, over any `concurrent.futures.Executor`, whose workers may die.

A process that a document kills takes others' work down with it. So what was in work when a worker
died is done again, alone; a document that is alone when it happens is to blame.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, Future, wait
from dataclasses import dataclass
from typing import Final, Generic, Protocol, TypeVar

from prepdoc.errors import PrepdocError
from prepdoc.texts import _

MOST_DEATHS: Final = 3
"""Workers that died with a document before it is refused."""
CHECK_S: Final = 5.0
"""Between two looks whether there is anybody left to wait for."""

Document = TypeVar("Document")
Parcel = TypeVar("Parcel")
Result = TypeVar("Result")


class Workers(Protocol):
    """Who does the work."""

    @property
    def at_once(self) -> int:
        """Parcels that are on their way or in work at a time."""
        ...

    def executor(self) -> Executor:
        """The one that takes work now."""
        ...

    def close(self) -> None:
        """Give up what they are at."""
        ...

    def check(self) -> None:
        """Whether it is worth while to wait for them.

        Raises:
            PrepdocError: nobody is left.
        """
        ...

    def deaths(self, error: Exception) -> int:
        """How many workers died where a parcel came back with this error."""
        ...


@dataclass(frozen=True, slots=True)
class Work(Generic[Document, Parcel, Result]):
    """How a document is packed (here), what is done with the parcel (there), and by whom."""

    packed: Callable[[Document], Parcel]
    done: Callable[[Parcel], Result]
    workers: Workers


def each_done(
    documents: Iterable[Document], work: Work[Document, Parcel, Result]
) -> Iterator[tuple[Document, Result | Exception]]:
    """Each document with its result or error, in the order in which they are done.

    The error is what the worker raised, or why the document could not be packed; PrepdocError where
    `MOST_DEATHS` workers died with it.
    """
    suspects: list[tuple[Document, int]] = []
    for document, outcome in _together(documents, work):
        if deaths := _deaths(outcome, work):
            suspects.append((document, deaths))
        else:
            yield document, outcome
    for document, deaths in suspects:
        last = _alone(document, deaths, work)
        yield document, last


def _together(
    documents: Iterable[Document], work: Work[Document, Parcel, Result]
) -> Iterator[tuple[Document, Result | Exception]]:
    """As many at once as may be; what was in work when a worker died comes back with that error."""
    waiting: dict[Future[Result], Document] = {}
    for document in documents:
        sent = _sent(document, work)
        if isinstance(sent, Exception):
            yield document, sent
            continue
        waiting[sent] = document
        if len(waiting) >= work.workers.at_once:
            yield from _first_done(waiting, work.workers)
    while waiting:
        yield from _first_done(waiting, work.workers)


def _first_done(
    waiting: dict[Future[Result], Document], workers: Workers
) -> Iterator[tuple[Document, Result | Exception]]:
    for future in _finished(waiting, workers):
        outcome = _outcome(future)
        yield waiting.pop(future), outcome


def _finished(waiting: Iterable[Future[Result]], workers: Workers) -> Collection[Future[Result]]:
    """As soon as there are some, and as long as there is somebody to wait for."""
    while not (finished := wait(waiting, CHECK_S, FIRST_COMPLETED).done):
        workers.check()
    return finished


def _alone(
    document: Document, deaths: int, work: Work[Document, Parcel, Result]
) -> Result | Exception:
    while True:
        sent = _sent(document, work)
        if isinstance(sent, Exception):
            return sent
        (finished,) = _finished([sent], work.workers)
        outcome = _outcome(finished)
        more = _deaths(outcome, work)
        deaths += more
        if not more:
            return outcome
        if deaths >= MOST_DEATHS:
            return _fatal(deaths)


def _fatal(deaths: int) -> PrepdocError:
    what = _(
        "{n} processes that worked on it ended before it was done; try this file alone"
        " (prepdoc FILE), for more memory, or look whether it is damaged"
    )
    return PrepdocError(what.format(n=deaths))


def _sent(document: Document, work: Work[Document, Parcel, Result]) -> Future[Result] | Exception:
    try:
        parcel = work.packed(document)
    except Exception as error:  # noqa: BLE001 (one document's failure must not stop the others)
        return error
    return work.workers.executor().submit(work.done, parcel)


def _outcome(future: Future[Result]) -> Result | Exception:
    try:
        error = future.exception()
    except CancelledError:
        raise PrepdocError(_("those who do the work are gone; go on with --resume")) from None
    if error is None:
        return future.result()
    if isinstance(error, Exception):
        return error
    raise error


def _deaths(outcome: object, work: Work[Document, Parcel, Result]) -> int:
    return work.workers.deaths(outcome) if isinstance(outcome, Exception) else 0
