"""A table of documents, CSV or JSON lines → rows; whatever is wrong with it is said at once."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from functools import partial
from itertools import zip_longest
from typing import Any, Final, TypeAlias
from unicodedata import category

from prepdoc.batch.encoding import decoded
from prepdoc.showing import shown
from prepdoc.texts import _

DELIMITERS: Final = ",;\t"
"""Excel writes semicolons where the comma is the decimal sign, and saves text with tabs."""
_SEPARATOR: Final = re.compile(r"sep=([^\r\n])[ \t;,]*\r?\n", re.IGNORECASE)
MOST_FAULTS: Final = 20
"""Told at once; whoever mends these will see the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A document and what is wished for it; what is None is as it is for all. Nothing is checked.

    `line` is where it begins in the table, from 1.
    """

    line: int
    file: str = field(repr=False)
    name: str | None = field(default=None, repr=False)
    address: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    last4: str | None = None
    password_file: str | None = field(default=None, repr=False)
    profile: str | None = None
    transaction: str | None = field(default=None, repr=False)
    account_holder: str | None = field(default=None, repr=False)
    allow: str | None = None
    pages: str | None = None
    format: str | None = None
    output: str | None = field(default=None, repr=False)


COLUMNS: Final = tuple(field.name for field in fields(Row) if field.name != "line")

OTHER_COLUMNS: Final = tuple(name for name in COLUMNS if name != "file")

_TOO_LONG: Final = "field limit"
"""Is in what `csv` says of a cell that is longer than it takes."""

_Numbered: TypeAlias = tuple[int, Mapping[str, Any]]
"""A row's line in the table, and its cells by column."""


_FILES: Final = ("file", "password_file")
"""Columns whose cells are looked for as they are, and not written anywhere."""
LOST: Final = "\ufffd"
"""Stands where a program could not read a character (U+FFFD, REPLACEMENT CHARACTER)."""
PRIVATE: Final = "Co"
"""Unicode's category of what each machine may show as something else, such as gaiji."""
HALF: Final = "Cs"
"""And of halves of characters."""


class BadTable(ValueError):
    """The table cannot be used; `faults` are lines that say where and why, the first ones."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = _some(list(faults))
        super().__init__("\n".join(self.faults))


def read_table(data: bytes) -> tuple[Row, ...]:
    """The rows in their order: JSON lines where the first character is a brace, else CSV.

    Raises:
        BadTable: it is neither, has no row, a column is missing or unknown, or a cell is no text.
    """
    text = _decoded(data)
    cells = tuple(_lines_of(text.lstrip()[:1])(text))
    if not cells:
        raise BadTable([_("the table names no document")])
    faults = [fault for line, row in cells for fault in _faults(line, row)]
    if faults:
        raise BadTable(faults)
    return tuple(_row(line, row) for line, row in cells)


def at_line(line: int, what: str) -> str:
    """What is wrong, with the line of the table in front."""
    return _("line {line}: {what}").format(line=line, what=what)


def _some(faults: list[str]) -> list[str]:
    more = len(faults) - MOST_FAULTS
    told = faults[:MOST_FAULTS]
    return told if more <= 0 else [*told, _("… and {n} more").format(n=more)]


def _decoded(data: bytes) -> str:
    text = decoded(data)
    if text is None:
        what = _("what the table's characters are is not sure: save it as CSV UTF-8")
        raise BadTable([what])
    return text


def _lines_of(first: str) -> Callable[[str], Iterator[_Numbered]]:
    if first == "[":
        raise BadTable([_("this is a JSON array: write an object on each line (JSON Lines)")])
    return _json_lines if first == "{" else _csv_lines


def _csv_lines(text: str) -> Iterator[_Numbered]:
    delimiter, above, rows = _delimited(text)
    columns: list[str] | None = None
    for line, cells in _rows_of(rows, delimiter, above + 1):
        if not any(cell.strip() for cell in cells):
            continue
        if columns is None:
            columns = _columns(cells)
        else:
            yield line, _by_column(columns, cells, line)


def _rows_of(text: str, delimiter: str, first: int) -> Iterator[tuple[int, list[str]]]:
    """The rows, each with the line where it begins: a text in quotes may go over several."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = first
    try:
        for cells in reader:
            yield line, cells
            line = first + reader.line_num
    except csv.Error as error:
        raise BadTable([at_line(line, _said(error))]) from None


