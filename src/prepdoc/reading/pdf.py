"""Part of the first stage, PDF → pages: PyMuPDF draws each page and says where its glyphs stand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from prepdoc.errors import PasswordNeeded, UnreadableInput, WrongPassword
from prepdoc.page import POINTS_PER_INCH, Glyph, Line, Page, Pixels, Quad, Witness
from prepdoc.reading import (
    LONGEST_IN,
    Format,
    check_page_count,
    check_page_number,
    has_many_colours,
    largest_scale,
    units_per_inch,
)
from prepdoc.texts import _

if TYPE_CHECKING:
    import pymupdf

DEFAULT_DPI = 300.0
"""What OCR engines are trained for, and what a print of the page needs."""
PHOTOGRAPH_COVERS = 0.5
"""The share of a page that pictures must cover for it to be kept as a photograph."""
SOFT_HYPHEN, MIN_HYPHEN = "\u00ad", 0.1
"""And how wide it is in heights where it is drawn."""
COVER_GRID = 100
"""Cells each way in which the share is measured: 1 % of the page's side."""


ASCENT_EM, DESCENT_EM = 0.88, 0.12
"""The em box of CJK fonts around the baseline (OpenType `ideo`; PDF's default DW2 has 0.88 too)."""

Character: TypeAlias = tuple[str, NDArray[np.float64]]
"""A character and its corners tl, tr, br, bl as a 4 × 2 array, in points."""
Box: TypeAlias = tuple[float, float, float, float]


class PdfSource:
    """A PDF; it holds the bytes, so the file itself is never touched.

    MuPDF knows no threads: use one source in one thread only.
    """

    kind: Literal["pdf", "image"] = "pdf"
    format: Format = "PDF"

    def __init__(self, data: bytes, password: str | None = None) -> None:
        """Open and unlock; raises as `open_source` does."""
        self._data = data
        self._password = password
        self._document = _open(data, password)
        self.page_count: int = _page_count(self._document)
        self.is_encrypted: bool = bool((self._document.metadata or {}).get("encryption"))
        _check_that_pages_load(self._document, self.page_count)

    def page(self, number: int, dpi: float | None = None) -> Page:
        """Page `number` at `dpi`, or at fewer where the page is gigantic.

        Raises:
            UnreadableInput: there is no such page, or it is damaged.
        """
        with self._drawing(number):
            return _draw(self._document, number, dpi or DEFAULT_DPI)

    def bare(self, number: int, dpi: float | None = None) -> Page:
        """The same pixels without the text, which takes MuPDF as long as they do.

        Raises:
            UnreadableInput: as `page`.
        """
        with self._drawing(number):
            displayed, dpi, scale = _displayed(self._document, number, dpi or DEFAULT_DPI)
            pixels, _ = _pixels(displayed, scale)
            return Page(number, pixels, dpi)

    @contextmanager
    def _drawing(self, number: int) -> Iterator[None]:
        import pymupdf

        check_page_number(number, self.page_count)
        try:
            yield
        except mupdf_errors() as error:
            raise UnreadableInput(_damaged(number)) from error
        finally:
            pymupdf.TOOLS.store_shrink(100)  # MuPDF would keep up to 256 MB of drawn pictures

    def witnesses(self) -> tuple[Witness, ...]:
        """What objects, streams, earlier revisions and hidden text say."""
        from prepdoc.reading.witnesses import pdf_witnesses

        return pdf_witnesses(self._data, self._password)


def mupdf_errors() -> tuple[type[Exception], ...]:
    """What PyMuPDF raises on damaged files; MuPDF's own errors have a base class of their own."""
    import pymupdf

    wrong = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError)
    return (pymupdf.mupdf.FzErrorBase, RuntimeError, *wrong, MemoryError)


def _open(data: bytes, password: str | None) -> pymupdf.Document:
    import pymupdf

    silence_mupdf()
    try:
        document = pymupdf.open(stream=data, filetype="pdf")
    except mupdf_errors() as error:
        raise UnreadableInput(
            _("The PDF is damaged or incomplete: download it again, or print it to a new PDF.")
        ) from error
    if document.needs_pass:
        _unlock(document, password)
    return document


def silence_mupdf() -> None:
    """MuPDF writes its complaints to the terminal unless told otherwise."""
    import pymupdf

    pymupdf.TOOLS.mupdf_display_errors(False)
    pymupdf.TOOLS.mupdf_display_warnings(False)


