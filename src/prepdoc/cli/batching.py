"""`prepdoc batch`: a table of documents in, a folder of results and a journal out."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from prepdoc.batch.table import BadTable
from prepdoc.cli import failing, progress
from prepdoc.cli.streams import lost, say
from prepdoc.cli.tasking import NOTHING, ForAll, Written, tasks_of
from prepdoc.errors import ExitCode, PrepdocError
from prepdoc.showing import shown
from prepdoc.texts import N_, _, ngettext, system_says, translate_error

if TYPE_CHECKING:
    from prepdoc.batch.delivering import Delivered, Task
    from prepdoc.batch.running import Workers

_DONE: Final = N_("prepared")
_OLD: Final = N_("prepared by an earlier run")
_REFUSED: Final = {
    "PrepdocError": N_("refused"),
    "UnreadableInput": N_("refused: cannot be read"),
    "PasswordNeeded": N_("refused: locked by a password"),
    "WrongPassword": N_("refused: the password does not open it"),
    "NoCardNumber": N_("refused: no card number was found"),
    "NotPossible": N_("refused: what is wished cannot be had of it"),
    "CannotProve": N_("refused: the result could not be proven safe"),
    "LeakFound": N_("refused: digits could still be read in the result"),
    "OtherCard": N_("refused: it shows another card"),
    "RequirementNotMet": N_("refused: the result would not meet what is asked"),
    "ComponentMissing": N_("refused: a part of prepdoc is missing"),
    "MachineFailed": N_("refused: too little memory or time"),
    "OutputExists": N_("refused: the result's name is taken"),
    "SystemRefused": N_("refused by the system"),
    "InternalError": N_("refused: internal error"),
}
"""What is counted, by the kind of refusal that reports name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What was typed."""

    table: Path
    out: Path
    jobs: int | None
    executor: str | None
    resume: bool
    as_json: bool
    quiet: bool
    debug: bool
    for_all: ForAll = field(repr=False)

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Batch:
        """From the command line's values by their names."""
        own = {field.name: given[field.name] for field in fields(cls) if field.name in given}
        return cls(**own, for_all=ForAll.of(given))


@dataclass(slots=True)
class _Sum:
    """What came of the documents so far."""

    kinds: Counter[str] = field(default_factory=Counter)
    pages: int = 0
    refused: bool = False

    def add(self, one: Delivered) -> None:
        """Count one more."""
        entry = one.entry
        if entry.is_refused:
            self.refused = True
            kind = str(entry.report["refused"]["kind"])
            self.kinds[_REFUSED.get(kind, kind)] += 1  # a journal may be of another version
        else:
            self.kinds[_OLD if one.is_old else _DONE] += 1
            self.pages += 0 if one.is_old else int(entry.report["prepared"]["pages"])


def run(batch: Batch) -> int:
    """Prepare every document of the table; 1 where any is refused, 2 for a bad table, else 0.

    Raises:
        click.UsageError: the options cannot be used; nothing was done.
    """
    _refuse_contradictions(batch)
    try:
        tasks = tasks_of(batch.table, batch.for_all, batch.out, _written(batch))
    except BadTable as error:
        for fault in (*error.faults, _("the table cannot be used; nothing was done")):
            failing.complain(fault, batch.table)
        return ExitCode.USAGE
    began, total = time.monotonic(), _Sum()
    code = _work(tasks, batch, total)
    if total.kinds and not (batch.quiet or batch.as_json):
        say(_summary(total, time.monotonic() - began))
    is_unheard = _is_unheard(batch)
    return code or (ExitCode.REFUSED if total.refused or is_unheard else ExitCode.DONE)


def _written(batch: Batch) -> Written:
    from prepdoc.batch.journal import written

    return written(batch.out) if batch.resume else NOTHING


def _refuse_contradictions(batch: Batch) -> None:
    from prepdoc.batch.cluster import place_of

    if batch.executor is None:
        return
    if batch.jobs:
        raise click.UsageError(_("--jobs is for this machine, --executor for others: give one"))
    try:
        place_of(batch.executor)
    except PrepdocError as error:
        raise click.UsageError(str(error)) from None


