"""Classes of PDF structure: pages that look like any other, and are written like no other.

    Spec ─plan→ Plan(drawings, hidden numbers) ─route(plan, ink)→ PDF bytes
                                                 twice: as printed, and with labelled digits

Each class is a row of `CASES`: what its pages show (whole numbers, or numbers printed only in part
while a hidden place holds the rest) and the route that writes them. Strength 1 to 3 is how far a
route goes; its docstring says how.
"""

from __future__ import annotations

import io
import itertools
import random
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TypeAlias

import numpy as np
import pikepdf
from pikepdf import Array, Dictionary, Name
from PIL import Image

from bench.corpus import degrading, fonts, raw_pdf
from bench.corpus.degrading import Picture
from bench.corpus.drawing import BLACK, WHITE, Box, Drawing, Ink, Run, labelled, printed
from bench.corpus.layout import MARGIN, statement
from bench.corpus.numbers import but_last_four
from bench.corpus.producers import check, font_of
from bench.corpus.raw_pdf import Book, Faces, Glyph, Line, embeddable, fill, numbers, rectangle
from bench.corpus.truth import Case, Item, Sheet, Spec
from tests.draw import grouped

SCAN_DPI = 200.0
"""Of the pictures that pages hold; what office scanners are set to."""
MEMBERS = 5
"""Card numbers on a page."""
CELL_EM = 0.95
"""From one cell of a comb field to the next."""


@dataclass(frozen=True)
class Plan:
    """What a document shows and hides; `seed` makes both of its versions alike."""

    drawings: tuple[Drawing, ...] = field(repr=False)
    strength: int
    number: int
    seed: int
    hidden: tuple[str, ...] = field(default=(), repr=False)
    concealed: frozenset[int] = frozenset()
    """Labels of digits that the route has to cover or to show in hidden layers only."""

    def chance(self) -> random.Random:
        """The same dice for both versions."""
        return random.Random(self.seed)


Planner: TypeAlias = Callable[[Spec, random.Random], Plan]
Route: TypeAlias = Callable[[Plan, Ink], bytes]
Setting: TypeAlias = Callable[[Book, Sequence[Line], Plan], bytes]
"""Lines → the operators that draw them."""


# --- what pages show -----------------------------------------------------------------------------


def whole(spec: Spec, chance: random.Random, pages: int = 1) -> Plan:
    """Every number is printed in full."""
    drawings = tuple(embeddable(statement(chance, spec.strength, MEMBERS)) for _ in range(pages))
    return Plan(drawings, spec.strength, spec.number, chance.getrandbits(64))


def in_part(spec: Spec, chance: random.Random) -> Plan:
    """Numbers are printed with stars, and hidden places know the rest.

    Mostly the last four alone are shown; from strength 2 on sometimes the first six too, which
    have to go.
    """
    plan = whole(spec, chance)
    first_six = spec.strength > 1 and chance.random() < 0.5
    star = chance.choice("**X")
    drawing, pans = starred(plan.drawings[0], 6 if first_six else 0, star)
    return replace(plan, drawings=(drawing,), hidden=pans)


def under_boxes(spec: Spec, chance: random.Random) -> Plan:
    """Every number is drawn in full, and all but its last four is then covered."""
    plan = whole(spec, chance)
    items, pans, covered = [], [], set()
    for item in plan.drawings[0].items:
        if item.kind == "pan":
            covered |= set(item.masked)
            pans.append(item.digits)
            item = _end_of(item)
        items.append(item)
    drawing = replace(plan.drawings[0], items=tuple(items))
    return replace(plan, drawings=(drawing,), hidden=tuple(pans), concealed=frozenset(covered))


def in_cells(spec: Spec, chance: random.Random) -> Plan:
    """Numbers without separators, each digit in a cell of its own."""
    plan = whole(spec, chance)
    return replace(plan, drawings=(combed(plan.drawings[0], spec.strength),))


def starred(drawing: Drawing, first: int, star: str) -> tuple[Drawing, tuple[str, ...]]:
    """The page with all but the first and the last four digits as stars, and the whole numbers."""
    runs, items, pans = list(drawing.runs), list[Item](), list[str]()
    fresh = _fresh(drawing.items)
    for item in drawing.items:
        if item.kind == "lookalike":
            items.append(item)
            continue
        at = _run_of(item, runs)
        runs[at], shown = _starred_run(runs[at], item, first, star, fresh)
        fresh += len(shown.digits)
        items.append(shown)
        pans.append(item.digits)
    return replace(drawing, runs=tuple(runs), items=tuple(items)), tuple(pans)


def _starred_run(run: Run, item: Item, first: int, star: str, fresh: int) -> tuple[Run, Item]:
    count = len(item.digits)
    shown = [n for n in range(count) if n < first or n >= count - 4]
    new = {item.first + n: fresh + i for i, n in enumerate(shown)}
    text = "".join(
        star if label in item.labels and label not in new else char
        for char, label in zip(run.text, run.labels, strict=True)
    )
    labels = tuple(new.get(label, 0) for label in run.labels)
    digits = "".join(item.digits[n] for n in shown)
    whole = Item("pan", text.strip(), digits, tuple(item.fates[n] for n in shown), fresh)
    return replace(run, text=text, labels=labels), whole


def combed(drawing: Drawing, strength: int) -> Drawing:
    """The page with its card numbers in cells; from strength 2 on with rules between."""
    runs, items, boxes = list(drawing.runs), list(drawing.items), list(drawing.boxes)
    for place, item in enumerate(items):
        if item.kind == "pan":
            at = _run_of(item, runs)
            runs[at] = _combed_run(runs[at], item)
            items[place] = replace(item, printed=item.digits)
            boxes += _cells(runs[at]) if strength > 1 else []
    return replace(drawing, runs=tuple(runs), items=tuple(items), boxes=tuple(boxes))


def _combed_run(run: Run, item: Item) -> Run:
    pitch = CELL_EM * run.size
    spacing = pitch - fonts.advance(run.font, "0") * run.size
    return replace(run, text=item.digits, labels=tuple(item.labels), spacing=spacing)


def _cells(run: Run) -> list[Box]:
    pitch, (x, y) = CELL_EM * run.size, run.at
    left = x - (pitch - fonts.advance(run.font, "0") * run.size) / 2
    return [
        Box((left + n * pitch, y - run.size), (0.4, run.size * 1.25), (120, 120, 120))
        for n in range(len(run.text) + 1)
    ]


def _run_of(item: Item, runs: Sequence[Run]) -> int:
    return next(n for n, run in enumerate(runs) if item.first in run.labels)


def _end_of(item: Item) -> Item:
    """What a box over all but the last four leaves to see."""
    covered = len(item.masked)
    end = item.digits[covered:]
    return Item("pan", f"■{end}", end, item.fates[covered:], item.first + covered)


def _fresh(items: Iterable[Item]) -> int:
    return max((item.labels.stop for item in items), default=1)


# --- from a plan to a case -----------------------------------------------------------------------


def made(plan_of: Planner, route: Route, spec: Spec, chance: random.Random) -> Case:
    """Writes the document, and once more with labelled digits to know where they lie.

    Raises:
        Unlabelled: a digit has no ink in the labelled document, or one that hides has some.
    """
    plan = plan_of(spec, chance)
    data = route(plan, printed)
    marked = route(replace(plan, drawings=tuple(d.bare() for d in plan.drawings)), labelled)
    sheets = tuple(
        Sheet(raw_pdf.labels(marked, page), _items(plan, page))
        for page in range(len(plan.drawings))
    )
    for sheet in sheets:
        check(sheet.labels, sheet.items)
    return Case(spec, "by hand", font_of(plan.drawings[0]), ".pdf", data, sheets)


