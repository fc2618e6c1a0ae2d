"""Finds blank space on a masked page and draws the cardholder's details there, before writing.

The stamp says that the cardholder added it and looks unlike the issuer's print: dark blue on a
white box with a thin frame.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from prepdoc import fonts
from prepdoc.errors import CannotProve
from prepdoc.page import Line, Pixels, Point, Quad, Stamp
from prepdoc.stamping.drawing import draw, with_band
from prepdoc.stamping.sheet import Sheet
from prepdoc.stamping.wording import language_of, stamp_text

__all__ = ["draw", "language_of", "place", "place_at", "stamp_text", "with_band"]
from prepdoc.stamping.blank import Blank, Far, Spot, distance, off_middle
from prepdoc.stamping.block import Block, block_of, blocks_of, sizes
from prepdoc.texts import _


def place(
    pixels: Pixels,
    dpi: float,
    page_number: int,
    texts: tuple[str, ...],
    near: Quad | None,
    turn: int = 0,
    avoid: tuple[Quad, ...] = (),
) -> Stamp:
    """Where the stamp goes: the blank space nearest to `near`, or else to the page's top.

    `turn` is the quarter turns counter-clockwise (numpy.rot90) that bring the page's text
    upright; all quads given and returned are in pixels of the page as it is. `avoid` is never
    covered, ink or not. Where no space fits, a white band below the page is asked for.

    Raises:
        ComponentMissing: no font has one of the characters.
        CannotProve: the page is too narrow to hold legible text at all.
    """
    sheet = Sheet(pixels.shape[1], pixels.shape[0], turn % 4)
    goal = sheet.upright(near).centre() if near else None
    blank = Blank.of(pixels, dpi, sheet, avoid)
    return _placed(blank, sheet, dpi, page_number, texts, partial(distance, goal))


def place_at(
    pixels: Pixels,
    dpi: float,
    page_number: int,
    texts: tuple[str, ...],
    middle: Point,
    turn: int = 0,
    avoid: tuple[Quad, ...] = (),
) -> Stamp:
    """Where the stamp goes if its middle is wished at a point: as near to it as is blank.

    Raises:
        ComponentMissing, CannotProve: as `place`.
    """
    sheet = Sheet(pixels.shape[1], pixels.shape[0], turn % 4)
    goal = sheet.upright(Quad(middle, middle, middle, middle)).centre()
    blank = Blank.of(pixels, dpi, sheet, avoid)
    return _placed(blank, sheet, dpi, page_number, texts, partial(off_middle, goal))


def _placed(
    blank: Blank, sheet: Sheet, dpi: float, page_number: int, texts: tuple[str, ...], far: Far
) -> Stamp:
    for size in sizes(dpi):
        spots = [blank.nearest(block, far) for block in blocks_of(texts, size, dpi)]
        found = [spot for spot in spots if spot is not None]
        if found:
            return _stamp(page_number, min(found, key=lambda spot: spot.cost), sheet, band_px=0)
    return _on_band(page_number, texts, dpi, sheet)


def _stamp(page_number: int, spot: Spot, sheet: Sheet, band_px: int) -> Stamp:
    block, x, y = spot.block, spot.x, spot.y
    frame = Quad.from_box(x, y, x + block.width, y + block.height)
    lines = tuple(_turned_back(line, sheet) for line in block.lines(x, y))
    return Stamp(page_number, sheet.back(frame), lines, band_px)


def _turned_back(line: Line, sheet: Sheet) -> Line:
    glyphs = (replace(glyph, quad=sheet.back(glyph.quad)) for glyph in line.glyphs)
    return replace(line, glyphs=tuple(glyphs))


def _on_band(page_number: int, texts: tuple[str, ...], dpi: float, sheet: Sheet) -> Stamp:
    """On a white band below the page, as thick as the frame and its margins."""
    block = _band_block(texts, dpi, sheet)
    thick = (block.width if sheet.turn % 2 else block.height) + 2 * block.margin
    taller = replace(sheet, height=sheet.height + thick)
    band = Quad.from_box(0, sheet.height, sheet.width, taller.height)
    x, y, _, _ = taller.upright(band).box()
    spot = Spot(block, round(x) + block.margin, round(y) + block.margin)
    return _stamp(page_number, spot, taller, thick)


def _band_block(texts: tuple[str, ...], dpi: float, sheet: Sheet) -> Block:
    """The block that makes the thinnest band, at the largest size that fits along the page."""
    for size in sizes(dpi):
        fitting = [b for b in _band_blocks(texts, size, dpi, sheet) if _fits(b, sheet)]
        if fitting:
            return min(fitting, key=lambda b: b.width if sheet.turn % 2 else b.height)
    what = _(
        "a page of {width} by {height} pixels is too small for the cardholder's "
        "details; use a larger picture"
    )
    raise CannotProve(what.format(width=sheet.width, height=sheet.height))


def _band_blocks(texts: tuple[str, ...], size: int, dpi: float, sheet: Sheet) -> Iterator[Block]:
    """The usual widths, and the page's own where it is narrower."""
    yield from blocks_of(texts, size, dpi)
    paragraphs = [fonts.drawable(text) for text in texts]
    trial = block_of(paragraphs, size, dpi, math.inf)
    room = sheet.width - 2 * (trial.margin + trial.padding)
    if room > 4 * size and not sheet.turn % 2:
        yield block_of(paragraphs, size, dpi, room)


def _fits(block: Block, sheet: Sheet) -> bool:
    along = block.height if sheet.turn % 2 else block.width
    return along + 2 * block.margin <= sheet.width
