"""The libraries and programs that write the corpus's PDFs, and the way from a drawing to a case.

    Drawing ─PRODUCERS[name](drawing, ink)→ PDF bytes
    Drawing ─case_from(drawing, producer, spec)→ Case: drawn `printed` for the tools,
                                                       drawn `labelled` and rendered for the truth

A producer writes text as its library likes to: whole lines, a glyph at a time, as spans. It gets
the places from the layout, so that the two drawings of a case agree to the hundredth of a point.
"""

from __future__ import annotations

import io
import logging
import os
import random
import re
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from html import escape
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import pymupdf

from bench.corpus import fonts, raw_pdf
from bench.corpus.drawing import Drawing, Ink, Producer, Rgb, Run, labelled, printed
from bench.corpus.layout import along
from bench.corpus.truth import Case, Item, Labels, Sheet, Spec

SECONDS = 120
"""What an office program or a browser may take for a page before the case fails."""
DATE = "2026-11-10T00:00:00Z"
"""When every file of the corpus was made, so that the same case has the same bytes."""
LABEL_DPI = 300
FINE_DPI = 600
FINE_BELOW_PT = 6.0
"""Smaller print is labelled at FINE_DPI: at 300 dpi the strokes of 5 pt digits are broken."""
LEAST_INK = 12
"""Pixels that a digit has at least; at 3 pt and 600 dpi a 1 has about 25."""

WRITTEN = re.compile(rb"(/(?:Creation|Mod)Date )\(D:\d{14}\+00'00'\)")
"""How Chromium notes when it printed, which it does not let one choose."""

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
OFFICES = ("soffice", "libreoffice")


class Unlabelled(ValueError):
    """A digit of a case has no ink: the drawing or its producer is wrong."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a run in one colour; `at` is where its baseline starts."""

    text: str
    at: tuple[float, float]
    colour: Rgb


def segments(run: Run, ink: Ink) -> Iterator[Segment]:
    """The run cut where the ink's colour changes: one stretch where it is all the same."""
    reach, index = 0.0, 0
    for colour, group in groupby(range(len(run.text)), lambda i: ink(run, i)):
        text = "".join(run.text[i] for i in group)
        yield Segment(text, along(run.at, run.turn, reach), colour)
        reach += fonts.width(run.font, text, run.size, run.spacing)
        index += len(text)


def glyphs(run: Run, ink: Ink) -> Iterator[Segment]:
    """The run a character at a time."""
    reach = 0.0
    for index, char in enumerate(run.text):
        yield Segment(char, along(run.at, run.turn, reach), ink(run, index))
        reach += fonts.advance(run.font, char) * run.size + run.spacing


def _unit(colour: Rgb) -> tuple[float, float, float]:
    red, green, blue = colour
    return red / 255, green / 255, blue / 255


# --- PyMuPDF ------------------------------------------------------------------------------------


def by_pymupdf(drawing: Drawing, ink: Ink) -> bytes:
    """One text object a line; a letter-spaced line goes a glyph at a time."""
    document = pymupdf.open()
    width, height = drawing.size
    page = document.new_page(width=width, height=height)
    page.draw_rect(page.rect, color=None, fill=_unit(drawing.background))
    for box in drawing.boxes:
        (x, y), (w, h) = box.at, box.size
        page.draw_rect((x, y, x + w, y + h), color=None, fill=_unit(box.fill))
    for run in drawing.runs:
        for part in glyphs(run, ink) if run.spacing else segments(run, ink):
            _insert(page, run, part)
    document.subset_fonts()
    return bytes(document.tobytes(garbage=3, deflate=True, no_new_id=True))


def _insert(page: Any, run: Run, part: Segment) -> None:
    name = run.font if fonts.FACES[run.font].kind == "core" else f"F-{run.font}"
    if name != run.font:
        page.insert_font(fontname=name, fontbuffer=fonts.data(run.font))
    at = pymupdf.Point(part.at)
    morph = (at, pymupdf.Matrix(run.turn)) if run.turn else None
    colour = _unit(part.colour)
    page.insert_text(at, part.text, fontsize=run.size, fontname=name, color=colour, morph=morph)


# --- reportlab ----------------------------------------------------------------------------------


