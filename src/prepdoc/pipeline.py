"""The order of the stages, no more: read, find, mask, stamp, write, verify, check, publish."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Literal, TypeAlias

from prepdoc.checked import Checked
from prepdoc.checking import Before, Case, Checkup, Demand, checked_output
from prepdoc.checking.telling import reasons
from prepdoc.errors import (
    CannotProve,
    LeakFound,
    NoCardNumber,
    OutputExists,
    PrepdocError,
    RequirementNotMet,
)
from prepdoc.explaining import NONE_KNOWN, Explained, Known, all_explained
from prepdoc.finding import Wishes, unclaimed_in
from prepdoc.finishing import Plan, expectation, finished, planned, stamped
from prepdoc.noting import Notes, needles, noted, noted_anew
from prepdoc.ocr.ahead import one_ahead, read_ahead
from prepdoc.ocr.paddle import Paddle, load_ahead
from prepdoc.ocr.tesseract import LETTERS, Tesseract
from prepdoc.page import (
    Cardholder,
    CardNumber,
    Drawn,
    ExpectedPage,
    FinishedPage,
    Language,
    Leak,
    Page,
    Proof,
    Spot,
    Stamp,
    Witness,
)
from prepdoc.pan import Pan
from prepdoc.publishing import Draft, output_name, shown, workspace
from prepdoc.reading import Source
from prepdoc.reading.apart import opened_apart
from prepdoc.reading.files import bytes_of
from prepdoc.requirements import SIZE_LIMIT_BYTES
from prepdoc.stamping import language_of, stamp_text
from prepdoc.verifying import verify
from prepdoc.writing import TooLarge, write_image, write_pdf

OutputFormat: TypeAlias = Literal["pdf", "png", "jpg"]
Progress: TypeAlias = Callable[[str, int, int], None]
"""Called with the stage ("read", "write" or "verify"), the pages done and the pages in all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the user may choose; every field has the default that suits most."""

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


@dataclass(frozen=True, slots=True)
class Stages:
    """Seconds that each stage took; of what was written and verified twice, the last time's."""

    read: float = 0.0
    write: float = 0.0
    verify: float = 0.0
    check: float = 0.0


@dataclass(frozen=True, slots=True)
class LeftAlone:
    """A digit run that looks like a number but was not masked: where it stands and how long it is.

    `last_four` holds its last four digits at most.
    """

    page: int
    digits: int
    last_four: str
    reason: str


@dataclass(frozen=True, slots=True)
class Prepared:
    """The result: a file that is proven, and what was done to get it.

    `output` is None where bytes came in and no output path was named; `data` is then the file.
    `numbers` are in pixels of the output's pages; `dpi` is the resolution that was written.
    `fewer_dpi` tells that the resolution was lowered to stay under the size limit, `places_unread`
    how many of the source's hidden places were not looked through, or not to their end. `checks`
    say whether the output meets what is demanded, `unprinted` are the ids of the rules whose
    details it shows only where the cardholder added them.
    """

    output: Path | None
    data: bytes | None = field(repr=False)
    size_bytes: int
    seconds: float
    pages: int
    dpi: float
    fewer_dpi: bool
    numbers: tuple[CardNumber, ...]
    stamps: tuple[Stamp, ...]
    proof: Proof
    left_alone: tuple[LeftAlone, ...] = ()
    places_unread: int = 0
    preview: Path | None = None
    checks: tuple[Checked, ...] = ()
    unprinted: frozenset[str] = frozenset()
    stages: Stages = Stages()

    @property
    def last_four(self) -> str | None:
        """Of the card, if the document shows only one card's."""
        fours = {number.pan.last_four for number in self.numbers if number.pan.last_four}
        return fours.pop() if len(fours) == 1 else None


FEWER_DPI = (0.75, 0.6, 0.5)
"""Parts of the resolution tried one after the other when the file is too large to be uploaded."""

