"""Gives the proven file its name and its place: a draft beside the target, then one atomic step.

Comes last: nothing stands under the output's name before it is complete, proven and on disk.
"""

from __future__ import annotations

import errno
import os
import re
import tempfile
import time
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from prepdoc import leftovers
from prepdoc.errors import OutputExists, PrepdocError
from prepdoc.texts import _, system_says

ADDED_TO_NAME = "-prepared"
NAMELESS = "document"
LONGEST_STEM = 80
"""Characters; with folder and suffix this stays below the 255 bytes that file systems allow."""
MOST_BYTES = 160
"""And what a stem of other letters than Latin ones may take of those, in UTF-8."""
MOST_DIGITS = 5
"""A name keeps fewer digits than the six that masking rule 5 counts as part of a card number."""

_DIGIT_RUN = re.compile(r"\d(?:[^A-Za-z]*\d)?")
"""Digits with anything but letters between them."""
_DATE = re.compile(
    r"20\d\d(([-_. ]?)(0[1-9]|1[0-2])(\2(0[1-9]|[12]\d|3[01]))?"
    r"|-?年-?(0?[1-9]|1[0-2])(-?月-?(0?[1-9]|[12]\d|3[01]))?)"
)
"""Year and month, with or without the day; no card number begins with 20 (ISO/IEC 7812)."""

_PREFIX, _SUFFIX = ".prepdoc-", ".tmp"
_WORKSPACE = ".prepdoc-work-"
_STALE_S = 2.0
"""Longer than it takes from making a draft to locking it."""

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_NO_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK})
"""What file systems without hard links answer (FAT, exFAT, some network shares); POSIX link()."""


def output_name(stem: str, suffix: str) -> str:
    """The output's name for an input's: `statement` and `.pdf` give `statement-prepared.pdf`.

    Letters of any script, digits, `-` and `_` only; Latin letters without their accents. No run
    of six digits or more is kept, counted through whatever parts them but Latin letters, except
    a date (2026-11, 20261124).

    >>> output_name("明細 2026年11月", ".pdf")
    '明細-2026年11月-prepared.pdf'
    >>> output_name("4111-1111-1111-1111 田中", ".pdf")
    '田中-prepared.pdf'
    """
    return _named(_legible(stem), suffix)


def ascii_name(stem: str, suffix: str) -> str:
    """The same in ASCII alone, for mail programs of all ages."""
    return _named(_ascii(stem), suffix)


def numbered(stem: str, number: int) -> str:
    """The name, without its suffix, for the second and others that would be called alike.

    >>> numbered("document-prepared", 2)
    'document-2-prepared'
    """
    return f"{stem.removesuffix(ADDED_TO_NAME)}-{number}{ADDED_TO_NAME}"


def alike(name: str) -> str:
    """The same for names that some file systems take for one: in large or small letters, and with
    their marks apart from the letters or not (APFS, HFS+).

    >>> alike("Cafe\\u0301.pdf") == alike("caf\\u00e9.PDF")
    True
    """
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _named(text: str, suffix: str) -> str:
    words = re.sub(r"-+", "-", _without_card_digits(text, _blanked))
    words = _cut(words.strip("-_")).strip("-_")
    return f"{words or NAMELESS}{ADDED_TO_NAME}.{_ascii(suffix).strip('-').lower()}"


@contextmanager
def workspace() -> Iterator[Path]:
    """A private folder for a draft that gets no name, gone afterwards.

    What a killed run left of its own goes too, as `Draft` does it in the folder of a target.
    """
    with suppress(OSError):
        for folder in Path(tempfile.gettempdir()).glob(f"{_WORKSPACE}*"):
            _sweep_workspace(folder)
    with tempfile.TemporaryDirectory(prefix=_WORKSPACE) as name, leftovers.passing(Path(name)):
        yield Path(name)


def is_ordinary(path: Path) -> bool:
    """Whether nothing is there, or a file or a folder: no device, no pipe."""
    return path.is_file() or path.is_dir() or not path.exists()


