"""The independent judge: a case and a tool's output in, a verdict out. It knows no tool.

    judge(case, output) = pixels of the digits + text layer + bytes + two OCR engines + symbols
                          (ink.py)               (texts.py)       (reading.py)       (symbols.py)

It shares no code with prepdoc, nor with the drawing of the corpus beyond the truth itself.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np

from bench.corpus.truth import Case, Item, Labels, Sheet
from bench.judging import ink, reading, stamps
from bench.judging.aligning import aligned
from bench.judging.needles import Needles, digits_of, needles
from bench.judging.places import Place
from bench.judging.rendering import Box, Document, Pixels, opened
from bench.judging.symbols import symbols
from bench.judging.texts import raw, text_in_place, text_layer, told
from bench.judging.verdict import Found, Ground, ItemVerdict, Reason, Verdict, verdict_on

__all__ = ["Ground", "ItemVerdict", "Look", "Reason", "Verdict", "judge", "judge_ink", "look"]

OCR_DPI = 200
"""Both engines read 6 pt print at this resolution; an A4 page costs them two seconds."""
DIGIT_PX = (20, 40)
"""Heights of digits between which the ink is compared: fewer blur, more only cost time."""
LARGEST_PX = 3600
OCR_DIGIT_PX = 14
"""Height of a digit that both engines still read; 7 pt print has it at 200 dpi."""
LEAST_PX = 400
MARGIN_LINES = 1.0
"""What is read around an item, in heights of its line."""
PLACE_LINES = 0.4
"""What still counts as the item's own place."""


@dataclass(frozen=True, slots=True)
class Look:
    """One page as the judge sees it: everything on one grid of pixels."""

    sources: tuple[Pixels, ...] = field(repr=False)
    """The source as several renderers show it; an output may look like any of them."""
    outputs: tuple[Pixels, ...] = field(repr=False)
    """The output on the source's grid, first as seen; none where it cannot be laid over."""
    labels: Labels = field(repr=False)


def judge(case: Case, output: bytes, suffix: str, details: Sequence[str] = ()) -> Verdict:
    """What the output still shows of what it may not, and no longer shows of what it must.

    `details` are what the tool was asked to stamp: name, address, phone.

    Raises:
        Exception: the output cannot be opened at all; the libraries raise what they like.
    """
    wanted = needles(case.sheets, [digits_of(detail) for detail in details])
    found = raw(output, wanted)
    read: list[str] = []
    with opened(case.data, case.suffix) as source, opened(output, suffix) as result:
        if suffix == ".pdf":
            found += text_layer(output, result, wanted)
        for index, sheet in enumerate(case.sheets):
            here, texts = _page(sheet, index, source, result, wanted)
            found, read = found + here, read + texts
    return Verdict(
        _items(case, found), _reasons(found), stamps.is_read(details, read) if details else None
    )


def judge_ink(case: Case, output: bytes, suffix: str) -> Verdict:
    """By the digits' pixels alone, which costs a tenth of the whole."""
    with opened(case.data, case.suffix) as source, opened(output, suffix) as result:
        found = [
            one
            for index, sheet in enumerate(case.sheets)
            for one in (
                _ink(sheet, index + 1, look(sheet, index, source, result))
                if index < len(result)
                else [_all_lost(sheet, index + 1)]
            )
        ]
    return Verdict(_items(case, found), _reasons(found), None)


def _items(case: Case, found: list[Found]) -> tuple[ItemVerdict, ...]:
    return tuple(
        verdict_on(page, item, found)
        for page, sheet in enumerate(case.sheets, 1)
        for item in sheet.items
    )


def _reasons(found: list[Found]) -> tuple[Reason, ...]:
    gathered: dict[tuple[Ground, int], set[int]] = {}
    for one in found:
        gathered.setdefault((one.ground, one.page), set()).update(one.labels)
    return tuple(Reason(*key, len(labels)) for key, labels in sorted(gathered.items()))


# --- one page ----------------------------------------------------------------------------------


def _page(
    sheet: Sheet, index: int, source: Document, result: Document, wanted: Needles
) -> tuple[list[Found], list[str]]:
    if index >= len(result):
        return [_all_lost(sheet, index + 1)], []
    seen = look(sheet, index, source, result)
    found = _ink(sheet, index + 1, seen)
    found += _text_places(sheet, index, seen, result)
    here, texts = _read(sheet, index, source, result, wanted)
    return found + here, texts


def _all_lost(sheet: Sheet, page: int) -> Found:
    return Found("geometry", page, frozenset(n for item in sheet.items for n in item.kept))


def look(sheet: Sheet, index: int, source: Document, result: Document) -> Look:
    """Source, output and labels on a grid on which digits have a comfortable size."""
    width = _width(sheet)
    before = source.references(index, width)
    placed = [aligned(before[0], view) for view in result.views(index, width)]
    size = (before[0].shape[1], before[0].shape[0])
    labels = cv2.resize(sheet.labels, size, interpolation=cv2.INTER_NEAREST)
    seen = tuple(p for p in placed if p is not None)
    return Look(tuple(before), seen, labels.astype(np.uint16))


