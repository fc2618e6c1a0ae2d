"""How the file as such looks, and what was done to it: the rules that read no detail."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from prepdoc.checking.case import Case, Seen, Strip
from prepdoc.checking.ledger.transactions import numbers_left
from prepdoc.checking.matching import Match, find_text, fours_behind
from prepdoc.checking.seeing import Box, Piece, SeenPage, block, only, place, place_of
from prepdoc.checking.sighting import Sighting
from prepdoc.comparing import as_it_looks, pattern_of
from prepdoc.page import POINTS_PER_INCH
from prepdoc.requirements import SIZE_LIMIT_BYTES
from prepdoc.texts import _

TAKEN_FORMATS: Final = ("PDF", "JPEG", "PNG")
HEADINGS: Final = ("カード名義人による追記", "Added by the cardholder")
"""What the stamp says first (`prepdoc.stamping`)."""

# Width to height, short to long: ISO 216 A series and JIS B series, and ANSI/ASME Y14.1.
_PAPERS: Final = {"A4": 210 / 297, "Letter": 8.5 / 11}
_PAPER_SLACK: Final = 0.02
_PHOTO_SHAPES: Final = (3 / 4, 2 / 3, 9 / 16)
"""Of cameras, width to height: a page is rarely as wide as a picture of it."""
_MIN_PHOTO_PX: Final = 720
"""Across a photograph, also as messengers send it; what has fewer was cut out of something."""
_BAND: Final = 0.25
"""Part of a page's height that a strip with the cardholder's details adds at most."""
_EDGE_PT: Final = 1.5
"""Text nearer to the edge than this is cut off: printers leave 3 mm and more."""
# Width × height in pixels of screens (StatCounter's most used on desktop, phone and tablet; Apple's
# Human Interface Guidelines, layout). Phones and tablets upright.
_SCREENS: Final = frozenset({
    (1280, 720), (1280, 800), (1280, 1024), (1366, 768), (1440, 900), (1536, 864), (1600, 900),
    (1680, 1050), (1920, 1080), (1920, 1200), (2048, 1152), (2256, 1504), (2560, 1080),
    (2560, 1440), (2560, 1600), (2736, 1824), (2880, 1620), (2880, 1800), (2880, 1864),
    (3024, 1964), (3072, 1920), (3440, 1440), (3456, 2234), (3840, 2160), (5120, 2880),
    (640, 1136), (720, 1280), (720, 1520), (720, 1600), (750, 1334), (828, 1792), (1080, 1920),
    (1080, 2160), (1080, 2220), (1080, 2280), (1080, 2340), (1080, 2400), (1080, 2408),
    (1125, 2436), (1170, 2532), (1179, 2556), (1206, 2622), (1242, 2208), (1242, 2688),
    (1284, 2778), (1290, 2796), (1320, 2868), (1440, 2560), (1440, 2960), (1440, 3040),
    (1440, 3088), (1440, 3120), (1440, 3200), (1536, 2048), (1620, 2160), (1640, 2360),
    (1668, 2224), (1668, 2388), (2048, 2732),
})  # fmt: skip
_BROWSER = re.compile(r"https?\s*://|(?:^|\s)www\.|localhost|[⟳↻☆★🔒]", re.IGNORECASE)
_CLOCK = re.compile(r"^(?:午前|午後)?\s*\d{1,2}\s*:\s*\d{2}(?:\s*[AP]M)?(?:\s|$)", re.IGNORECASE)
_LAST_LABELS = pattern_of(("電話番号：", "カード番号下4桁：", "Phone:", "Card number, last four:"))
"""Of the stamp's lines below the address; each is one line."""
_MORE: Final = 3
"""Characters that a reader may see beside the stamp's first line, in its frame."""
_TOP: Final = 0.06
"""Part of a screen's height where an address bar or a phone's clock stands."""
_BAR_REACH: Final = 2.0
"""How far above or below a bar, in its heights, the rest of a number or its label stands."""
_GROUP: Final = re.compile(r"(?<!\d)\d{3,5}(?!\d)")
"""Of a card number: what is not covered of it."""
_LAST_FOUR_LABEL: Final = pattern_of(
    ("下4桁", "末尾", "last 4", "last four", "ending", "カード番号", "会員番号", "card number")
)


