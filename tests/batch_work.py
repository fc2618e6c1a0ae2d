"""What the batch's tests let workers do; in a module of its own, for processes import it."""

from __future__ import annotations

import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from prepdoc.publishing import Draft


def doubled(parcel: int) -> int:
    """Twice as much; a negative number is an error."""
    if parcel < 0:
        raise ValueError("negative")
    return 2 * parcel


def threads(parcel: int) -> tuple[str, int]:
    """What the engines are told about threads, and OpenCV's own number."""
    import cv2

    return os.environ["PREPDOC_THREADS"], cv2.getNumThreads()


def doubled_if_it_lives(parcel: tuple[int, Path | None]) -> int:
    """Kills its process where a file is named: as long as it holds a character, one each time."""
    return _doubled_after(parcel, signal.SIGKILL)


def doubled_unless_told_to_end(parcel: tuple[int, Path | None]) -> int:
    """The same, but its process is told to end, as where a machine is short of memory."""
    return _doubled_after(parcel, signal.SIGTERM)


def doubled_if_the_answer_arrives(parcel: tuple[int, Path | None]) -> int:
    """The same, but its process is killed when half of the answer is sent."""
    document, deaths = parcel
    left = deaths.read_text() if deaths else ""
    if deaths and left:
        deaths.write_text(left[1:])
        Connection._send = _send_half_and_die  # type: ignore[attr-defined]
    return doubled(document)


def _send_half_and_die(pipe: Connection[Any, Any], data: bytes, *_: object) -> None:
    os.write(pipe.fileno(), data[: len(data) // 2])
    os.kill(os.getpid(), signal.SIGKILL)


def _doubled_after(parcel: tuple[int, Path | None], number: signal.Signals) -> int:
    document, deaths = parcel
    left = deaths.read_text() if deaths else ""
    if deaths and left:
        deaths.write_text(left[1:])
        os.kill(os.getpid(), number)
    return doubled(document)


def put_away_slowly(folder: Path) -> None:
    """Works until it is told to end, and puts away what it was at: whatever is told meanwhile."""
    draft = folder / str(os.getpid())
    try:  # before there is a draft: who sees it may tell at once
        draft.touch()
        time.sleep(60)
    finally:
        time.sleep(0.5)
        draft.unlink(missing_ok=True)


def wait_for_a_thread(folder: Path) -> None:
    """As while an engine has a page: what is at work cannot be told to end."""
    with Draft(folder), ThreadPoolExecutor(1) as pool:
        pool.submit(time.sleep, 60).result()


def hear_nothing(folder: Path) -> None:
    """As a library does that takes a request to end for a failure of its own."""
    with (folder / str(os.getpid())).open("a") as file:
        file.write("x")
    try:
        time.sleep(60)
    except SystemExit:
        raise ValueError("could not be loaded") from None


def end_and_be_told_to() -> None:
    """A worker whose work is done is told to end when it waits for a thread of its own, which ends
    with 3 if that might interrupt it: anywhere in the interpreter's end, with a traceback.
    """
    from prepdoc.batch.local import _begin

    def tell() -> None:
        time.sleep(0.5)
        os.kill(os.getpid(), signal.SIGTERM)
        os._exit(0 if signal.getsignal(signal.SIGTERM) is signal.SIG_IGN else 3)

    _begin(1)
    threading.Thread(target=tell).start()


def lives(process: int) -> bool:
    """Whether a process is at work, or could be."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{process}/stat")  # where there is none, nothing is left of a zombie
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"