def _items(plan: Plan, page: int) -> tuple[Item, ...]:
    """The page's own, and on the first page those that hide anywhere in the document."""
    shown = plan.drawings[page].items
    return shown + hidden_items(plan.hidden, max(_fresh(shown), 1000)) if page == 0 else shown


def hidden_items(pans: Sequence[str], first: int) -> tuple[Item, ...]:
    """Whole numbers without ink, with labels from `first` on."""
    items = []
    for pan in pans:
        items.append(Item("pan", grouped(pan), pan, but_last_four(pan), first, ink=False))
        first += len(pan)
    return tuple(items)


def _pages(book: Book, plan: Plan, ink: Ink, setting: Setting) -> None:
    """One page a drawing, its lines set in one way."""
    for drawing in plan.drawings:
        content = setting(book, raw_pdf.lines(drawing, ink), plan)
        book.page(drawing.size, raw_pdf.paper(drawing) + b"\n" + content)


def _joined(parts: Iterable[bytes]) -> bytes:
    return b"\n".join(parts)


def _shows_pan(drawing: Drawing, line: Line) -> bool:
    marks = {label for item in drawing.items if item.kind == "pan" for label in item.labels}
    return any(glyph.label in marks for glyph in line)


# --- text set oddly ------------------------------------------------------------------------------


def as_lines(book: Book, lines: Sequence[Line], plan: Plan) -> bytes:
    """As any program would."""
    return _joined(book.line(line) for line in lines)


def glyph_by_glyph(book: Book, lines: Sequence[Line], plan: Plan) -> bytes:
    """Each character is a text object of its own; from 2 on blanks are left out, from 3 on each
    stands in a graphics state of its own, scaled and scaled back.
    """
    glyphs = [g for line in lines for g in line if plan.strength == 1 or not g.char.isspace()]
    if plan.strength < 3:
        return _joined(map(book.show, glyphs))
    return _joined(b"q 2 0 0 2 0 0 cm %s Q" % book.show(_halved(glyph)) for glyph in glyphs)


def _halved(glyph: Glyph) -> Glyph:
    return replace(glyph, at=(glyph.at[0] / 2, glyph.at[1] / 2), size=glyph.size / 2)


def shuffled(book: Book, lines: Sequence[Line], plan: Plan) -> bytes:
    """Characters in any order: 1 within a run, 2 those of all numbers, 3 those of the page."""
    chance, groups = plan.chance(), [list(line) for line in lines]
    if plan.strength > 1:
        marked = [g for line in lines for g in line if g.label or plan.strength == 3]
        groups = [marked, [g for line in lines for g in line if g not in set(marked)]]
    for group in groups:
        chance.shuffle(group)
    glyphs = (glyph for group in groups for glyph in group if not glyph.char.isspace())
    return _joined(map(book.show, glyphs))


def overprinted(book: Book, lines: Sequence[Line], plan: Plan) -> bytes:
    """Each run three times, a little apart, to look bold; at 3 a whole page between the prints."""
    step = {1: 0.015, 2: 0.025, 3: 0.03}[plan.strength]
    prints = [
        [tuple(glyph.moved(n * step * glyph.size, 0) for glyph in line) for line in lines]
        for n in range(3)
    ]
    if plan.strength == 3:
        return _joined(book.line(line) for page in prints for line in page)
    return _joined(book.line(line) for line in itertools.chain(*zip(*prints, strict=True)))


def kerned(book: Book, lines: Sequence[Line], plan: Plan) -> bytes:
    """Each run by one TJ that moves a little before every glyph; from 2 on it may go backwards,
    at 3 it takes the glyphs in any order.
    """
    chance = plan.chance()
    return _joined(_kerned(book, line, plan.strength, chance) for line in lines)


def _kerned(book: Book, line: Line, strength: int, chance: random.Random) -> bytes:
    spread = 0.02 * strength
    glyphs = [g.moved(chance.uniform(-spread, spread) * g.size, 0) for g in line]
    if strength == 2 and chance.random() < 0.5:
        glyphs.reverse()
    if strength == 3:
        chance.shuffle(glyphs)
    glyphs = [glyph for glyph in glyphs if not glyph.char.isspace()]
    by_colour: dict[object, list[Glyph]] = {}
    for glyph in glyphs:
        by_colour.setdefault(glyph.colour, []).append(glyph)
    return _joined(map(book.array, by_colour.values()))


def torn_apart(book: Book, lines: Sequence[Line], plan: Plan) -> bytes:
    """The second half of each number comes at the end of the stream; from 2 on in another order,
    at 3 the parts are of one to three digits.
    """
    chance, heads, tails = plan.chance(), list[bytes](), list[Line]()
    for line in lines:
        parts = _torn(line, plan.strength, chance) if any(g.label for g in line) else [line]
        heads.append(book.line(parts[0]))
        tails += parts[1:]
    if plan.strength > 1:
        chance.shuffle(tails)
    return _joined(heads + [book.line(tail) for tail in tails])


