"""The first stage as the pipeline sees it: a file is read by a process of its own, within limits.

    bytes ─pipe→ worker.py (MuPDF, Pillow, libheif, QPDF) ─pipe→ pages, witnesses

Those libraries are large and parse whatever they are given. A file that makes one of them crash,
hang or fill the memory is refused, and prepdoc goes on.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, cast, get_args

from prepdoc.errors import (
    ComponentMissing,
    MachineFailed,
    PasswordNeeded,
    UnreadableInput,
    WrongPassword,
)
from prepdoc.page import Page, Witness
from prepdoc.reading import Format, Source, check_page_count
from prepdoc.reading.messages import (
    Garbled,
    Header,
    page_from,
    read_message,
    witnesses_from,
    write_message,
)
from prepdoc.standby import Standby, was_ended
from prepdoc.texts import N_, _, spoken, system_says

START = (
    "import sys; sys.path.insert(0, sys.argv[1]); from prepdoc.reading.worker import main; main()"
)
"""Not `-m`: that would look for modules in the folder of the statement, a folder of downloads."""
PIPE_BYTES: Final = 1 << 20
"""The most that Linux allows anyone; a page is 26 MB."""
READER: Final = N_("the process that reads the file")
MESSAGES = {
    "memory": N_(
        "Reading the file takes more memory than a statement does: print it to a new PDF."
    ),
    "lost": N_(
        "The file cannot be read: the reader crashed or did not end. Print it to a new PDF."
    ),
}


LOCKED: Final[Mapping[object, type[PasswordNeeded]]] = {
    "password": PasswordNeeded,
    "wrong": WrongPassword,
}


@dataclass(frozen=True, slots=True)
class Limits:
    """What the reader may use: memory in all, and seconds a page (or for all witnesses).

    The largest page (`reading.MAX_PIXELS`) takes 1.4 GB and ten seconds on a slow machine. Seconds
    of the processor are the file's affair; where those of the clock pass without them, the machine
    has no time.
    """

    memory_bytes: int = 4_000_000_000
    cpu_s: int = 60
    wall_s: int = 180


@contextmanager
def opened_apart(
    data: bytes, password: str | None = None, limits: Limits = Limits()
) -> Iterator[Source]:
    """Open a PDF or a picture in a process of its own, which ends with the block.

    Raises:
        UnreadableInput: as `open_source` does, and where the process crashes or goes beyond
            its limits; inside the block too.
        PasswordNeeded: an encrypted PDF, and the password is missing or wrong.
        MachineFailed: the system ended the process, or gave it no time.
        ComponentMissing: a library that reads is not installed.
    """
    process = _STANDBY.take(_started)
    try:
        yield _Apart(process, data, password, limits)
    finally:
        process.kill()  # it holds nothing that it would have to put away
        with suppress(OSError):  # what was not sent any more
            process.communicate()


def _started() -> subprocess.Popen[bytes]:
    command = [sys.executable, "-P", "-c", START, str(Path(__file__).parents[2])]
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    except OSError as error:
        what = _("The process that reads files does not start: {reason}.")
        raise ComponentMissing(what.format(reason=system_says(error))) from None
    _widen(process)
    return process


def _widen(process: subprocess.Popen[bytes]) -> None:
    """Let a page come in fewer parts, where the system has room for that."""
    if sys.platform == "linux":
        import fcntl

        assert process.stdout  # a pipe, as started
        with suppress(OSError):  # all the pipes of a user together have a limit
            fcntl.fcntl(process.stdout, fcntl.F_SETPIPE_SZ, PIPE_BYTES)


_STANDBY: Final = Standby()

SHORT: Final = 4
"""Pages of a document that are kept in memory (26 MB each, A4 at 300 dpi) once they are drawn."""


class _Apart:
    """A source whose pages are drawn by another process."""

    kind: Literal["pdf", "image"]
    format: Format
    page_count: int
    is_encrypted: bool

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        data: bytes,
        password: str | None,
        limits: Limits,
    ) -> None:
        self._process = process
        self._limits = limits
        self._lock = threading.Lock()
        self._is_late = False
        asked = {
            "password": password,
            "language": spoken(),
            "memory_bytes": limits.memory_bytes,
            "cpu_s": limits.cpu_s,
        }
        with _trusting_nothing():
            header, _ = self._answer(asked, data)
            self.format = _format(header.get("format"))
            self.page_count = _count(header.get("pages"))
            self.is_encrypted = header.get("encrypted") is True
        self.kind = "pdf" if self.format == "PDF" else "image"
        self._kept: dict[tuple[str, int, float | None], Page] = {}

    def page(self, number: int, dpi: float | None = None) -> Page:
        """Page `number`, as `Source.page` has it; of a short document drawn once."""
        return self._kept.get(("page", number, dpi)) or self._drawn("page", number, dpi)

    def bare(self, number: int, dpi: float | None = None) -> Page:
        """The same pixels, as `Source.bare` has them, or the page that is kept."""
        kept = (self._kept.get((how, number, dpi)) for how in ("page", "bare"))
        return next(filter(None, kept), None) or self._drawn("bare", number, dpi)

    def _drawn(self, wanted: str, number: int, dpi: float | None) -> Page:
        with _trusting_nothing():
            page = page_from(*self._answer({"wanted": wanted, "number": number, "dpi": dpi}))
        if self.page_count <= SHORT:
            others = {key: old for key, old in self._kept.items() if key[1] != number}
            own = dict.fromkeys([(wanted, number, dpi), (wanted, number, page.dpi)], page)
            self._kept = {**others, **own}
        return page

    def witnesses(self) -> tuple[Witness, ...]:
        """What the hidden places say, as `Source.witnesses` has it."""
        with _trusting_nothing():
            told = witnesses_from(self._answer({"wanted": "witnesses"})[0])
        _STANDBY.renew()  # this reader has the most of its work behind it
        return told

    def _answer(self, request: Header, body: bytes = b"") -> tuple[Header, bytes]:
        """Ask and wait, no longer than the limits say.

        Raises:
            Garbled, OSError: the process is gone, or answers what no one may.
            MachineFailed: it is gone because the system ended it, or gave it no time.
        """
        watch = threading.Timer(self._limits.wall_s, self._end_late)
        with self._lock:
            watch.start()
            try:
                header, answer = self._exchanged(request, body)
            except (Garbled, OSError):
                if self._is_late or was_ended(self._process):
                    raise MachineFailed(_(READER)) from None
                raise
            finally:
                watch.cancel()
        if "refused" in header:
            raise _refusal(header["refused"], header.get("message"))
        return header, answer

    def _exchanged(self, request: Header, body: bytes) -> tuple[Header, bytes]:
        assert self._process.stdin and self._process.stdout  # pipes, as started
        write_message(self._process.stdin, request, body)
        return read_message(self._process.stdout)

    def _end_late(self) -> None:
        self._is_late = True
        self._process.kill()


@contextmanager
def _trusting_nothing() -> Iterator[None]:
    """A pipe that broke and an answer that is none are a file that cannot be read."""
    try:
        yield
    except (Garbled, OSError):
        raise UnreadableInput(_(MESSAGES["lost"])) from None


def _format(told: object) -> Format:
    if told not in get_args(Format):
        raise Garbled
    return cast(Format, told)


def _count(told: object) -> int:
    if not isinstance(told, int):
        raise Garbled
    check_page_count(told)
    return told


def _refusal(kind: object, message: Any) -> UnreadableInput | ComponentMissing:
    if kind == "missing":
        what = _("{name} is not installed: run `prepdoc doctor` to see what is.")
        return ComponentMissing(what.format(name=message))
    if kind in LOCKED:
        return LOCKED[kind](str(message))
    return UnreadableInput(_(MESSAGES["memory"]) if kind == "memory" else str(message))
