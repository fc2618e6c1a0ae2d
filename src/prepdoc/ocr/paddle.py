"""PP-OCR (RapidOCR with its bundled PP-OCRv6 models): the finder.

RapidOCR's own pipeline is made for pretty text: it shrinks large pictures, drops lines with a low
score, and its character boxes are off by up to half a digit. So only its detector and recogniser
are used, each with the settings that lose nothing; the lines are cut out and turned here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import ceil

import cv2
import numpy as np
from numpy.typing import NDArray

from prepdoc import patterns
from prepdoc.machine import cores
from prepdoc.ocr import engine_threads
from prepdoc.ocr.facing import Reading, Strips, faced
from prepdoc.ocr.networks import DETECT_SIDE, networks
from prepdoc.ocr.strips import Corners, Place, frame, height_of, strip_of
from prepdoc.page import Glyph, Line, Pixels
from prepdoc.threads import threads

TILE_SIDE = 3600
"""Above this a picture is also searched in tiles: an A4 page at 300 dpi is just below."""
TILE_OVERLAP = 400
READ_HEIGHT = 48
COLUMN = 8
"""The recogniser says what it sees of so many pixels at a time."""
MIN_READ_WIDTH = 160
"""A narrower strip is padded to it: readings of 320, as RapidOCR pads, are the same but for blanks,
and take a third longer on a page."""


class Paddle:
    """The finder: reads lines at any turn and skew, with a quad for every character."""

    name = "PP-OCR (RapidOCR)"

    def read(self, pixels: Pixels) -> tuple[Line, ...]:
        """Every line on the picture, also those read with little certainty.

        Raises:
            ComponentMissing: rapidocr, onnxruntime or their models are not installed.
        """
        places = self._places(pixels)
        strips = [strip_of(pixels, place) for place in places]
        readings = faced(Strips(strips, places, self._recognise))
        lines = (
            _line(place.turned_about() if flip else place, reading)
            for place, (reading, flip) in zip(places, readings, strict=True)
        )
        return tuple(line for line in lines if line is not None)

    def read_rows(self, rows: Sequence[Pixels]) -> tuple[Line, ...]:
        """What each picture of one upright line says, in its pixels; an empty line where nothing.

        Raises:
            ComponentMissing: rapidocr, onnxruntime or their models are not installed.
        """
        readings = self._recognise(rows)
        places = (Place(frame(row.shape[1], row.shape[0])) for row in rows)
        lines = (_line(place, read) for place, read in zip(places, readings, strict=True))
        return tuple(line or Line((), "ocr") for line in lines)

    def _places(self, pixels: Pixels) -> list[Place]:
        found = self._places_on(pixels)
        if patterns.has_stripes(pixels):
            found += self._places_on(patterns.in_grey(pixels))
        if patterns.has_pale_print(pixels):
            found += self._places_on(patterns.without_pale(pixels))
        return _without_repeats(found)

    def _places_on(self, pixels: Pixels) -> list[Place]:
        return [place for tile in _tiles(pixels) for place in self._detect(pixels, *tile)]

    def _detect(self, pixels: Pixels, x: int, y: int, width: int, height: int) -> list[Place]:
        tile = cv2.cvtColor(pixels[y : y + height, x : x + width], cv2.COLOR_RGB2BGR)
        scale = min(1.0, DETECT_SIDE / max(width, height))
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        small = cv2.resize(tile, size, interpolation=cv2.INTER_AREA) if scale < 1 else tile
        detector = networks().detector(size[0] * size[1])
        stretch = np.array([width / size[0], height / size[1]])
        found = detector.places(np.ascontiguousarray(small))
        return [place.scaled(stretch, (x, y)) for place in found]

    def _recognise(self, strips: Sequence[Pixels]) -> list[Reading]:
        """Readings in the order of the strips; long ones are begun first, so that all end at once.

        Each strip by itself, on one core: in a batch all are padded to the widest, and a network
        so narrow gains little from a second core (decision 0018).
        """
        order = sorted(range(len(strips)), key=lambda i: -strips[i].shape[1] / strips[i].shape[0])
        most = engine_threads() or cores()
        with threads(most, "recognise") as pool:
            read = pool.map(self._read_strip, (strips[i] for i in order))
            readings = dict(zip(order, read, strict=True))
        return [readings[i] for i in range(len(strips))]

    def _read_strip(self, strip: Pixels) -> Reading:
        """Padded if it is narrow; where the padding is read as a copy of the line, without it."""
        columns = ceil(READ_HEIGHT * strip.shape[1] / strip.shape[0] / COLUMN)
        reading = self._read_padded(strip, max(columns * COLUMN, MIN_READ_WIDTH))
        if any(centre >= 1.0 for centre in reading.centres):
            return self._read_padded(strip, columns * COLUMN)
        return reading

    def _read_padded(self, strip: Pixels, width: int) -> Reading:
        """As if it were so wide at the height at which it is read, in whole columns."""
        # Half a pixel more: a width that comes out as 295.99 would be cut to 295.
        recogniser = networks().recogniser
        line = recogniser.resize_norm_img(strip[:, :, ::-1], (width + 0.5) / READ_HEIGHT)
        scores = recogniser.session(line[np.newaxis].astype(np.float32))[0]
        characters = recogniser.postprocess_op.character
        return _decoded(scores, characters, strip.shape[1] / strip.shape[0], width / READ_HEIGHT)


def _decoded(
    scores: NDArray[np.float32], characters: Sequence[str], ratio: float, widest: float
) -> Reading:
    """Greedy CTC decoding: the best class a column, repeats and blanks (class 0) dropped.

    A character's centre is the middle of the columns that it holds, as a part of the strip's width;
    `ratio` is the strip's width in heights, `widest` that with its padding.
    """
    best = scores.argmax(axis=1)
    starts = np.flatnonzero(np.diff(best, prepend=-1))
    ends = np.append(starts[1:], len(best))
    spans = [(a, b) for a, b in zip(starts, ends, strict=True) if best[a] != 0]
    width = len(best) * ratio / widest
    return Reading(
        "".join(characters[best[a]] for a, _ in spans),
        tuple(float(min((a + b) / 2 / width, 1.0)) for a, b in spans),
        tuple(float(scores[a:b, best[a]].max()) for a, b in spans),
        ratio,
    )


def _tiles(pixels: Pixels) -> Iterator[tuple[int, int, int, int]]:
    """x, y, width and height: the whole picture, and overlapping parts of a large one."""
    height, width = pixels.shape[:2]
    yield 0, 0, width, height
    if max(width, height) <= TILE_SIDE:
        return
    for y, tall in _parts(height):
        for x, wide in _parts(width):
            yield x, y, wide, tall


def _parts(length: int) -> Iterator[tuple[int, int]]:
    count = -(-length // DETECT_SIDE)
    size = min(length, -(-length // count) + TILE_OVERLAP)
    for i in range(count):
        yield min(i * length // count, length - size), size


def _without_repeats(places: list[Place]) -> list[Place]:
    """Lines seen in two tiles once; the longer one stays, for it was cut less."""
    kept: list[Place] = []
    for place in sorted(places, key=lambda place: -cv2.contourArea(place.corners)):
        x, y = place.corners.mean(axis=0)
        if not any(_covers(o.corners, (float(x), float(y)), place.corners) for o in kept):
            kept.append(place)
    return kept


def _covers(other: Corners, centre: tuple[float, float], box: Corners) -> bool:
    if cv2.pointPolygonTest(other, centre, False) < 0:
        return False
    shared, _ = cv2.intersectConvexConvex(other, box)
    return bool(shared > 0.7 * cv2.contourArea(box) and height_of(other) < 1.7 * height_of(box))


def _line(place: Place, reading: Reading) -> Line | None:
    if not reading.text.strip():
        return None
    glyphs = (
        Glyph(char, place.slice(left, right), score)
        for char, score, (left, right) in zip(
            reading.text, reading.scores, _edges(reading.centres), strict=True
        )
    )
    return Line(tuple(glyphs), "ocr")


def _edges(centres: Sequence[float]) -> list[tuple[float, float]]:
    """Each character reaches half-way to its neighbours; the first and last as far outwards."""
    if len(centres) == 1:
        return [(0.0, 1.0)]
    middles = [(a + b) / 2 for a, b in pairwise(centres)]
    first = max(0.0, 2 * centres[0] - middles[0])
    last = min(1.0, 2 * centres[-1] - middles[-1])
    edges = [first, *middles, last]
    return list(pairwise(edges))
