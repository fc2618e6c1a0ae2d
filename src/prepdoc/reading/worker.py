"""The half of reading that touches the file's bytes: a process that may crash, hang or be hostile.

It is told to open a file's bytes, then to draw a page or to tell the witnesses, and answers on a
pipe (messages.py). It holds nothing but those bytes, may write no file, and lives for one
document. `apart.py` is its other half.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from prepdoc.errors import PasswordNeeded, UnreadableInput, WrongPassword
from prepdoc.reading import MAX_FILE_BYTES, Source, open_source
from prepdoc.reading.messages import (
    Garbled,
    Header,
    page_message,
    read_message,
    witnesses_message,
    write_message,
)
from prepdoc.texts import speak

MAX_OPEN_FILES = 64
TOLD = (UnreadableInput, ImportError, MemoryError)
"""What is told to the other half; whatever else happens ends this one, and that says it all."""

REFUSED: Mapping[type[Exception], str] = {PasswordNeeded: "password", WrongPassword: "wrong"}


def main() -> None:
    """Serve the requests on standard input until it ends."""
    requests, answers = _pipes()
    with contextlib.suppress(ImportError):  # told when a PDF comes; most are, and this one may wait
        import pymupdf  # noqa: F401
    with contextlib.suppress(Garbled, BrokenPipeError):  # the other half went away
        header, data = read_message(requests, MAX_FILE_BYTES)
        _limit(header)
        speak(header["language"])
        for answer, body in _answers(header, data, requests):
            write_message(answers, answer, body)


def _pipes() -> tuple[BinaryIO, BinaryIO]:
    """Requests and answers; what a library prints goes nowhere."""
    answers = os.fdopen(os.dup(1), "wb")
    with open(os.devnull, "wb") as nowhere:  # noqa: PTH123 (a descriptor is wanted)
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
    return sys.stdin.buffer, answers


def _limit(header: Header) -> None:
    """Memory as asked; no file may grow by a byte, and a crash leaves no image of the memory."""
    if sys.platform == "win32":
        return
    import resource

    hard = (header["memory_bytes"], header["memory_bytes"])
    for what, value in (
        (resource.RLIMIT_AS, hard),
        (resource.RLIMIT_CORE, (0, 0)),
        (resource.RLIMIT_FSIZE, (0, 0)),
        (resource.RLIMIT_NOFILE, (MAX_OPEN_FILES, MAX_OPEN_FILES)),
    ):
        with contextlib.suppress(OSError, ValueError):  # macOS refuses some
            resource.setrlimit(what, value)


def _limit_cpu(seconds: int) -> None:
    """So many seconds from now; the kernel ends the process by SIGXCPU."""
    if sys.platform == "win32":
        return
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF)
    end = int(used.ru_utime + used.ru_stime) + seconds + 1
    resource.setrlimit(resource.RLIMIT_CPU, (end, resource.RLIM_INFINITY))


Answer = tuple[Header, bytes | memoryview]


def _answers(header: Header, data: bytes, requests: BinaryIO) -> Iterator[Answer]:
    """One answer a request, the first to the request to open."""
    try:
        _limit_cpu(header["cpu_s"])
        source = open_source(data, header["password"])
    except TOLD as error:
        yield _refusal(error)
        return
    del data
    opened: Header = {
        "format": source.format,
        "pages": source.page_count,
        "encrypted": source.is_encrypted,
    }
    yield opened, b""
    while True:
        request, _ = read_message(requests, 0)
        _limit_cpu(header["cpu_s"])
        try:
            yield _answer(source, request)
        except TOLD as error:
            yield _refusal(error)


def _answer(source: Source, request: Header) -> Answer:
    if request["wanted"] == "witnesses":
        return witnesses_message(source.witnesses()), b""
    drawing = source.bare if request["wanted"] == "bare" else source.page
    return page_message(drawing(request["number"], request["dpi"]))


def _refusal(error: Exception) -> Answer:
    if isinstance(error, ImportError):
        return {"refused": "missing", "message": error.name or ""}, b""
    if isinstance(error, MemoryError):
        return {"refused": "memory", "message": ""}, b""
    return {"refused": REFUSED.get(type(error), "unreadable"), "message": str(error)}, b""


if __name__ == "__main__":
    main()
