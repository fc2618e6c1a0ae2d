"""The order of the stages, no more: read, find, mask, stamp, write, verify, check, publish."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from itertools import chain, dropwhile
from pathlib import Path
from statistics import fmean
from typing import TypeAlias

from prepdoc.checked import ALL_PRINTED, Checked, Unprinted
from prepdoc.checking import Before, Case, Checkup, Strip, checked_output
from prepdoc.checking.telling import reasons
from prepdoc.errors import (
    CannotProve,
    LeakFound,
    NoCardNumber,
    NotPossible,
    OtherCard,
    RequirementNotMet,
)
from prepdoc.explaining import NONE_KNOWN, Explained, Known, all_explained
from prepdoc.finding import Wishes, unclaimed_in
from prepdoc.finding.faces import is_cut_off
from prepdoc.finding.quads import is_named
from prepdoc.finding.sightings import assembled_by_reader
from prepdoc.finding.unread import begin_beside_a_label, stand_beside_a_label, stand_in_part
from prepdoc.finishing import Plan, expectation, finished, planned, stamped
from prepdoc.job import DEFAULTS, Job, Options, Progress, opened, preview_path
from prepdoc.noting import Notes, needles, noted, noted_anew, sure_fours
from prepdoc.ocr.ahead import one_ahead, read_ahead
from prepdoc.ocr.tesseract import LETTERS, Tesseract
from prepdoc.ocr.typesetting import is_within
from prepdoc.page import (
    POINTS_PER_INCH,
    Cardholder,
    CardNumber,
    Drawn,
    ExpectedPage,
    FinishedPage,
    Leak,
    Line,
    Page,
    Proof,
    Stamp,
    Witness,
)
from prepdoc.pan import Pan
from prepdoc.pan.number import is_proven
from prepdoc.pan.text import digits_of, folded
from prepdoc.publishing import Draft, workspace
from prepdoc.requirements import SIZE_LIMIT_BYTES
from prepdoc.stamping import language_of, stamp_text
from prepdoc.texts import _
from prepdoc.verifying import Foresight, foreseeing, verify
from prepdoc.writing import TooLarge, size_bytes, write_image, write_pdf


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


NOT_PROVEN = "no known card range or check digit"
GROUPED_OTHERWISE = "grouped as no card's number is, and no card is named beside it"
"""Why digits are left alone."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """The result: a file that is proven, and what was done to get it.

    `output` is None where bytes came in and no output path was named; `data` is then the file.
    `numbers` are in pixels of the output's pages; `dpi` is the resolution that was written.
    `fewer_dpi` tells that the resolution was lowered to stay under the size limit, `places_unread`
    how many of the source's hidden places were not looked through, or not to their end. `checks`
    say whether the output meets what is demanded, `unprinted` which details it shows only where the
    cardholder added them. `stamped_last_four` are those that were stamped, as the pages show none.
    `texts_unseen` are how many of the texts that were to be masked are on no page.
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
    texts_unseen: int = 0
    preview: Path | None = None
    checks: tuple[Checked, ...] = ()
    unprinted: Unprinted = ALL_PRINTED
    stamped_last_four: str | None = field(default=None, repr=False)
    stages: Stages = Stages()

    @property
    def last_four(self) -> str | None:
        """Of the card, if the document shows only one card's."""
        fours = {number.pan.last_four for number in self.numbers if number.pan.last_four}
        return fours.pop() if len(fours) == 1 else None