def _width(sheet: Sheet) -> int:
    """In pixels, so that the smallest item's digits are not below and the largest not far above."""
    heights = [h for item in sheet.items if (h := _digit_height(sheet.labels, item))]
    if not heights:
        return int(sheet.labels.shape[1])
    least, most = DIGIT_PX
    scale = least / min(heights) if min(heights) < least else min(1.0, most / min(heights))
    wide = int(sheet.labels.shape[1])
    return round(min(wide * scale, max(LARGEST_PX, wide)))


def _digit_height(labels: Labels, item: Item) -> float:
    """The median of the longer sides of its digits' boxes; 0 where it shows none."""
    box = _box(labels, item)
    if box is None:
        return 0.0
    left, top, right, bottom = map(int, box)
    part = labels[top:bottom, left:right]
    sides = []
    for label in item.labels:
        rows, columns = np.nonzero(part == label)
        if len(rows):
            sides.append(max(np.ptp(rows), np.ptp(columns)) + 1)
    return float(np.median(sides))


def _box(labels: Labels, item: Item) -> Box | None:
    """The upright box of an item's ink."""
    ours = (labels >= item.labels.start) & (labels < item.labels.stop)
    if not ours.any():
        return None
    rows, columns = ink.window(ours, 0)
    return float(columns.start), float(rows.start), float(columns.stop), float(rows.stop)


# --- the digits' pixels ------------------------------------------------------------------------


def _ink(sheet: Sheet, page: int, seen: Look) -> list[Found]:
    if not seen.outputs:
        return [_all_lost(sheet, page)]
    return [found for item in sheet.items if item.ink for found in _ink_of(item, page, seen)]


def _ink_of(item: Item, page: int, seen: Look) -> list[Found]:
    views = [survival(item, seen, i) for i in range(len(seen.outputs))]
    shown = {n for n, digit in views[0].items() if digit.contrast >= ink.NO_INK}
    survives = {n: max(view[n].survives for view in views) for n in views[0]}
    readable = {n for n in item.masked if survives.get(n, 0.0) >= ink.READABLE}
    lost = {n for n in item.kept if n in shown and views[0][n].survives < ink.WHOLE}
    told: list[tuple[Ground, set[int]]] = [("ink", readable), ("lost", lost)]
    told.append(("truth", set(item.labels) - shown))
    return [Found(ground, page, frozenset(labels)) for ground, labels in told if labels]


def survival(item: Item, seen: Look, view: int = 0) -> dict[int, ink.Digit]:
    """Each digit's best comparison with any rendering of the source."""
    found = [ink.digits(source, seen.outputs[view], seen.labels, item) for source in seen.sources]
    return {
        n: ink.Digit(max(d[n].survives for d in found), max(d[n].contrast for d in found))
        for n in found[0]
    }


# --- what can be read there --------------------------------------------------------------------


def _text_places(sheet: Sheet, index: int, seen: Look, result: Document) -> list[Found]:
    chars = list(result.chars(index))
    found = []
    for item, box in _placed(sheet, seen.labels):
        place = _place(box, _digit_height(seen.labels, item)).scaled(1 / seen.labels.shape[1])
        found += text_in_place(chars, index + 1, item, place)
    return found


def _place(box: Box, line: float) -> Place:
    return Place(_grown(box, PLACE_LINES * line), line)


def _placed(sheet: Sheet, labels: Labels) -> list[tuple[Item, Box]]:
    boxes = [(item, _box(labels, item)) for item in sheet.items]
    return [(item, box) for item, box in boxes if box is not None]


def _grown(box: Box, by: float) -> Box:
    left, top, right, bottom = box
    return left - by, top - by, right + by, bottom + by


def _read(
    sheet: Sheet, index: int, source: Document, result: Document, wanted: Needles
) -> tuple[list[Found], list[str]]:
    """The engines on the page at their own resolution; also the texts, for the stamp's sake."""
    width = _ocr_width(sheet, result.width_pt(index))
    pixels, before = (document.views(index, width)[0] for document in (result, source))
    items = [pair for pair in _placed(sheet, sheet.labels) if pair[0].masked]
    places = [_place(box, _digit_height(sheet.labels, item)) for item, box in items]
    places = [place.scaled(width / sheet.labels.shape[1]) for place in places]
    around = [_around(place) for place in places]
    by_engine: dict[Ground, list[reading.Word]] = {
        "tesseract": reading.tesseract(pixels),
        "rapidocr": reading.rapidocr(pixels, [*around, *reading.drawn_anew(before, pixels)]),
    }
    found = symbols(pixels, wanted)
    for ground, words in by_engine.items():
        found += told(ground, " ".join(word.text for word in words), wanted)
        for (item, _), place in zip(items, places, strict=True):
            found += reading.read_in_place(ground, words, index + 1, item, place, sheet.items)
    return found, [text for words in by_engine.values() for text in reading.texts(words)]


def _ocr_width(sheet: Sheet, width_pt: float) -> int:
    """In pixels: at OCR_DPI, or more where a number is so small that no engine could read it."""
    heights = [_digit_height(sheet.labels, item) for item in sheet.items if item.masked]
    small = min((height for height in heights if height), default=math.inf)
    least = int(sheet.labels.shape[1]) * OCR_DIGIT_PX / small
    return round(min(LARGEST_PX, max(LEAST_PX, least, width_pt / 72 * OCR_DPI)))


def _around(place: Place) -> Box:
    left, top, right, bottom = _grown(place.box, MARGIN_LINES * place.line)
    return max(0.0, left), max(0.0, top), right, bottom
