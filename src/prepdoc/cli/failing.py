"""What went wrong → one line on stderr that says what to do next, and an exit code."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from types import FrameType
from typing import TYPE_CHECKING, Final

import click

from prepdoc import leftovers
from prepdoc.cli.streams import say
from prepdoc.errors import ExitCode
from prepdoc.showing import scrubbed, shown
from prepdoc.texts import _

if TYPE_CHECKING:
    from prepdoc.report import Refusal

_ENDING_SIGNALS: Final = ("SIGINT", "SIGTERM", "SIGHUP")
_BY_SIGNAL: Final = 128
"""A shell's exit code for a program that a signal ended is this more than the signal's number."""

GRACE_S: Final = 3.0
"""For what is being done to come to its end: a pass of an engine takes one."""

_asked: list[int] = []
"""The signals that asked this process to end; signals belong to the process, and so does this."""


class Stop(KeyboardInterrupt):
    """The process was asked to end.

    A class of its own: where a plain KeyboardInterrupt passes through Python code that a C
    extension runs (PyRun_*), CPython ends the process by SIGINT whatever exit code is given.
    """


def exit_code_of(work: Callable[[], object], *, debug: bool) -> int:
    """Do the work and turn whatever it raises into one line on stderr and its exit code."""
    try:
        result = work()
    except click.exceptions.NoArgsIsHelpError as help_text:
        help_text.show()
        return ExitCode.USAGE
    except click.ClickException as error:
        return _wrong_usage(error)
    except (click.Abort, KeyboardInterrupt):
        return _stopped()
    except Exception as error:  # noqa: BLE001 (the outermost boundary: nothing may print unscrubbed)
        from prepdoc.report import refusal_of

        return _stopped() if _asked else refuse(refusal_of(error), debug=debug)
    return result if isinstance(result, int) else ExitCode.DONE


def refuse(refusal: Refusal, source: Path | None = None, *, debug: bool = False) -> int:
    """Say on stderr why there is no result; returns the refusal's exit code."""
    complain(refusal.message, source)
    if debug and refusal.trace:
        say(refusal.trace, err=True)
    return refusal.exit_code


def complain(message: str, source: Path | None = None) -> None:
    """One line on stderr, in front of it the program and the file that it is about."""
    about = f"{shown(source)}: " if source else ""
    say(f"prepdoc: {about}{shown(' '.join(message.split()))}", err=True)


@contextmanager
def signals_as_exceptions() -> Iterator[None]:
    """Let a request to end unwind the stack, so that temp files are deleted.

    A signal that is ignored stays ignored: that is how nohup works. Threads that are not at their
    end in a few seconds, for which the stack waits, are not waited for. Whoever asks once more
    changes nothing: it would only part what is being put away.
    """
    leaving = Timer(GRACE_S, _leave)
    leaving.daemon = True

    def end(number: int, frame: FrameType | None) -> None:
        _asked.append(number)
        if len(_asked) == 1:
            leaving.start()
            raise Stop

    _asked.clear()
    numbers = [getattr(signal, name) for name in _ENDING_SIGNALS if hasattr(signal, name)]
    heeded = [number for number in numbers if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, end) for number in heeded}
    try:
        yield
    finally:
        leaving.cancel()
        for number, handler in before.items():
            if signal.getsignal(number) is end:  # else nothing is heard any more
                signal.signal(number, handler)


def hear_no_more() -> None:
    """Where it was asked to end, this process is left to do so: another Ctrl-C would break into the
    interpreter's own end, which tells of it with a traceback or ends by the signal.
    """
    if _asked:
        for name in _ENDING_SIGNALS:
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), signal.SIG_IGN)


def _leave() -> None:
    """End at once, from another thread than the one that was asked to."""
    leftovers.remove()
    os._exit(_stopped())


def stop_if_asked() -> None:
    """End after all, where a library swallowed the exception that the signal raised.

    Measured: a SIGTERM while RapidOCR's configuration loads comes out as a failure to load it.
    """
    if _asked:
        raise Stop


def _stopped() -> int:
    complain(_("stopped; no unfinished file is left behind"))
    return _BY_SIGNAL + (_asked[0] if _asked else signal.SIGINT)


def _wrong_usage(error: click.ClickException) -> int:
    message = scrubbed(error.format_message()).rstrip(".")
    complain(_("{problem}; see prepdoc --help").format(problem=message))
    return ExitCode.USAGE