def _torn(line: Line, strength: int, chance: random.Random) -> list[Line]:
    if strength < 3:
        return [line[: len(line) // 2], line[len(line) // 2 :]]
    cuts, at = [0], 0
    while at < len(line):
        at = min(len(line), at + chance.randint(1, 3))
        cuts.append(at)
    return [line[a:b] for a, b in itertools.pairwise(cuts)]


def as_outlines(book: Book, lines: Sequence[Line], plan: Plan) -> bytes:
    """Paths instead of text: 1 a path a character, 2 a path a run, 3 a path a run in thin strips
    that are filled one after the other.
    """
    return _joined(_outlined(book, line, plan.strength) for line in lines)


def _outlined(book: Book, line: Line, strength: int) -> bytes:
    if strength == 1:
        return _joined(_filled(book, [glyph]) for glyph in line)
    groups = [list(g) for _, g in itertools.groupby(line, key=lambda glyph: glyph.colour)]
    if strength == 2:
        return _joined(_filled(book, group) for group in groups)
    return _joined(_stripped(book, group) for group in groups)


def _filled(book: Book, glyphs: Sequence[Glyph]) -> bytes:
    paths = _joined(_path(book, glyph) for glyph in glyphs)
    return fill(glyphs[0].colour) + b"\n" + paths + b"\nf"


def _stripped(book: Book, glyphs: Sequence[Glyph]) -> bytes:
    (x, y), size = glyphs[0].at, glyphs[0].size
    width = glyphs[-1].at[0] - x + 2 * size
    strips = []
    for n in range(4):
        clip = numbers(x - size, y - size * 0.3 + n * size * 0.35, width, size * 0.35)
        strips.append(b"q %s re W n %s Q" % (clip, _filled(book, glyphs)))
    return _joined(strips)


def _path(book: Book, glyph: Glyph) -> bytes:
    """The outline in page space: written out, so that no matrix tells where a character begins."""
    if glyph.char.isspace():
        return b""
    operators = book.path(glyph)
    a, b, c, d, e, f = raw_pdf.matrix_of(glyph)
    scale = glyph.size / raw_pdf.UNITS_PER_EM

    def placed(match: re.Match[bytes]) -> bytes:
        x, y = float(match[1]) * scale, float(match[2]) * scale
        return numbers(a * x + c * y + e, b * x + d * y + f)

    return re.sub(rb"(-?[\d.]+) (-?[\d.]+)", placed, operators)


def as_plain_pages(setting: Setting, faces: Faces, plan: Plan, ink: Ink) -> bytes:
    """Pages whose text is set in one way, in typefaces of one kind."""
    book = Book(plan.drawings, faces)
    _pages(book, plan, ink, setting)
    return book.saved()


# --- fonts that do not tell ----------------------------------------------------------------------


def with_type3(plan: Plan, ink: Ink) -> bytes:
    """Glyphs are content streams named /g1, /g2, …; from 2 on under codes drawn by lot, at 3
    under codes that mean other digits in ASCII.
    """
    chance = plan.chance()

    def face(key: str, chars: frozenset[str]) -> raw_pdf.Typeface:
        codes = {char: code for code, char in enumerate(sorted(chars), 1)}
        if plan.strength > 1:
            codes = raw_pdf.shuffled(range(1, 256), chars, chance)
        if plan.strength == 3:
            codes |= _other_digits(codes, chance)
        return raw_pdf.Type3(raw_pdf.outlines(key, chars), codes)

    return as_plain_pages(as_lines, face, plan, ink)


def _other_digits(codes: Mapping[str, int], chance: random.Random) -> dict[str, int]:
    """Digits under the ASCII codes of other digits; who had those codes takes theirs."""
    digits = [char for char in sorted(codes) if char in "0123456789"]
    wanted = dict(zip(digits, [ord(c) for c in _deranged(digits, chance)], strict=True))
    free = iter(sorted(set(codes.values()) - set(wanted.values())))
    others = (char for char in sorted(codes) if char not in wanted)
    return wanted | {char: next(free) for char in others}


def _deranged(digits: Sequence[str], chance: random.Random) -> list[str]:
    """The digits, none at its own place."""
    turn = chance.randrange(1, max(2, len(digits)))
    return [*digits[turn:], *digits[:turn]]


def with_lying_unicode(plan: Plan, ink: Ink) -> bytes:
    """ToUnicode names other characters: 1 letters for digits, 2 other digits, 3 nothing but blanks
    and digits for everything, so that any text can hide.
    """
    chance = plan.chance()

    def face(key: str, chars: frozenset[str]) -> raw_pdf.Typeface:
        digits = [char for char in sorted(chars) if char in "0123456789"]
        lies = dict(zip(digits, "OIZEASGTBQ", strict=False))
        if plan.strength > 1:
            lies = dict(zip(digits, _deranged(digits, chance), strict=True))
        if plan.strength == 3:
            lies |= {char: chance.choice("0123456789 ") for char in sorted(chars - set(digits))}
        return _coded(key, chars, chance, lies)

    return as_plain_pages(as_lines, face, plan, ink)


RAISED: Mapping[int, str] = {1: "⁰¹²³⁴⁵⁶⁷⁸⁹", 2: "₀₁₂₃₄₅₆₇₈₉", 3: "⓪①②③④⑤⑥⑦⑧⑨"}
"""Strength → what looks like each digit, and is none."""


def with_raised_unicode(plan: Plan, ink: Ink) -> bytes:
    """ToUnicode names what looks like the digits and is none: 1 raised, 2 lowered, 3 circled."""
    chance, lies = plan.chance(), dict(zip("0123456789", RAISED[plan.strength], strict=True))

    def face(key: str, chars: frozenset[str]) -> raw_pdf.Typeface:
        return _coded(key, chars, chance, {c: lies[c] for c in sorted(chars) if c in lies})

    return as_plain_pages(as_lines, face, plan, ink)


def without_unicode(plan: Plan, ink: Ink) -> bytes:
    """No ToUnicode, and codes that mean nothing: 1 glyph numbers, from 2 on drawn by lot, at 3 the
    codes of other digits and a glyph at a time.
    """
    chance = plan.chance()

    def face(key: str, chars: frozenset[str]) -> raw_pdf.Typeface:
        if plan.strength == 1:
            return replace(_honest(key, chars), meaning=None)
        coded = _coded(key, chars, chance, None)
        if plan.strength == 2:
            return coded
        return replace(coded, codes=_other_digits(coded.codes, chance))

    setting = glyph_by_glyph if plan.strength == 3 else as_lines
    return as_plain_pages(setting, face, plan, ink)


def _honest(key: str, chars: frozenset[str]) -> raw_pdf.Embedded:
    glyphs = raw_pdf.outlines(key, chars)
    return raw_pdf.Embedded(key, glyphs, {char: glyphs.number(char) for char in chars}, {})


def _coded(
    key: str, chars: frozenset[str], chance: random.Random, lies: Mapping[str, str] | None
) -> raw_pdf.Embedded:
    codes = raw_pdf.shuffled(range(0x21, 0xFFF), chars, chance)
    return raw_pdf.Embedded(key, raw_pdf.outlines(key, chars), codes, lies)


# --- the page's frame ----------------------------------------------------------------------------


def with_rotate(plan: Plan, ink: Ink) -> bytes:
    """/Rotate: 1 a page stored turned and shown upright, 2 the same with odd or inherited values,
    3 a page that is shown turned, and read with the head on the side.
    """
    chance, book = plan.chance(), Book(plan.drawings)
    for drawing in plan.drawings:
        (width, height), turn = drawing.size, chance.choice((90, 180, 270))
        content = raw_pdf.paper(drawing) + b"\n" + as_lines(book, raw_pdf.lines(drawing, ink), plan)
        upright = plan.strength < 3
        matrices = {
            90: (0, 1, -1, 0, height, 0),
            180: (-1, 0, 0, -1, width, height),
            270: (0, -1, 1, 0, 0, width),
        }
        matrix = matrices[turn] if upright else (1, 0, 0, 1, 0, 0)
        size = (height, width) if upright and turn != 180 else (width, height)
        page = book.page(size, b"q %s cm %s Q" % (numbers(*matrix), content))
        page.obj.Rotate = turn + (chance.choice((-360, 360)) if plan.strength == 2 else 0)
    return book.saved()


def with_user_unit(plan: Plan, ink: Ink) -> bytes:
    """UserUnit 2, 5 or 10 with everything as much smaller, so that the page shows as it would."""
    unit, book = {1: 2, 2: 5, 3: 10}[plan.strength], Book(plan.drawings)
    for drawing in plan.drawings:
        content = raw_pdf.paper(drawing) + b"\n" + as_lines(book, raw_pdf.lines(drawing, ink), plan)
        scale = numbers(1 / unit, 0, 0, 1 / unit, 0, 0)
        size = drawing.size[0] / unit, drawing.size[1] / unit
        page = book.page(size, b"q %s cm %s Q" % (scale, content))
        page.obj.UserUnit = unit
    return book.saved()


def with_crop_box(plan: Plan, ink: Ink) -> bytes:
    """The page is a window of a larger sheet: 1 its corner at the origin, 2 anywhere, below zero
    too, 3 with card numbers on what the window leaves out.
    """
    chance, book = plan.chance(), Book(plan.drawings)
    for drawing in plan.drawings:
        (width, height), edge = drawing.size, 60.0
        x, y = (0.0, 0.0) if plan.strength == 1 else (chance.uniform(-900, 900) for _ in "xy")
        content = raw_pdf.paper(drawing) + b"\n" + as_lines(book, raw_pdf.lines(drawing, ink), plan)
        outside = _outside(book, plan, drawing, ink) if plan.strength == 3 else b""
        page = book.page(
            (width, height), b"q %s cm %s %s Q" % (numbers(1, 0, 0, 1, x, y), content, outside)
        )
        page.obj.MediaBox = Array([x - edge, y - edge, x + width + edge, y + height + edge])
        page.obj.CropBox = Array([x, y, x + width, y + height])
    return book.saved()


def _outside(book: Book, plan: Plan, drawing: Drawing, ink: Ink) -> bytes:
    """The hidden numbers, below the window."""
    runs = _copies(drawing, plan.hidden, (20.0, drawing.size[1] + 15.0), 8.0)
    return _lines_of(book, drawing, runs, ink)


def cropped(spec: Spec, chance: random.Random) -> Plan:
    """At strength 3 further numbers lie outside of the window."""
    plan = whole(spec, chance)
    if spec.strength < 3:
        return plan
    return replace(plan, hidden=_pans(embeddable(statement(chance, 1, 3))))


def _pans(drawing: Drawing) -> tuple[str, ...]:
    return tuple(item.digits for item in drawing.items if item.kind == "pan")


def _copies(
    drawing: Drawing, pans: Sequence[str], at: tuple[float, float], size: float
) -> tuple[Run, ...]:
    """Runs without labels that say the numbers, one below the other."""
    font = next(run.font for run in drawing.runs if any(run.labels))
    return tuple(
        Run(grouped(pan), (at[0], at[1] + n * 1.1 * size), size, font) for n, pan in enumerate(pans)
    )


def _lines_of(book: Book, drawing: Drawing, runs: Sequence[Run], ink: Ink) -> bytes:
    lines = raw_pdf.lines(replace(drawing, runs=tuple(runs)), ink)
    return _joined(map(book.line, lines))


def _digit_book(plan: Plan, faces: Faces = raw_pdf.honest) -> Book:
    """A book whose fonts can also write the hidden numbers."""
    extra = tuple(
        replace(drawing, runs=drawing.runs + _copies(drawing, ("0123456789-",), (0, 0), 8.0))
        for drawing in plan.drawings
    )
    return Book(extra, faces)


# --- patterns, forms, pictures -------------------------------------------------------------------


def with_patterns(plan: Plan, ink: Ink) -> bytes:
    """Text as tiling patterns (§8.7.3): 1 the page is one tile, 2 each run is a tile, 3 the text is
    filled with a fine hatch.
    """
    book = Book(plan.drawings)
    for drawing in plan.drawings:
        lines = raw_pdf.lines(drawing, ink)
        if plan.strength == 3 and ink is printed:
            _hatched_page(book, drawing, lines)
        else:
            _tiled_page(book, drawing, [lines] if plan.strength == 1 else [[x] for x in lines])
    return book.saved()


def _tiled_page(book: Book, drawing: Drawing, groups: Sequence[Sequence[Line]]) -> None:
    width, height = drawing.size
    patterns, content = Dictionary(), [raw_pdf.paper(drawing), b"/Pattern cs"]
    for n, group in enumerate(groups):
        tile = _joined(map(book.line, group))
        patterns[f"/P{n}"] = _tile(book, tile, (width, height))
        content.append(b"/P%d scn %s re f" % (n, _around(group, drawing)))
    book.page(drawing.size, _joined(content), Pattern=patterns)


def _around(group: Sequence[Line], drawing: Drawing) -> bytes:
    """The rectangle of a run, or of the page where the group is the page."""
    if len(group) != 1 or not group[0]:
        return numbers(0, 0, *drawing.size)
    first, last = group[0][0], group[0][-1]
    size = first.size
    return numbers(
        first.at[0] - size / 2,
        first.at[1] - size / 3,
        last.at[0] - first.at[0] + 2 * size,
        1.5 * size,
    )


def _tile(book: Book, content: bytes, step: tuple[float, float]) -> pikepdf.Object:
    stream = book.pdf.make_stream(content)
    stream.Type, stream.PatternType = Name.Pattern, 1
    stream.PaintType, stream.TilingType = 1, 1
    stream.BBox = Array([0, 0, *step])
    stream.XStep, stream.YStep = step
    stream.Resources = book.resources()
    return stream


def _hatched_page(book: Book, drawing: Drawing, lines: Sequence[Line]) -> None:
    """Stripes of half a point, four fifths inked: dense enough that each digit keeps its shape."""
    hatch = b"%s 0 0 0.5 0.4 re f" % fill(BLACK)
    content = [raw_pdf.paper(drawing), b"/Pattern cs /P0 scn"]
    for line in lines:
        content.append(re.sub(rb"BT [\d.]+ [\d.]+ [\d.]+ rg", b"BT", book.line(line)))
    tile = _tile(book, hatch, (0.5, 0.5))
    book.page(drawing.size, _joined(content), Pattern=Dictionary(P0=tile))


def several(spec: Spec, chance: random.Random) -> Plan:
    """Three pages of which the first two are the same."""
    plan = whole(spec, chance, 2)
    first, last = plan.drawings
    return replace(plan, drawings=(first, first, last))


def with_forms(plan: Plan, ink: Ink) -> bytes:
    """Form XObjects (§8.10) that several pages use: 1 the page's text is a form, 2 forms in forms,
    3 each character is a form that all numbers of all pages share.
    """
    book, forms = Book(plan.drawings), dict[Drawing, pikepdf.Object]()
    for page, drawing in enumerate(plan.drawings):
        if drawing not in forms:
            forms[drawing] = _text_form(book, drawing, ink, plan)
        shift = b"0.98 0 0 0.98 4 6 cm" if page == 1 else b"1 0 0 1 0 0 cm"
        content = raw_pdf.paper(drawing) + b"\nq %s /X0 Do Q" % shift
        book.page(drawing.size, content, XObject=Dictionary(X0=forms[drawing]))
    return book.saved()


def _text_form(book: Book, drawing: Drawing, ink: Ink, plan: Plan) -> pikepdf.Object:
    lines = raw_pdf.lines(drawing, ink)
    if plan.strength == 3:
        return _letter_form(book, drawing, lines)
    form = book.form(drawing.size, as_lines(book, lines, plan))
    if plan.strength == 2:
        for _ in range(3):
            form = book.form(drawing.size, b"q /X0 Do Q", XObject=Dictionary(X0=form))
    return form


def _letter_form(book: Book, drawing: Drawing, lines: Sequence[Line]) -> pikepdf.Object:
    """A form a character, drawn in the colour that is set where it is invoked."""
    letters, content, names = Dictionary(), list[bytes](), dict[tuple[str, str], str]()
    for glyph in (g for line in lines for g in line if not g.char.isspace()):
        key = (glyph.font, glyph.char)
        if key not in names:
            names[key] = f"/L{len(names)}"
            letters[names[key]] = _letter(book, book.path(glyph))
        scale = glyph.size / raw_pdf.UNITS_PER_EM
        a, b, c, d, e, f = raw_pdf.matrix_of(glyph)
        matrix = f"{a * scale:.6f} {b * scale:.6f} {c * scale:.6f} {d * scale:.6f} {e:.4f} {f:.4f}"
        content.append(
            b"q %s %s cm %s Do Q" % (fill(glyph.colour), matrix.encode(), names[key].encode())
        )
    return book.form(drawing.size, _joined(content), XObject=letters)


def _letter(book: Book, path: bytes) -> pikepdf.Object:
    stream = book.pdf.make_stream(path + b"\nf")
    stream.Type, stream.Subtype = Name.XObject, Name.Form
    stream.BBox = Array([-500, -500, 1500, 1500])
    return stream


def with_inline_images(plan: Plan, ink: Ink) -> bytes:
    """Numbers as inline images (§8.9.7): 1 grey, a run each, 2 one bit masks, 3 in strips of a few
    rows, none of which shows a digit. Labelled, they are text: the same ink at the same place.
    """
    if ink is not printed:
        return as_plain_pages(as_lines, raw_pdf.honest, plan, ink)
    book = Book(plan.drawings)
    flat = as_plain_pages(as_lines, raw_pdf.honest, plan, ink)
    for page, drawing in enumerate(plan.drawings):
        picture = raw_pdf.pixels(flat, page, 300).mean(axis=2).astype(np.uint8)
        lines = raw_pdf.lines(drawing, ink)
        content = [raw_pdf.paper(drawing)]
        for line in lines:
            inline = any(glyph.label for glyph in line)
            content.append(_inline(picture, drawing, line, plan) if inline else book.line(line))
        book.page(drawing.size, _joined(content))
    return book.saved()


def _inline(picture: degrading.Pixels, drawing: Drawing, line: Line, plan: Plan) -> bytes:
    """The run's pixels, put where they were taken from."""
    scale, size = picture.shape[0] / drawing.size[1], line[0].size
    left = int((line[0].at[0] - 1) * scale)
    right = int((line[-1].at[0] + fonts.advance(line[-1].font, line[-1].char) * size + 1) * scale)
    base = drawing.size[1] - line[0].at[1]
    top, bottom = int((base - size * 0.85) * scale), int((base + size * 0.2) * scale)
    rows = 5 if plan.strength == 3 else bottom - top
    parts = []
    for start in range(top, bottom, rows):
        end = min(start + rows, bottom)
        crop = picture[start:end, left:right]
        box = (
            left / scale,
            drawing.size[1] - end / scale,
            (right - left) / scale,
            (end - start) / scale,
        )
        parts.append(_inline_image(crop, box, one_bit=plan.strength == 2))
    return _joined(parts)


def _inline_image(
    crop: degrading.Pixels,
    box: tuple[float, float, float, float],
    *,
    one_bit: bool,
) -> bytes:
    """Hexadecimal, so that no EI can stand in its data."""
    height, width = crop.shape
    kind = b"/IM true /D [0 1]" if one_bit else b"/BPC 8 /CS /G"
    raw = np.packbits(crop > 140, axis=1).tobytes() if one_bit else crop.tobytes()
    data = zlib.compress(raw, 9).hex().encode()
    x, y, wide, high = box
    return b"q 0 g %s cm BI /W %d /H %d %s /F [/AHx /Fl] ID %s> EI Q" % (
        numbers(wide, 0, 0, high, x, y),
        width,
        height,
        kind,
        data,
    )


def over_picture(plan: Plan, ink: Ink) -> bytes:
    """Text that is printed over a picture: the more strength, the darker and the livelier."""
    chance, book = plan.chance(), Book(plan.drawings)
    for drawing in plan.drawings:
        tone = {1: 235, 2: 210, 3: 190}[plan.strength]
        size = round(drawing.size[1]), round(drawing.size[0])
        picture = degrading.wooden(size, chance, (tone, tone - 8, tone - 20))
        # On a labelled page the picture would only be in the way.
        content = as_lines(book, raw_pdf.lines(drawing, ink), plan)
        if ink is labelled:
            book.page(drawing.size, content)
        else:
            book.page(drawing.size, _picture(drawing) + content, XObject=_image(book, picture))
    return book.saved()


def under_picture(plan: Plan, ink: Ink) -> bytes:
    """A scan over its own text: 1 the text lies beneath where the scan shows it, 2 it is cut off
    and lies elsewhere, 3 the scan is noisy and a little blurred.
    """
    if ink is labelled:
        return as_plain_pages(as_lines, raw_pdf.honest, plan, ink)
    book, flat = Book(plan.drawings), as_plain_pages(as_lines, raw_pdf.honest, plan, ink)
    for page, drawing in enumerate(plan.drawings):
        below = as_lines(book, raw_pdf.lines(drawing, ink), plan)
        if plan.strength == 2:
            below = b"q 1 0 0 1 35 -190 cm %s Q" % below
        scan = _spoilt(raw_pdf.pixels(flat, page, SCAN_DPI), plan)
        book.page(drawing.size, below + b"\n" + _picture(drawing), XObject=_image(book, scan))
    return book.saved()


def with_text_layer(lie: Callable[[Line, random.Random], Line], plan: Plan, ink: Ink) -> bytes:
    """A scan with an invisible text layer (§9.3.6, mode 3), as OCR programs write: true or lying;
    from strength 2 on the layer is off by half a line, at 3 the scan is noisy too.
    """
    if ink is labelled:
        return as_plain_pages(as_lines, raw_pdf.honest, plan, ink)
    chance, book = plan.chance(), _digit_book(plan)
    flat = as_plain_pages(as_lines, raw_pdf.honest, plan, ink)
    off = 5.0 if plan.strength > 1 else 0.0
    for page, drawing in enumerate(plan.drawings):
        scan = _spoilt(raw_pdf.pixels(flat, page, SCAN_DPI), plan)
        lines = (lie(line, chance) for line in raw_pdf.lines(drawing, ink))
        layer = _joined(book.line(tuple(g.moved(off, off) for g in line)) for line in lines)
        layer = layer.replace(b"BT ", b"BT 3 Tr ")
        book.page(drawing.size, _picture(drawing) + layer, XObject=_image(book, scan))
    return book.saved()


def truthful(line: Line, chance: random.Random) -> Line:
    """What is printed."""
    return line


def misread(line: Line, chance: random.Random) -> Line:
    """Other digits than those printed, or the digits of a number backwards."""
    if chance.random() < 0.3:
        chars = [glyph.char for glyph in line][::-1]
    else:
        turn = chance.randint(1, 9)
        chars = [_later(glyph.char, turn) if glyph.label else glyph.char for glyph in line]
    return tuple(replace(glyph, char=char) for glyph, char in zip(line, chars, strict=True))


def _later(char: str, turn: int) -> str:
    return str((int(char) + turn) % 10) if char.isascii() and char.isdecimal() else char


def _spoilt(pixels: degrading.Pixels, plan: Plan) -> degrading.Pixels:
    """As a scanner would; labels play no part, for nothing moves."""
    picture = Picture(pixels, np.zeros((1, 1), np.uint16))
    if plan.strength == 3:
        picture = degrading.noisy(degrading.blurred(picture, 0.7), plan.chance(), 8)
    return picture.pixels


def _picture(drawing: Drawing) -> bytes:
    width, height = drawing.size
    return b"q %s cm /Im0 Do Q\n" % numbers(width, 0, 0, height, 0, 0)


def _image(book: Book, pixels: degrading.Pixels) -> Dictionary:
    """The picture as a JPEG in the resources."""
    target = io.BytesIO()
    Image.fromarray(pixels).save(target, "JPEG", quality=85)
    stream = pikepdf.Stream(book.pdf, target.getvalue())
    stream.Type, stream.Subtype = Name.XObject, Name.Image
    stream.Width, stream.Height = pixels.shape[1], pixels.shape[0]
    stream.ColorSpace, stream.BitsPerComponent = Name.DeviceRGB, 8
    stream.Filter = Name.DCTDecode
    return Dictionary(Im0=stream)


# --- what is there and cannot be seen ------------------------------------------------------------


def _blank(drawing: Drawing) -> tuple[float, float]:
    """Where a copy would be seen if it could be: the page's foot, in the drawing's coordinates."""
    return MARGIN, drawing.size[1] - 45.0


CONCEALMENTS: Mapping[str, tuple[bytes, bytes]] = {
    "clipped": (b"q 0 0 1 1 re W n", b"Q"),
    "invisible": (b"q 3 Tr", b"Q"),
    "transparent": (b"q /GS0 gs", b"Q"),
    "tiny": (b"q 0.01 0 0 0.01 0 0 cm", b"Q"),
    "off-page": (b"q 1 0 0 1 0 -2000 cm", b"Q"),
    "marked-artifact": (b"/Artifact BMC q 0 0 0 0 re W n", b"Q EMC"),
}
"""How a copy is drawn so that nobody sees it; white ink and boxes are ways of their own."""


def with_hidden_copies(plan: Plan, ink: Ink) -> bytes:
    """Copies of the whole numbers that nobody sees: clipped away, white, transparent, tiny, off the
    page or under a white box; at 3 all of these ways at once.
    """
    chance, book = plan.chance(), _digit_book(plan)
    ways = chance.sample(sorted(CONCEALMENTS), {1: 1, 2: 2, 3: 6}[plan.strength])
    state = Dictionary(GS0=Dictionary(ca=0, CA=0))
    for drawing in plan.drawings:
        runs = _copies(drawing, plan.hidden, _blank(drawing), 6.0)
        white = tuple(replace(run, colour=WHITE) for run in runs)
        seen = as_lines(book, raw_pdf.lines(drawing, ink), plan)
        parts = [raw_pdf.paper(drawing), seen, _lines_of(book, drawing, white, printed)]
        for way in ways:
            before, after = CONCEALMENTS[way]
            parts += [before, _lines_of(book, drawing, runs, printed), after]
        parts += _under_box(book, drawing, runs) if plan.strength > 1 else []
        book.page(drawing.size, _joined(parts), ExtGState=state)
    return book.saved()


def _under_box(book: Book, drawing: Drawing, runs: Sequence[Run]) -> list[bytes]:
    """Black text, then a box in the paper's colour."""
    box = rectangle(MARGIN - 5, 2, 250, 50, drawing.background)
    return [_lines_of(book, drawing, runs, printed), box]


def with_boxes_over(plan: Plan, ink: Ink) -> bytes:
    """Boxes over the digits of living text, as a drawing program paints them: 1 black, 2 an
    annotation, 3 in the paper's colour with a frame.
    """
    book = Book(plan.drawings)
    for drawing in plan.drawings:
        lines = raw_pdf.lines(drawing, ink)
        boxes = [b for line in lines if (b := _cover(line, plan.concealed)) is not None]
        content = [raw_pdf.paper(drawing), as_lines(book, lines, plan)]
        if plan.strength != 2:
            content += [_box_over(box, drawing, plan.strength) for box in boxes]
        page = book.page(drawing.size, _joined(content))
        if plan.strength == 2:
            page.obj.Annots = Array([_square(book, box) for box in boxes])
    return book.saved()


Rectangle: TypeAlias = tuple[float, float, float, float]


def _cover(line: Line, concealed: frozenset[int]) -> Rectangle | None:
    """Left, bottom, width and height of a box over the digits to hide, up to the next digit."""
    covered = [glyph for glyph in line if glyph.label in concealed]
    if not covered:
        return None
    first, last = covered[0], covered[-1]
    right = last.at[0] + fonts.advance(last.font, last.char) * last.size
    low, high = first.at[1] - 0.2 * first.size, first.at[1] + 0.85 * first.size
    return first.at[0] - 1, low, right - first.at[0] + 1, high - low


def _box_over(box: Rectangle, drawing: Drawing, strength: int) -> bytes:
    x, y, width, height = box
    if strength == 1:
        return rectangle(x, y, width, height, BLACK)
    inner = rectangle(x + 0.5, y + 0.5, width - 1, height - 1, drawing.background)
    return rectangle(x, y, width, height, (120, 120, 120)) + b"\n" + inner


def _square(book: Book, box: Rectangle) -> pikepdf.Object:
    x, y, width, height = box
    form = book.form((width, height), rectangle(0, 0, width, height, BLACK))
    return book.pdf.make_indirect(
        Dictionary(
            Type=Name.Annot,
            Subtype=Name.Square,
            Rect=Array([x, y, x + width, y + height]),
            F=4,
            AP=Dictionary(N=form),
        )
    )


def with_layers(plan: Plan, ink: Ink) -> bytes:
    """Optional content (§8.11): what is printed lies in a layer that is on, the whole numbers in
    one that is off; 1 at the page's foot, 2 over the printed ones, 3 with the states turned about
    by an OCMD (shown when the other is off).
    """
    book = _digit_book(plan)
    on, off = (
        book.pdf.make_indirect(Dictionary(Type=Name.OCG, Name=name)) for name in ("Print", "Draft")
    )
    _add_layers(book, on, off)
    seen = on
    if plan.strength == 3:
        seen = book.pdf.make_indirect(Dictionary(Type=Name.OCMD, OCGs=Array([off]), P=Name.AllOff))
    for drawing in plan.drawings:
        hidden = _layer_runs(drawing, plan)
        content = [
            raw_pdf.paper(drawing),
            b"/OC /On BDC",
            as_lines(book, raw_pdf.lines(drawing, ink), plan),
            b"EMC /OC /Off BDC",
            _lines_of(book, drawing, hidden, printed),
            b"EMC",
        ]
        book.page(drawing.size, _joined(content), Properties=Dictionary(On=seen, Off=off))
    return book.saved()


def _layer_runs(drawing: Drawing, plan: Plan) -> tuple[Run, ...]:
    if plan.strength == 1:
        return _copies(drawing, plan.hidden, _blank(drawing), 6.0)
    shown = [item for item in drawing.items if item.kind == "pan"]
    places = [drawing.runs[_run_of(item, drawing.runs)] for item in shown]
    return tuple(
        replace(run, text=grouped(pan), labels=())
        for run, pan in zip(places, plan.hidden, strict=True)
    )


def _add_layers(book: Book, on: pikepdf.Object, off: pikepdf.Object) -> None:
    book.pdf.Root.OCProperties = Dictionary(
        OCGs=Array([on, off]),
        D=Dictionary(BaseState=Name.ON, ON=Array([on]), OFF=Array([off]), Order=Array([on, off])),
    )


# --- annotations and form fields -----------------------------------------------------------------


def as_annotations(plan: Plan, ink: Ink) -> bytes:
    """Numbers are annotations with an appearance (§12.5.5): 1 FreeText, 2 stamps whose appearance
    is drawn at double size, 3 either, with a hidden note that says all of them.
    """
    chance, book = plan.chance(), Book(plan.drawings)
    for drawing in plan.drawings:
        lines = raw_pdf.lines(drawing, ink)
        page = _page_without_pans(book, drawing, lines)
        annots = []
        for line in (line for line in lines if _shows_pan(drawing, line)):
            kind = {1: "FreeText", 2: "Stamp"}.get(plan.strength) or chance.choice(
                ("FreeText", "Stamp")
            )
            annots.append(_annotation(book, line, kind))
        annots += [_note(book, drawing)] if plan.strength == 3 else []
        page.obj.Annots = Array(annots)
    return book.saved()


def _page_without_pans(book: Book, drawing: Drawing, lines: Sequence[Line]) -> pikepdf.Page:
    others = [book.line(line) for line in lines if not _shows_pan(drawing, line)]
    return book.page(drawing.size, _joined([raw_pdf.paper(drawing), *others]))


def _frame_of(line: Line) -> Rectangle:
    """Left, bottom, right and top of a rectangle around the run."""
    first, last = line[0], line[-1]
    right = last.at[0] + fonts.advance(last.font, last.char) * last.size + 2
    return first.at[0] - 2, first.at[1] - 0.35 * first.size, right, first.at[1] + first.size


def _appearance(book: Book, line: Line, scale: float = 1.0) -> tuple[pikepdf.Object, Rectangle]:
    """The run alone, its rectangle's corner at the origin, and the rectangle."""
    left, bottom, right, top = frame = _frame_of(line)
    content = b"q %s cm %s Q" % (
        numbers(scale, 0, 0, scale, -left * scale, -bottom * scale),
        book.line(line),
    )
    return book.form(((right - left) * scale, (top - bottom) * scale), content), frame


def _annotation(book: Book, line: Line, kind: str) -> pikepdf.Object:
    form, frame = _appearance(book, line, 2.0 if kind == "Stamp" else 1.0)
    text = "".join(glyph.char for glyph in line)
    return book.pdf.make_indirect(
        Dictionary(
            Type=Name.Annot,
            Subtype=Name("/" + kind),
            Rect=Array(list(frame)),
            F=4,
            Contents=text,
            DA=b"/F1 10 Tf 0 g",
            AP=Dictionary(N=form),
        )
    )


def _note(book: Book, drawing: Drawing) -> pikepdf.Object:
    """Hidden (flag bit 2, §12.5.3)."""
    said = " ".join(map(grouped, _pans(drawing)))
    return book.pdf.make_indirect(
        Dictionary(
            Type=Name.Annot, Subtype=Name.Text, Rect=Array([20, 20, 40, 40]), F=2, Contents=said
        )
    )


def as_fields(flags: int, plan: Plan, ink: Ink) -> bytes:
    """Numbers are text fields (§12.7.4.3) with a value and an appearance; from 2 on with a default
    value, at 3 with rich text, as read-only fields, or the value of a parent.
    """
    book, fields = Book(plan.drawings), list[pikepdf.Object]()
    for drawing in plan.drawings:
        lines = raw_pdf.lines(drawing, ink)
        page = _page_without_pans(book, drawing, lines)
        widgets = [_field(book, line, flags, plan) for line in lines if _shows_pan(drawing, line)]
        page.obj.Annots = Array(widgets)
        fields += widgets
    book.pdf.Root.AcroForm = Dictionary(
        Fields=Array([w.get("/Parent", w) for w in fields]), DR=book.resources(), DA=b"/F1 0 Tf 0 g"
    )
    return book.saved()


COMB = 1 << 24
READ_ONLY = 1


def _field(book: Book, line: Line, flags: int, plan: Plan) -> pikepdf.Object:
    form, frame = _appearance(book, line)
    value = "".join(glyph.char for glyph in line)
    said = Dictionary(FT=Name.Tx, T=f"card{line[0].at[1]:.0f}", V=value, Ff=flags)
    if flags & COMB:
        said.MaxLen = len(value)
    if plan.strength > 1:
        said.DV = value
    if plan.strength == 3:
        said.RV, said.Ff = f"<body><p>{value}</p></body>", flags | READ_ONLY
    widget = book.pdf.make_indirect(
        Dictionary(
            Type=Name.Annot,
            Subtype=Name.Widget,
            Rect=Array(list(frame)),
            F=4,
            DA=b"/F1 0 Tf 0 g",
            AP=Dictionary(N=form),
        )
    )
    if plan.strength < 3:
        for key, entry in said.items():
            widget[key] = entry
        return widget
    said.Kids = Array([widget])
    widget.Parent = book.pdf.make_indirect(said)
    return widget


# --- the file around the pages -------------------------------------------------------------------


def encrypted(plan: Plan, ink: Ink) -> bytes:
    """With an empty user password, so that every viewer opens it: R 2 (40 bits), 3 and 4 (128 bits)
    of the standard handler, RC4; AES takes random bytes, and the same seed shall give the same.
    """
    book = Book(plan.drawings)
    _pages(book, plan, ink, as_lines)
    revision = {1: 2, 2: 3, 3: 4}[plan.strength]
    how = pikepdf.Encryption(owner="owner", user="", R=revision, aes=False, metadata=False)
    return book.saved(encryption=how, deterministic_id=False)


def revised(plan: Plan, ink: Ink) -> bytes:
    """Incremental updates (§7.5.6): the first revision shows whole numbers, the present one what is
    printed; from 2 on with several between, at 3 with bytes before the header and after the end.
    """
    book = _digit_book(plan)
    drawing = plan.drawings[0]
    earlier = replace(drawing, runs=_unstarred(drawing, plan.hidden))
    book.page(drawing.size, _revision(book, earlier, printed, plan))
    data = book.saved(object_stream_mode=pikepdf.ObjectStreamMode.disable)
    for _ in range(plan.strength - 1):
        data = _updated(data, _revision(book, earlier, printed, plan))
    data = _updated(data, _revision(book, drawing, ink, plan))
    if plan.strength < 3:
        return data
    said = ", ".join(map(grouped, plan.hidden)).encode()
    return data + b"%% printed for " + said + b"\n"


def _revision(book: Book, drawing: Drawing, ink: Ink, plan: Plan) -> bytes:
    return raw_pdf.paper(drawing) + b"\n" + as_lines(book, raw_pdf.lines(drawing, ink), plan)


def _unstarred(drawing: Drawing, pans: Sequence[str]) -> tuple[Run, ...]:
    """The page's runs with whole numbers, as an earlier revision had them."""
    runs, rest = list(drawing.runs), iter(pans)
    for item in (item for item in drawing.items if item.kind == "pan"):
        at = _run_of(item, runs)
        runs[at] = replace(runs[at], text=grouped(next(rest)), labels=())
    return tuple(runs)


def _updated(data: bytes, content: bytes) -> bytes:
    """The file with one more revision, in which the first page's content is another."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        stream, _ = pdf.pages[0].obj.Contents.objgen
        root, _ = pdf.Root.objgen
        size = int(pdf.trailer.Size)
    previous = int(re.findall(rb"startxref\s+(\d+)", data)[-1])
    packed = zlib.compress(content)
    start = len(data)
    body = b"%d 0 obj\n<< /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream\nendobj\n" % (
        stream,
        len(packed),
        packed,
    )
    table = b"xref\n%d 1\n%010d 00000 n \ntrailer\n<< /Size %d /Root %d 0 R /Prev %d >>\n" % (
        stream,
        start,
        size,
        root,
        previous,
    )
    return data + body + table + b"startxref\n%d\n%%%%EOF\n" % (start + len(body))


# --- places where no page shows what they say ----------------------------------------------------

Place: TypeAlias = Callable[[Book, pikepdf.Page, str], None]


def _in_info(book: Book, page: pikepdf.Page, said: str) -> None:
    book.pdf.docinfo["/Title"] = f"Statement {said}"
    book.pdf.docinfo["/CardReference"] = said


def _in_xmp(book: Book, page: pikepdf.Page, said: str) -> None:
    packet = (
        '<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
        'rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:subject>'
        f"{said}</dc:subject></rdf:Description></rdf:RDF></x:xmpmeta>"
        '<?xpacket end="w"?>'
    )
    stream = book.pdf.make_stream(packet.encode())
    stream.Type, stream.Subtype = Name.Metadata, Name.XML
    book.pdf.Root.Metadata = stream


def _in_attachment(book: Book, page: pikepdf.Page, said: str) -> None:
    _attach(book, "card.txt", said.encode())


def _in_zip(book: Book, page: pikepdf.Page, said: str) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("cards.csv"), said)
    _attach(book, "cards.zip", target.getvalue())


def _in_nested_pdf(book: Book, page: pikepdf.Page, said: str) -> None:
    inner = pikepdf.new()
    inner.add_blank_page(page_size=(200, 200))
    inner.docinfo["/Subject"] = said
    target = io.BytesIO()
    inner.save(target, static_id=True)
    _attach(book, "receipt.pdf", target.getvalue())


def _attach(book: Book, name: str, data: bytes) -> None:
    stream = book.pdf.make_stream(data)
    stream.Type = Name.EmbeddedFile
    spec = Dictionary(Type=Name.Filespec, F=name, UF=name, EF=Dictionary(F=stream))
    names = book.pdf.Root.get("/Names", Dictionary())
    files = names.get("/EmbeddedFiles", Dictionary(Names=Array()))
    files.Names.extend([pikepdf.String(name), book.pdf.make_indirect(spec)])
    names.EmbeddedFiles = files
    book.pdf.Root.Names = names


def _in_javascript(book: Book, page: pikepdf.Page, said: str) -> None:
    book.pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=f'var card = "{said}";')


def _in_outline(book: Book, page: pikepdf.Page, said: str) -> None:
    with book.pdf.open_outline() as outline:
        outline.root.append(pikepdf.OutlineItem(f"Card {said}", 0))


def _in_actual_text(book: Book, page: pikepdf.Page, said: str) -> None:
    _prepend(book, page, b"/Span << /ActualText (%s) >> BDC EMC" % said.encode())


def _in_alternate(book: Book, page: pikepdf.Page, said: str) -> None:
    element = book.pdf.make_indirect(
        Dictionary(Type=Name.StructElem, S=Name.Figure, Alt=said, E=said, Pg=page.obj)
    )
    book.pdf.Root.StructTreeRoot = Dictionary(Type=Name.StructTreeRoot, K=element)


def _in_comment(book: Book, page: pikepdf.Page, said: str) -> None:
    _prepend(book, page, b"% card " + said.encode())


def _prepend(book: Book, page: pikepdf.Page, operators: bytes) -> None:
    page.contents_add(operators + b"\n", prepend=True)


def _in_uri(book: Book, page: pikepdf.Page, said: str) -> None:
    action = Dictionary(S=Name.URI, URI=f"https://card.example/pay?card={said.replace('-', '%2D')}")
    link = Dictionary(
        Type=Name.Annot, Subtype=Name.Link, Rect=Array([50, 20, 90, 40]), Border=[0, 0, 0], A=action
    )
    page.obj.Annots = Array([book.pdf.make_indirect(link)])


def _in_destination(book: Book, page: pikepdf.Page, said: str) -> None:
    book.pdf.Root.Dests = Dictionary({f"/{said}": Array([page.obj, Name.Fit])})


def _in_page_label(book: Book, page: pikepdf.Page, said: str) -> None:
    book.pdf.Root.PageLabels = Dictionary(Nums=Array([0, Dictionary(S=Name.D, P=said)]))


def _in_piece_info(book: Book, page: pikepdf.Page, said: str) -> None:
    private = Dictionary(LastModified=b"D:20261101", Private=Dictionary(Card=said))
    page.obj.PieceInfo = Dictionary(Mizutama=private)


def _in_private_key(book: Book, page: pikepdf.Page, said: str) -> None:
    page.obj["/MZTM_Account"] = said


def _in_unused_object(book: Book, page: pikepdf.Page, said: str) -> None:
    """Referred to by nothing that a viewer follows."""
    stream = book.pdf.make_stream(b"BT (" + said.encode() + b") Tj ET")
    book.pdf.Root["/MZTM_Draft"] = stream


def _in_thumbnail(book: Book, page: pikepdf.Page, said: str) -> None:
    """A picture's own data, as bytes that spell the number."""
    raw = said.encode().ljust(24, b" ")[:24]
    stream = book.pdf.make_stream(raw)
    stream.Width, stream.Height, stream.BitsPerComponent = 8, 1, 8
    stream.ColorSpace = Name.DeviceRGB
    page.obj.Thumb = stream


PLACES: Mapping[str, Place] = {
    "info": _in_info,
    "xmp": _in_xmp,
    "attachment": _in_attachment,
    "zip": _in_zip,
    "nested-pdf": _in_nested_pdf,
    "javascript": _in_javascript,
    "outline": _in_outline,
    "actual-text": _in_actual_text,
    "alternate": _in_alternate,
    "comment": _in_comment,
    "uri": _in_uri,
    "destination": _in_destination,
    "page-label": _in_page_label,
    "piece-info": _in_piece_info,
    "private-key": _in_private_key,
    "unused-object": _in_unused_object,
    "thumbnail": _in_thumbnail,
}
"""Where else in a file a number can stand (ISO 32000-1, by chapter)."""


def in_hidden_places(plan: Plan, ink: Ink) -> bytes:
    """The whole numbers stand in 1, 3 or all of `PLACES`, which places going by the case's number;
    the page prints them in part.
    """
    book = Book(plan.drawings)
    _pages(book, plan, ink, as_lines)
    names = list(PLACES)
    count = {1: 1, 2: 3, 3: len(names)}[plan.strength]
    said = (grouped(pan) for pan in itertools.cycle(plan.hidden))
    for n in range(count):
        place = PLACES[names[(plan.number * count + n) % len(names)]]
        place(book, book.pdf.pages[0], next(said))
    return book.saved()


def said_somewhere(spec: Spec, chance: random.Random) -> Plan:
    """Numbers printed in part; hidden are those that a place says."""
    plan = in_part(spec, chance)
    count = {1: 1, 2: 3, 3: len(PLACES)}[spec.strength]
    return replace(plan, hidden=plan.hidden[:count])


# --- the table -----------------------------------------------------------------------------------


def _set(setting: Setting) -> Callable[[Spec, random.Random], Case]:
    return partial(made, whole, partial(as_plain_pages, setting, raw_pdf.honest))


CASES: Mapping[str, Callable[[Spec, random.Random], Case]] = {
    "pdf-glyph-a-span": _set(glyph_by_glyph),
    "pdf-shuffled": _set(shuffled),
    "pdf-overprinted": _set(overprinted),
    "pdf-kerned": _set(kerned),
    "pdf-torn-apart": _set(torn_apart),
    "pdf-outlines": _set(as_outlines),
    "pdf-type3": partial(made, whole, with_type3),
    "pdf-unicode-lies": partial(made, whole, with_lying_unicode),
    "pdf-unicode-raised": partial(made, whole, with_raised_unicode),
    "pdf-unicode-missing": partial(made, whole, without_unicode),
    "pdf-rotate": partial(made, whole, with_rotate),
    "pdf-user-unit": partial(made, whole, with_user_unit),
    "pdf-crop-box": partial(made, cropped, with_crop_box),
    "pdf-patterns": partial(made, whole, with_patterns),
    "pdf-forms": partial(made, several, with_forms),
    "pdf-inline-images": partial(made, whole, with_inline_images),
    "pdf-over-picture": partial(made, whole, over_picture),
    "pdf-under-picture": partial(made, whole, under_picture),
    "pdf-ocr-layer": partial(made, whole, partial(with_text_layer, truthful)),
    "pdf-ocr-layer-lies": partial(made, whole, partial(with_text_layer, misread)),
    "pdf-hidden-copies": partial(made, in_part, with_hidden_copies),
    "pdf-boxes-over": partial(made, under_boxes, with_boxes_over),
    "pdf-layers": partial(made, in_part, with_layers),
    "pdf-annotations": partial(made, whole, as_annotations),
    "pdf-fields": partial(made, whole, partial(as_fields, 0)),
    "pdf-comb-fields": partial(made, in_cells, partial(as_fields, COMB)),
    "pdf-encrypted": partial(made, whole, encrypted),
    "pdf-revisions": partial(made, in_part, revised),
    "pdf-hidden-places": partial(made, said_somewhere, in_hidden_places),
}
"""Class → maker."""