def refuse_special(path: Path) -> None:
    """What would be replaced by a file, and is none.

    Raises:
        PrepdocError: there is such a thing.
    """
    if not is_ordinary(path):
        raise PrepdocError(_("{file} is no ordinary file; it is left").format(file=shown(path)))


def check_writable(folder: Path) -> None:
    """Write there, without a name where the system can: a signal in between leaves nothing.

    Raises:
        PrepdocError: the folder does not exist or cannot be written to, or the disk is full.
    """
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise _explained(error, folder) from None


class Draft:
    """A file in the making, mode 0600, in the folder where it is to be published.

    Used as a context: whatever ends it without `publish` removes the file. A full disk inside
    the context becomes PrepdocError.

    Raises:
        PrepdocError: the folder does not exist or cannot be written to, or the disk is full.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path: Path | None = None

    def __repr__(self) -> str:
        return f"Draft({shown(self._folder)!r})"

    @property
    def path(self) -> Path:
        """Where to write; only within the context, and until published."""
        if self._path is None:
            raise ValueError("a draft has a path only inside its with-block, until published")
        return self._path

    def __enter__(self) -> Self:
        _sweep(self._folder)
        try:
            self._handle, name = tempfile.mkstemp(prefix=_PREFIX, suffix=_SUFFIX, dir=self._folder)
        except OSError as error:
            raise _explained(error, self._folder) from None
        self._path = Path(name)
        leftovers.note(self._path)
        _claim_for_life(self._handle)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._path is not None:
            _remove(self._path)
            leftovers.forget(self._path)
            self._path = None
        os.close(self._handle)
        if isinstance(error, OSError) and error.errno in _FULL:
            raise _explained(error, self._folder) from None

    def publish(self, target: Path, force: bool = False) -> None:
        """Put the draft under the target's name, in one step, once it is safe on disk.

        `target` is in the draft's folder. Without `force` an existing file is never
        overwritten, not even one that appears at this very moment.

        Raises:
            OutputExists: the name is taken, and `force` was not given.
            PrepdocError: the folder does not let itself be written to, or the disk is full; or
                what stands there is no ordinary file.
        """
        refuse_special(target)
        try:
            _sync(self.path)
            _replace(self.path, target) if force else _claim(self.path, target)
            leftovers.forget(self.path)
            self._path = None
            _sync_folder(target.parent)
        except FileExistsError:
            what = _("{file} exists already; choose another name or overwrite with --force")
            raise OutputExists(what.format(file=shown(target))) from None
        except OSError as error:
            raise _explained(error, target.parent) from None


def _claim_for_life(handle: int) -> None:
    """Lock the draft as long as this process lives, so that nobody sweeps it."""
    with suppress(ImportError, OSError):  # Windows; file systems without locks
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _sweep(folder: Path) -> None:
    """Remove what a killed run left: drafts of some age that no living process has locked."""
    with suppress(ImportError, OSError):
        import fcntl

        for path in folder.glob(f"{_PREFIX}*{_SUFFIX}"):
            with suppress(OSError), path.open("rb") as stale:
                fcntl.flock(stale, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if time.time() - path.stat().st_mtime > _STALE_S:
                    path.unlink()


def shown(path: Path) -> str:
    """The path as a message may show it: digits that could be a card number are left out."""
    return _without_card_digits(str(path), lambda run: "…")


def _sweep_workspace(folder: Path) -> None:
    """Remove a folder in which nobody is at work; one that is new has no draft yet."""
    with suppress(OSError):
        if time.time() - folder.stat().st_mtime > _STALE_S:
            _sweep(folder)
            folder.rmdir()  # refuses where a draft is left


def _ascii(text: str) -> str:
    """Full-width and accented letters and all digits as ASCII, everything else as a hyphen."""
    return "".join(map(_plain, unicodedata.normalize("NFKD", text)))


def _plain(char: str) -> str:
    """The letter, digit or underscore of ASCII that it is, if it is one; an accent is nothing."""
    if unicodedata.combining(char):
        return ""
    digit = unicodedata.digit(char, None)
    if digit is not None:
        return str(digit)
    return char if char.isascii() and (char.isalnum() or char == "_") else "-"


def _legible(text: str) -> str:
    """As `_ascii`, but letters of other scripts stay, with the marks on them."""
    whole = unicodedata.normalize("NFKC", text)
    pairs = zip(f"-{whole}", whole, strict=False)
    return _without_numerals("".join(_letter(char, before) for before, char in pairs))


def _letter(char: str, before: str) -> str:
    plain = _ascii(char)
    is_letter = char.isalpha() or (_is_mark(char) and not before.isascii())
    return char if is_letter and not plain.strip("-") else plain


def _is_mark(char: str) -> bool:
    return unicodedata.category(char).startswith("M")


def _without_numerals(text: str) -> str:
    """Without 一, 二, 三 where with the digits they could be a card number, and not a name.

    One of them is in many a name (三井住友), and beside it a date is a date.
    """
    numerals = {char for char in text if not char.isascii() and _is_numeral(char)}
    count = sum(map(text.count, numerals))
    digits = _digits(text if count > 1 else _undated(text))
    if count + digits <= MOST_DIGITS:
        return text
    return "".join("-" if char in numerals else char for char in text)


def _is_numeral(char: str) -> bool:
    return unicodedata.numeric(char, 10) in range(10)


def _without_card_digits(text: str, hide: Callable[[str], str]) -> str:
    """With every digit run hidden that is too long; and if too many digits are left, with all."""
    left = _DIGIT_RUN.sub(lambda run: _kept(run.group(), hide), text)
    return (
        left
        if _digits(_undated(left)) <= MOST_DIGITS
        else re.sub(r"\d+", lambda run: hide(run.group()), left)
    )


def _undated(text: str) -> str:
    return _DIGIT_RUN.sub(lambda run: "" if _DATE.fullmatch(run.group()) else run.group(), text)


def _kept(run: str, hide: Callable[[str], str]) -> str:
    return run if _digits(run) <= MOST_DIGITS or _DATE.fullmatch(run) else hide(run)


def _blanked(run: str) -> str:
    """A name's digits, and what parts them, as hyphens; letters between them are no secret."""
    return "".join(char if char.isalpha() or _is_mark(char) else "-" for char in run)


