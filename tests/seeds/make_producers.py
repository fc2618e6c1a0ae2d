"""Writes producers/*.pdf anew: the same ordinary statement as several programs write it.

`python -m tests.seeds.make_producers` needs reportlab, fpdf2, weasyprint and cairocffi, and
Ghostscript; the tests need only the files. Nothing in them is a card number.
"""

from __future__ import annotations

import io
import subprocess
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).parent / "producers"
LINES = (
    "Statement 2026/11/24 13:57:35",
    "2026-10-02  AMAZON.CO.JP      10,000   250-1234567-1234567",
    "2026-10-04  GREEN BASKET       4,216   090-1234-5678",
    "2026-10-07  CORNER BOOKS       1,980   4901234567894",
    "IBAN DE89 3704 0044 0532 0130 00, 016 2345678901, 24692166283100412345678",
    "MNOPQRSTUVMNOPQRSTUV MNOPQRSTUVMNOPQRSTUV",
)
COLUMNS = ((4980, 1200, 3500, 1980), (5120, 4411, 2980, 4400), (4111, 3000, 2800, 1200))
"""Amounts in columns: in a row they are grouped as card numbers are, in known ranges."""


def by_reportlab() -> bytes:
    from reportlab.pdfgen import canvas

    out = io.BytesIO()
    made = canvas.Canvas(out, pageCompression=0)
    for row, line in enumerate(LINES):
        made.drawString(50, 800 - 14 * row, line)
    for row, amounts in enumerate(COLUMNS):
        for column, amount in enumerate(amounts):
            made.drawRightString(300 + 70 * column, 500 - 14 * row, str(amount))
            made.rect(300 + 70 * column, 500 - 14 * row, 41.1111, 12.345)
    made.save()
    return out.getvalue()


def by_fpdf2() -> bytes:
    import fpdf

    made = fpdf.FPDF()
    made.add_page()
    made.set_font("helvetica", size=10)
    for line in LINES:
        made.cell(text=line, new_x="LMARGIN", new_y="NEXT")
    with made.table() as table:
        for amounts in COLUMNS:
            row = table.row()
            for amount in amounts:
                row.cell(str(amount))
    return bytes(made.output())


def by_weasyprint() -> bytes:
    import weasyprint

    lines = "".join(f"<p>{line}</p>" for line in LINES)
    rows = "".join("<tr>" + "".join(f"<td>{n}</td>" for n in row) + "</tr>" for row in COLUMNS)
    page = f"<title>Statement</title>{lines}<table style='width:100%'>{rows}</table>"
    return bytes(weasyprint.HTML(string=page).write_pdf(pdf_tags=True, uncompressed_pdf=True))


def by_cairo() -> bytes:
    import cairocffi

    out = io.BytesIO()
    surface = cairocffi.PDFSurface(out, 595, 842)
    context = cairocffi.Context(surface)
    for row, line in enumerate(LINES):
        context.move_to(50, 60 + 14 * row)
        context.show_text(line)
    for row, amounts in enumerate(COLUMNS):
        for column, amount in enumerate(amounts):
            context.move_to(300 + 70 * column, 300 + 14 * row)
            context.show_text(str(amount))
    surface.finish()
    return out.getvalue()


def by_ghostscript() -> bytes:
    """It draws in tenths of a point: whole numbers of four figures."""
    command = ("gs", "-q", "-sDEVICE=pdfwrite", "-dCompressPages=false", "-o", "-", "-")
    return subprocess.run(command, input=by_reportlab(), capture_output=True, check=True).stdout


PRODUCERS: dict[str, Callable[[], bytes]] = {
    "reportlab": by_reportlab,
    "fpdf2": by_fpdf2,
    "weasyprint": by_weasyprint,
    "cairo": by_cairo,
    "ghostscript": by_ghostscript,
}

if __name__ == "__main__":
    for name, make in PRODUCERS.items():
        (HERE / f"{name}.pdf").write_bytes(make())