def _said(error: csv.Error) -> str:
    if _TOO_LONG in str(error):
        what = _("a cell has more than {n} characters: is a quote left open?")
        return what.format(n=csv.field_size_limit())
    return _("this is no CSV: a quote is left open, or stands within a text")


def _delimited(text: str) -> tuple[str, int, str]:
    """What parts the cells, and the rows with the number of lines above them.

    Excel takes the sign from a first line such as `sep=;`.
    """
    said = _SEPARATOR.match(text)
    if said:
        return said[1], 1, text[said.end() :]
    header = text.lstrip("\r\n").partition("\n")[0]
    return max(DELIMITERS, key=header.count), 0, text


def _by_column(columns: Sequence[str], cells: Sequence[str], line: int) -> dict[str, str]:
    """The cells by their columns; those without a name are empty, as Excel adds them."""
    row = list(zip_longest(columns, cells, fillvalue=""))
    if any(cell.strip() for column, cell in row if not column):
        what = _("there are more cells than columns: put quotes around a text with commas")
        raise BadTable([at_line(line, what)])
    return {column: cell for column, cell in row if column}


def _columns(header: Iterable[str]) -> list[str]:
    names = [_column(name) for name in header]
    doubled = sorted({name for name in names if name and names.count(name) > 1})
    faults = [_("the column {name} stands there twice").format(name=shown(n)) for n in doubled]
    faults += [_unknown(name) for name in names if name and name not in COLUMNS]
    if "file" not in names:
        faults.append(_("the column file is missing: the first line names the columns"))
    if faults:
        raise BadTable(faults)
    return names


def _column(typed: str) -> str:
    return typed.strip().lower()


def _unknown(name: str) -> str:
    meant = get_close_matches(name, COLUMNS, 1)
    hint = _(" (did you mean {key}?)").format(key=meant[0]) if meant else ""
    return _("there is no column {name}{hint}; there are: {columns}").format(
        name=repr(shown(name)), hint=hint, columns=", ".join(COLUMNS)
    )


def _json_lines(text: str) -> Iterator[_Numbered]:
    # Not `splitlines`: a text in quotes may hold what else counts as a line's end (U+2028, U+0085).
    for line, words in enumerate(text.split("\n"), start=1):
        if not words.strip():
            continue
        try:
            row = json.loads(words, object_pairs_hook=partial(_once_each, line))
        except BadTable:
            raise
        except (ValueError, RecursionError):
            raise BadTable([at_line(line, _("this is no JSON object on one line"))]) from None
        if not isinstance(row, dict):
            raise BadTable([at_line(line, _("this is no JSON object on one line"))])
        yield line, row


def _once_each(line: int, pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for name, value in ((_column(typed), value) for typed, value in pairs):
        if name in row:
            what = _("the column {name} stands there twice").format(name=shown(name))
            raise BadTable([at_line(line, what)])
        row[name] = value
    return row


def _faults(line: int, row: Mapping[str, Any]) -> Iterator[str]:
    for name, value in row.items():
        if name not in COLUMNS:
            yield at_line(line, _unknown(name))
        elif not (value is None or isinstance(value, str)):
            what = _('{name} must be text in quotes, as in "{name}": "…"').format(name=name)
            yield at_line(line, what)
        elif value and not _is_text(value, strict=name not in _FILES):
            what = _("{name} holds a character that got lost or is not the same everywhere")
            yield at_line(line, what.format(name=name))
    file = row.get("file")
    if file is None or (isinstance(file, str) and not file.strip()):
        yield at_line(line, _("no file is named"))


def _is_text(cell: str, *, strict: bool) -> bool:
    """Whether it can be a file's name; where strict, whether it can be drawn and is sure too."""
    unsure = strict and (LOST in cell or any(category(char) == PRIVATE for char in cell))
    return not (unsure or "\0" in cell or any(category(char) == HALF for char in cell))


def _row(line: int, cells: Mapping[str, str | None]) -> Row:
    filled = {name: cell.strip() for name, cell in cells.items() if cell and cell.strip()}
    return Row(line=line, **filled)
