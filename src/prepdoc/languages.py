"""Which language prepdoc speaks: what `--lang` or the locale asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from prepdoc.page import Language

LANGUAGES: Final[tuple[Language, ...]] = ("ja", "en")

# The order in which gettext asks the environment (GNU gettext manual, "Locale Environment
# Variables").
_VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")


def preferred(arguments: Sequence[str], environ: Mapping[str, str]) -> Language:
    """The language that `--lang` asks for, else the locale's if it is ours, else English."""
    return asked_for(arguments) or _of_locale(environ) or "en"


def asked_for(arguments: Sequence[str]) -> Language | None:
    """`--lang ja` or `--lang=ja`, the last one; whether the rest is right is click's to say."""
    words = list(arguments[: arguments.index("--")] if "--" in arguments else arguments)
    values = [
        following if word == "--lang" else word.removeprefix("--lang=")
        for word, following in pairwise([*words, ""])
        if word == "--lang" or word.startswith("--lang=")
    ]
    return next((lang for lang in LANGUAGES if values and values[-1] == lang), None)


def _of_locale(environ: Mapping[str, str]) -> Language | None:
    value = next((environ[name] for name in _VARIABLES if environ.get(name)), "")
    wanted = (code.lower()[:2] for code in value.split(":"))
    return next((lang for code in wanted for lang in LANGUAGES if code == lang), None)
