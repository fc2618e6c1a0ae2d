"""Judges masks and written files with eyes of its own: raw bytes, zlib, PDFium, poppler, Tesseract.

Nothing here imports a stage of prepdoc; only quads and the ground truth of `tests.draw` come in.
A test calls it last: file → `traces`, `pictures`, `drawn_by`, `digits_read`; pixels → `left_bare`.
"""

from __future__ import annotations

import io
import math
import re
import shutil
import subprocess
import sys
import unicodedata
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import cv2
import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium
from numpy.typing import NDArray
from PIL import Image, ImageOps

from prepdoc.page import Pixels, Quad
from tests.draw import Truth

Region: TypeAlias = NDArray[np.bool_]
"""H × W: which pixels."""

TELLING_DIGITS = 6
"""So many digits in a row give a number away (masking rule 5); each such run of a card number
holds two digits at least that must go."""
EDGE_PX = 1.0
"""What may go wrong where a digit that goes touches one that stays: one column of grey pixels,
on the one side or the other, for at 96 dpi a blank between digits is narrower than that."""
COARSE_DPI = 96.0
"""Only up to this resolution may a hidden digit leave that column."""
OCR_PX = 60
"""Height that a cutting is brought to before Tesseract reads it: digits of some 40 px."""
OCR_MARGIN_PX = 30


# --- masks against the ground truth ------------------------------------------------------------


def inside(quads: Iterable[Quad], shape: Sequence[int]) -> Region:
    """The pixels whose middle lies in one of the convex quads."""
    region = np.zeros(tuple(shape[:2]), dtype=np.bool_)
    for quad in quads:
        rows, columns = _window(quad, shape)
        region[rows, columns] |= _depth(quad, rows, columns) > 0
    return region


def left_bare(black: Region, truth: Truth, dpi: float) -> int:
    """How many pixels of hidden digits' boxes were not painted and had to be.

    `black` are the painted pixels. Where boxes overlap, as in italics, both may be right.
    """
    reach = EDGE_PX if dpi <= COARSE_DPI else 0.0
    must = inside(truth.mask, black.shape) & ~inside(widened(truth.keep, reach), black.shape)
    return int((must & ~black).sum())


def lost(black: Region, truth: Truth) -> int:
    """How many pixels of the last four's boxes were painted, beyond a column at their ends."""
    must = inside(widened(truth.keep, -EDGE_PX), black.shape)
    return int((must & ~inside(truth.mask, black.shape) & black).sum())


def widened(quads: Iterable[Quad], by: float) -> Iterator[Quad]:
    """Longer at both ends, along the reading direction."""
    for quad in quads:
        tl, tr, br, bl = quad.array()
        step = by * (tr - tl) / float(np.linalg.norm(tr - tl))
        yield Quad.from_array(np.stack([tl - step, tr + step, br + step, bl - step]))


def _window(quad: Quad, shape: Sequence[int]) -> tuple[slice, slice]:
    x0, y0, x1, y1 = quad.box()
    return _part(y0, y1, shape[0]), _part(x0, x1, shape[1])


def _part(start: float, end: float, length: int) -> slice:
    """Whole pixels from start to end, as far as they are on the page."""
    first, past = (min(max(0, at), length) for at in (math.floor(start), math.ceil(end)))
    return slice(first, past)


def _depth(quad: Quad, rows: slice, columns: slice) -> NDArray[np.float64]:
    """How far each pixel's middle lies inside, positive or negative, whichever way quads turn."""
    y, x = np.mgrid[rows, columns] + 0.5
    corners = quad.array()
    along = np.roll(corners, -1, axis=0) - corners
    sides = [
        (dx * (y - cy) - dy * (x - cx)) / max(float(np.hypot(dx, dy)), 1e-9)
        for (cx, cy), (dx, dy) in zip(corners, along, strict=True)
    ]
    stack = np.stack(sides)
    return np.asarray(np.maximum(stack.min(axis=0), -stack.max(axis=0)))


# --- what is in a file -------------------------------------------------------------------------


def traces(data: bytes, digits: str) -> tuple[str, ...]:
    """Where six digits in a row of the number stand in the file, in any form; () is innocent."""
    wanted = {digits[i : i + TELLING_DIGITS] for i in range(len(digits) - TELLING_DIGITS + 1)}
    parts = [("raw bytes", data), *(("a decoded stream", part) for part in _streams(data))]
    found = [where for where, part in parts if _tells(_digit_runs(part), wanted)]
    texts = {"PDFium's text": pdfium_text(data), "poppler's text": poppler_text(data)}
    found += [where for where, text in texts.items() if _tells([_joined(text)], wanted)]
    return tuple(found)