def encryption(sighting: Sighting, case: Case) -> Seen:
    """ENC: whether anybody can open it."""
    if sighting.is_encrypted:
        todo = _("print it to a new PDF, or let prepdoc prepare it")
        return Seen(False, _("the file is encrypted"), todo)
    return Seen(True, _("not encrypted"))


def format(sighting: Sighting, case: Case) -> Seen:
    """FMT: whether it is of a kind that upload forms take."""
    todo = _("save it as PDF, JPEG or PNG")
    return Seen(sighting.format in TAKEN_FORMATS, sighting.format, todo)


def size(sighting: Sighting, case: Case) -> Seen:
    """SIZE: whether it is small enough for them."""
    told = f"{sighting.size_bytes / 1_000_000:.2f} MB"
    return Seen(sighting.size_bytes < SIZE_LIMIT_BYTES, told, _("scan it with fewer dots per inch"))


def full(sighting: Sighting, case: Case) -> Seen:
    """FULL: whether whole pages are there, with nothing cut off at an edge."""
    todo = _("use the whole page, with its four corners")
    for page in sighting.pages:
        cut = next((p for p in page.pieces if _is_at_edge(page, p)), None)
        if cut:
            what = _("text reaches the page's edge")
            return Seen(False, what, todo, page.number, place([cut], page))
        if not _has_shape(page, sighting, case):
            shape = "{} × {}".format(*map(round, _as_it_came(page, case)))
            what = _("the page has no paper's shape ({shape} pixels)").format(shape=shape)
            return Seen(False, what, todo, page.number)
    return Seen(True, _("whole pages, and no text at an edge"))


def _is_at_edge(page: SeenPage, piece: Piece) -> bool:
    near = _EDGE_PT * page.dpi / POINTS_PER_INCH
    left, top, right, bottom = piece.box
    room = min(left, top, page.width - right, page.height - bottom)
    return room < near and any(c.isalnum() for c in piece.text)


def _has_shape(page: SeenPage, sighting: Sighting, case: Case) -> bool:
    """Whether the page has a paper's or a photograph's; one that has a strip, without it."""
    if page.number in case.strips or not _is_labelled(sighting):
        return _is_paper_or_photo(*_as_it_came(page, case))
    return _is_paper_or_photo(page.width, page.height) or _is_longer_paper(page)


def _as_it_came(page: SeenPage, case: Case) -> tuple[float, float]:
    """Its width and height in pixels, without what was added below it."""
    strip = case.strips.get(page.number, Strip(0.0))
    if strip.turn % 2:
        return page.width - strip.height * page.height, page.height
    return page.width, page.height - strip.height * page.width


def _is_paper_or_photo(width: float, height: float) -> bool:
    short, long = sorted((width, height))
    photos = _PHOTO_SHAPES if short >= _MIN_PHOTO_PX else ()
    return any(
        abs(short / long - shape) <= _PAPER_SLACK * shape for shape in (*_PAPERS.values(), *photos)
    )


def _is_longer_paper(page: SeenPage) -> bool:
    """As by a strip of which only the label is known."""
    upright = page.width / page.height
    return any(
        shape * (1 - _BAND) <= upright <= shape
        for one in _PAPERS.values()
        for shape in (one, 1 / one)
    )


def screenshot(sighting: Sighting, case: Case) -> Seen:
    """SHOT: whether it has the size of a screen, or an address bar or a clock on top."""
    for page in sighting.pages:
        sign = _screen_sign(page, sighting.format)
        if sign:
            todo = _("download the statement as PDF, or print the page to PDF")
            return Seen(False, sign, todo, page.number)
    return Seen(True, _("no sign of a screenshot"))


