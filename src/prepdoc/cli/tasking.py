"""A table's rows → tasks, with what the options say for all; every fault with its line."""

from __future__ import annotations

import os
import sys
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, fields, replace
from functools import cache
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import click

from prepdoc.batch.table import BadTable, Row, at_line, read_table
from prepdoc.cardholder import FIELDS, BadDetails, cleaned, last_four_of
from prepdoc.cli import details
from prepdoc.cli.demanding import Wish, demand, letter, name_of_profile, names_file, profile_named
from prepdoc.cli.naming import expected_suffix, is_for, stems
from prepdoc.cli.options import FORMATS, parsed_pages
from prepdoc.cli.passwords import given_password
from prepdoc.cli.places import Place, places, real, repeated
from prepdoc.errors import UnreadableInput
from prepdoc.publishing import alike, is_ordinary, output_name
from prepdoc.showing import shown
from prepdoc.texts import _, asked

if TYPE_CHECKING:
    from prepdoc.batch.delivering import Task
    from prepdoc.checking import Demand
    from prepdoc.correspondence.letter import Letter
    from prepdoc.job import OutputFormat
    from prepdoc.page import Cardholder
    from prepdoc.requirements import Profile

STDIN: Final = Path("-")

_OTHER_KINDS: Final = frozenset(
    f".{kind}"
    for kind in (
        *("tif", "tiff", "webp", "gif", "bmp", "heic", "heif", "jfif", "jpe", "svg"),
        *("doc", "docx", "odt", "rtf", "xls", "xlsx", "ods", "ppt", "pptx"),
    )
)
"""Of pictures and office programs, which no result is. Behind the point of other names there may
stand anything: `r.2026`, `Statement J.Smith`.
"""

Written: TypeAlias = Mapping[str, tuple[str, ...]]
"""The names of each source's results, as `journal.written` tells them."""
NOTHING: Final[Written] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class ForAll:
    """What was typed for rows that say nothing else; the repr shows nothing personal."""

    name: str | None = field(repr=False)
    address: str | None = field(repr=False)
    phone: str | None = field(repr=False)
    cardholder: Path | None
    password: str | None = field(repr=False)
    password_file: Path | None
    format: OutputFormat | None
    dpi: float | None
    force: bool
    wish: Wish

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> ForAll:
        """From the command line's values by their names."""
        own = {field.name: given[field.name] for field in fields(cls) if field.name in given}
        return cls(**own, wish=Wish.of(given))

    def files(self) -> Iterator[Path]:
        """Those that are read for all rows."""
        named = (self.cardholder, self.password_file, self.wish.request)
        yield from (file for file in named if file is not None)


@dataclass(frozen=True, slots=True)
class _Known:
    """What was looked up once for all rows: their folder, the details, the mail.

    `profile` reads each profile once, by its name: thousands of rows share one.
    """

    folder: Path = field(repr=False)
    details: Mapping[str, str] = field(repr=False)
    letter: Letter | None = field(repr=False)
    profile: Callable[[str], Profile] = field(repr=False)


def tasks_of(
    table: Path, for_all: ForAll, out: Path, written: Written = NOTHING
) -> tuple[Task, ...]:
    """Every row of the table as a task, in their order; their results go into the folder `out`.

    What an earlier run has `written` there keeps its name, wherever its row stands by now.

    Raises:
        BadTable: the table cannot be used; each fault has its line.
        click.UsageError: what goes for all rows cannot be used.
    """
    known = _known(table, for_all)
    rows = read_table(_bytes(table))
    _refuse_nameless(rows)
    made = [_made(row, known, for_all) for row in rows]
    sound = [one for one in made if not isinstance(one, str)]
    tasks = _apart(sound, _as_typed(rows), written)
    faults = [one for one in made if isinstance(one, str)]
    faults += [*_twice(tasks), *_collisions(tasks)]
    read = _read(rows, known, [table, *for_all.files()])
    faults += [*_overwriting(tasks, out, read), *_over_journal(out, read)]
    if faults:
        raise BadTable(faults)
    return tasks


def _bytes(table: Path) -> bytes:
    from prepdoc.reading.files import bytes_of

    if table == STDIN:
        return sys.stdin.buffer.read() if sys.stdin else b""  # closed with <&-
    try:
        return bytes_of(table)
    except UnreadableInput as error:
        raise BadTable([str(error), *_hints(table)]) from None


def _hints(table: Path) -> Iterator[str]:
    """What a shell makes of `<(…)` is a pipe."""
    with suppress(OSError):
        if not is_ordinary(table):
            yield _("what another program prints is read with - as the table: … | prepdoc batch -")


def _refuse_nameless(rows: Iterable[Row]) -> None:
    """What no file can be called where the locale is none of UTF-8, such as C.

    Raises:
        BadTable: a name has a character that the locale lacks.
    """
    what = _("a file's name has characters that this locale lacks; run it with PYTHONUTF8=1")
    faults = [at_line(row.line, what) for row in rows if not all(map(_can_be_named, _names(row)))]
    if faults:
        raise BadTable(faults)