def _unlock(document: pymupdf.Document, password: str | None) -> None:
    if password is None:
        raise PasswordNeeded(_("This PDF needs a password: give it with --password."))
    if not document.authenticate(password):
        raise WrongPassword(_("The password is wrong: check it and try again."))


def _page_count(document: pymupdf.Document) -> int:
    try:
        count = int(document.page_count)
    except mupdf_errors() as error:
        raise UnreadableInput(
            _("The PDF's list of pages is damaged: download it again, or print it to a new PDF.")
        ) from error
    check_page_count(count)
    return count


def _check_that_pages_load(document: pymupdf.Document, count: int) -> None:
    """A damaged or repaired list may name pages that are not there; a page loads in no time."""
    for number in range(1, count + 1):
        try:
            document.load_page(number - 1)
        except mupdf_errors() as error:
            raise UnreadableInput(_damaged(number)) from error


def _damaged(number: int) -> str:
    what = _("Page {page} is damaged: download the PDF again, or print it to a new PDF.")
    return what.format(page=number)


def _draw(document: pymupdf.Document, number: int, dpi: float) -> Page:
    """One display list gives pixels and glyphs, so that they agree whatever turns the page."""
    import pymupdf

    pymupdf.TOOLS.reset_mupdf_warnings()
    displayed, dpi, scale = _displayed(document, number, dpi)
    pixels, offset = _pixels(displayed, scale)
    lines, pictures = _contents(displayed)
    if pymupdf.TOOLS.mupdf_warnings() and not lines and _is_blank(pixels):
        raise UnreadableInput(_damaged(number))  # a stream that breaks off draws nothing
    return Page(
        number=number,
        pixels=pixels,
        dpi=dpi,
        photographic=_are_photographs(pictures, _size(displayed), pixels),
        lines=tuple(_visible(lines, scale, offset, pixels)),
    )


def _displayed(
    document: pymupdf.Document, number: int, dpi: float
) -> tuple[pymupdf.DisplayList, float, float]:
    """What a page shows, the dpi at which it is not too large, and the pixels of a point then."""
    displayed = document.load_page(number - 1).get_displaylist(annots=True)
    points = _points_per_inch(displayed)
    scale = min(dpi / points, largest_scale(*_size(displayed)))
    return displayed, scale * points, scale


def _points_per_inch(displayed: pymupdf.DisplayList) -> float:
    """72; more on a page of pictures that is larger than any paper.

    Tools that know no dpi make a point of each pixel: an A4 page at 300 dpi is larger than A0
    then, and nobody could read details of a letter's size on it.
    """
    size = _size(displayed)
    is_paper = max(size) <= LONGEST_IN * POINTS_PER_INCH
    if is_paper or _covered(_contents(displayed)[1], size) <= PHOTOGRAPH_COVERS:
        return POINTS_PER_INCH
    return max(POINTS_PER_INCH, units_per_inch(*size))


def _size(displayed: pymupdf.DisplayList) -> tuple[float, float]:
    """Width and height in points."""
    return displayed.rect.width, displayed.rect.height


def _pixels(displayed: pymupdf.DisplayList, scale: float) -> tuple[Pixels, tuple[int, int]]:
    """The picture, and where its left upper corner lies on the scaled page."""
    import pymupdf

    drawn = displayed.get_pixmap(
        matrix=pymupdf.Matrix(scale, scale), colorspace=pymupdf.csRGB, alpha=False
    )
    rows = np.frombuffer(drawn.samples_mv, dtype=np.uint8).reshape(drawn.height, drawn.stride)
    pixels = rows[:, : drawn.width * 3].reshape(drawn.height, drawn.width, 3).copy()
    return pixels, (drawn.x, drawn.y)


def _is_blank(pixels: Pixels) -> bool:
    return bool((pixels == pixels[0, 0]).all())


def _contents(displayed: pymupdf.DisplayList) -> tuple[list[list[Character]], list[Box]]:
    """The lines and the boxes of the pictures, in points.

    ActualText is not believed: what stands on the page counts, and witnesses read the rest.
    """
    import pymupdf

    flags = (
        pymupdf.TEXT_PRESERVE_WHITESPACE
        | pymupdf.TEXT_PRESERVE_IMAGES
        | pymupdf.TEXT_IGNORE_ACTUALTEXT
    )
    lines: list[list[Character]] = []
    pictures: list[Box] = []
    written = displayed.get_textpage(flags)  # by name: blocks point into it and do not keep it
    for block in written:
        kind = block.m_internal.type
        if kind == pymupdf.mupdf.FZ_STEXT_BLOCK_TEXT:
            for line in block:
                _add_line(lines, line)
        elif kind == pymupdf.mupdf.FZ_STEXT_BLOCK_IMAGE:
            box = block.m_internal.bbox
            pictures.append((box.x0, box.y0, box.x1, box.y1))
    return lines, pictures