def by_reportlab(drawing: Drawing, ink: Ink) -> bytes:
    """Lines of text; origin bottom-left, as in the PDF."""
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, pagesize=drawing.size, invariant=1)
    height = drawing.size[1]
    _reportlab_box(canvas, (0, 0, *drawing.size), drawing.background)
    for box in drawing.boxes:
        bottom = height - box.at[1] - box.size[1]
        _reportlab_box(canvas, (box.at[0], bottom, *box.size), box.fill)
    for run in drawing.runs:
        canvas.setFont(_reportlab_font(run.font), run.size)
        for part in segments(run, ink):
            canvas.saveState()
            canvas.translate(part.at[0], height - part.at[1])
            canvas.rotate(run.turn)
            canvas.setFillColorRGB(*_unit(part.colour))
            canvas.drawString(0, 0, part.text, charSpace=run.spacing)
            canvas.restoreState()
    canvas.save()
    return out.getvalue()


def _reportlab_box(canvas: Any, box: tuple[float, float, float, float], fill: Rgb) -> None:
    canvas.setFillColorRGB(*_unit(fill))
    canvas.rect(*box, stroke=0, fill=1)


@lru_cache(maxsize=64)
def _reportlab_font(key: str) -> str:
    """The name that reportlab knows the font by."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    face = fonts.FACES[key]
    if face.kind == "core":
        return face.family
    pdfmetrics.registerFont(TTFont(key, io.BytesIO(fonts.data(key))))
    return key


# --- cairo --------------------------------------------------------------------------------------


def by_cairo(drawing: Drawing, ink: Ink) -> bytes:
    """Glyphs at places of their own, as printing from a desktop program gives them."""
    import cairocffi

    out = io.BytesIO()
    surface = cairocffi.PDFSurface(out, *drawing.size)
    surface.set_metadata(cairocffi.PDF_METADATA_CREATE_DATE, DATE)
    context = cairocffi.Context(surface)
    context.set_source_rgb(*_unit(drawing.background))
    context.paint()
    for box in drawing.boxes:
        context.set_source_rgb(*_unit(box.fill))
        context.rectangle(*box.at, *box.size)
        context.fill()
    for run in drawing.runs:
        _cairo_run(context, run, ink)
    surface.finish()
    return out.getvalue()


def _cairo_run(context: Any, run: Run, ink: Ink) -> None:
    import cairocffi

    fonts.path(run.font)
    context.select_font_face(fonts.FACES[run.font].family)
    context.set_font_size(run.size)
    plain = cairocffi.FontOptions(
        hint_style=cairocffi.HINT_STYLE_NONE, hint_metrics=cairocffi.HINT_METRICS_OFF
    )
    context.set_font_options(plain)
    for part in segments(run, ink):
        context.save()
        context.translate(*part.at)
        context.rotate(-np.radians(run.turn))
        context.set_source_rgb(*_unit(part.colour))
        _cairo_glyphs(context, run, part.text)
        context.restore()


def _cairo_glyphs(context: Any, run: Run, text: str) -> None:
    shaped, clusters, flags = context.get_scaled_font().text_to_glyphs(0, 0, text, True)
    placed, x = [], 0.0
    for (glyph, _, _), char in zip(shaped, text, strict=True):
        placed.append((glyph, x, 0.0))
        x += fonts.advance(run.font, char) * run.size + run.spacing
    context.show_text_glyphs(text, placed, clusters, flags)


# --- HTML: WeasyPrint and Chromium --------------------------------------------------------------

HTML_HEAD = """<!DOCTYPE html><html lang="{lang}"><meta charset="utf-8"><title>Statement</title>
<style>
@page {{ size: {width}pt {height}pt; margin: 0 }}
{faces}
html, body {{ margin: 0; padding: 0; background: {background};
  -webkit-print-color-adjust: exact; print-color-adjust: exact }}
body {{ width: {width}pt; height: {height}pt; position: relative; overflow: hidden }}
b {{ position: absolute; display: block }}
p {{ position: absolute; margin: 0; white-space: pre; line-height: 0; font-kerning: none;
  font-variant-ligatures: none }}
i {{ display: inline-block; width: 0 }}
</style>
"""
STRUT_EM = 2.0
"""An empty box of this height stands on each baseline, so that a line's top is known."""


def _html(drawing: Drawing, ink: Ink) -> str:
    used = sorted({run.font for run in drawing.runs})
    head = HTML_HEAD.format(
        lang="ja",
        width=drawing.size[0],
        height=drawing.size[1],
        faces="\n".join(_face_rule(key) for key in used),
        background=_css(drawing.background),
    )
    boxes = (
        f'<b style="left:{box.at[0]}pt;top:{box.at[1]}pt;width:{box.size[0]}pt;'
        f'height:{box.size[1]}pt;background:{_css(box.fill)}"></b>'
        for box in drawing.boxes
    )
    lines = (_html_line(run, part) for run in drawing.runs for part in segments(run, ink))
    return head + "\n".join([*boxes, *lines])


