"""Each document from its file to its result's file, with the journal as witness."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from prepdoc.batch.journal import Entry, Journal, digest_of
from prepdoc.batch.parcel import Parcel, prepared
from prepdoc.batch.running import Work, Workers, each_done
from prepdoc.doctor import own_version
from prepdoc.report import Refusal, as_dict, refusal_of
from prepdoc.showing import shown
from prepdoc.texts import spoken

if TYPE_CHECKING:
    from prepdoc.job import Options
    from prepdoc.page import Cardholder
    from prepdoc.pipeline import Prepared

_SUFFIXES: Final = ((b"%PDF-", "pdf"), (b"\x89PNG", "png"), (b"\xff\xd8", "jpg"))


@dataclass(frozen=True, slots=True)
class Task:
    """A document of the table: where it stands there and on disk, and what is wished.

    `stem` is the name of its result without the suffix, which says what kind of file came of it.
    """

    line: int
    source: Path = field(repr=False)
    stem: str = field(repr=False)
    cardholder: Cardholder = field(repr=False)
    options: Options = field(repr=False)


@dataclass(frozen=True, slots=True)
class Delivered:
    """How a document went; `is_old` where an earlier run had done it."""

    task: Task
    entry: Entry
    is_old: bool = False


def deliver(
    tasks: Iterable[Task], folder: Path, journal: Journal, workers: Workers
) -> Iterator[Delivered]:
    """What is done already, and then each of the others as it is done.

    Raises:
        PrepdocError: the journal cannot be written.
    """
    left = []
    for task in tasks:
        entry = _done_before(task, journal)
        if entry is None:
            left.append(task)
        else:
            yield Delivered(task, entry, is_old=True)
    keys: dict[int, str] = {}
    work: Work[Task, Parcel, Prepared | Refusal]
    work = Work(lambda task: _packed(task, keys), prepared, workers)
    for task, outcome in each_done(left, work):
        result = refusal_of(outcome) if isinstance(outcome, Exception) else outcome
        yield Delivered(task, _delivered(task, keys.get(task.line, ""), result, folder, journal))


def _done_before(task: Task, journal: Journal) -> Entry | None:
    from prepdoc.errors import PrepdocError
    from prepdoc.reading.files import bytes_of

    if journal.is_empty:
        return None  # no file is read for nothing
    try:
        return journal.done(_key(task, bytes_of(task.source)))
    except (PrepdocError, OSError):
        return None  # it is refused when it is its turn


def _packed(task: Task, keys: dict[int, str]) -> Parcel:
    from prepdoc.reading.files import bytes_of

    data = bytes_of(task.source)
    keys[task.line] = _key(task, data)
    return Parcel(data, task.cardholder, task.options, spoken(), own_version())


def _key(task: Task, data: bytes) -> str:
    """Tells the document and what is wished; nothing of either can be read in it."""
    wished = asdict(task.options), asdict(task.cardholder), task.stem, digest_of(data)
    return digest_of(json.dumps(wished, sort_keys=True, default=_plain).encode())


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, set | frozenset) else str(value)


def _delivered(
    task: Task, key: str, result: Prepared | Refusal, folder: Path, journal: Journal
) -> Entry:
    """Written down, given its name; a name that is taken makes a refusal of it."""
    if isinstance(result, Refusal):
        return _refused(task, key, result, journal)
    assert result.data is not None  # bytes in, bytes out
    target = folder / f"{task.stem}.{_suffix(result.data)}"
    told = as_dict(task.source, result)
    told["prepared"]["output"] = shown(target)
    entry = Entry(key, task.line, told, target.name, digest_of(result.data))
    try:
        _publish(result.data, target, entry, task, journal)
    except Exception as error:  # noqa: BLE001 (one document's failure must not stop the others)
        return _refused(task, key, refusal_of(error), journal)
    return entry


def _refused(task: Task, key: str, refusal: Refusal, journal: Journal) -> Entry:
    entry = Entry(key, task.line, as_dict(task.source, refusal))
    journal.write(entry)
    return entry


def _publish(data: bytes, target: Path, entry: Entry, task: Task, journal: Journal) -> None:
    from prepdoc.publishing import Draft

    with Draft(target.parent) as draft:
        draft.path.write_bytes(data)
        journal.write(entry)
        draft.publish(target, task.options.force)


def _suffix(data: bytes) -> str:
    return next(suffix for start, suffix in _SUFFIXES if data.startswith(start))
