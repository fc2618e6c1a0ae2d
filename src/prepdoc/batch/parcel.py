"""What a worker gets, does and gives back.

Bytes in, bytes out needs no disk of ours; a file in, a file out is for processes on this machine.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from prepdoc.doctor import own_version
from prepdoc.errors import PrepdocError
from prepdoc.report import Refusal, refusal_of
from prepdoc.texts import _, speak

if TYPE_CHECKING:
    from prepdoc.job import Options
    from prepdoc.page import Cardholder, Language
    from prepdoc.pipeline import Prepared


@dataclass(frozen=True, slots=True)
class Parcel:
    """One document, whose it is, what is wished, and the language in which refusals are told.

    `source` is its bytes, or its file for a process on this machine. `version` is that of the
    prepdoc that packed it. Others' logs may hold the repr.
    """

    source: bytes | Path = field(repr=False)
    cardholder: Cardholder = field(repr=False)
    options: Options = field(repr=False)
    language: Language
    version: str


def prepared(parcel: Parcel) -> Prepared | Refusal:
    """The document as `pipeline.prepare` makes it; or why there is none.

    A refusal comes back as a value: not every exception survives the way between processes.
    """
    from prepdoc.pipeline import prepare

    speak(parcel.language)
    try:
        check_version(own_version(), parcel.version)
        return prepare(parcel.source, parcel.cardholder, parcel.options)
    except Exception as error:  # noqa: BLE001 (the worker's boundary)
        return refusal_of(error)


def check_version(workers: str, ours: str) -> None:
    """Two versions may find different numbers, and one batch is to have one.

    Raises:
        PrepdocError: they are two.
    """
    if workers != ours:
        what = _("a worker has prepdoc {theirs}, and this is {ours}: install the same on all")
        raise PrepdocError(what.format(theirs=workers, ours=ours))
