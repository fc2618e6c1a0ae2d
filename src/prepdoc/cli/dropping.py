"""`prepdoc drop`: what an icon does with the files dropped on it.

Each is prepared with the saved details. Where there are none yet, or something needs a decision,
the page opens on that file. At the end the results are shown in the file manager.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import click

from prepdoc import cardholder as stored
from prepdoc.cardholder import BadDetails
from prepdoc.cli import demanding, failing, progress
from prepdoc.cli.demanding import Wish
from prepdoc.cli.paging import open_page
from prepdoc.errors import OutputExists, PrepdocError
from prepdoc.launchers.desktop import show, tell
from prepdoc.report import refusal_of
from prepdoc.showing import shown
from prepdoc.texts import _, translate_error

if TYPE_CHECKING:
    from prepdoc.job import Options
    from prepdoc.page import Cardholder


def drop(files: Sequence[Path], *, debug: bool) -> None:
    """Prepare the files one after the other; without a file, open the page."""
    if not files:
        return open_page(None, browse=True)
    outcomes = {file: _outcome(file, debug=debug) for file in dict.fromkeys(files)}
    results = [outcome for outcome in outcomes.values() if isinstance(outcome, Path)]
    if results:
        _show(results)
    for file, outcome in outcomes.items():
        if not isinstance(outcome, Path):
            _look(file, outcome)
    return None


def _outcome(file: Path, *, debug: bool) -> Path | str:
    """The result beside the file, or why a person has to look; empty without any details."""
    cardholder = _details()
    if cardholder is None:
        return ""
    tell(_("{file} is being prepared.").format(file=shown(file.name)))
    try:
        return _made(file, cardholder, _options(cardholder))
    except Exception as error:  # noqa: BLE001 (the page says what is the matter)
        failing.stop_if_asked()
        refusal = refusal_of(error)
        failing.refuse(refusal, file, debug=debug)
        return refusal.message


def _look(file: Path, why: str) -> None:
    try:
        open_page(file, browse=True, why=why)
    except PrepdocError as error:  # nothing to look at: no file, or no server
        tell(_("{file}: {reason}").format(file=shown(file.name), reason=translate_error(error)))
        raise


def _details() -> Cardholder | None:
    try:
        return stored.saved()
    except BadDetails:
        return None  # the page asks anew


def _options(cardholder: Cardholder) -> Options:
    from prepdoc.job import Options
    from prepdoc.stamping import language_of

    wish = Wish()
    profile = demanding.profile_of(wish, language_of(cardholder), None)
    return Options(demand=demanding.demand(wish, profile, None))


def _made(file: Path, cardholder: Cardholder, options: Options) -> Path:
    from prepdoc import pipeline
    from prepdoc.job import opened
    from prepdoc.reading.files import bytes_of

    with (
        progress.on_stderr(wanted=True) as line,
        opened(bytes_of(file), cardholder, options, line) as job,
    ):
        data = pipeline.completed(job, pipeline.read(job)).data
        suffix = f".{job.format}"
    assert data is not None  # bytes came in and no output was named
    return _published(data, file, suffix)


def _published(data: bytes, file: Path, suffix: str) -> Path:
    """Beside the file, under the first name that is free."""
    from prepdoc.publishing import Draft

    with Draft(file.parent) as draft:
        draft.path.write_bytes(data)
        for name in _names(file.stem, suffix):
            try:
                draft.publish(file.parent / name)
            except OutputExists:
                continue
            return file.parent / name
    raise AssertionError("there is always another name")


def _names(stem: str, suffix: str) -> Iterator[str]:
    """`statement-prepared.pdf`, `statement-prepared-2.pdf`, and so on."""
    from prepdoc.publishing import output_name

    first = Path(output_name(stem, suffix))
    yield first.name
    yield from (f"{first.stem}-{number}{first.suffix}" for number in count(2))


def _show(results: Sequence[Path]) -> None:
    names = ", ".join(shown(result.name) for result in results)
    tell(_("Ready to be sent: {files}").format(files=names))
    click.echo("\n".join(shown(result) for result in results))
    show(results)