def _face_rule(key: str) -> str:
    """A font of a collection goes by its name, which fontconfig knows; others by their file."""
    face = fonts.FACES[key]
    if face.kind == "collection":
        fonts.path(key)
        return ""
    return f"@font-face {{ font-family: '{key}'; src: url('{fonts.path(key).as_uri()}') }}"


def _html_line(run: Run, part: Segment) -> str:
    face, strut = fonts.FACES[run.font], STRUT_EM * run.size
    family = face.family if face.kind == "collection" else run.font
    turn = f"transform:rotate({-run.turn}deg);transform-origin:0 {strut}pt;" if run.turn else ""
    spacing = f"letter-spacing:{run.spacing}pt;" if run.spacing else ""
    return (
        f'<p style="left:{part.at[0]:.4f}pt;top:{part.at[1] - strut:.4f}pt;{turn}{spacing}'
        f"font:{run.size}pt/0 '{family}';color:{_css(part.colour)}\">"
        f'<i style="height:{strut}pt"></i>{escape(part.text)}</p>'
    )


def _css(colour: Rgb) -> str:
    return f"rgb{colour}"


def by_weasyprint(drawing: Drawing, ink: Ink) -> bytes:
    """Spans placed absolutely, as web statements are made."""
    import weasyprint

    document = weasyprint.HTML(string=_html(drawing, ink))
    with _dated():
        return bytes(document.write_pdf(pdf_identifier=b"corpus"))


@contextmanager
def _dated() -> Iterator[None]:
    """Fonts are subset as if it were `DATE`: fontTools writes the time into them otherwise."""
    before = os.environ.get("SOURCE_DATE_EPOCH")
    os.environ["SOURCE_DATE_EPOCH"] = str(int(datetime.fromisoformat(DATE).timestamp()))
    try:
        yield
    finally:
        del os.environ["SOURCE_DATE_EPOCH"]
        if before is not None:
            os.environ["SOURCE_DATE_EPOCH"] = before


def by_chromium(drawing: Drawing, ink: Ink) -> bytes:
    """The same page as a browser prints it."""
    with tempfile.TemporaryDirectory(prefix="corpus-") as folder:
        page, out = Path(folder, "page.html"), Path(folder, "page.pdf")
        page.write_text(_html(drawing, ink), encoding="utf-8")
        command = [
            _program(BROWSERS),
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            f"--user-data-dir={folder}/profile",
            "--no-pdf-header-footer",
            f"--print-to-pdf={out}",
            page.as_uri(),
        ]
        subprocess.run(command, check=True, capture_output=True, timeout=SECONDS)
        return WRITTEN.sub(rb"\g<1>(D:20261110000000+00'00')", out.read_bytes())


# --- fpdf2 --------------------------------------------------------------------------------------


def by_fpdf(drawing: Drawing, ink: Ink) -> bytes:
    """Lines of text, as small web shops make their receipts."""
    from fpdf import FPDF

    logging.getLogger("fontTools").setLevel(logging.ERROR)  # it warns of tables it drops
    pdf = FPDF(unit="pt", format=drawing.size)
    pdf.set_creation_date(datetime.fromisoformat(DATE))
    pdf.add_page()
    _fpdf_box(pdf, (0, 0, *drawing.size), drawing.background)
    for box in drawing.boxes:
        _fpdf_box(pdf, (*box.at, *box.size), box.fill)
    for run in drawing.runs:
        _fpdf_font(pdf, run)
        for part in segments(run, ink):
            pdf.set_text_color(*part.colour)
            with pdf.rotation(run.turn, *part.at):
                pdf.text(*part.at, part.text)
    return bytes(pdf.output())


def _fpdf_box(pdf: Any, box: tuple[float, float, float, float], fill: Rgb) -> None:
    pdf.set_fill_color(*fill)
    pdf.rect(*box, style="F")


def _fpdf_font(pdf: Any, run: Run) -> None:
    face = fonts.FACES[run.font]
    name = face.family.split("-")[0] if face.kind == "core" else run.font
    if face.kind != "core" and run.font not in pdf.fonts:
        pdf.add_font(run.font, fname=fonts.path(run.font))
    pdf.set_font(name, size=run.size)
    pdf.set_char_spacing(run.spacing)


