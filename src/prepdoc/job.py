"""One document on its way: what came in, what is wanted of it, and where the result goes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, Literal, TypeAlias

from prepdoc.cardholder import last_four_of
from prepdoc.checking import Demand
from prepdoc.errors import NotPossible, OutputExists
from prepdoc.finding import Wishes
from prepdoc.finishing import Plan
from prepdoc.noting import Notes
from prepdoc.ocr.networks import load_ahead
from prepdoc.ocr.paddle import Paddle
from prepdoc.ocr.tesseract import Tesseract
from prepdoc.page import Cardholder, Drawn, Language, Page, Spot
from prepdoc.pan import forget
from prepdoc.publishing import check_writable, output_name, refuse_special, shown
from prepdoc.reading import Source
from prepdoc.reading.apart import opened_apart
from prepdoc.reading.files import bytes_of
from prepdoc.stamping.wording import language_of, stamp_text
from prepdoc.texts import _

OutputFormat: TypeAlias = Literal["pdf", "png", "jpg"]
Progress: TypeAlias = Callable[[str, int, int], None]
"""Called with the stage ("read", "write" or "verify"), the pages done and the pages in all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the user may choose; every field has the default that suits most.

    Raises:
        ValueError: `last_four` is something else than four digits.
    """

    last_four: str | None = None
    output: Path | None = None
    format: OutputFormat | None = None
    password: str | None = field(default=None, repr=False)
    pages: tuple[int, ...] | None = None
    mask: tuple[str, ...] = field(default=(), repr=False)
    keep: tuple[str, ...] = field(default=(), repr=False)
    dpi: float | None = None
    preview: bool = False
    force: bool = False
    lang: Language | None = None
    """Of the stamp; None takes the language that the details are written in."""
    demand: Demand | None = None
    """What the recipient asks, which the result is checked for; None checks nothing."""
    drawn: tuple[Drawn, ...] = ()
    """Places that are painted besides what is found."""
    stamp_at: Spot | None = None
    """Where the stamp is wished; None takes the space nearest to the card number."""

    def __post_init__(self) -> None:
        if self.last_four is not None and last_four_of(self.last_four) != self.last_four:
            raise ValueError("last_four: give exactly four digits")  # and not what was given


DEFAULTS: Final = Options()
"""What is chosen for a user who chooses nothing."""


@dataclass(frozen=True, slots=True)
class Job:
    """One document on its way: what came in, what is wanted, and the engines."""

    source: Source = field(repr=False)
    cardholder: Cardholder
    options: Options
    format: OutputFormat
    target: Path | None
    progress: Progress = field(repr=False)
    finder: Paddle = field(repr=False)
    verifier: Tesseract = field(repr=False)
    started: float = field(default_factory=time.perf_counter, compare=False)

    @property
    def pages(self) -> tuple[int, ...]:
        """The source's pages that are wanted, in order."""
        return self.options.pages or tuple(range(1, self.source.page_count + 1))

    @property
    def wishes(self) -> Wishes:
        """What is masked or kept because the user says so."""
        return Wishes(self.options.mask, self.options.keep)

    def page(self, number: int, dpi: float | None) -> Page:
        """Page `number` of the output, from 1, rendered anew."""
        page = self.source.page(self.pages[number - 1], dpi)
        return replace(page, number=number)

    def bare(self, number: int, dpi: float | None) -> Page:
        """The same pixels once more, without the text."""
        page = self.source.bare(self.pages[number - 1], dpi)
        return replace(page, number=number)

    def is_finer(self, note: Notes) -> bool:
        """Whether the page is written at more dpi than it was read at: unless others are wished."""
        return note.is_fine and self.options.dpi is None

    def is_lossless(self, plan: Plan) -> bool:
        """Whether a page is written so that every pixel stays what it is."""
        return self.format == "png" or (self.format == "pdf" and not plan.photographic)