FEWER_DPI = (0.75, 0.6, 0.5)
"""Parts of the resolution tried one after the other when the file is too large to be uploaded."""
_EVERY, _FEW, _FAR = 6, 2, 1.08
"""One page in so many is compressed to tell what all take, where these are so many at least; what
is forecast to have so many times the bytes that it may have is not tried.
"""
FINER = 1.5
"""Times the resolution at which pages with very small print are written: 450 dpi instead of 300."""
EXTRA_ROUNDS = 2
"""Rows of `#` are misread differently once a part of them is painted; two rounds settle that."""


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
    options: Options = DEFAULTS,
    progress: Progress | None = None,
) -> Prepared:
    """Read, find, mask, stamp, write, verify, publish.

    A path's result is written beside it or to `options.output`; the result of bytes is returned
    as bytes unless an output is named. The input is never touched.

    Raises:
        UnreadableInput: the input is no document that prepdoc reads, or needs a password.
        NotPossible: it lacks a page that is wished, or has too many for a picture; or one of the
            cardholder's details is empty.
        NoCardNumber: no page shows a card's last four, and none were given.
        OtherCard: it shows others than those that were given.
        CannotProve: the result could not be proven; there is no output.
        MachineFailed: the system ended a part of prepdoc, as where memory is short.
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
    options, holder = job.options, job.cardholder
    if not all(detail.strip() for detail in (holder.name, holder.address, holder.phone)):
        raise NotPossible(_("the cardholder's name, address and phone are needed"))
    reading = _with_given(reading, options.last_four)
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
        texts_unseen=_unseen(job.wishes.mask, reading.notes),
        preview=preview,
        checks=checkup.checks,
        unprinted=checkup.unprinted,
        stamped_last_four=_last_four_to_stamp(job.options, reading.notes),
        stages=Stages(reading.seconds, outcome.write_seconds, outcome.verify_seconds, checked),
    )


def _silent(stage: str, done: int, total: int) -> None:
    """Progress that nobody watches."""


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


def _with_given(reading: Reading, last_four: str | None) -> Reading:
    """The same, with the numbers in longer runs of digits that end in the last four given."""
    if last_four is None:
        return reading
    return replace(reading, known=needles(reading.notes, reading.witnesses, last_four))


def _unseen(texts: Iterable[str], notes: Sequence[Notes]) -> int:
    lines = [line for note in notes for line in assembled_by_reader(note.lines)] if texts else []
    return sum(not is_named(lines, text) for text in texts)


def _left_alone(note: Notes) -> Iterator[LeftAlone]:
    for digits in dict.fromkeys(unclaimed_in(note.read_lines)):
        reason = GROUPED_OTHERWISE if is_proven(digits) else NOT_PROVEN
        yield LeftAlone(note.page, len(digits), digits[-4:], reason)


# -- the second pass: find, mask, stamp, write, verify ----------------------------------------


def _proven(job: Job, reading: Reading, path: Path) -> _Outcome:
    """What verification still sees goes back as extra marks, some times; then it refuses."""
    leaks: tuple[Leak, ...] = ()
    for _round in range(EXTRA_ROUNDS):
        try:
            return _written(job, reading, path, leaks)
        except LeakFound as found:
            leaks += found.leaks
    return _written(job, reading, path, leaks)


def _written(job: Job, reading: Reading, path: Path, leaks: Sequence[Leak]) -> _Outcome:
    """Written at the resolution wished, or at fewer dpi where the file would be too large."""
    started = time.perf_counter()
    with foreseeing(job.finder, job.verifier, reading.specimens) as foresight:
        plans, factor = _small_enough(job, reading, path, leaks, foresight)
        written = time.perf_counter()
        proof = verify(
            path,
            lambda number: _expected(job, plans[number - 1]),
            len(plans),
            reading.known,
            foresight,
            job.progress,
        )
    took = written - started, time.perf_counter() - written
    return _Outcome(plans, proof, factor < 1.0, *took)


def _small_enough(
    job: Job, reading: Reading, path: Path, leaks: Sequence[Leak], foresight: Foresight
) -> tuple[tuple[Plan, ...], float]:
    """Written at the most dpi at which the file is not too large; at the fewest, however large.

    With the plans comes the part of the resolution that it has.
    """
    *tried, fewest = (1.0, *FEWER_DPI)
    for factor in dropwhile(partial(_is_hopeless, job, reading, leaks), tried):
        with suppress(TooLarge):
            pages = _foreseen(job, _finished_anew(job, reading, leaks, factor), foresight)
            return _write(job, path, pages, SIZE_LIMIT_BYTES), factor
    return _write(job, path, _finished_anew(job, reading, leaks, fewest)), fewest


def _is_hopeless(job: Job, reading: Reading, leaks: Sequence[Leak], factor: float) -> bool:
    """Whether some pages of a long document tell that all of them will be far too large."""
    numbers = [note.page for note in reading.notes[_EVERY // 2 :: _EVERY]]
    if len(numbers) < _FEW:
        return False
    found = (next(_finished_anew(job, reading, leaks, factor, only=number)) for number in numbers)
    sizes = [size_bytes(page) for _plan, page in found]
    return fmean(sizes) * len(reading.notes) >= _FAR * SIZE_LIMIT_BYTES


_Planned: TypeAlias = tuple[Plan, FinishedPage]


def proposed(job: Job, reading: Reading, number: int) -> tuple[Plan, FinishedPage]:
    """A page as it would be written, for somebody to look at; nothing of it is proven yet.

    Raises:
        NoCardNumber: no page shows a card's last four, and none were given.
        OtherCard: the last four are others than expected.
        CannotProve: a page has no room for the stamp.
    """
    return next(_finished_anew(job, reading, (), 1.0, only=number))


def _finished_anew(
    job: Job, reading: Reading, leaks: Sequence[Leak], factor: float, only: int | None = None
) -> Iterator[_Planned]:
    """Each page, or one, rendered once: found, painted, stamped."""
    notes, known, spot = reading.notes, reading.known, job.options.stamp_at
    _check_last_four(notes, job.options.last_four, is_held=bool(reading.known))
    if not any(note.pans for note in notes):
        _check_unread(notes, job.wishes, job.options.drawn)
    to_stamp = _page_to_stamp(notes, job.options)
    texts, fours = _stamp_text(job, notes), sure_fours(notes, job.options.last_four)
    chosen = notes if only is None else (notes[only - 1],)
    for note, page in zip(chosen, one_ahead(_anew(job, chosen, factor)), strict=True):
        here = [leak for leak in leaks if leak.page == note.page]
        drawn = [one for one in job.options.drawn if one.page == note.page]
        plan = planned(page, note, known, job.wishes, here, drawn, fours)
        _check_half_read(note, plan, job.wishes)
        if note is to_stamp:
            plan = stamped(page, plan, texts, spot.at if spot else None)
        yield plan, finished(page, plan)


def _foreseen(job: Job, pages: Iterator[_Planned], foresight: Foresight) -> Iterator[_Planned]:
    """The pages, which verification begins to read while they are written."""
    for plan, page in pages:
        if job.is_lossless(plan):
            foresight.look(page, plan.layout)
        yield plan, page


def _anew(job: Job, notes: Iterable[Notes], factor: float) -> Iterator[Page]:
    for note in notes:
        finer = FINER if job.is_finer(note) else 1.0
        yield job.bare(note.page, note.dpi * factor * finer)


def _page_to_stamp(notes: Sequence[Notes], options: Options) -> Notes:
    """The page that was named, else with the card that was asked for, else with any, else first."""
    last_four, spot = options.last_four, options.stamp_at
    named = (note for note in notes if spot and note.page == spot.page)
    with_wanted = (note for note in notes if last_four and last_four in _last_fours([note]))
    with_any = (note for note in notes if note.pans)
    return next(chain(named, with_wanted, with_any), notes[0])


def _check_last_four(notes: Sequence[Notes], wanted: str | None, is_held: bool) -> None:
    seen = _last_fours(notes)
    if wanted and seen and wanted not in seen:
        others = ", ".join(sorted(seen))
        what = _("the last four digits are {others} here, not {wanted} as expected")
        raise OtherCard(what.format(others=others, wanted=wanted))
    if not wanted and not seen:
        if any(note.pans for note in notes):
            raise NoCardNumber(_("the document hides the last four digits"))
        if is_held:  # a form that only Adobe's reader fills in, a portfolio, an attached statement
            what = _(
                "no page shows one, but the file holds one in a form or an attachment: open it,"
                " print what you see there as a new PDF, and give that"
            )
            raise NoCardNumber(what)
        if any(stand_beside_a_label(note.lines) for note in notes):
            raise NoCardNumber(_beside_a_label())
        if any(map(_begins_one, notes)):
            raise NoCardNumber(_in_part())
        raise NoCardNumber(_("the document shows no card number"))


def _begins_one(note: Notes) -> bool:
    """Whether a card's digits seem to stand on a page of which none makes a number."""
    lines = note.lines
    return stand_in_part(lines, ()) or begin_beside_a_label(lines, ()) or is_cut_off(lines, ())