def _work(tasks: Sequence[Task], batch: Batch, total: _Sum) -> int:
    """Tell of each document when it is done; the exit code of what stopped them all, else 0."""
    try:
        with progress.counting(len(tasks), wanted=not batch.quiet) as count:
            for one in _delivered(tasks, batch):
                total.add(one)
                _tell(one, batch)
                (count.spared if one.is_old else count.done)()
    except PrepdocError as error:
        # The headline of a plain refusal is about one file.
        failing.complain(str(error) if type(error) is PrepdocError else translate_error(error))
        return error.exit_code
    return ExitCode.DONE


def _is_unheard(batch: Batch) -> bool:
    """Whether what was printed got lost, which is said: whoever counts the lines is to know."""
    error = lost()
    if error is not None:
        what = _("not all could be printed ({reason}); the results are there, and the journal")
        failing.complain(what.format(reason=system_says(error)), batch.out)
    return error is not None


def _delivered(tasks: Sequence[Task], batch: Batch) -> Iterator[Delivered]:
    from prepdoc.batch.delivering import deliver
    from prepdoc.batch.journal import opened

    _make(batch.out)
    with (
        opened(batch.out, resume=batch.resume) as journal,
        closing(_workers(batch, tasks)) as workers,
    ):
        yield from deliver(tasks, batch.out, journal, workers)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        what = _("the folder {folder} cannot be made ({reason})")
        told = what.format(folder=shown(folder), reason=system_says(error))
        raise PrepdocError(told) from None


def _workers(batch: Batch, tasks: Sequence[Task]) -> Workers:
    from prepdoc.batch.cluster import Cluster
    from prepdoc.batch.local import Processes, room

    if batch.executor is not None:
        return Cluster(batch.executor)
    return Processes(min(batch.jobs or room(), len(tasks)))


def _tell(one: Delivered, batch: Batch) -> None:
    """A line for each document, in the order in which they are done."""
    entry = one.entry
    if batch.as_json:
        say(json.dumps(entry.report, ensure_ascii=False))
    if entry.is_refused:
        failing.complain(_why(one), one.task.source)
        if batch.debug and one.trace:
            say(one.trace, err=True)
    elif not (batch.quiet or batch.as_json or one.is_old):
        say(f"{shown(one.task.source)} → {shown(entry.output or '')}")


def _why(refused: Delivered) -> str:
    """The reason, and what more helps."""
    reason = str(refused.entry.report["refused"]["message"])
    return "; ".join([reason, *_of_the_home_folder(refused.task.source), *_left(refused, reason)])


def _of_the_home_folder(source: Path) -> Iterator[str]:
    """What a shell does with words is not done with a table's cells."""
    if "~" in source.parts and not source.exists():
        yield _("~ in a table is no home folder: write the whole path")


def _left(refused: Delivered, reason: str) -> Iterator[str]:
    """What is there all the same, where the reason does not name it."""
    left = [name for name in map(shown, refused.left) if name not in reason]
    if left:
        yield _("what an earlier run made of it is left: {files}").format(files=", ".join(left))


def _summary(total: _Sum, seconds: float) -> str:
    """A row for each kind of outcome, and how fast it went."""
    wide = max(len(str(count)) for count in total.kinds.values())
    rows = [f"  {count:>{wide}}  {_(kind)}" for kind, count in total.kinds.most_common()]
    pace = ngettext(
        "{pages} page in {seconds:.0f} seconds: {rate:.1f} pages a minute",
        "{pages} pages in {seconds:.0f} seconds: {rate:.1f} pages a minute",
        total.pages,
    )
    if total.pages:
        rate = 60 * total.pages / max(seconds, 1e-9)
        rows.append("  " + pace.format(pages=total.pages, seconds=seconds, rate=rate))
    return "\n".join([_("Documents:"), *rows])
