"""Whole files are checked from their pixels: a good one, and each with one defect that is drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import pytest

from prepdoc.checked import Checked
from prepdoc.checking import Before, Case, Demand, checked_file, checked_output
from prepdoc.checking.sighting import exposes
from prepdoc.errors import PasswordNeeded
from prepdoc.job import Options
from prepdoc.ocr.paddle import Paddle
from prepdoc.ocr.tesseract import LETTERS, Tesseract
from prepdoc.page import Cardholder, Glyph, Line, Pixels, Quad
from prepdoc.pan import Pan
from prepdoc.pipeline import prepare
from prepdoc.requirements import named
from prepdoc.texts import speak
from tests import draw
from tests.draw import Box, Item, Sheet, Text, grouped, pan, statement_pdf

A6 = (297.6, 419.5)
NUMBER = pan("visa", 5)
CASE = Case(
    demand=Demand(profile=named("amazon-co-jp-upload")),
    cardholder=Cardholder("髙﨑 花子", "東京都千代田区丸の内1-1-1", "03-1234-5678"),
    today=date(2026, 11, 24),
    last_four=NUMBER[-4:],
)
MASKED = (Box((90, 98), (66, 12)), Text(NUMBER[-4:], (160, 108), 9))
GOOD: Sequence[Item] = (
    Text("みずたまカード ご利用代金明細書", (24, 40), 11),
    Text("発行日 2026年11月10日", (160, 60), 8),
    Text("Visa カード番号", (24, 108), 8),
    *MASKED,
    Text("2026/10/02", (24, 150), 8),
    Text("AMAZON.CO.JP", (90, 150), 8),
    Text("10,000", (220, 150), 8),
    Text("カード名義人による追記", (24, 250), 9),
    Text("氏名：髙﨑 花子", (24, 265), 9),
    Text("住所：東京都千代田区丸の内1-1-1", (24, 280), 9),
    Text("電話番号：03-1234-5678", (24, 295), 9),
)
PALE = (228, 228, 228)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Messages in one language."""
    speak("en")
    yield
    speak("en")


Check = Callable[[bytes], dict[str, Checked]]


@pytest.fixture(scope="module")
def check(paddle: Paddle, tesseract: Tesseract) -> Check:
    """The check of a file's bytes, with real engines; what comes of each rule."""
    letters = Tesseract(LETTERS)

    def checked(data: bytes) -> dict[str, Checked]:
        found = checked_file(data, None, CASE, paddle, tesseract, letters)
        return {one.id: one for one in found.checks}

    return checked


def pdf(
    items: Sequence[Item], size: tuple[float, float] = A6, password: str | None = None
) -> bytes:
    """A born-digital page."""
    return statement_pdf([Sheet(items=items, size=size)], password=password).data


def without(word: str) -> tuple[Item, ...]:
    """The good page without the lines that hold a word."""
    return tuple(i for i in GOOD if not (isinstance(i, Text) and word in i.text))


def failed(checks: dict[str, Checked]) -> set[str]:
    """What must be met and is not."""
    return {one.id for one in checks.values() if one.outcome == "fail"}


def test_a_good_file_meets_everything(check: Check) -> None:
    """And what was seen is told with its place."""
    checks = check(pdf(GOOD))
    assert not failed(checks)
    assert {id for id, one in checks.items() if one.outcome == "warn"} == {"PAN-3", "THIRD"}
    assert (checks["TXN"].page, checks["TXN"].place) == (1, "middle left")


DEFECTS: dict[str, tuple[Sequence[Item], set[str]]] = {
    "a whole number": ((*GOOD, Text(grouped(NUMBER), (24, 200), 9)), {"PAN-1"}),
    "last four covered": ((*GOOD, Box((156, 98), (30, 12))), {"PAN-2", "LEG"}),
    "phone missing": (without("電話番号"), {"TEL", "LEG"}),
    "another name": ((*without("氏名"), Text("氏名：山田 太郎", (24, 265), 9)), {"NAME", "LEG"}),
    "no purchase from Amazon": (without("AMAZON"), {"TXN"}),
}


MARKS = "?" * 12


@pytest.mark.parametrize(
    ("seen", "shows_more"),
    [
        ({f"{MARKS}9272"}, False),
        ({f"{MARKS}99272", f"{MARKS}9272"}, False),  # the last mark is read as a 9
        ({f"{MARKS}99272"}, True),
        ({f"{MARKS}99272", f"{MARKS}9273"}, True),
        ({f"{MARKS[:10]}21001", f"{MARKS[:11]}1001"}, True),  # the last five of American Express
        ({f"4{MARKS[1:]}99272", f"{MARKS}9272"}, True),
    ],
)
def test_a_mark_read_as_a_digit_exposes_nothing_where_another_reader_sees_it(
    seen: set[str], shows_more: bool
) -> None:
    assert exposes(frozenset(map(Pan, seen))) is shows_more


