"""What a batch has done, a JSON object a line: how it went, and where it goes on after it ended.

A result is written down before its file gets its name, with the file's digest. So the next run
knows the file for its own where it is there, and does the document again where it is not.
"""

from __future__ import annotations

import json
import os
import stat
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from errno import ENOENT
from hashlib import sha256
from io import IOBase, RawIOBase
from pathlib import Path
from typing import Any, Final

from prepdoc.doctor import own_version
from prepdoc.errors import (
    CannotProve,
    LeakFound,
    NoCardNumber,
    NotPossible,
    OtherCard,
    PasswordNeeded,
    PrepdocError,
    RequirementNotMet,
    UnreadableInput,
    WrongPassword,
)
from prepdoc.showing import shown
from prepdoc.texts import _, system_says

SCHEMA: Final = "prepdoc-journal-1"
NAME: Final = "prepdoc-journal.jsonl"
_NO_WAITING: Final = getattr(os, "O_NONBLOCK", 0)
"""For whoever is at the other end of a pipe that has the name of a file."""
_HOW: Final = os.O_RDWR | os.O_CREAT | os.O_APPEND | _NO_WAITING
_OF_THE_DOCUMENT: Final = (
    UnreadableInput,
    PasswordNeeded,
    WrongPassword,
    NoCardNumber,
    NotPossible,
    CannotProve,
    LeakFound,
    OtherCard,
    RequirementNotMet,
)
FINAL: Final = frozenset(error.__name__ for error in _OF_THE_DOCUMENT)
"""Refusals that are the document's own. The others (no space, memory or time, a name that is taken,
a part that is missing) are the machine's, and may be over by the next run."""


@dataclass(frozen=True, slots=True)
class Entry:
    """How one document went.

    `key` tells the document and everything that was wished for it; it is empty where the document
    could not be read. `report` is as `report.as_dict` gives it. `output` is the name of its file
    and `digest` the file's SHA-256, both None where it was refused. `path` is as `Journal.path_of`
    tells it, and `version` is prepdoc's that refused it; None in the lines of versions that wrote
    none.
    """

    key: str
    line: int
    report: Mapping[str, Any] = field(repr=False)
    output: str | None = None
    digest: str | None = None
    path: str | None = field(default=None, repr=False)
    version: str | None = None

    @property
    def is_refused(self) -> bool:
        """Whether there is no file, and the report says why."""
        return self.output is None

    @property
    def is_final(self) -> bool:
        """Whether it was refused, and would be again: another version may read it."""
        is_documents = self.is_refused and self.report["refused"]["kind"] in FINAL
        return is_documents and self.version == own_version()


