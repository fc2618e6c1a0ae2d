"""The main job for each file in turn: engine in, report out; a refusal stops only its own file."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, fields, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import click

from prepdoc.cardholder import write_privately
from prepdoc.cli import answering, asking, demanding, details, failing, naming, progress
from prepdoc.cli.answering import Reply, Wanted
from prepdoc.cli.demanding import Wish
from prepdoc.cli.passwords import given_password
from prepdoc.cli.places import places, repeated
from prepdoc.cli.streams import say
from prepdoc.cli.values import refuse_special
from prepdoc.errors import ExitCode, OutputExists, PasswordNeeded, PrepdocError, UnreadableInput
from prepdoc.publishing import check_writable
from prepdoc.report import Refusal, as_dict, as_text, refusal_of
from prepdoc.showing import names_card, shown
from prepdoc.texts import _, asked, spoken, system_says, translate_error

if TYPE_CHECKING:
    from prepdoc.checking import Demand
    from prepdoc.job import Options, OutputFormat
    from prepdoc.page import Cardholder
    from prepdoc.pipeline import Prepared

MAX_PASSWORD_TRIES: Final = 3
"""As login(1) and sudo(8) do it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What was typed; the repr shows nothing personal."""

    files: tuple[Path, ...] = field(repr=False)
    jobs: int | None
    last4: str | None
    name: str | None = field(repr=False)
    address: str | None = field(repr=False)
    phone: str | None = field(repr=False)
    cardholder: Path | None
    pages: tuple[int, ...] | None
    password: str | None = field(repr=False)
    password_file: Path | None
    output: Path | None
    format: OutputFormat | None
    mask: tuple[str, ...] = field(repr=False)
    keep: tuple[str, ...] = field(repr=False)
    dpi: float | None
    preview: bool
    force: bool
    report_file: Path | None
    as_json: bool
    quiet: bool
    wish: Wish
    answer: Wanted | None
    """What was typed about the answer; None where none is to be written."""

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Request:
        """From the command line's values by their names."""
        own = {field.name: given[field.name] for field in fields(cls) if field.name in given}
        # The answer goes where the result goes.
        answer = Wanted.of({**given, "output": None}) if given["reply"] else None
        return cls(**own, wish=Wish.of(given), answer=answer)

    def details(self) -> Iterator[Path]:
        """Files that are read besides the documents."""
        template = self.answer.template if self.answer else None
        named = (self.cardholder, self.password_file, self.wish.request, template)
        yield from (file for file in named if file is not None)


@dataclass(frozen=True, slots=True)
class Job:
    """What is done to each file: for whom, how, and what answer is written with it."""

    cardholder: Cardholder
    options: Options
    reply: Reply | None
    outputs: Mapping[Path, Path] = field(default_factory=dict, repr=False)
    """The results of some files, by their names."""

    def options_for(self, source: Path) -> Options:
        """What is wished for one of the files."""
        return replace(self.options, output=self.outputs.get(source, self.options.output))


def run(request: Request, *, debug: bool) -> int:
    """Prepare every file; returns the exit code of the first one refused, else 0.

    Raises:
        click.UsageError: the options contradict each other, or details are missing.
        OutputExists: the report's name is taken.
    """
    _refuse_contradictions(request)
    request = replace(request, files=tuple(_without_results(request.files)))
    # Asked for once and as late as there is a file to prepare; the engine loads after that.
    wanted = cache(lambda: _job(request))
    reports, codes = [], []
    for source, outcome, code in _outcomes(request, wanted, debug):
        reports.append(json.dumps(as_dict(source, outcome), ensure_ascii=False))
        codes.append(code)
        _tell(source, outcome, reports[-1], request)
        failing.stop_if_asked()
    if request.report_file:
        codes.append(_written(reports, request.report_file))
    return next((code for code in codes if code), ExitCode.DONE)


def _written(reports: Sequence[str], file: Path) -> int:
    """The exit code; where they cannot be written any more, the results are there all the same."""
    try:
        write_privately(file, "".join(f"{line}\n" for line in reports).encode())
    except OSError as error:
        what = _("the report could not be written ({reason}); what was prepared is there")
        failing.complain(what.format(reason=system_says(error)), file)
        return ExitCode.REFUSED
    return ExitCode.DONE


def _without_results(files: Sequence[Path]) -> Iterator[Path]:
    """`*.pdf` names the results of the last time too; one that is named alone is meant."""
    results = naming.results_among(files)
    for file in files:
        if file not in results:
            yield file
        else:
            what = _(
                "left out: by its name it is the result of {file}; name it alone to prepare it"
            )
            failing.complain(what.format(file=shown(results[file].name)), file)


_Told: TypeAlias = "tuple[Path, Prepared | Refusal, int]"
"""A file, what came of it, and the exit code for it."""


