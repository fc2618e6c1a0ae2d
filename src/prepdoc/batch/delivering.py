"""Each document from its file to its result's file, with the journal as witness."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from prepdoc.batch.journal import Entry, Journal, digest_of
from prepdoc.batch.parcel import Parcel, prepared
from prepdoc.batch.running import Work, Workers, each_done
from prepdoc.doctor import own_version
from prepdoc.errors import NoCardNumber, OutputExists, PasswordNeeded
from prepdoc.publishing import alike
from prepdoc.report import Refusal, as_dict, refusal_of
from prepdoc.showing import shown
from prepdoc.texts import N_, _, spoken

if TYPE_CHECKING:
    from prepdoc.job import Options
    from prepdoc.page import Cardholder
    from prepdoc.pipeline import Prepared

_SUFFIXES: Final = ((b"%PDF-", "pdf"), (b"\x89PNG", "png"), (b"\xff\xd8", "jpg"))
_OTHERWISE: Final = "pdf"
_ADVICE: Final = {
    NoCardNumber.__name__: N_(
        "No card number was found; check that this is the right statement, or give the card's last"
        " four digits in the column last4 to have them written on the page"
    ),
    PasswordNeeded.__name__: N_(
        "This PDF is locked; name a file with its password in the column password_file"
    ),
}
"""What is told of a refusal where what to do next is another than for a single file."""


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
    """How a document went; `is_old` where an earlier run had done it, `trace` as in `Refusal`.

    `left` are results of earlier runs that stay though it is refused, by their names.
    """

    task: Task
    entry: Entry
    is_old: bool = False
    left: tuple[str, ...] = field(default=(), repr=False)
    trace: str = field(default="", repr=False)


def deliver(
    tasks: Sequence[Task], folder: Path, journal: Journal, workers: Workers
) -> Iterator[Delivered]:
    """What is done already, and then each of the others as it is done.

    Raises:
        PrepdocError: the journal cannot be written.
    """
    left: list[Task] = []
    place = _Place(folder, journal, frozenset(_numbers(task.source for task in tasks)))
    yield from _done_already(tasks, place, left)
    keys: dict[int, str] = {}
    work: Work[Task, Parcel, Prepared | Refusal]
    work = Work(lambda task: _packed(task, keys, place), prepared, workers)
    for task, outcome in each_done(left, work):
        result = _refusal_of(outcome) if isinstance(outcome, Exception) else outcome
        yield _delivered(task, keys.get(task.line, ""), result, place)


def _done_already(tasks: Iterable[Task], place: _Place, left: list[Task]) -> Iterator[Delivered]:
    """What an earlier run has done; the others are `left`.

    What it was killed over is removed at the end, when it is known which names this batch has.
    """
    old = []
    for task in tasks:
        entry = _done_before(task, place.journal)
        if entry is None:
            left.append(task)
            continue
        old.append((task, entry))
        place.take(entry.output, task)
        if not entry.is_refused:
            yield Delivered(task, entry, is_old=True)
    for task, entry in old:
        stays = place.withdraw(task)
        if entry.is_refused:
            yield Delivered(task, entry, is_old=True, left=stays)


def _numbers(files: Iterable[Path]) -> Iterator[tuple[int, int]]:
    """What a file is, by whatever name: its device and its number there."""
    for file in files:
        with suppress(OSError, ValueError):
            about = file.stat()
            yield about.st_dev, about.st_ino


@dataclass(frozen=True, slots=True)
class _Place:
    """Where results go; `taken` are the names of this batch's, with the line of each.

    `read` are the documents, as `_numbers` tells them.
    """

    folder: Path
    journal: Journal
    read: frozenset[tuple[int, int]]
    taken: dict[str, int] = field(default_factory=dict)

    def take(self, name: str | None, task: Task) -> None:
        """What stands there now stays, even with --force."""
        if name:
            self.taken[alike(name)] = task.line

    def check_free(self, name: str, task: Task) -> None:
        """A result that an earlier run wrote gives way: the journal knows it for its own.

        Raises:
            OutputExists: another row's result has the name, or a file that is not ours.
        """
        line = self.taken.get(alike(name))
        if line is not None:
            what = _("{file} is the result of line {line}: name an output")
            raise OutputExists(what.format(file=shown(name), line=line))
        target = self.folder / name
        if os.path.lexists(target) and not self.may_replace(name, task):
            what = _(
                "{file} is not what this batch wrote for this document: move it away and go on with"
                " --resume, or overwrite it with --resume --force"
            )
            raise OutputExists(what.format(file=shown(target)))

    def may_replace(self, name: str, task: Task) -> bool:
        """Whether a file of that name may go."""
        return task.options.force or self.journal.is_own(name, task.source)

    def withdraw(self, task: Task) -> tuple[str, ...]:
        """Remove what earlier runs made of the document; the names of what stays, as it is not
        theirs any more.

        Comes before the line that says that it is refused, and after its result has another name:
        a run that is killed in between is followed by one that does it again.
        """
        return tuple(name for name in self.earlier(task) if not self._removed(name, task))

    def earlier(self, task: Task) -> tuple[str, ...]:
        """The results of earlier runs that are there, by their names."""
        return tuple(
            name
            for name in self.journal.results_of(task.source, task.stem)
            if self._is_there(name) and not self.journal.is_anothers(name, task.source)
        )

    def _is_there(self, name: str) -> bool:
        """And is neither this batch's nor a document that it reads."""
        path = self.folder / name
        is_taken = alike(name) in self.taken or not self.read.isdisjoint(_numbers([path]))
        return os.path.lexists(path) and not is_taken

    def _removed(self, name: str, task: Task) -> bool:
        """Whether it was left as it was written, and could be removed."""
        path = self.folder / name
        if not path.is_symlink() and self.journal.is_own(name, task.source):
            with suppress(OSError):
                path.unlink()
                return True
        return False