def _screen_sign(page: SeenPage, format: str) -> str | None:
    """PDFs have an issuer's web address on top, and no pixels of their own."""
    if format == "PDF":
        return None
    if _is_screen(page):
        return _("as large as a screen: {width} × {height} pixels").format(
            width=page.width, height=page.height
        )
    top = (row for row in page.rows if row.pieces[0].box[3] <= _TOP * page.height)
    if any(_BROWSER.search(row.text) or _CLOCK.search(row.text) for row in top):
        return _("an address bar or a phone's clock at the top")
    return None


def _is_screen(page: SeenPage) -> bool:
    """Or a little higher, for the strip with the cardholder's details."""
    return any(
        page.width == width and height <= page.height <= height * (1 + _BAND)
        for width, height in _SCREENS
    )


def edited(sighting: Sighting, case: Case) -> Seen:
    """EDIT: whether what was added says so, and nothing but card digits is covered."""
    heading = _heading(sighting)
    if case.is_stamped and heading is None:
        todo = _("prepare it anew; what is added must say who added it")
        return Seen(False, _("the added details are not labelled as the cardholder's"), todo)
    covered = next(_covered(sighting), None)
    if covered:
        page, bar = covered
        todo = _("look there: nothing but card digits may be covered")
        what = _("a covered area that stands beside no card number")
        return Seen(None, what, todo, page.number, place_of(bar, page))
    if heading:
        page, piece = heading
        what = _("what was added is labelled as the cardholder's")
        return Seen(True, what, "", page.number, place([piece], page))
    if any(page.bars for page in sighting.pages):
        return Seen(True, _("what is covered stands beside card numbers"))
    return Seen(True, _("nothing that was added or covered is recognised"))


def stamps(page: SeenPage) -> Iterator[Box]:
    """Around the heading by which added details say so, and all that stands below it."""
    for heading in HEADINGS:
        match = find_text([_alone(page, heading)], heading) or find_text([page], heading)
        if match:
            yield Match(page, tuple(_stamped(block(match.pieces[0], page)))).box


def _alone(page: SeenPage, heading: str) -> SeenPage:
    """The pieces that say hardly more: one of two readers may have seen a row of the statement and
    the heading beside it as one line.
    """
    most = len(as_it_looks(heading)) + _MORE
    return only(page, lambda piece: len(as_it_looks(piece.text)) <= most)


def _stamped(block: Sequence[Piece]) -> Sequence[Piece]:
    """Up to the label that comes last; a row of the statement may stand right below the stamp, and
    one beside it may be read as one line with its.
    """
    left, slack = block[0].box[0], block[0].height
    pieces = [piece for piece in block if piece.box[0] >= left - slack]
    ends = (i for i, piece in enumerate(pieces) if _LAST_LABELS.match(as_it_looks(piece.text)))
    return pieces[: max(ends, default=len(pieces)) + 1]


def _heading(sighting: Sighting) -> tuple[SeenPage, Piece] | None:
    for page in sighting.pages:
        for heading in HEADINGS:
            match = find_text([page], heading)
            if match:
                return page, match.pieces[0]
    return None


def _is_labelled(sighting: Sighting) -> bool:
    return _heading(sighting) is not None


def _covered(sighting: Sighting) -> Iterator[tuple[SeenPage, Box]]:
    """Bars that stand neither beside digits nor near a card's label."""
    for page in sighting.pages:
        for bar in page.bars:
            if not _is_of_card(bar, page):
                yield page, bar


def _is_of_card(bar: Box, page: SeenPage) -> bool:
    """By the rows beside, above and below it: a number may be wrapped, its label may stand over.

    Sums and days beside it say that another word of a table is covered.
    """
    reach = _BAR_REACH * (bar[3] - bar[1])
    near = [row.text for row in page.rows if _gap(row.pieces[0].box, bar) <= reach]
    if any(fours_behind(bar, page)) or _LAST_FOUR_LABEL.search(as_it_looks(" ".join(near))):
        return True
    return any(_GROUP.search(numbers_left(text)) for text in near)


def _gap(a: Box, b: Box) -> float:
    """Between the rows of two boxes; negative where they share rows."""
    return max(a[1], b[1]) - min(a[3], b[3])
