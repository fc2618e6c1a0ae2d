"""Turns a card statement into the upload that a locked Amazon account asks for.

>>> from prepdoc import Cardholder, prepare
>>> prepare  # doctest: +ELLIPSIS
<function prepare at ...>
"""

from typing import TYPE_CHECKING, Any

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

if TYPE_CHECKING:
    from prepdoc.job import Options
    from prepdoc.page import Cardholder
    from prepdoc.pipeline import Prepared, prepare

__all__ = [
    "CannotProve",
    "Cardholder",
    "ComponentMissing",
    "LeakFound",
    "MachineFailed",
    "NoCardNumber",
    "NotPossible",
    "Options",
    "OtherCard",
    "OutputExists",
    "PasswordNeeded",
    "Prepared",
    "PrepdocError",
    "RequirementNotMet",
    "UnreadableInput",
    "WrongPassword",
    "prepare",
]

_LATER = {
    "Cardholder": "prepdoc.page",
    "Options": "prepdoc.job",
    "Prepared": "prepdoc.pipeline",
    "prepare": "prepdoc.pipeline",
}


def __getattr__(name: str) -> Any:
    """Import the engine when it is first used: it takes a second, and `prepdoc --help` none."""
    if name not in _LATER:
        raise AttributeError(f"module 'prepdoc' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_LATER[name]), name)