def _check_unread(notes: Sequence[Notes], wishes: Wishes, drawn: Sequence[Drawn]) -> None:
    """The user says that there is a card, and no page shows its number: none may be there."""
    if any(stand_beside_a_label(note.lines) for note in notes):
        raise CannotProve(_beside_a_label())
    open_lines = [tuple(_uncovered(note, drawn)) for note in notes]
    if any(stand_in_part(lines, wishes.keep + wishes.mask) for lines in open_lines):
        raise CannotProve(_in_part())


def _check_half_read(note: Notes, plan: Plan, wishes: Wishes) -> None:
    """What begins as a card's number does, right behind its label or on a card, is none that was
    found.
    """
    taken = [quad.scaled(note.dpi / plan.dpi) for quad in plan.masks + plan.keeps]
    spared = wishes.keep + wishes.mask
    is_behind = begin_beside_a_label(note.lines, taken, spared)
    if is_behind or is_cut_off(note.lines, taken, spared):
        raise CannotProve(_in_part())


def _beside_a_label() -> str:
    return _("digits that stand beside a card's label cannot be read")


def _in_part() -> str:
    return _(
        "a card's digits seem to stand there, and some of them cannot be read: hide them with"
        " --mask"
    )


def _uncovered(note: Notes, drawn: Sequence[Drawn]) -> Iterator[Line]:
    """The lines of a page over whose middle the user drew no mask."""
    scale = note.dpi / POINTS_PER_INCH
    masks = [one.quad.scaled(scale) for one in drawn if one.page == note.page]
    return (line for line in note.lines if not any(is_within(line.quad, mask) for mask in masks))