# --- which there are ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Maker:
    """A producer; `weight` evens out that some can write only some fonts.

    It needs a library, or one of some programs.
    """

    draw: Producer
    writes: Callable[[fonts.Face], bool]
    weight: int
    library: str = ""
    programs: tuple[str, ...] = ()

    def available(self) -> bool:
        """Whether what it needs is installed."""
        if self.programs:
            return any(shutil.which(name) for name in self.programs)
        return find_spec(self.library) is not None


def _plain(face: fonts.Face) -> bool:
    """No CFF: reportlab cannot, and MuPDF often fails to subset it."""
    return face.kind in ("core", "truetype")


def _installed(face: fonts.Face) -> bool:
    return bool(face.file)


def _embedded(face: fonts.Face) -> bool:
    return face.kind != "core"


PRODUCERS: Mapping[str, Maker] = {
    "PyMuPDF": Maker(by_pymupdf, _plain, 2, "pymupdf"),
    "reportlab": Maker(by_reportlab, _plain, 3, "reportlab"),
    "cairo": Maker(by_cairo, _installed, 5, "cairocffi"),
    "WeasyPrint": Maker(by_weasyprint, _embedded, 3, "weasyprint"),
    "fpdf2": Maker(by_fpdf, _plain, 3, "fpdf"),
    "Chromium": Maker(by_chromium, _embedded, 1, programs=BROWSERS),
}


def available() -> tuple[str, ...]:
    """The names of the producers that can work here."""
    return tuple(name for name, maker in PRODUCERS.items() if maker.available())


def able(drawing: Drawing) -> tuple[str, ...]:
    """Those of them that can write every font of the drawing."""
    faces = [fonts.FACES[key] for key in {run.font for run in drawing.runs}]
    return tuple(name for name in available() if all(map(PRODUCERS[name].writes, faces)))


def any_producer(chance: random.Random, drawing: Drawing) -> str:
    """One of the libraries that can write the drawing; programs differ from machine to machine."""
    names = [name for name in able(drawing) if not PRODUCERS[name].programs]
    return chance.choices(names, [PRODUCERS[name].weight for name in names])[0]


def _program(names: tuple[str, ...]) -> str:
    return next(path for path in map(shutil.which, names) if path)


# --- from a drawing to a case -------------------------------------------------------------------


def case_from(drawing: Drawing, producer: str, spec: Spec) -> Case:
    """Draws the page for the tools, and once more for the truth.

    Raises:
        Unlabelled: a digit has no ink in the labelled drawing.
    """
    draw = PRODUCERS[producer].draw
    sheet = Sheet(labels(drawing, draw), drawing.items)
    data = draw(drawing, printed)
    return Case(spec, producer, font_of(drawing), ".pdf", data, (sheet,))


def case_by(
    draw: Callable[[random.Random, int], Drawing], spec: Spec, chance: random.Random
) -> Case:
    """A page of the case's strength, written by any producer that can."""
    drawing = draw(chance, spec.strength)
    return case_from(drawing, any_producer(chance, drawing), spec)


def font_of(drawing: Drawing) -> str:
    """The font that most characters of the page are in."""
    counts = Counter[str]()
    for run in drawing.runs:
        counts[run.font] += len(run.text)
    return counts.most_common(1)[0][0]


def labels(drawing: Drawing, draw: Producer) -> Labels:
    """Where the ink of each digit lies, on the page that this producer draws.

    Raises:
        Unlabelled: a digit has no ink.
    """
    dpi = FINE_DPI if _smallest(drawing) < FINE_BELOW_PT else LABEL_DPI
    found = raw_pdf.labels(draw(drawing.bare(), labelled), dpi=dpi)
    check(found, drawing.items)
    return found


def check(found: Labels, items: tuple[Item, ...]) -> None:
    """Every digit of an item with ink has a fair number of pixels, and no other label occurs.

    Raises:
        Unlabelled: the labels that are missing or that nobody gave, but never a digit.
    """
    counts = np.bincount(found.ravel(), minlength=2)
    given = {label for item in items if item.ink for label in item.labels}
    faint = [label for label in given if label >= len(counts) or counts[label] < LEAST_INK]
    stray = set(np.flatnonzero(counts).tolist()) - given - {0}
    if faint or stray:
        raise Unlabelled(f"labels without ink: {sorted(faint)}; strange: {sorted(stray)}")


def _smallest(drawing: Drawing) -> float:
    sizes = [run.size for run in drawing.runs if any(run.labels)]
    return min(sizes, default=FINE_BELOW_PT)