FINER = 1.5
"""Times the resolution at which pages with very small print are written: 450 dpi instead of 300."""
EXTRA_ROUNDS = 2
"""Rows of `#` are misread differently once a part of them is painted; two rounds settle that."""


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


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of a document: its pages, its hidden places, every number that they name, and
    the shapes in which it is printed.
    """

    notes: tuple[Notes, ...]
    witnesses: tuple[Witness, ...]
    known: tuple[Pan, ...]
    specimens: Known = field(default_factory=dict, repr=False)
    seconds: float = field(default=0.0, compare=False)


@dataclass(frozen=True, slots=True)
class _Outcome:
    """A written and proven file."""

    plans: tuple[Plan, ...]
    proof: Proof
    fewer_dpi: bool
    write_seconds: float
    verify_seconds: float


def prepare(
    source: Path | bytes,
    cardholder: Cardholder,
    options: Options = Options(),
    progress: Progress | None = None,
) -> Prepared:
    """Read, find, mask, stamp, write, verify, publish.

    A path's result is written beside it or to `options.output`; the result of bytes is returned
    as bytes unless an output is named. The input is never touched.

    Raises:
        UnreadableInput: the input is no document that prepdoc reads, or needs a password.
        NoCardNumber: no page shows a card's last four, and none were given.
        CannotProve: the result could not be proven; there is no output.
        ComponentMissing: an engine, a model or a font is missing.
        RequirementNotMet: the result lacks what the demand says it must show.
        OutputExists: the output's name is taken.
    """
    with opened(source, cardholder, options, progress or _silent) as job:
        return completed(job, read(job))


def completed(job: Job, reading: Reading) -> Prepared:
    """What follows upon reading: find, mask, stamp, write, verify, check, publish.

    Raises:
        PrepdocError: as `prepare` does, but for what opening and reading refuse.
    """
    options = job.options
    with _workspace(job.target) as folder, Draft(folder) as draft:
        outcome = _proven(job, reading, draft.path)
        proven = time.perf_counter()
        checkup = _met(job, outcome, draft.path)
        checked = time.perf_counter() - proven
        size = draft.path.stat().st_size
        data = None if job.target else draft.path.read_bytes()
        if job.target:
            draft.publish(job.target, options.force)
    preview = _preview(job, outcome.plans) if options.preview and job.target else None
    return Prepared(
        output=job.target,
        data=data,
        size_bytes=size,
        seconds=time.perf_counter() - job.started,
        pages=len(outcome.plans),
        dpi=outcome.plans[0].dpi,
        fewer_dpi=outcome.fewer_dpi,
        numbers=tuple(number for plan in outcome.plans for number in plan.numbers),
        stamps=tuple(stamp for plan in outcome.plans for stamp in plan.stamps),
        proof=outcome.proof,
        left_alone=tuple(left for note in reading.notes for left in _left_alone(note)),
        places_unread=sum(not witness.text for witness in reading.witnesses),
        preview=preview,
        checks=checkup.checks,
        unprinted=checkup.unprinted,
        stages=Stages(reading.seconds, outcome.write_seconds, outcome.verify_seconds, checked),
    )


def _silent(stage: str, done: int, total: int) -> None:
    """Progress that nobody watches."""


# -- what comes in and what goes out ----------------------------------------------------------


@contextmanager
def opened(
    source: Path | bytes, cardholder: Cardholder, options: Options, progress: Progress
) -> Iterator[Job]:
    """The document is open as long as the block lasts.

    Raises:
        UnreadableInput: the input is no document that prepdoc reads, or needs a password.
        OutputExists: the output's name is taken.
        PrepdocError: its folder cannot be written to.
    """
    data = source if isinstance(source, bytes) else bytes_of(source)
    with opened_apart(data, options.password) as opened:
        _check_pages(options.pages, opened.page_count)
        wanted = _format(opened, options)
        target = _target(source, options, wanted)
        _check_free(source, target, options)
        _check_writable(target)
        load_ahead()
        yield Job(opened, cardholder, options, wanted, target, progress, Paddle(), Tesseract())


def _check_pages(pages: Sequence[int] | None, count: int) -> None:
    absent = [number for number in pages or () if not 1 <= number <= count]
    if absent:
        raise PrepdocError(f"there is no page {absent[0]}; the document has {count}")


def _format(source: Source, options: Options) -> OutputFormat:
    """As asked, else as the output is named, else as it came if upload forms take that."""
    named = _FORMAT_OF_SUFFIX.get(options.output.suffix.lower()) if options.output else None
    wanted = options.format or named or _DEFAULT_FORMAT.get(source.format, "pdf")
    count = len(options.pages or range(source.page_count))
    if wanted != "pdf" and count > 1:
        if options.format or named:
            raise PrepdocError(f"a {wanted} file holds one page, and this document has {count}")
        return "pdf"
    return wanted


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
    if isinstance(source, Path) and target and target.exists() and target.samefile(source):
        raise OutputExists(f"{shown(target)} is the input itself; choose another name")
    wanted = [target, _preview_path(target) if options.preview else None] if target else []
    taken = [path for path in wanted if path is not None and path.exists()]
    if taken and not options.force:
        raise OutputExists(
            f"{shown(taken[0])} exists already; choose another name or overwrite with --force"
        )


def _check_writable(target: Path | None) -> None:
    """Before any work too.

    Raises:
        PrepdocError: its folder is not there, or cannot be written to.
    """
    if target:
        with Draft(target.parent):
            pass  # it is removed where it is not published


def _workspace(target: Path | None) -> AbstractContextManager[Path]:
    """The folder of the target, or a private one that is gone afterwards."""
    return workspace() if target is None else nullcontext(target.parent)


# -- the first pass: read ---------------------------------------------------------------------


def read(job: Job) -> Reading:
    """Every page, and every hidden place.

    Raises:
        UnreadableInput: one of them cannot be read.
        ComponentMissing: an engine or a model is missing.
    """
    started = time.perf_counter()
    notes: list[Notes] = []
    witnesses: list[Witness] = []
    specimens = [NONE_KNOWN]
    pages = one_ahead(_noting_witnesses(job, witnesses))
    given = one_ahead(_noting_specimens(all_explained(pages, job.finder), specimens))
    for note in read_ahead(partial(noted, finder=job.finder, wishes=job.wishes), given):
        notes.append(note)
        job.progress("read", note.page, len(job.pages))
    reading = _reading(notes, tuple(witnesses), specimens[-1])
    return replace(reading, seconds=time.perf_counter() - started)


def _noting_witnesses(job: Job, witnesses: list[Witness]) -> Iterator[Page]:
    """The pages as they are drawn; then, while the last ones are read, what hidden places say."""
    for number in range(1, len(job.pages) + 1):
        yield job.page(number, job.options.dpi)
    witnesses += job.source.witnesses()


def _noting_specimens(
    pages: Iterable[tuple[Explained, Known]], specimens: list[Known]
) -> Iterator[Explained]:
    """The pages as they are read, while the specimens of all so far are kept."""
    for page, specimens[-1] in pages:
        yield page


def reread(reading: Reading, wishes: Wishes) -> Reading:
    """The same with other wishes; no page is read again."""
    notes = (noted_anew(note, wishes) for note in reading.notes)
    return replace(_reading(notes, reading.witnesses, reading.specimens), seconds=reading.seconds)


def _reading(notes: Iterable[Notes], witnesses: tuple[Witness, ...], specimens: Known) -> Reading:
    notes = tuple(notes)
    return Reading(notes, witnesses, needles(notes, witnesses), specimens)


def _left_alone(note: Notes) -> Iterator[LeftAlone]:
    for digits in dict.fromkeys(unclaimed_in(note.read_lines)):
        yield LeftAlone(note.page, len(digits), digits[-4:], "no known card range or check digit")


# -- the second pass: find, mask, stamp, write, verify ----------------------------------------


def _proven(job: Job, reading: Reading, path: Path) -> _Outcome:
    """What verification still sees goes back as extra marks, some times; then it refuses."""
    leaks: tuple[Leak, ...] = ()
    for _ in range(EXTRA_ROUNDS):
        try:
            return _written(job, reading, path, leaks)
        except LeakFound as found:
            leaks += found.leaks
    return _written(job, reading, path, leaks)


def _written(job: Job, reading: Reading, path: Path, leaks: Sequence[Leak]) -> _Outcome:
    """Written at the resolution wished, or at fewer dpi where the file would be too large."""
    started = time.perf_counter()
    plans, factor = _small_enough(job, reading, path, leaks)
    written = time.perf_counter()
    proof = verify(
        path,
        lambda number: _expected(job, plans[number - 1]),
        len(plans),
        reading.known,
        job.finder,
        job.verifier,
        job.progress,
        reading.specimens,
    )
    took = written - started, time.perf_counter() - written
    return _Outcome(plans, proof, factor < 1.0, *took)


def _small_enough(
    job: Job, reading: Reading, path: Path, leaks: Sequence[Leak]
) -> tuple[tuple[Plan, ...], float]:
    """Written at the most dpi at which the file is not too large; at the fewest, however large.

    With the plans comes the part of the resolution that it has.
    """
    *tried, fewest = (1.0, *FEWER_DPI)
    for factor in tried:
        with suppress(TooLarge):
            pages = _finished_anew(job, reading, leaks, factor)
            return _write(job, path, pages, SIZE_LIMIT_BYTES), factor
    return _write(job, path, _finished_anew(job, reading, leaks, fewest)), fewest


_Planned: TypeAlias = tuple[Plan, FinishedPage]


def proposed(job: Job, reading: Reading, number: int) -> tuple[Plan, FinishedPage]:
    """A page as it would be written, for somebody to look at; nothing of it is proven yet.

    Raises:
        NoCardNumber: no page shows a card's last four, and none were given.
        CannotProve: the last four are others than expected, or a page has no room for the stamp.
    """
    return next(_finished_anew(job, reading, (), 1.0, only=number))


def _finished_anew(
    job: Job, reading: Reading, leaks: Sequence[Leak], factor: float, only: int | None = None
) -> Iterator[_Planned]:
    """Each page, or one, rendered once: found, painted, stamped."""
    notes, known, spot = reading.notes, reading.known, job.options.stamp_at
    to_stamp = _page_to_stamp(notes, job.options)
    texts = _stamp_text(job, notes)
    chosen = notes if only is None else (notes[only - 1],)
    for note, page in zip(chosen, one_ahead(_anew(job, chosen, factor)), strict=True):
        here = [leak for leak in leaks if leak.page == note.page]
        drawn = [one for one in job.options.drawn if one.page == note.page]
        plan = planned(page, note, known, job.wishes, here, drawn)
        if note is to_stamp:
            plan = stamped(page, plan, texts, spot.at if spot else None)
        yield plan, finished(page, plan)


def _anew(job: Job, notes: Iterable[Notes], factor: float) -> Iterator[Page]:
    for note in notes:
        finer = FINER if job.is_finer(note) else 1.0
        yield job.bare(note.page, note.dpi * factor * finer)


def _page_to_stamp(notes: Sequence[Notes], options: Options) -> Notes:
    """The page that was named, else with the card that was asked for, else with any, else first."""
    last_four, spot = options.last_four, options.stamp_at
    _check_last_four(notes, last_four)
    named = (note for note in notes if spot and note.page == spot.page)
    with_wanted = (note for note in notes if last_four and last_four in _last_fours([note]))
    with_any = (note for note in notes if note.pans)
    return next(chain(named, with_wanted, with_any), notes[0])


def _check_last_four(notes: Sequence[Notes], wanted: str | None) -> None:
    seen = _last_fours(notes)
    if wanted and seen and wanted not in seen:
        others = ", ".join(sorted(seen))
        raise CannotProve(f"the last four digits are {others} here, not {wanted} as expected")
    if not wanted and not seen:
        named = any(note.pans for note in notes)
        shows = "hides the last four digits" if named else "shows no card number"
        raise NoCardNumber(f"the document {shows}; give them with --last4 1234")


def _last_fours(notes: Sequence[Notes]) -> frozenset[str]:
    pans = (pan for note in notes for pan in note.pans)
    return frozenset(pan.last_four for pan in pans if pan.last_four)


def _stamp_text(job: Job, notes: Sequence[Notes]) -> tuple[str, ...]:
    """The details, and the last four where the pages do not show them."""
    last_four = None if _last_fours(notes) else job.options.last_four
    lang = job.options.lang or language_of(job.cardholder)
    return stamp_text(job.cardholder, last_four, lang)


def _write(
    job: Job, path: Path, pages: Iterator[_Planned], limit_bytes: float = math.inf
) -> tuple[Plan, ...]:
    """Write the file, and give the plans of its pages.

    Raises:
        TooLarge: the file would have `limit_bytes` or more; nothing is written.
    """
    plans: list[Plan] = []
    finished_pages = _noting_plans(job, one_ahead(pages), plans)
    with path.open("wb") as out:
        if job.format == "pdf":
            write_pdf(finished_pages, out, limit_bytes)
        else:
            for page in finished_pages:
                write_image(page, out, job.format, limit_bytes)
    return tuple(plans)


def _noting_plans(job: Job, pages: Iterator[_Planned], plans: list[Plan]) -> Iterator[FinishedPage]:
    """The pages as the writer takes them, while their plans are kept for verification."""
    for plan, page in pages:
        plans.append(plan)
        yield page
        job.progress("write", plan.number, len(job.pages))


def _expected(job: Job, plan: Plan) -> ExpectedPage:
    return expectation(job.bare(plan.number, plan.dpi), plan, job.is_lossless(plan), job.wishes)


# -- the check ----------------------------------------------------------------------------------


def _met(job: Job, outcome: _Outcome, path: Path) -> Checkup:
    """What the written file shows of what is demanded.

    Raises:
        RequirementNotMet: something that must be there is not.
    """
    demand = job.options.demand
    if demand is None:
        return Checkup()
    pan = _only_card(outcome.plans)
    case = Case(
        demand=demand,
        cardholder=job.cardholder,
        today=date.today(),
        last_four=job.options.last_four or (pan.last_four if pan else None),
        brand=pan.brand if pan else None,
        shown_fours=_shown_fours(outcome.plans),
        is_stamped=any(plan.stamps for plan in outcome.plans),
    )
    before = () if outcome.fewer_dpi else tuple(map(_before, outcome.plans))
    checkup = checked_output(path.read_bytes(), case, job.finder, Tesseract(LETTERS), before)
    if checkup.refusing:
        raise RequirementNotMet(reasons(checkup.refusing), checkup.checks)
    return checkup


def _before(plan: Plan) -> Before:
    """What was read of a page's source, which verification has compared with what was written."""
    added = tuple(stamp.quad for stamp in plan.stamps)
    return Before(plan.width, plan.shown, plan.explained, added)


