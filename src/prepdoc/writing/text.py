"""Lines → the operators that write them where they are read, unseen: PDF 32000-1 §9.4."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from prepdoc.page import Line, Quad
from prepdoc.writing.font import DESCENT, EM, Font
from prepdoc.writing.objects import number

TOUCHING_EM = 1.0
"""Glyphs of a line with no more space between them are one run of text."""


@dataclass(frozen=True)
class Run:
    """Glyphs that follow each other without a gap; lengths in pixels.

    `origin` is where the baseline begins, `along` the reading direction (length 1), `widths`
    how far it is from each glyph's start to the next one's.
    """

    chars: tuple[str, ...]
    widths: tuple[float, ...]
    height: float
    origin: NDArray[np.float64]
    along: NDArray[np.float64]


def runs(line: Line) -> Iterator[Run]:
    """The line's glyphs, cut where there is a gap or a step back."""
    along = _direction(line)
    down = np.array([-along[1], along[0]])
    boxes = [_extent(glyph.quad, along, down) for glyph in line.glyphs]
    run = [0]
    for here, after in pairwise(range(len(boxes))):
        if not _touching(boxes[here], boxes[after]):
            yield _run(line, boxes, run, along, down)
            run = []
        run.append(after)
    yield _run(line, boxes, run, along, down)


@dataclass(frozen=True)
class _Extent:
    """Where a glyph begins and ends along the line, and across it from top to bottom."""

    start: float
    end: float
    top: float
    bottom: float


def _extent(quad: Quad, along: NDArray[np.float64], down: NDArray[np.float64]) -> _Extent:
    corners = quad.array()
    x, y = corners @ along, corners @ down
    return _Extent(float(x.min()), float(x.max()), float(y.min()), float(y.max()))


def _touching(here: _Extent, after: _Extent) -> bool:
    gap = after.start - here.end
    return after.start > here.start and gap < TOUCHING_EM * (here.bottom - here.top)


def _run(
    line: Line,
    boxes: list[_Extent],
    members: list[int],
    along: NDArray[np.float64],
    down: NDArray[np.float64],
) -> Run:
    mine = [boxes[index] for index in members]
    starts = [box.start for box in mine]
    ends = [*starts[1:], max(mine[-1].end, starts[-1])]
    top = float(np.median([box.top for box in mine]))
    bottom = float(np.median([box.bottom for box in mine]))
    baseline = bottom - DESCENT / EM * (bottom - top)
    return Run(
        chars=tuple(line.glyphs[index].char for index in members),
        widths=tuple(end - start for start, end in zip(starts, ends, strict=True)),
        height=bottom - top,
        origin=starts[0] * along + baseline * down,
        along=along,
    )


def _direction(line: Line) -> NDArray[np.float64]:
    """Where the line runs: along its glyphs, or from one to the next where it is vertical."""
    whole = line.quad.array()
    first = line.glyphs[0].quad.array()
    sideways = _unit(whole[1] - whole[0] + whole[2] - whole[3], np.array([1.0, 0.0]))
    upright = _unit(first[1] - first[0] + first[2] - first[3], sideways)
    if sideways @ upright > math.cos(math.pi / 4):
        return sideways
    step = line.glyphs[-1].quad.array().mean(axis=0) - first.mean(axis=0)
    return _unit(step, upright)


def _unit(vector: NDArray[np.float64], otherwise: NDArray[np.float64]) -> NDArray[np.float64]:
    length = float(np.hypot(*vector))
    return vector / length if length > 0 else otherwise


def show(run: Run, font: Font, scale: float, height_pt: float) -> str:
    """The operators that show a run: PDF 32000-1 §9.4."""
    size = run.height * scale
    if size <= 0:
        return ""
    (cos, sin), (x, y) = run.along, run.origin * scale
    matrix = " ".join(map(number, (cos, -sin, sin, cos, x, height_pt - y)))
    array = "".join(_placed(run, font))
    return f"/F0 {number(size)} Tf {matrix} Tm [{array}] TJ\n"


def _placed(run: Run, font: Font) -> Iterator[str]:
    """Each glyph's code, and how far the next one is from where the font's width would put it.

    One operator shows the whole run, because PDFium takes each for a line of its own where the
    page is turned.
    """
    wanted = pen = 0.0
    for char, width in zip(run.chars, run.widths, strict=True):
        wanted += width / run.height * EM
        code, width_of_code = font.code(char, round(wanted - pen))
        pen += width_of_code
        step = round(pen - wanted)
        pen -= step
        yield f"<{code:04X}>" + (str(step) if step else "")
