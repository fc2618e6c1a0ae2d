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
    from prepdoc.page import Cardholder, Language
    from prepdoc.pipeline import Options, Prepared


@dataclass(frozen=True, slots=True)
class Parcel:
    """One document, whose it is, what is wished, and the language in which refusals are told.

    `version` is that of the prepdoc that packed it. Others' logs may hold the repr.
    """

    data: bytes = field(repr=False)
    cardholder: Cardholder = field(repr=False)
    options: Options = field(repr=False)
    language: Language
    version: str


@dataclass(frozen=True, slots=True)
class FileParcel:
    """The same with the file itself."""

    source: Path = field(repr=False)
    cardholder: Cardholder = field(repr=False)
    options: Options = field(repr=False)
    language: Language


def prepared(parcel: Parcel) -> Prepared | Refusal:
    """The document as `pipeline.prepare` makes it, in memory; or why there is none.

    A refusal comes back as a value: not every exception survives the way between processes.
    """
    own = own_version()
    if own != parcel.version:
        speak(parcel.language)
        what = _("a worker has prepdoc {theirs}, and this is {ours}: install the same on all")
        return refusal_of(PrepdocError(what.format(theirs=own, ours=parcel.version)))
    return _outcome(parcel.data, parcel)


def prepared_file(parcel: FileParcel) -> Prepared | Refusal:
    """The same into a file, beside the input or where the options say."""
    return _outcome(parcel.source, parcel)


def _outcome(source: bytes | Path, parcel: Parcel | FileParcel) -> Prepared | Refusal:
    from prepdoc.pipeline import prepare

    speak(parcel.language)
    try:
        return prepare(source, parcel.cardholder, parcel.options)
    except Exception as error:  # noqa: BLE001 (the worker's boundary)
        return refusal_of(error)