def _outcomes(request: Request, wanted: Callable[[], Job], debug: bool) -> Iterator[_Told]:
    """Each file's outcome in the order of the files."""
    jobs = min(request.jobs or 1, len(request.files))
    if jobs > 1:
        yield from _at_once(request, wanted(), jobs, debug)
        return
    for source in request.files:
        yield source, *_outcome(source, wanted, request, debug)


def _at_once(request: Request, job: Job, jobs: int, debug: bool) -> Iterator[_Told]:
    """So many files at once; what is done early waits until it is its turn to be told."""
    from prepdoc.batch.local import Processes
    from prepdoc.batch.parcel import Parcel, prepared
    from prepdoc.batch.running import Work, each_done
    from prepdoc.doctor import own_version

    def packed(index: int) -> Parcel:
        source = request.files[index]
        return Parcel(source, job.cardholder, job.options_for(source), spoken(), own_version())

    early: dict[int, Prepared | Refusal] = {}
    total = len(request.files)
    with (
        closing(Processes(jobs)) as workers,
        progress.counting(total, wanted=not request.quiet) as count,
    ):
        work: Work[int, Parcel, Prepared | Refusal]
        work = Work(packed, prepared, workers)
        turn = 0
        for index, outcome in each_done(range(total), work):
            count.done()
            early[index] = refusal_of(outcome) if isinstance(outcome, Exception) else outcome
            while turn in early:
                yield _told(request.files[turn], early.pop(turn), debug)
                turn += 1


def _told(source: Path, outcome: Prepared | Refusal, debug: bool) -> _Told:
    if not isinstance(outcome, Refusal):
        return source, outcome, ExitCode.DONE
    return source, outcome, failing.refuse(outcome, source, debug=debug)


def _outcome(
    source: Path,
    wanted: Callable[[], Job],
    request: Request,
    debug: bool,
) -> tuple[Prepared | Refusal, int]:
    """The result for one file, or why there is none (which stderr is told at once)."""
    try:
        if not source.exists():
            return _no_such_file(source)
        job = wanted()
        prepared = _prepare(source, job.cardholder, job.options_for(source), request)
        return prepared, _answered(job, prepared, request, source)
    except click.ClickException:
        raise
    except Exception as error:  # noqa: BLE001 (one file's failure must not stop the others)
        failing.stop_if_asked()
        refusal = refusal_of(error)
        return refusal, failing.refuse(refusal, source, debug=debug)


def _answered(job: Job, prepared: Prepared, request: Request, source: Path) -> int:
    """The answer beside the result, where it was asked for; without it the result stays."""
    if job.reply is None or prepared.output is None:
        return ExitCode.DONE
    try:
        written = _answer(job.reply, job.cardholder, prepared)
    except PrepdocError as error:
        # The headline of a plain refusal says that nothing was written at all.
        reason = str(error) if type(error) is PrepdocError else translate_error(error)
        what = _("the result is there, but no answer was written: {reason}")
        failing.complain(what.format(reason=reason), source)
        return error.exit_code
    if not (request.quiet or request.as_json):
        click.echo(_("Written: {files}").format(files=", ".join(map(shown, written))), err=True)
        click.echo(answering.next_step(job.reply), err=True)
    return ExitCode.DONE


def _answer(reply: Reply, cardholder: Cardholder, prepared: Prepared) -> tuple[Path, ...]:
    from prepdoc.reading.files import bytes_of

    file = prepared.output
    assert file is not None  # what is prepared from a file goes into one
    four = reply.last_four or prepared.last_four
    if four is None:
        raise PrepdocError(
            _("it shows several cards or none: say which one is meant with --last4 1234")
        )
    return answering.write(reply, file, bytes_of(file), cardholder, four, prepared.unprinted)


def _no_such_file(source: Path) -> tuple[Refusal, int]:
    message = _("there is no such file; check the name")
    refusal = Refusal(UnreadableInput.__name__, message, UnreadableInput.exit_code)
    failing.complain(refusal.message, source)
    return refusal, refusal.exit_code


def _prepare(source: Path, cardholder: Cardholder, options: Options, request: Request) -> Prepared:
    """Prepare one file, asking for its password on a terminal where none was given."""
    for _try in range(MAX_PASSWORD_TRIES if _may_ask_password(options) else 0):
        try:
            return _with_progress(source, cardholder, options, request)
        except PasswordNeeded:
            options = replace(options, password=_asked_password(source, options))
    return _with_progress(source, cardholder, options, request)


def _with_progress(
    source: Path, cardholder: Cardholder, options: Options, request: Request
) -> Prepared:
    from prepdoc.pipeline import prepare

    with progress.on_stderr(wanted=not request.quiet) as line:
        return prepare(source, cardholder, options, line)