def _done_before(task: Task, journal: Journal) -> Entry | None:
    from prepdoc.errors import PrepdocError
    from prepdoc.reading.files import bytes_of

    if journal.is_empty:
        return None  # no file is read for nothing
    try:
        return journal.done(_key(task, bytes_of(task.source)))
    except (PrepdocError, OSError):
        return None  # it is refused when it is its turn


def _packed(task: Task, keys: dict[int, str], place: _Place) -> Parcel:
    """Not sent where its result could not be written, as far as its kind can be foreseen."""
    from prepdoc.reading.files import bytes_of

    data = bytes_of(task.source)
    keys[task.line] = _key(task, data)
    suffix = task.options.format or _suffix(data)
    place.check_free(f"{task.stem}.{suffix}", task)
    return Parcel(data, task.cardholder, task.options, spoken(), own_version())


def _key(task: Task, data: bytes) -> str:
    """Tells the document and what is wished of it; nothing of either can be read in it."""
    options = replace(task.options, force=False)  # says nothing of the result
    wished = asdict(options), asdict(task.cardholder), task.stem, digest_of(data)
    return digest_of(json.dumps(wished, sort_keys=True, default=_plain).encode())


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, set | frozenset) else str(value)


def _delivered(task: Task, key: str, result: Prepared | Refusal, place: _Place) -> Delivered:
    """Written down, given its name; a name that is taken makes a refusal of it."""
    if isinstance(result, Refusal):
        return _refused(task, key, result, place)
    try:
        entry = _published(task, key, result, place)
    except Exception as error:  # noqa: BLE001 (one document's failure must not stop the others)
        return _refused(task, key, _refusal_of(error), place)
    place.withdraw(task)
    return Delivered(task, entry)


def _published(task: Task, key: str, result: Prepared, place: _Place) -> Entry:
    assert result.data is not None  # bytes in, bytes out
    target = place.folder / f"{task.stem}.{_suffix(result.data)}"
    told = as_dict(task.source, result)
    told["prepared"]["output"] = shown(target)
    path = place.journal.path_of(task.source)
    entry = Entry(key, task.line, told, target.name, digest_of(result.data), path)
    _publish(result.data, entry, task, place)
    return entry


def _refusal_of(error: Exception) -> Refusal:
    """Of a name that is taken the error says all; its headline names options that are not here."""
    refusal = refusal_of(error)
    return replace(refusal, message=str(error)) if type(error) is OutputExists else refusal


def _refused(task: Task, key: str, refusal: Refusal, place: _Place) -> Delivered:
    """Without a result; but where the document could not be read, say on a disk that is not there,
    nothing is known of it, and what was made of it stays.
    """
    advice = _ADVICE.get(refusal.kind)
    told = replace(refusal, message=_(advice)) if advice else refusal
    path = place.journal.path_of(task.source)
    entry = Entry(key, task.line, as_dict(task.source, told), path=path, version=own_version())
    left = place.withdraw(task) if key else place.earlier(task)
    place.journal.write(entry)
    return Delivered(task, entry, left=left, trace=refusal.trace)


def _publish(data: bytes, entry: Entry, task: Task, place: _Place) -> None:
    """Whatever can fail does so before it is written down, so that no line is taken back."""
    from prepdoc.publishing import Draft

    assert entry.output is not None  # it is no refusal
    with Draft(place.folder) as draft:
        draft.path.write_bytes(data)
        place.check_free(entry.output, task)
        replaced = place.may_replace(entry.output, task)
        place.journal.write(entry)
        draft.publish(place.folder / entry.output, replaced)
    place.take(entry.output, task)


def _suffix(data: bytes) -> str:
    return next((kind for start, kind in _SUFFIXES if data.startswith(start)), _OTHERWISE)