def _add_line(lines: list[list[Character]], line: Any) -> None:
    """MuPDF makes a line of every character that is written downwards; they are joined here."""
    if not line.m_internal.wmode:
        lines.append([_character(line, char) for char in line])
        return
    for char in line:
        character = _downward(char)
        if lines and _goes_on(lines[-1][-1], character):
            lines[-1].append(character)
        else:
            lines.append([character])


def _character(line: Any, char: Any) -> Character:
    """MuPDF's own corners, with PyMuPDF's repair of fonts whose ascender makes no sense.

    PyMuPDF's dictionaries hold upright boxes only; the corners cannot be told from those for
    text that is stretched or slanted.
    """
    import pymupdf

    corners = _corners(pymupdf.JM_char_quad(line, char))
    return _as_drawn(chr(char.m_internal.c), corners), corners


def _as_drawn(char: str, corners: NDArray[np.float64]) -> str:
    """A soft hyphen that takes room is one: some fonts' `-` has both names."""
    across, down = (np.linalg.norm(corners[i] - corners[0]) for i in (1, 3))
    return "-" if char == SOFT_HYPHEN and across > MIN_HYPHEN * down else char


def _corners(quad: Any) -> NDArray[np.float64]:
    corners = [(corner.x, corner.y) for corner in (quad.ul, quad.ur, quad.lr, quad.ll)]
    return np.array(corners, dtype=np.float64)


def _downward(char: Any) -> Character:
    """The em box of a character in vertical writing, first corner at its upper right.

    MuPDF's corners are no use: they hang below the baseline instead of standing around it
    (measured with 1.28: 0.88 em too low). The baseline's start is right: it is the third.
    """
    upper, _, baseline, below = _corners(char.m_internal.quad)
    size = char.m_internal.size
    down, across = _unit(below - baseline) * size, _unit(upper - below) * size
    top, bottom = baseline - ASCENT_EM * down, baseline + DESCENT_EM * down
    return chr(char.m_internal.c), np.array((top + across, bottom + across, bottom, top))


def _unit(vector: NDArray[np.float64]) -> NDArray[np.float64]:
    return vector / max(float(np.linalg.norm(vector)), 1e-9)


def _goes_on(last: Character, character: Character) -> bool:
    """Whether the character begins where the last one ends, give or take half of its size."""
    first_corner, second_corner = character[1][0], character[1][1]
    gap = np.linalg.norm(first_corner - last[1][1])
    return bool(gap < np.linalg.norm(second_corner - first_corner) / 2)


def _visible(
    lines: list[list[Character]],
    scale: float,
    offset: tuple[int, int],
    pixels: Pixels,
) -> Iterator[Line]:
    """The lines in pixels, without the glyphs that lie off the page."""
    height, width = pixels.shape[:2]
    for line in lines:
        placed = [(char, corners * scale - offset) for char, corners in line]
        glyphs = tuple(
            Glyph(char, Quad.from_array(corners))
            for char, corners in placed
            if _meets(corners, width, height)
        )
        if glyphs:
            yield Line(glyphs, seen_by="text")


def _meets(corners: NDArray[np.float64], width: int, height: int) -> bool:
    (x0, y0), (x1, y1) = corners.min(axis=0), corners.max(axis=0)
    return bool(x1 > 0 and y1 > 0 and x0 < width and y0 < height)


def _are_photographs(pictures: list[Box], size: tuple[float, float], pixels: Pixels) -> bool:
    return _covered(pictures, size) > PHOTOGRAPH_COVERS and has_many_colours(pixels)


def _covered(pictures: list[Box], size: tuple[float, float]) -> float:
    """The share of the page that lies under pictures, counted once where they overlap."""
    cells = np.zeros((COVER_GRID, COVER_GRID), dtype=np.bool_)
    across, down = COVER_GRID / size[0], COVER_GRID / size[1]
    for x0, y0, x1, y1 in pictures:
        left, right = (int(np.clip(x * across, 0, COVER_GRID)) for x in (x0, x1))
        top, bottom = (int(np.clip(y * down, 0, COVER_GRID)) for y in (y0, y1))
        cells[top:bottom, left:right] = True
    return float(cells.mean())