def _may_ask_password(options: Options) -> bool:
    return options.password is None and details.on_terminal()


def _asked_password(source: Path, options: Options) -> str:
    if options.password is not None:
        click.echo(_("That password does not open it."), err=True)
    question = _("Password of {file}").format(file=shown(source.name))
    answer: str = click.prompt(question, hide_input=True, err=True)
    return answer


def _tell(source: Path, outcome: Prepared | Refusal, line: str, request: Request) -> None:
    if request.as_json:
        say(line)
    elif not (request.quiet or isinstance(outcome, Refusal)):
        say(as_text(source, outcome))


def _job(request: Request) -> Job:
    from prepdoc.stamping import language_of

    cardholder = _cardholder(request)
    letter = demanding.letter(request.wish)
    profile = demanding.profile_of(request.wish, language_of(cardholder), letter)
    answer = request.answer
    said = answering.said(answer) if answer else frozenset[str]()
    demand = demanding.demand(request.wish, profile, letter, said)
    reply = answering.understood(answer, letter, profile) if answer else None
    if letter:
        asking.warn_of_contradictions(letter, request.wish.request)
    return Job(cardholder, _options(request, demand), reply, _outputs(request))


def _outputs(request: Request) -> Mapping[Path, Path]:
    if len(request.files) == 1:
        return {}
    return naming.outputs(request.files, request.output, request.format)


def _options(request: Request, demand: Demand) -> Options:
    from prepdoc.job import Options

    return Options(
        last_four=request.last4,
        output=request.output,
        format=request.format,
        password=given_password(request.password, request.password_file),
        pages=request.pages,
        mask=request.mask,
        keep=request.keep,
        dpi=request.dpi,
        preview=request.preview,
        force=request.force,
        lang=asked(),
        demand=demand,
    )


def _cardholder(request: Request) -> Cardholder:
    given = {"name": request.name, "address": request.address, "phone": request.phone}
    return details.complete(given, request.cardholder)


def _refuse_contradictions(request: Request) -> None:
    output = request.output
    refuse_special(output, "-o")
    refuse_special(request.report_file, "--report")
    if output and not places(request.details()).isdisjoint(places([output])):
        raise click.UsageError(_("-o names a file that is read as something else"))
    if output and len(request.files) > 1 and not output.is_dir():
        raise click.UsageError(_("with several files, -o must name a folder that exists"))
    _refuse_twice(request.files)
    _refuse_name(None if output and output.is_dir() else output, request.format)
    if request.answer and len(request.files) > 1:
        raise click.UsageError(_("--reply is written for one file at a time"))
    if request.answer:
        answering.refuse_misuse(request.answer)
    if request.force and _names_collide(request):
        raise click.UsageError(
            _(
                "two of the files have the same name; with --force one result would replace"
                " the other"
            )
        )
    if request.report_file:
        _refuse_report(request.report_file, request)


def _refuse_twice(files: Sequence[Path]) -> None:
    """By another spelling or a link: the second result would meet the first one."""
    for index, before in repeated(files):
        what = _("{file} and {other} are the same file: name it once")
        told = what.format(file=shown(files[before]), other=shown(files[index]))
        raise click.UsageError(told)


def _refuse_name(output: Path | None, wanted: OutputFormat | None) -> None:
    """A picture that is named as a PDF is opened by nothing that goes by names, nor uploaded; and
    forms show the name of what is uploaded.
    """
    from prepdoc.job import format_named

    named = format_named(output)
    if output and names_card(output.name):
        raise click.UsageError(_("-o names a file with a card number in its name; leave it out"))
    if output and re.search(r"[A-Za-z]", output.suffix) and not named:
        what = _("-o must name a PDF, PNG or JPEG (.pdf, .png, .jpg), and not {suffix}")
        raise click.UsageError(what.format(suffix=shown(output.suffix)))
    if wanted and named and wanted != named:
        what = _("-o names a file of another kind than --format {format}")
        raise click.UsageError(what.format(format=wanted))


def _refuse_report(report: Path, request: Request) -> None:
    """Before any work: where it cannot be written, all that it would tell were lost."""
    others = (*request.files, *request.details(), *([request.output] if request.output else []))
    if not places(others).isdisjoint(places([report])):
        raise click.UsageError(_("--report names a file that is read or written as something else"))
    if report.exists() and not request.force:
        raise OutputExists(shown(report))
    try:
        check_writable(report.parent)
    except PrepdocError as error:
        what = _("--report cannot be written: {reason}")
        raise click.UsageError(what.format(reason=error)) from None


def _names_collide(request: Request) -> bool:
    folders = [request.output or path.parent for path in request.files]
    targets = [
        (folder.resolve(), path.stem.casefold())
        for folder, path in zip(folders, request.files, strict=True)
    ]
    return len(set(targets)) < len(targets)