def _last_fours(notes: Sequence[Notes]) -> frozenset[str]:
    pans = (pan for note in notes for pan in note.pans)
    return frozenset(pan.last_four for pan in pans if pan.last_four)


def _last_four_to_stamp(options: Options, notes: Sequence[Notes]) -> str | None:
    """Those that were given, where no page shows any: the user may have covered them, and the text
    layer names them all the same.
    """
    read = [digits_of(folded(line.text)) for note in notes for line in note.read_lines]
    shown = any(four in text for four in _last_fours(notes) for text in read)
    return None if shown else options.last_four


def _stamp_text(job: Job, notes: Sequence[Notes]) -> tuple[str, ...]:
    """The details, and the last four where the pages do not show them."""
    last_four = _last_four_to_stamp(job.options, notes)
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
        strips={plan.number: one for plan in outcome.plans if (one := _strip(plan)).height},
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


def _strip(plan: Plan) -> Strip:
    """What was added below a page."""
    return Strip(sum(stamp.band_px for stamp in plan.stamps) / plan.width, plan.turn)


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
    path = preview_path(job.target)
    with Draft(path.parent) as draft:
        with draft.path.open("wb") as out:
            pages = ((finished(job.bare(p.number, p.dpi), p), p) for p in plans)
            contact_sheet(((f.pixels, p.masks, p.keeps, p.stamps) for f, p in pages), out)
        draft.publish(path, job.options.force)
    return path
