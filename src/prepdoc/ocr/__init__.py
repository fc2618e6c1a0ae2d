"""Pixels → glyphs: one file an engine, and the one protocol that the stages know."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Final, Protocol

from prepdoc.page import Line, Pixels

THREADS: Final = "PREPDOC_THREADS"
"""The environment's variable that says how many threads an engine may use."""


def engine_threads() -> int | None:
    """As many as the environment says, where several processes share the machine; else None.

    None leaves it to the engine, which takes a thread for each core.
    """
    value = os.environ.get(THREADS, "")
    return int(value) if value.isdecimal() and int(value) else None


class Reader(Protocol):
    """An OCR engine."""

    name: str

    def read(self, pixels: Pixels) -> tuple[Line, ...]:
        """Every line on the picture, in no promised order.

        Raises:
            ComponentMissing: the engine or its model is not installed.
        """
        ...


class RowReader(Reader, Protocol):
    """One that also reads pictures of which each holds one upright line."""

    def read_rows(self, rows: Sequence[Pixels]) -> tuple[Line, ...]:
        """What each says, in its pixels; an empty line where nothing is read.

        Raises:
            ComponentMissing: the engine or its model is not installed.
        """
        ...