def _names(row: Row) -> Iterator[str]:
    named = (row.file, row.password_file, row.profile, row.output)
    yield from (name for name in named if name is not None)


def _can_be_named(name: str) -> bool:
    with suppress(UnicodeEncodeError):
        os.fsencode(name)
        return True
    return False


def _known(table: Path, for_all: ForAll) -> _Known:
    given = {key: getattr(for_all, key) for key in FIELDS}
    # Whatever is missing may stand in the table.
    known = details.as_dict(details.known(given, for_all.cardholder))
    folder = Path() if table == STDIN else table.parent
    profile = cache(profile_named)
    if for_all.wish.profile:
        profile(for_all.wish.profile)
    return _Known(folder, known, letter(for_all.wish), profile)


def _made(row: Row, known: _Known, for_all: ForAll) -> Task | str:
    """The task, or what is wrong with its row."""
    try:
        return _task(row, known, for_all)
    except click.ClickException as error:
        return at_line(row.line, error.message.rstrip("."))
    except BadDetails as error:
        return at_line(row.line, str(error))


def _task(row: Row, known: _Known, for_all: ForAll) -> Task:
    from prepdoc.batch.delivering import Task
    from prepdoc.job import Options

    cardholder = _cardholder(row, known)
    options = Options(
        last_four=_last_four(row.last4),
        format=_format(row, for_all),
        password=_password(row, known, for_all),
        pages=parsed_pages(row.pages) if row.pages else None,
        dpi=for_all.dpi,
        force=for_all.force,
        lang=asked(),
        demand=_demand(row, known, for_all, cardholder),
    )
    source = known.folder / row.file
    return Task(row.line, source, _stem(row, source), cardholder, options)


def _cardholder(row: Row, known: _Known) -> Cardholder:
    from prepdoc.page import Cardholder

    whole = {key: getattr(row, key) or known.details[key] for key in FIELDS}
    missing = [key for key in FIELDS if not whole[key]]
    if missing:
        what = _("{keys} missing: give a column, or an option for all rows")
        raise click.UsageError(what.format(keys=", ".join(missing)))
    return Cardholder(**{key: _cleaned(key, value) for key, value in whole.items()})


def _cleaned(key: str, value: str) -> str:
    try:
        return cleaned(value)
    except BadDetails as error:
        what = _("{key} cannot be used: {reason}").format(key=key, reason=error)
        raise BadDetails(what) from None


def _last_four(typed: str | None) -> str | None:
    digits = last_four_of(typed) if typed else None
    if typed and digits is None:
        raise click.UsageError(
            _("last4 must be exactly four digits; make its cells text where a leading 0 gets lost")
        )
    return digits


def _format(row: Row, for_all: ForAll) -> OutputFormat | None:
    """As the row or the options say, else as the result is named: as for a single file."""
    from prepdoc.job import format_named

    wanted = _known_format(row.format) or for_all.format
    named = format_named(Path(row.output)) if row.output else None
    if wanted and named and wanted != named:
        what = _("output names a file of another kind than the format {format}")
        raise click.UsageError(what.format(format=wanted))
    return wanted or named


def _known_format(typed: str | None) -> OutputFormat | None:
    found = next((one for one in FORMATS if typed and one == typed.lower()), None)
    if typed and found is None:
        raise click.UsageError(_("format must be pdf, png or jpg"))
    return found


def _password(row: Row, known: _Known, for_all: ForAll) -> str | None:
    own = known.folder / row.password_file if row.password_file else for_all.password_file
    return given_password(for_all.password, own)


def _demand(row: Row, known: _Known, for_all: ForAll, cardholder: Cardholder) -> Demand:
    from prepdoc.stamping import language_of

    wish = for_all.wish
    wish = replace(
        wish,
        profile=_profile(row, known) or wish.profile,
        transaction=row.transaction or wish.transaction,
        account_holder=row.account_holder or wish.account_holder,
        allow=(row.allow,) if row.allow else wish.allow,
    )
    name = name_of_profile(wish, language_of(cardholder), known.letter)
    return demand(wish, known.profile(name), known.letter)


def _profile(row: Row, known: _Known) -> str | None:
    """A file is looked for beside the table; `Path() / "./mine"` would be a name, `mine`."""
    if row.profile and names_file(row.profile):
        return os.path.join(known.folder, row.profile)  # noqa: PTH118
    return row.profile


def _stem(row: Row, source: Path) -> str:
    """The result's name without its suffix: as the row says, else as for a single file."""
    if row.output is None:
        return _safe(source.stem)
    named = Path(row.output)
    if named.name != row.output or named.name in ("", ".", ".."):
        raise click.UsageError(_("output must be a file's name, without a folder"))
    if named.suffix.lower() in _OTHER_KINDS:
        what = _("output must name a PDF, PNG or JPEG (.pdf, .png, .jpg), and not {suffix}")
        raise click.UsageError(what.format(suffix=named.suffix))
    typed = _typed_stem(row.output)
    # The name may hold a card number; what the user calls a file is otherwise theirs to say.
    return typed if _may_stay(typed) else _safe(typed)