def _tells(runs: Iterable[str], wanted: Iterable[str]) -> bool:
    return any(digits in run for run in runs for digits in wanted)


# How digits may be written in bytes. Plain and in UTF-16 with one separator between groups (the
# first of three or more: shorter ones are a PDF's own numbers), spaced out, and in hex;
# full-width in UTF-8 and in UTF-16.
_PLAIN_FORMS = (
    rb"(?:\x00?[0-9]){3,}(?:\x00?[ \-](?:\x00?[0-9]){2,})*",
    rb"(?<![0-9.])(?:\x00?[0-9]\x00?[ \-]){5,}\x00?[0-9](?![0-9.])",
    rb"(?:(?:00)?3[0-9]){6,}",
)
_WIDE_FORMS = (
    rb"(?:\xef\xbc[\x90-\x99][ \-]?){6,}",
    rb"(?:\xff[\x10-\x19]){6,}",
    rb"(?:[\x10-\x19]\xff){6,}",
)
_RUNS = tuple(re.compile(form) for form in (*_PLAIN_FORMS, *_WIDE_FORMS))
_MOST_BETWEEN = 4
"""Bytes between two digits of a run: a separator in UTF-16."""


def _digit_runs(part: bytes) -> Iterator[str]:
    """Every run of six digits or more, in plain digits."""
    for cluster in _clusters(part):
        for form in range(len(_PLAIN_FORMS)):
            yield from (_plain(form, match.group()) for match in _RUNS[form].finditer(cluster))
    for form in range(len(_PLAIN_FORMS), len(_RUNS)):
        if _may_be_wide(part):
            yield from (_plain(form, match.group()) for match in _RUNS[form].finditer(part))


def _may_be_wide(part: bytes) -> bool:
    """Whether full-width digits' first bytes (their second in UTF-16LE) are there at all."""
    values = np.frombuffer(part, dtype=np.uint8)
    low = values - np.uint8(0x10)
    beside = (values[:-1] == 0xFF) & (low[1:] < 10) | (values[1:] == 0xFF) & (low[:-1] < 10)
    return b"\xef\xbc" in part or int(np.count_nonzero(beside)) >= TELLING_DIGITS


def _clusters(part: bytes) -> Iterator[bytes]:
    """Where ASCII digits are close to each other; a page's pixels hold few of those bytes."""
    values = np.frombuffer(part, dtype=np.uint8)
    places = np.flatnonzero((values >= 0x30) & (values <= 0x39))
    breaks = np.flatnonzero(np.diff(places) > _MOST_BETWEEN) + 1
    for cluster in np.split(places, breaks):
        if len(cluster) >= TELLING_DIGITS:
            yield part[max(0, int(cluster[0]) - 1) : int(cluster[-1]) + 2]


def _plain(form: int, run: bytes) -> str:
    """A run of one of the forms as ASCII."""
    if form in (0, 1):
        return "".join(chr(byte) for byte in run if 0x30 <= byte <= 0x39)
    if form == 2:
        return "".join(re.findall(r"3([0-9])", run.decode()))
    if form == 3:
        return "".join(chr(0x30 + byte - 0x90) for byte in run if 0x90 <= byte <= 0x99)
    return "".join(chr(0x30 + byte - 0x10) for byte in run if 0x10 <= byte <= 0x19)


def _streams(data: bytes) -> Iterator[bytes]:
    """Everything in the file that zlib can unpack, wherever it begins."""
    for match in re.finditer(rb"stream\r?\n|IDAT", data):
        unpacked = zlib.decompressobj()
        try:
            yield unpacked.decompress(data[match.end() :])
        except zlib.error:
            continue


def pdfium_text(data: bytes) -> str:
    """The text layer of all pages, as PDFium reads it."""
    if not data.startswith(b"%PDF"):
        return ""
    document = pypdfium2.PdfDocument(data)
    try:
        return "\n".join(page.get_textpage().get_text_bounded() for page in document)
    finally:
        document.close()


def poppler_text(data: bytes) -> str:
    """The same as poppler reads it; empty where it is not installed."""
    program = shutil.which("pdftotext")
    if program is None or not data.startswith(b"%PDF"):
        return ""
    done = subprocess.run(
        [program, "-layout", "-", "-"], input=data, capture_output=True, check=True, timeout=60
    )
    return done.stdout.decode()


def _joined(text: str) -> str:
    """Plain digits without what separates the groups of one number."""
    return re.sub(r"(?<=\d)[\s\-‐–—−.·/]{1,3}(?=\d)", "", unicodedata.normalize("NFKC", text))


