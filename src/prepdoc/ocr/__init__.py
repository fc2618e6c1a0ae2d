"""Pixels → glyphs: one file an engine, and the one protocol that the stages know."""

from __future__ import annotations

from typing import Protocol

from prepdoc.page import Line, Pixels


class Reader(Protocol):
    """An OCR engine."""

    name: str

    def read(self, pixels: Pixels) -> tuple[Line, ...]:
        """Every line on the picture, in no promised order.

        Raises:
            ComponentMissing: the engine or its model is not installed.
        """
        ...