def _typed_stem(output: str) -> str:
    from prepdoc.job import format_named

    named = Path(output)
    return named.stem if format_named(named) else named.name


def _may_stay(stem: str) -> bool:
    return _safe(stem).startswith(stem)


def _safe(stem: str) -> str:
    return Path(output_name(stem, "pdf")).stem


def _as_typed(rows: Sequence[Row]) -> frozenset[int]:
    """The lines of which the result has the very name that they say."""
    return frozenset(row.line for row in rows if row.output and _may_stay(_typed_stem(row.output)))


# -- what would meet ----------------------------------------------------------------------------


def _twice(tasks: Sequence[Task]) -> Iterator[str]:
    for index, before in repeated(task.source for task in tasks):
        what = _("the same file stands in line {line}").format(line=tasks[before].line)
        yield at_line(tasks[index].line, what)


def _apart(tasks: Sequence[Task], typed: Container[int], written: Written) -> tuple[Task, ...]:
    """With a number in names that would be alike, unless they were typed so or written so."""
    settled = {task.line: task for task in tasks if task.line in typed}
    results = {task.line: _results(task, written) for task in tasks} if written else {}
    settled |= _kept([task for task in tasks if task.line not in typed], settled.values(), results)
    taken = {*map(_name, settled.values()), *_given_away(results, written)}
    # Each is tried once: of ten thousand that are alike the last would try all those before it.
    left: defaultdict[tuple[str, str], Iterator[int]] = defaultdict(lambda: count(1))
    apart = []
    for task in tasks:
        one = settled.get(task.line) or _free(task, left[_name(task)], taken)
        taken.add(_name(one))
        apart.append(one)
    return tuple(apart)


def _kept(
    tasks: Iterable[Task], typed: Iterable[Task], results: Mapping[int, tuple[str, ...]]
) -> Mapping[int, Task]:
    """Those whose results have names already, by their lines."""
    taken = set(map(_name, typed))
    kept: dict[int, Task] = {}
    for task in tasks:
        names = (Path(name).stem for name in results.get(task.line, ()))
        named = (replace(task, stem=name) for name in names if is_for(task.stem, name))
        one = next((one for one in named if _name(one) not in taken), None)
        if one:
            kept[task.line] = one
            taken.add(_name(one))
    return kept


def _given_away(
    results: Mapping[int, tuple[str, ...]], written: Written
) -> Iterator[tuple[str, str]]:
    """The names of results that are there, also of rows that are not there any more.

    Where none of the table's files is known, all were named otherwise, and they are its own.
    """
    if any(results.values()):
        for name in map(Path, chain.from_iterable(written.values())):
            yield alike(name.stem), name.suffix.lstrip(".")


def _results(task: Task, written: Written) -> tuple[str, ...]:
    from prepdoc.batch.journal import names_of

    named = (written.get(name, ()) for name in dict.fromkeys(names_of(task.source)))
    return tuple(chain.from_iterable(named))


def _free(task: Task, left: Iterator[int], taken: Container[tuple[str, str]]) -> Task:
    named = (replace(task, stem=stem) for stem in stems(task.stem, left))
    return next(one for one in named if _name(one) not in taken)


def _name(task: Task) -> tuple[str, str]:
    return alike(task.stem), expected_suffix(task.source, task.options.format)


def _collisions(tasks: Sequence[Task]) -> Iterator[str]:
    """Results that were given one name."""
    first: dict[tuple[str, str], Task] = {}
    for task in tasks:
        other = first.setdefault(_name(task), task)
        if other is not task and real(other.source) != real(task.source):
            what = _("its result {file} would have the name of the one of line {line}")
            yield at_line(task.line, what.format(file=shown(task.stem), line=other.line))


def _read(rows: Sequence[Row], known: _Known, others: Iterable[Path]) -> frozenset[Place]:
    """Where everything is that the batch reads."""
    named = (name for row in rows for name in (row.file, row.password_file) if name)
    return places(chain(others, map(known.folder.joinpath, named)))


def _overwriting(tasks: Sequence[Task], out: Path, read: frozenset[Place]) -> Iterator[str]:
    """Results in the place of what is read: no --force means that a statement may go.

    It would be worse than lost: the row that reads it would stamp its own cardholder on the
    other one's page.
    """
    for task in tasks:
        targets = [out / f"{task.stem}.{suffix}" for suffix in _possible_suffixes(task)]
        met = next((one for one in targets if not read.isdisjoint(places([one]))), None)
        if met is not None:
            what = _("its result {file} would overwrite what is read: name another output")
            yield at_line(task.line, what.format(file=shown(met)))


def _over_journal(out: Path, read: frozenset[Place]) -> Iterator[str]:
    from prepdoc.batch.journal import NAME

    if not read.isdisjoint(places([out / NAME])):
        what = _("{file} is read, and the journal would be written there: name another folder")
        yield what.format(file=shown(out / NAME))


def _possible_suffixes(task: Task) -> Sequence[str]:
    """What a file is says its content, and not its name."""
    return [task.options.format] if task.options.format else FORMATS