class Journal:
    """The journal of one batch, open for as long as it runs."""

    def __init__(self, file: RawIOBase, folder: Path, entries: Iterable[Entry]) -> None:
        self._file = file
        self._folder = folder
        self._entries: dict[str, Entry] = {}
        self._unread: dict[tuple[int, str | None], Entry] = {}
        self._written: dict[tuple[str, str | None], str] = {}
        self._outputs: defaultdict[str, dict[str, None]] = defaultdict(dict)
        for entry in entries:
            self._remember(entry)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is done yet."""
        return not self._entries

    def done(self, key: str) -> Entry | None:
        """What came of the document, if it is done: refused for what it is, or its file is there
        as written.
        """
        entry = self._entries.get(key)
        if entry is None or entry.is_final:
            return entry
        return entry if entry.output and self._digest(entry.output) == entry.digest else None

    def is_own(self, output: str, source: Path) -> bool:
        """Whether the file of that name is a result of that source, and was left as it was."""
        return self._owner(output) in names_of(source)

    def is_anothers(self, output: str, source: Path) -> bool:
        """Whether it is a result of another source, left as it was."""
        owner = self._owner(output)
        return owner is not None and owner not in names_of(source)

    def results_of(self, source: Path, stem: str) -> Iterator[str]:
        """The names of the files that were written for it by any run, be they there or not.

        Those of another stem only where the source's name tells it from every other one: without
        card numbers it may look like another's. In the one of its stem its result takes the place.
        """
        whole = str(_whole(source))
        for name in dict.fromkeys(names_of(source)):
            for output in self._outputs.get(name, ()):
                if name == whole or Path(output).stem == stem:
                    yield output

    def _owner(self, output: str) -> str | None:
        """The source of which a result stands there as it was written."""
        digest = self._digest(output)
        return None if digest is None else self._written.get((output, digest))

    def check(self) -> None:
        """Whether it is where the next run will look for it: what is written to a file that
        somebody deleted, or whose folder is another by now, is lost when this process ends.

        Raises:
            PrepdocError: it is not.
        """
        try:
            there = (self._folder / NAME).stat()
            if not os.path.samestat(there, os.fstat(self._file.fileno())):
                raise FileNotFoundError(ENOENT, os.strerror(ENOENT))
        except OSError as error:
            raise _unwritable(self._folder, error) from None

    def _knows(self, entry: Entry) -> bool:
        """Whether the last line about it says the same."""
        last = self._entries.get(entry.key) or self._unread.get((entry.line, entry.path))
        return last == entry

    def path_of(self, source: Path) -> str:
        """Where it is, seen from the journal's folder: the same from every current folder, and
        where both were moved together.
        """
        with suppress(ValueError):  # on Windows, another drive
            return shown(os.path.relpath(_whole(source), _real(self._folder)))
        return shown(_whole(source))

    def _remember(self, entry: Entry) -> None:
        if entry.key:
            self._entries[entry.key] = entry
        else:
            self._unread[entry.line, entry.path] = entry
        if entry.output:
            source = _name_of_source(entry, self._folder)
            self._written[entry.output, entry.digest] = source
            self._outputs[source][entry.output] = None

    def _digest(self, output: str) -> str | None:
        with suppress(OSError):
            return digest_of(_read(self._folder / output))
        return None

    def write(self, entry: Entry) -> None:
        """Put it on disk, whatever happens next, unless it is there.

        Raises:
            PrepdocError: the disk is full, or the folder or the journal is gone.
        """
        if self._knows(entry):
            return
        line = {"schema": SCHEMA, "key": entry.key, "line": entry.line, "report": entry.report}
        if entry.path is not None:
            line |= {"path": entry.path}
        if entry.version is not None:
            line |= {"version": entry.version}
        if not entry.is_refused:
            line |= {"output": entry.output, "sha256": entry.digest}
        self.check()
        try:
            _append(self._file, json.dumps(line, ensure_ascii=False).encode() + b"\n")
        except OSError as error:
            raise _unwritable(self._folder, error) from None
        self._remember(entry)


@contextmanager
def opened(folder: Path, *, resume: bool) -> Iterator[Journal]:
    """The journal in the folder of the results: a new one, or the one to go on with.

    Raises:
        PrepdocError: there is one already and it is not to be gone on with, another batch is at
            work in the folder, it cannot be written to, or what has its name is no file; at the
            end, somebody took it away meanwhile.
    """
    path = folder / NAME
    try:
        handle = os.open(path, _HOW, 0o600)
    except OSError as error:
        raise _unwritable(folder, error) from None
    with os.fdopen(handle, "r+b", buffering=0) as file:
        _check_ordinary(file, path)
        _claim(file, folder)
        text = file.readall()
        if text and not resume:  # an empty one is of a batch that could not begin
            what = _("{file} is there already: go on with --resume, or name another folder")
            raise PrepdocError(what.format(file=shown(path)))
        if text and not text.endswith(b"\n"):  # it was killed while it wrote
            file.write(b"\n")
        journal = Journal(file, folder, _entries(text))
        yield journal
        journal.check()


def names_of(source: Path) -> tuple[str, ...]:
    """What it is called in the journal: by the whole path, or as it was typed in older ones."""
    return shown(_whole(source)), shown(source)


def written(folder: Path) -> Mapping[str, tuple[str, ...]]:
    """The names of each source's results, those with smaller numbers first, as the journal in the
    folder says: of sources that look alike with their card numbers hidden, in their order. The
    sources are called as `names_of` calls them.

    Nothing where there is none, or it cannot be read: `opened` says so.
    """
    named: defaultdict[str, set[str]] = defaultdict(set)
    with suppress(OSError):
        for entry in _entries(_read(folder / NAME)):
            if entry.output:
                named[_name_of_source(entry, folder)].add(entry.output)
    return {source: tuple(sorted(names, key=_by_number)) for source, names in named.items()}


def _name_of_source(entry: Entry, folder: Path) -> str:
    if entry.path is None:
        return str(entry.report["source"])
    return shown(os.path.normpath(_real(folder) / entry.path))


def _whole(source: Path) -> Path:
    """A link stays what it is, wherever it leads to by now; one of its folders does not."""
    return _real(source.parent) / source.name


def _real(folder: Path) -> Path:
    """Not `Path.resolve`, which raises where a link leads to itself (before Python 3.13)."""
    return Path(os.path.realpath(folder))


def _by_number(name: str) -> tuple[int, str]:
    return len(name), name


def _read(path: Path) -> bytes:
    """Nothing of what is no file.

    Raises:
        OSError: it cannot be read.
    """
    with open(path, "rb", opener=_at_once) as file:
        return file.read() if _is_file(file) else b""


def _at_once(path: str, flags: int) -> int:
    return os.open(path, flags | _NO_WAITING)


def _check_ordinary(file: RawIOBase, path: Path) -> None:
    if not _is_file(file):
        raise PrepdocError(_("{file} is no ordinary file").format(file=shown(path)))


def _is_file(file: IOBase) -> bool:
    return stat.S_ISREG(os.fstat(file.fileno()).st_mode)


def _append(file: RawIOBase, line: bytes) -> None:
    """All of it or nothing: half a line would spoil the next one."""
    end = file.seek(0, os.SEEK_END)
    try:
        while line:
            line = line[file.write(line) or 0 :]
        os.fsync(file.fileno())
    except OSError:
        file.truncate(end)
        raise


def digest_of(data: bytes) -> str:
    """SHA-256 in hexadecimal digits (FIPS 180-4)."""
    return sha256(data).hexdigest()


def _entries(text: bytes) -> Iterator[Entry]:
    """Every line that is whole; the last one may be cut, and any may be damaged."""
    for line in text.splitlines():
        with suppress(ValueError, KeyError, TypeError, RecursionError):
            yield _entry(json.loads(line))


def _entry(told: Any) -> Entry:
    """What `Journal.write` wrote.

    Raises:
        ValueError, KeyError, TypeError: it was written by something else, or holds halves of
            characters, which cannot be told to anybody.
    """
    json.dumps(told, ensure_ascii=False).encode()
    report, output, digest = told["report"], told.get("output"), told.get("sha256")
    if output is None:
        refused = report["refused"]
        texts = [refused["kind"], refused["message"]]
    else:
        texts = [output, digest]
        dict(report["prepared"])
    path, version = told.get("path"), told.get("version")
    texts += [told["key"], report["source"]]
    texts += ["" if text is None else text for text in (path, version)]
    sound = isinstance(told["line"], int) and all(isinstance(text, str) for text in texts)
    if told["schema"] != SCHEMA or not sound:
        raise ValueError("not as a batch writes it")
    if output is not None and (Path(output).name != output or "\0" in output):
        raise ValueError("no file in the journal's folder")
    return Entry(told["key"], told["line"], report, output, digest, path, version)


def _claim(file: RawIOBase, folder: Path) -> None:
    """Two batches in one folder would each overwrite what the other one knows."""
    with suppress(ImportError):  # Windows
        import fcntl

        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise PrepdocError(
                _("another batch is at work in {folder}").format(folder=shown(folder))
            ) from None


def _unwritable(folder: Path, error: OSError) -> PrepdocError:
    message = _("the journal cannot be written into {folder} ({reason})")
    return PrepdocError(message.format(folder=shown(folder), reason=system_says(error)))
