"""The cardholder's details in a TOML file: the one that was saved, or one that the user names.

name = "髙﨑 花子"
address = "東京都千代田区丸の内1-1-1"
phone = "03-1234-5678"
"""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Final

from prepdoc.texts import _, system_says

if TYPE_CHECKING:
    from prepdoc.page import Cardholder

FIELDS: Final = ("name", "address", "phone")
_FILE_NAME = "cardholder.toml"
MAX_BYTES: Final = 100_000
"""Three lines take a few hundred."""
_CONTROLS = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Unicode categories that no detail holds: controls, lone surrogates, line and paragraph breaks."""


class BadDetails(ValueError):
    """A cardholder file or a detail that cannot be used; the message names the file and the key."""


def saved_path() -> Path:
    """Where the details are saved, whether or not they are."""
    from platformdirs import user_config_path

    return user_config_path("prepdoc", appauthor=False) / _FILE_NAME


def saved() -> Cardholder | None:
    """The saved details, or None if none are.

    Raises:
        BadDetails: the file is there and broken.
    """
    path = saved_path()
    return load(path) if path.exists() else None


def load(path: Path) -> Cardholder:
    """Read a cardholder file.

    Raises:
        BadDetails: it cannot be read, is far too large or no TOML, or a key is unknown, missing or
            unusable.
    """
    import tomllib

    from prepdoc.page import Cardholder

    data = _content(path)
    try:
        table = tomllib.loads(data.decode("utf-8-sig"))
    except ValueError as error:  # TOMLDecodeError or UnicodeDecodeError, which may quote the text
        raise BadDetails(
            _("{file}: this is not TOML{where}").format(file=path, where=_place(error))
        ) from None
    _no_unknown_keys(table, path)
    return Cardholder(**{key: _detail(table, key, path) for key in FIELDS})


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        what = _("{file}: cannot be read: {reason}")
        raise BadDetails(what.format(file=path, reason=system_says(error))) from None
    if len(data) > MAX_BYTES:
        raise BadDetails(_("{file}: this is far too large for details").format(file=path))
    return data


def save(cardholder: Cardholder) -> Path:
    """Write the details where `saved` finds them: mode 0600, folder 0700, all or nothing.

    Raises:
        OSError: the folder cannot be made or written.
    """
    import tomli_w

    path = saved_path()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.parent.chmod(0o700)
    text = tomli_w.dumps({key: getattr(cardholder, key) for key in FIELDS})
    write_privately(path, text.encode())
    return path


def forget() -> bool:
    """Delete the saved details; False if there were none."""
    try:
        saved_path().unlink()
    except FileNotFoundError:
        return False
    return True


def write_privately(path: Path, data: bytes) -> None:
    """Put the bytes at `path` in one step, readable for the user only.

    Raises:
        OSError: the folder cannot be written or is full, or `path` is no ordinary file; what stood
            there is as it was.
    """
    import errno
    import tempfile

    from prepdoc.publishing import is_ordinary

    if not is_ordinary(path):
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), str(path))

    handle, name = tempfile.mkstemp(prefix=".prepdoc-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def cleaned(value: str) -> str:
    """A detail without blanks around it.

    Raises:
        BadDetails: it is empty, or holds a control character such as a line break.
    """
    stripped = value.strip()
    if not stripped:
        raise BadDetails(_("it is empty"))
    if any(unicodedata.category(c) in _CONTROLS for c in stripped):
        raise BadDetails(
            _("it holds a line break or another control character; write it on one line")
        )
    return stripped


def plain(value: str) -> str:
    """With plain digits and letters, and no blanks around it."""
    return unicodedata.normalize("NFKC", value).strip()


def last_four_of(value: str) -> str | None:
    """Four digits as plain ones; full-width ones count. None where it is anything else."""
    digits = plain(value)
    return digits if len(digits) == 4 and digits.isascii() and digits.isdecimal() else None


def _no_unknown_keys(table: dict[str, object], path: Path) -> None:
    from difflib import get_close_matches

    for key in table:
        if key not in FIELDS:
            meant = get_close_matches(key.lower(), FIELDS, 1)
            hint = _(" (did you mean {key}?)").format(key=meant[0]) if meant else ""
            raise BadDetails(
                _(
                    "{file}: the key {key} is unknown{hint}; the keys are name, address and phone"
                ).format(file=path, key=repr(key), hint=hint)
            )


def _detail(table: dict[str, object], key: str, path: Path) -> str:
    value = table.get(key)
    if value is None:
        raise BadDetails(_("{file}: the key {key} is missing").format(file=path, key=key))
    if not isinstance(value, str):
        raise BadDetails(
            _('{file}: {key} must be in quotes, as in {key} = "…"').format(file=path, key=key)
        )
    try:
        return cleaned(value)
    except BadDetails as error:
        raise BadDetails(
            _("{file}: {key} cannot be used: {reason}").format(file=path, key=key, reason=error)
        ) from None


def _place(error: ValueError) -> str:
    """tomllib's "(at line 3, column 1)", without the words of the file that it may quote."""
    import re

    found = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
    return _(" (line {line})").format(line=found[1]) if found else ""
