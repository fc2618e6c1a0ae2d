"""Which text the output's text layer holds: the file's own where the pixels confirm it.

OCR writes 高 for 髙; the file knows better. But a text layer can lie, so a line of it is believed
only where OCR reads nearly the same at the same place; everywhere else stands what OCR read.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import replace
from difflib import SequenceMatcher

import numpy as np
from numpy.typing import NDArray

from prepdoc.assembling import printed_once
from prepdoc.ocr.blocks import BLOCK
from prepdoc.page import Glyph, Line

CONFIRMED = 0.75
"""Likeness (difflib) from which OCR confirms a line: one misread kanji in four is common."""
CONFIRMED_WORDS = 0.35
"""The same for a line without any digit: OCR knows few of the forms that names are written in."""


def searchable(lines: Sequence[Line]) -> tuple[Line, ...]:
    """The lines of a page, each place once: confirmed ones of the file, and OCR's elsewhere."""
    read = _read_once(line for line in lines if line.seen_by == "ocr" and BLOCK not in line.text)
    glyphs = [glyph for line in read for glyph in line.glyphs if not glyph.char.isspace()]
    centres = np.array([glyph.quad.centre() for glyph in glyphs]).reshape(-1, 2)
    own, doubled = [], np.zeros(len(glyphs), dtype=bool)
    for line in printed_once(line for line in lines if line.seen_by == "text"):
        inside = _inside(line, centres)
        if inside.any() and _confirms(line, glyphs, centres, inside):
            own.append(line)
            doubled |= inside
    dropped = {glyphs[i] for i in np.flatnonzero(doubled)}
    rest = (line for old in read if (line := _without(old, dropped)).text.strip())
    return (*own, *rest)


def _read_once(lines: Iterable[Line]) -> list[Line]:
    """Without those that stand on what another one says: a place may be read several times.

    Digits that stand twice would make others of a row with a mask. The longest line counts, and
    of two that say as much the one whose box is the lower.
    """
    lines, kept = tuple(lines), list[Line]()
    for line in sorted(lines, key=lambda one: (-_inked(one), one.quad.height())):
        centres = np.array([g.quad.centre() for g in line.glyphs if not g.char.isspace()])
        taken = np.zeros(len(centres), dtype=bool)
        for other in kept:
            taken |= _inside(other, centres.reshape(-1, 2))
        if 2 * taken.sum() <= len(centres):
            kept.append(line)
    chosen = set(map(id, kept))
    return [line for line in lines if id(line) in chosen]


def _inked(line: Line) -> int:
    return sum(not glyph.char.isspace() for glyph in line.glyphs)


def _without(line: Line, dropped: set[Glyph]) -> Line:
    """What of an OCR line the file does not say; of one that it mostly says nothing is left over.

    Single characters, whose boxes reach out of the file's line, would stand twice.
    """
    left = tuple(glyph for glyph in line.glyphs if glyph not in dropped)
    inked = sum(not glyph.char.isspace() for glyph in left)
    gone = len(line.glyphs) - len(left)
    return replace(line, glyphs=left if inked > gone else ())


def _inside(line: Line, centres: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which of the centres stand on the line."""
    places, depths = _placed(line, centres)
    quad = line.quad
    return (places >= 0) & (places <= quad.width()) & (depths >= 0) & (depths <= quad.height())


def _placed(
    line: Line, centres: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How far along the line and below its top edge each centre stands."""
    tl, tr, *_ = line.quad.array()
    along = (tr - tl) / max(float(np.linalg.norm(tr - tl)), 1e-6)
    down = np.array([-along[1], along[0]])
    return (centres - tl) @ along, (centres - tl) @ down


def _confirms(
    line: Line, glyphs: Sequence[Glyph], centres: NDArray[np.float64], inside: NDArray[np.bool_]
) -> bool:
    order = np.argsort(_placed(line, centres)[0])
    read = "".join(glyphs[i].char for i in order if inside[i])
    matcher = SequenceMatcher(None, _plain(line.text), _plain(read), autojunk=False)
    has_digits = any(c.isdecimal() for c in _plain(line.text))
    return matcher.ratio() >= (CONFIRMED if has_digits else CONFIRMED_WORDS)


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()
