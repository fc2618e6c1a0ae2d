"""A stamp that has its place → the page with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from PIL import Image, ImageDraw

from prepdoc import fonts
from prepdoc.page import Glyph, Pixels, Stamp
from prepdoc.stamping.block import PADDING_EM
from prepdoc.stamping.sheet import Sheet

INK_COLOUR = (16, 44, 140)
"""Dark blue: statements are printed in black, grey or the issuer's bright colour. Contrast with
the paper 11.9:1 (WCAG 2.2 asks 4.5:1)."""
PAPER_COLOUR = (255, 255, 255)


def draw(pixels: Pixels, stamp: Stamp) -> Pixels:
    """A new array with the stamp drawn, and with the white band that it stands on, if any."""
    out = with_band(pixels, stamp)
    sheet = Sheet(out.shape[1], out.shape[0], stamp.quad.turn())
    x0, y0, x1, y1 = map(round, sheet.upright(stamp.quad).box())
    glyphs = (
        replace(glyph, quad=sheet.upright(glyph.quad).moved(-x0, -y0))
        for line in stamp.lines
        for glyph in line.glyphs
    )
    np.rot90(out, sheet.turn)[y0:y1, x0:x1] = _picture(x1 - x0, y1 - y0, glyphs)
    return out


def with_band(pixels: Pixels, stamp: Stamp) -> Pixels:
    """A new array: the page as it is, with the stamp's white band below it, if any."""
    band = np.full((stamp.band_px, *pixels.shape[1:]), 255, dtype=np.uint8)
    return np.concatenate([pixels, band])


def _picture(width: int, height: int, glyphs: Iterable[Glyph]) -> Pixels:
    """The frame and the text in it, upright; glyph quads in pixels of this picture."""
    image = Image.new("RGB", (width, height), PAPER_COLOUR)
    pen = ImageDraw.Draw(image)
    glyphs = tuple(glyphs)
    size = fonts.size_with_ink(round(glyphs[0].quad.height()))
    above, _ = fonts.ink_rows(size)
    for glyph in glyphs:
        x, top, _, _ = glyph.quad.box()
        corner = (round(x), round(top) + above)
        pen.text(corner, glyph.char, INK_COLOUR, fonts.face(glyph.char, size), anchor="ls")
    line_width = round(glyphs[0].quad.box()[0]) - round(PADDING_EM * size)
    pen.rectangle((0, 0, width - 1, height - 1), outline=INK_COLOUR, width=line_width)
    return np.asarray(image)