def squeezed(text: str) -> str:
    """For comparing texts: NFKC, without blanks."""
    return "".join(unicodedata.normalize("NFKC", text).split())


# --- what a file looks like --------------------------------------------------------------------


def pictures(data: bytes) -> tuple[Pixels, ...]:
    """Each page's pixels as they are stored; a PDF's page must be one picture that fills it."""
    if not data.startswith(b"%PDF"):
        return (upright(data),)
    document = pypdfium2.PdfDocument(data)
    try:
        return tuple(_picture(page) for page in document)
    finally:
        document.close()


def upright(data: bytes) -> Pixels:
    """An image file as it is meant to be seen."""
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(ImageOps.exif_transpose(image).convert("RGB"), dtype=np.uint8)


def _picture(page: Any) -> Pixels:
    (only,) = page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE])
    np.testing.assert_allclose(only.get_bounds(), (0, 0, *page.get_size()), atol=0.01)
    return np.array(only.get_bitmap().to_pil().convert("RGB"), dtype=np.uint8)


def drawn_by_pdfium(data: bytes, page: int = 1, dpi: float = 72.0) -> Pixels:
    """A page as PDFium shows it."""
    document = pypdfium2.PdfDocument(data)
    try:
        shown = document[page - 1].render(scale=dpi / 72.0).to_pil().convert("RGB")
        return np.array(shown, dtype=np.uint8)
    finally:
        document.close()


def drawn_by_mupdf(data: bytes, page: int = 1, dpi: float = 300.0) -> Pixels:
    """A source page as MuPDF draws it, for a comparison pixel by pixel."""
    import pymupdf

    with pymupdf.open(stream=data, filetype="pdf") as document:
        scale = pymupdf.Matrix(dpi / 72.0, dpi / 72.0)
        drawn = document[page - 1].get_pixmap(matrix=scale, alpha=False)
        shape = (drawn.height, drawn.width, 3)
        return np.frombuffer(drawn.samples, dtype=np.uint8).reshape(shape).copy()


def digits_read(pixels: Pixels, quads: Sequence[Quad]) -> str:
    """What Tesseract reads in the quads of one line, cut out, laid flat and enlarged."""
    start, end = quads[0].array(), quads[-1].array()
    corners = np.stack([start[0], end[1], end[2], start[3]]).astype(np.float32)
    height = float(np.linalg.norm(corners[3] - corners[0]))
    width = round(float(np.linalg.norm(corners[1] - corners[0])) * OCR_PX / height)
    flat = np.array([(0, 0), (width, 0), (width, OCR_PX), (0, OCR_PX)], dtype=np.float32)
    turn = cv2.getPerspectiveTransform(corners - 0.5, flat + OCR_MARGIN_PX)
    size = (width + 2 * OCR_MARGIN_PX, OCR_PX + 2 * OCR_MARGIN_PX)
    cut = cv2.warpPerspective(pixels, turn, size, flags=cv2.INTER_CUBIC)
    grey = cv2.cvtColor(cut, cv2.COLOR_RGB2GRAY)
    inner = np.zeros(grey.shape, dtype=np.bool_)
    beyond = OCR_MARGIN_PX // 6
    near = slice(OCR_MARGIN_PX - beyond, -OCR_MARGIN_PX + beyond)
    inner[near, near] = True
    paper = float(np.median(grey[inner])) if inner.any() else 255.0
    framed = np.where(inner, grey, paper).astype(np.uint8)
    return _tesseract(framed if paper > 127 else 255 - framed)


def _tesseract(grey: NDArray[np.uint8]) -> str:
    own = Path(sys.prefix) / "bin"
    program = shutil.which("tesseract", path=str(own)) or shutil.which("tesseract")
    assert program is not None, "Tesseract is needed to judge"
    models = Path(sys.prefix) / "share" / "tessdata"
    where = ["--tessdata-dir", str(models)] if models.is_dir() else []
    command = [program, "stdin", "stdout", *where, "-l", "eng", "--psm", "7", "--dpi", "300"]
    height, width = grey.shape
    picture = b"P5\n%d %d\n255\n" % (width, height) + np.ascontiguousarray(grey).tobytes()
    done = subprocess.run(command, input=picture, capture_output=True, check=True, timeout=60)
    return "".join(c for c in done.stdout.decode() if c.isdecimal())


def changed(before: Pixels, after: Pixels, tolerance: int = 0) -> Region:
    """Which pixels differ by more than `tolerance` grey levels; an added band counts as white."""
    added = after.shape[0] - before.shape[0]
    whole = np.pad(before, ((0, added), (0, 0), (0, 0)), constant_values=255)
    return np.asarray(np.abs(whole.astype(np.int16) - after).max(axis=2) > tolerance)
