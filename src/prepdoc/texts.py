"""The words that prepdoc says to a person, in Japanese and English; the CLI's stages ask here.

The catalogues stand in `locale/`. After a message is added or changed, run

    pybabel extract --no-location -k Nn_:1,2 -o prepdoc.pot src/prepdoc
    pybabel update -N --ignore-obsolete -D prepdoc -i prepdoc.pot -d src/prepdoc/locale
    pybabel compile -D prepdoc -d src/prepdoc/locale

and translate what is new; a test says what was forgotten.
"""

from __future__ import annotations

import gettext
from collections.abc import Mapping, MutableMapping, Sequence
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from prepdoc.errors import (
    CannotProve,
    ComponentMissing,
    LeakFound,
    MachineFailed,
    NoCardNumber,
    NotPossible,
    OtherCard,
    OutputExists,
    PasswordNeeded,
    PrepdocError,
    RequirementNotMet,
    UnreadableInput,
    WrongPassword,
)
from prepdoc.languages import asked_for, preferred

if TYPE_CHECKING:
    from prepdoc.page import Language

DOMAIN: Final = "prepdoc"
LOCALE_DIR: Final = Path(__file__).parent / "locale"

_asked: ContextVar[Language | None] = ContextVar("prepdoc_asked_language", default=None)
_language: ContextVar[Language] = ContextVar("prepdoc_language", default="en")


def N_(message: str) -> str:  # noqa: N802 (gettext's own name for "translate later")
    """Mark a message for the catalogues where it is translated elsewhere."""
    return message


def Nn_(one: str, many: str) -> tuple[str, str]:  # noqa: N802
    """Mark a message that has a plural, likewise."""
    return one, many


def _(message: str) -> str:
    """The message in the language spoken; itself where there is no translation."""
    return _catalogue(_language.get()).gettext(message)


def ngettext(one: str, many: str, n: int) -> str:
    """The message for `n` things in the language spoken."""
    return _catalogue(_language.get()).ngettext(one, many, n)


def speak(language: Language) -> None:
    """Say everything that follows in this context (thread, task) in that language."""
    _language.set(language)


def choose(arguments: Sequence[str], environ: Mapping[str, str]) -> None:
    """Speak the preferred language, and remember whether it was asked for."""
    _asked.set(asked_for(arguments))
    speak(preferred(arguments, environ))


def asked() -> Language | None:
    """The language that `--lang` asked for, or None where the locale chose."""
    return _asked.get()


def spoken() -> Language:
    """The language that `speak` chose."""
    return _language.get()


def teach_click(environ: MutableMapping[str, str]) -> None:
    """Let click, which asks the process-wide gettext, find its words in our catalogues too."""
    environ["LANGUAGE"] = spoken()
    gettext.bindtextdomain(DOMAIN, str(LOCALE_DIR))
    gettext.textdomain(DOMAIN)


def translate_error(error: PrepdocError) -> str:
    """What happened and what to do, in the language spoken, with the error's own detail behind.

    A detail that is in the catalogues as it stands is translated too.
    """
    what = next(_(_HEADLINES[cls]) for cls in type(error).__mro__ if cls in _HEADLINES)
    detail = str(error).strip()
    return _("{what} ({detail})").format(what=what, detail=_(detail)) if detail else what


def system_says(error: OSError) -> str:
    """The system's reason, in the language spoken where it is a usual one."""
    return _(error.strerror) if error.strerror else type(error).__name__


# What happened and what to do next, by class.
_HEADLINES: Final[Mapping[type, str]] = {
    PrepdocError: N_("This file was refused; nothing was written"),
    UnreadableInput: N_("This file cannot be read"),
    PasswordNeeded: N_(
        "This PDF is locked; give its password with --password-file, or run prepdoc on a terminal"
        " to be asked for it"
    ),
    WrongPassword: N_("This PDF is locked, and the password that was given does not open it"),
    NoCardNumber: N_(
        "No card number was found; check that this is the right statement, or give the card's last"
        " four digits with --last4 1234 to have them written on the page"
    ),
    NotPossible: N_("What is wished cannot be had of this file, so nothing was written"),
    CannotProve: N_(
        "It could not be proven that the result is safe, so nothing was written; try --mask TEXT or"
        " a sharper copy of the statement"
    ),
    LeakFound: N_(
        "Digits of the card number could still be read in the result, so nothing was written; try"
        " --mask TEXT or a sharper copy of the statement"
    ),
    OtherCard: N_(
        "The statement shows another card than is expected, so nothing was written; check the last"
        " four digits that you gave, or whether this is the right statement"
    ),
    RequirementNotMet: N_(
        "The result would not meet what is asked, so nothing was written; see what is missing, or"
        " do without a rule with --allow RULE"
    ),
    ComponentMissing: N_(
        "A part that prepdoc needs is not installed; run `prepdoc doctor` to see which one and what"
        " to do"
    ),
    MachineFailed: N_(
        "The system ended a part of prepdoc, or had too little memory or time for it; close other"
        " programs or do fewer files at once, and try again"
    ),
    OutputExists: N_(
        "A file of that name exists already and was left as it is; name another, or overwrite it"
        " with --force"
    ),
}

# Details that the stages give their errors and reports word for word; looked up as they arrive.
ENGINE_SAYS: Final = (
    N_("no known card range or check digit"),
    N_("grouped as no card's number is, and no card is named beside it"),
    N_("This mail is far larger than any that asks for a statement: save it alone."),
    N_("This is no mail: save it as .eml, or paste its text into a file."),
    N_("This mail holds no text: save it again, or paste its text into a file."),
    N_(
        "This mail has far more headers, parts or links than any that asks for a statement: "
        "paste its text into a file."
    ),
    N_("This mail's HTML unpacks to far more than a person reads: paste its text."),
)

# What the C library says of a file (POSIX.1-2024, <errno.h>), in glibc's and Apple's words.
SYSTEM_SAYS: Final = (
    N_("No such file or directory"),
    N_("Permission denied"),
    N_("Operation not permitted"),
    N_("Is a directory"),
    N_("Not a directory"),
    N_("File exists"),
    N_("File name too long"),
    N_("No space left on device"),
    N_("Read-only file system"),
    N_("Input/output error"),
    N_("Too many open files"),
    N_("Too many levels of symbolic links"),
    N_("Broken pipe"),
)

# What click says by itself and a user of prepdoc can meet (click's core.py, exceptions.py,
# parser.py, types.py, termui.py); looked up there by click, listed here for the catalogues.
CLICK_SAYS: Final = (
    N_("Usage:"),
    N_("Options"),
    N_("Commands"),
    N_("Show this message and exit."),
    N_("Invalid value: {message}"),
    N_("Invalid value for {param_hint}: {message}"),
    N_("Missing argument"),
    N_("Missing command."),
    N_("No such option {name!r}."),
    N_("No such command {name!r}."),
    N_("Option {name!r} does not take a value."),
    Nn_("Option {name!r} requires an argument.", "Option {name!r} requires {nargs} arguments."),
    Nn_("Got unexpected extra argument ({args})", "Got unexpected extra arguments ({args})"),
    Nn_("Did you mean {possibility}?", "(Did you mean one of: {possibilities}?)"),
    Nn_("{value!r} is not {choice}.", "{value!r} is not one of {choices}."),
    N_("{value!r} is not a valid {number_type}."),
    N_("{value} is not in the range {range}."),
    N_("env var: {var}"),
    N_("Error: {message}"),
    N_("Error: invalid input"),
    N_("Choose from:\n\t{choices}"),
)


@cache
def _catalogue(language: Language) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, str(LOCALE_DIR), [language])
