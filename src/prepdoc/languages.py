"""Which language prepdoc speaks: what `--lang`, the locale or the system asks for."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from prepdoc.page import Language

LANGUAGES: Final[tuple[Language, ...]] = ("ja", "en")

_APPLE_S = 2.0
"""For `defaults`, which takes some hundredths of a second."""

# The order in which gettext asks the environment (GNU gettext manual, "Locale Environment
# Variables").
_VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")


def system_language() -> str:
    """The codes that Windows or macOS show their own windows in: who starts a program there from
    an icon has no locale in the environment. Nothing elsewhere.
    """
    if sys.platform == "win32":
        import ctypes
        import locale

        return locale.windows_locale.get(ctypes.windll.kernel32.GetUserDefaultUILanguage(), "")
    return _of_apple() if sys.platform == "darwin" else ""


def preferred(
    arguments: Sequence[str],
    environ: Mapping[str, str],
    system: Callable[[], str] = system_language,
) -> Language:
    """The language that `--lang` asks for, else the locale's or, where the environment has none,
    the system's, if it is ours, else English.
    """
    return asked_for(arguments) or _ours(_locale(environ) or system()) or "en"


def asked_for(arguments: Sequence[str]) -> Language | None:
    """`--lang ja` or `--lang=ja`, the last one; whether the rest is right is click's to say."""
    words = list(arguments[: arguments.index("--")] if "--" in arguments else arguments)
    values = [
        following if word == "--lang" else word.removeprefix("--lang=")
        for word, following in pairwise([*words, ""])
        if word == "--lang" or word.startswith("--lang=")
    ]
    return next((lang for lang in LANGUAGES if values and values[-1] == lang), None)


def listed_by_apple(told: str) -> str:
    r"""What `defaults read -g AppleLanguages` prints, as gettext writes such a list.

    >>> listed_by_apple('(\n    "ja-JP",\n    en\n)')
    'ja-JP:en'
    """
    return ":".join(re.findall(r"[\w-]+", told))


def _of_apple() -> str:
    import subprocess

    command = ["/usr/bin/defaults", "read", "-g", "AppleLanguages"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_APPLE_S)
    except (OSError, subprocess.SubprocessError):
        return ""
    return listed_by_apple(done.stdout)


def _locale(environ: Mapping[str, str]) -> str:
    return next((environ[name] for name in _VARIABLES if environ.get(name)), "")


def _ours(codes: str) -> Language | None:
    wanted = (code.lower()[:2] for code in codes.split(":"))
    return next((lang for code in wanted for lang in LANGUAGES if code == lang), None)