@contextmanager
def opened(
    source: Path | bytes, cardholder: Cardholder, options: Options, progress: Progress
) -> Iterator[Job]:
    """The document is open as long as the block lasts.

    Raises:
        UnreadableInput: the input is no document that prepdoc reads, or needs a password.
        NotPossible: it lacks a page that is wished, or has too many for a picture; the details
            cannot be written on it; or its result would take its own place.
        OutputExists: the output's name is taken.
        PrepdocError: its folder cannot be written to.
    """
    stamp_text(cardholder, None, options.lang or language_of(cardholder))
    data = source if isinstance(source, bytes) else bytes_of(source)
    with opened_apart(data, options.password) as opened:
        _check_pages(options.pages, opened.page_count)
        wanted = _format(opened, options)
        target = _target(source, options, wanted)
        _check_free(source, target, options)
        _check_writable(target)
        load_ahead()
        try:
            yield Job(opened, cardholder, options, wanted, target, progress, Paddle(), Tesseract())
        finally:
            forget()


def _check_pages(pages: Sequence[int] | None, count: int) -> None:
    absent = [number for number in pages or () if not 1 <= number <= count]
    if absent:
        what = _("there is no page {page}; the document has {count}")
        raise NotPossible(what.format(page=absent[0], count=count))


def _format(source: Source, options: Options) -> OutputFormat:
    """As asked, else as the output is named, else as it came if upload forms take that."""
    named = format_named(options.output)
    wanted = options.format or named or _DEFAULT_FORMAT.get(source.format, "pdf")
    count = len(options.pages or range(source.page_count))
    if wanted != "pdf" and count > 1:
        if options.format or named:
            what = _("a {wanted} file holds one page, and this document has {count}")
            raise NotPossible(what.format(wanted=wanted, count=count))
        return "pdf"
    return wanted


def format_named(output: Path | None) -> OutputFormat | None:
    """The kind of file that an output's name tells, where it tells one."""
    return _FORMAT_OF_SUFFIX.get(output.suffix.lower()) if output else None


_FORMAT_OF_SUFFIX: dict[str, OutputFormat] = {
    ".pdf": "pdf",
    ".png": "png",
    ".jpg": "jpg",
    ".jpeg": "jpg",
}
_DEFAULT_FORMAT: dict[str, OutputFormat] = {
    "PDF": "pdf",
    "PNG": "png",
    "JPEG": "jpg",
    "HEIF": "jpg",
    "WEBP": "jpg",
}


def _target(source: Path | bytes, options: Options, wanted: OutputFormat) -> Path | None:
    """Where the result goes; None keeps it in memory."""
    beside = source.parent if isinstance(source, Path) else None
    name = output_name(source.stem if isinstance(source, Path) else "", f".{wanted}")
    if options.output is None:
        return beside / name if beside is not None else None
    return options.output / name if options.output.is_dir() else options.output


def _check_free(source: Path | bytes, target: Path | None, options: Options) -> None:
    """Before any work; publishing checks again, for a name may be taken meanwhile."""
    if target:
        refuse_special(target)
    wanted = [target, *([preview_path(target)] if options.preview else [])] if target else []
    taken = [path for path in wanted if path.exists()]
    if isinstance(source, Path) and any(path.samefile(source) for path in taken):
        what = _("{file} is the input itself; choose another name")
        raise NotPossible(what.format(file=shown(source)))
    if taken and not options.force:
        what = _("{file} exists already; choose another name or overwrite with --force")
        raise OutputExists(what.format(file=shown(taken[0])))


def _check_writable(target: Path | None) -> None:
    """Before any work too.

    Raises:
        PrepdocError: its folder is not there, or cannot be written to.
    """
    if target:
        check_writable(target.parent)


def preview_path(target: Path) -> Path:
    """Where the contact sheet of a result stands: beside it."""
    return target.with_name(f"{target.stem}-preview.png")