@pytest.mark.parametrize("defect", DEFECTS)
def test_one_defect_fails_its_rule(defect: str, check: Check) -> None:
    """And no other one, but for the rule that sums up what is legible."""
    items, expected = DEFECTS[defect]
    assert failed(check(pdf(items))) == expected


def test_details_too_faint_are_no_details(check: Check) -> None:
    """Whether an engine reads them all the same or not."""
    faint = tuple(
        replace(i, colour=PALE) if isinstance(i, Text) and i.at[1] > 240 else i for i in GOOD
    )
    assert "LEG" in failed(check(pdf(faint)))


def test_what_is_wished_warns(check: Check) -> None:
    """Cropped, 95 days old, and 12 MB: told, not refused."""
    old = (*without("発行日"), Text("発行日 2026年8月21日", (160, 60), 8))
    cropped = check(pdf(old, size=(A6[0], 310)) + bytes(12_000_000))
    assert not failed(cropped)
    warned = {id for id, one in cropped.items() if one.outcome == "warn"}
    assert {"FULL", "DATE", "SIZE"} <= warned


def test_an_encrypted_file_needs_its_password_and_fails_with_it(
    check: Check, paddle: Paddle, tesseract: Tesseract
) -> None:
    """Amazon cannot open it either."""
    locked = pdf(GOOD, password="hirake")
    with pytest.raises(PasswordNeeded):
        check(locked)
    found = checked_file(locked, "hirake", CASE, paddle, tesseract, tesseract)
    assert {one.id for one in found.checks if one.outcome == "fail"} == {"ENC"}


# --- what was read before is not read again ------------------------------------------------------


@dataclass
class Watched:
    """A reader that notes how large a part of a page each picture is that it is shown."""

    reader: Paddle
    shares: list[float] = field(default_factory=list)
    name: str = "watched"

    def read(self, pixels: Pixels) -> tuple[Line, ...]:
        """As the reader does."""
        height, width = pixels.shape[:2]
        self.shares.append(height * width / (A6[0] * A6[1] * SCALE**2))
        return self.reader.read(pixels)

    def read_rows(self, rows: Sequence[Pixels]) -> tuple[Line, ...]:
        """As the reader does."""
        return self.reader.read_rows(rows)


SCALE = 300 / 72
STAMP = Quad.from_box(16, 236, 280, 304).scaled(SCALE)


@pytest.fixture
def watched(paddle: Paddle) -> Watched:
    """The finder, with nothing seen yet."""
    return Watched(paddle)


def before(paddle: Paddle, items: Sequence[Item]) -> Before:
    """What the finder reads of a page with these items, before the stamp was added."""
    drawn = draw.page(items, size=A6, dpi=300)
    return Before(drawn.pixels.shape[1], paddle.read(drawn.pixels), added=(STAMP,))


def checked_again(
    items: Sequence[Item], watched: Watched, *known: Before
) -> dict[str, tuple[str, str]]:
    """The outcome of each rule, and what was seen, where so much is known before."""
    checkup = checked_output(pdf(items), CASE, watched, Tesseract(LETTERS), known)
    return {one.id: (one.outcome, one.seen) for one in checkup.checks}


def test_only_what_was_added_is_read(paddle: Paddle, watched: Watched) -> None:
    """And every rule says what it says when all is read."""
    whole = checked_again(GOOD, Watched(paddle))
    issuer = tuple(i for i in GOOD if isinstance(i, Box) or i.at[1] < 240)
    assert checked_again(GOOD, watched, before(paddle, issuer)) == whole
    assert [round(share, 1) for share in watched.shares] == [0.1]


def test_what_is_missed_is_looked_for_on_the_whole_page(paddle: Paddle, watched: Watched) -> None:
    """Here nothing at all was read before."""
    nothing = before(paddle, ())
    assert not nothing.lines
    assert checked_again(GOOD, watched, nothing)["TXN"][0] == "pass"
    assert len(watched.shares) == 2
    assert watched.shares[1] > 0.9


def test_what_was_covered_since_is_not_seen(paddle: Paddle, watched: Watched) -> None:
    """Read before it lay under what was added."""
    row = Quad.from_box(20, 140, 290, 154)
    covered = (*GOOD, Box((20, 140), (270, 14), fill=draw.WHITE))
    known = replace(before(paddle, GOOD), added=(STAMP, row.scaled(SCALE)))
    assert checked_again(covered, watched, known)["TXN"][0] == "fail"