def _cut(words: str) -> str:
    return words[:LONGEST_STEM].encode()[:MOST_BYTES].decode(errors="ignore")


def _digits(text: str) -> int:
    return sum(map(str.isdigit, text))


def _remove(path: Path) -> None:
    with suppress(FileNotFoundError):
        path.unlink()


def _sync(path: Path) -> None:
    """Everything on disk, and for its owner's eyes only, before it gets its name."""
    handle = os.open(path, os.O_RDWR)
    try:
        path.chmod(0o600)
        os.fsync(handle)
    finally:
        os.close(handle)


def _sync_folder(folder: Path) -> None:
    """The new name too; systems that cannot open a folder write it in their own time."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _replace(path: Path, target: Path) -> None:
    path.replace(target)


def _claim(path: Path, target: Path) -> None:
    """Take a name that is free; a hard link fails when the name is taken, without a race."""
    try:
        os.link(path, target)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        _claim_without_link(path, target)
    else:
        _remove(path)


def _claim_without_link(path: Path, target: Path) -> None:
    """Take the name with an empty file of our own, then replace that."""
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        path.replace(target)
    except BaseException:
        _remove(target)
        raise


def _explained(error: OSError, folder: Path) -> PrepdocError:
    """What the system's error means for the user; the folder is named, the file is not."""
    if error.errno in _FULL:
        what = _("no space left in {folder}; free some, and try again")
    elif isinstance(error, FileNotFoundError) and not folder.is_dir():  # /proc takes no file
        what = _("the folder {folder} does not exist; create it or choose another")
    else:
        what = _("cannot write into {folder} ({reason}); choose another folder")
    return PrepdocError(what.format(folder=shown(folder), reason=system_says(error)))
