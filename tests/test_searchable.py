"""The output's text layer says each place once, in the words that are believed."""

from __future__ import annotations

from dataclasses import replace

from prepdoc.page import Glyph, Line, Quad, SeenBy
from prepdoc.searchable import searchable


def line(
    text: str, y: float = 0.0, high: float = 20.0, start: float = 0.0, seen_by: SeenBy = "ocr"
) -> Line:
    """A character each ten pixels."""
    boxes = (Quad.from_box(start + 10 * i, y, start + 10 * i + 10, y + high) for i in range(99))
    return Line(tuple(Glyph(c, box) for c, box in zip(text, boxes, strict=False)), seen_by)


def texts(*lines: Line) -> list[str]:
    return [one.text for one in searchable(lines)]


def test_what_was_read_twice_stands_once_in_the_box_that_fits() -> None:
    """A page is read by several means; digits twice in a row make other numbers."""
    loose, close = line("2298", y=-20, high=60), line("2298")
    assert searchable((loose, close)) == (close,)
    assert searchable((close, loose)) == (close,)


def test_the_longest_reading_of_a_place_counts_and_the_order_stays() -> None:
    parts = line("1234", y=40), line("5678", y=40, start=50)
    whole = line("1234 5678", y=40)
    assert texts(line("Total"), *parts, whole, line("Date", y=80)) == ["Total", "1234 5678", "Date"]


def test_neighbours_that_touch_stay() -> None:
    """The next row, and what follows on the same one."""
    lines = line("1234"), line("5678", start=40), line("9012", y=20)
    assert texts(*lines) == ["1234", "5678", "9012"]


def test_the_files_own_words_stand_where_ocr_confirms_them() -> None:
    told = replace(line("髙﨑 花子"), seen_by="text")
    assert texts(told, line("高崎 花子")) == ["髙﨑 花子"]
    assert texts(told, line("4012888888")) == ["4012888888"]