def test_letters_that_a_text_layer_claims_are_read(paddle: Paddle, watched: Watched) -> None:
    """Its digits are proven; of its letters nobody has read more than that they are no digits."""
    shop = next(i for i in GOOD if isinstance(i, Text) and "AMAZON" in i.text)
    other = (*without("AMAZON"), replace(shop, text="KOMEDA.CO.JP"))
    x, y = shop.at
    place = Quad.from_box(x, y - 9, x + 60, y + 2).scaled(SCALE)
    name = "AMAZON.CO.JP"
    cells = (place.part(i / len(name), (i + 1) / len(name)) for i in range(len(name)))
    claimed = Line(tuple(map(Glyph, name, cells)), "text")
    issuer = before(paddle, ())
    for items, expected in ((GOOD, "pass"), (other, "fail")):
        rest = tuple(i for i in items if not (isinstance(i, Text) and i.at == shop.at))
        known = replace(issuer, lines=before(paddle, rest).lines, explained=(claimed,))
        assert checked_again(items, watched, known)["TXN"][0] == expected


def test_a_row_whose_box_reaches_into_the_frame_is_read(paddle: Paddle, watched: Watched) -> None:
    """Fonts' boxes are wider than their ink; here the row with the statement's date."""
    dated = next(i for i in GOOD if isinstance(i, Text) and "発行日" in i.text)
    rest = tuple(i for i in without("追記") if isinstance(i, Text) and i is not dated)
    known = before(paddle, [i for i in rest if i.at[1] < 240])
    (x, y), end = dated.at, dated.at[0] + 110
    frame = Quad.from_box(end - 5, y - 12, 290, y + 6).scaled(SCALE)
    place = Quad.from_box(x, y - 9, end, y + 2).scaled(SCALE)
    cells = (place.part(i / len(dated.text), (i + 1) / len(dated.text)) for i in range(99))
    claimed = Line(tuple(map(Glyph, dated.text, cells)), "text")
    for explained, day in (((claimed,), "2026-11-10"), ((), "2026-10-02")):
        own = replace(known, explained=explained, added=(STAMP, frame))
        assert checked_again(GOOD, watched, own)["DATE"] == ("pass", day)


SOURCES: dict[str, Callable[[draw.Drawn], draw.Drawn]] = {
    "upright": lambda drawn: drawn,
    "lies on its side": lambda drawn: draw.turned(drawn, 1),
    "skewed": lambda drawn: draw.skewed(drawn, 1.5),
    "coarse": lambda drawn: draw.scaled(drawn, 0.6),
}
STATEMENT: Sequence[Item] = (
    *(i for i in without("追記") if isinstance(i, Text) and i.at[1] < 240 and i.at[0] != 160),
    Text("発行日 2026年11月10日", (160, 60), 8),
    Text(grouped(NUMBER), (90, 108), 8),
)


@pytest.mark.parametrize("kind", SOURCES)
def test_what_is_prepared_is_seen_as_a_stranger_sees_it(kind: str, watched: Watched) -> None:
    """The check that knows what was read before says what one says that knows nothing."""
    drawn = SOURCES[kind](draw.page(STATEMENT, size=(595, 842), dpi=300))
    demand = replace(CASE.demand, allow=frozenset({"FULL"}))
    made = prepare(draw.scan_pdf(drawn).data, CASE.cardholder, Options(demand=demand))
    assert made.data is not None
    case = replace(CASE, demand=demand, brand="Visa", is_stamped=True, today=date.today())
    again = checked_output(made.data, case, watched, Tesseract(LETTERS))
    assert [(c.id, c.outcome) for c in made.checks] == [(c.id, c.outcome) for c in again.checks]
    assert [(c.id, c.place) for c in made.checks] == [(c.id, c.place) for c in again.checks]


@pytest.mark.parametrize("row", ["ご利用明細 髙﨑 花子 様 {}", "Hanako Takasaki {}"])
def test_a_printed_name_beside_a_number_is_not_told_as_added(row: str) -> None:
    """Right before what is masked, and with a blank that the reader of the row drops."""
    name = "髙﨑 花子" if "様" in row else "Hanako Takasaki"
    head = Text(row.format(NUMBER), (24, 80), 9)
    source = pdf((*without("追記"), head), size=(595, 842))
    demand = replace(CASE.demand, allow=frozenset({"FULL"}))
    made = prepare(source, replace(CASE.cardholder, name=name), Options(demand=demand))
    seen = next(check.seen for check in made.checks if check.id == "NAME")
    assert name in seen and "added" not in seen