def _shown_fours(plans: Sequence[Plan]) -> frozenset[str]:
    """Those that stay on the pages, which verification has read in their places."""
    numbers = (number for plan in plans for number in plan.numbers if number.keep)
    return frozenset(n.pan.last_four for n in numbers if n.pan.last_four)


def _only_card(plans: Sequence[Plan]) -> Pan | None:
    """The card on the pages, where there is one only; its number as far as any page shows it."""
    pans = [n.pan for plan in plans for n in plan.numbers if n.pan.last_four]
    is_one = len({pan.last_four for pan in pans}) == 1
    return next((pan for pan in pans if pan.brand), pans[0]) if is_one else None


def _preview(job: Job, plans: Sequence[Plan]) -> Path | None:
    """A contact sheet beside the output, of the output's pixels alone."""
    from prepdoc.preview import contact_sheet

    if job.target is None:
        return None
    path = _preview_path(job.target)
    with Draft(path.parent) as draft:
        with draft.path.open("wb") as out:
            pages = ((finished(job.bare(p.number, p.dpi), p), p) for p in plans)
            contact_sheet(((f.pixels, p.masks, p.keeps, p.stamps) for f, p in pages), out)
        draft.publish(path, job.options.force)
    return path


def _preview_path(target: Path) -> Path:
    return target.with_name(f"{target.stem}-preview.png")
