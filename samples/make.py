"""Draws the sample statements beside this file; `python -m samples.make` writes them anew.

Everybody and every firm in them is invented, but for Amazon; the card numbers are made from the
ranges that payment services publish for tests. The same libraries give the same bytes each time.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

import cv2
import numpy as np

from prepdoc.page import Pixels, Quad
from tests import draw
from tests.draw import A4, BLACK, LETTER, WHITE, Box, Drawn, DrawnPdf, Item, Rgb, Sheet, Size, Text

HERE = Path(__file__).parent

# Whoever draws with other versions gets the same pictures, but perhaps not the same bytes.
LIBRARIES = ("numpy", "opencv-python-headless", "pillow", "pymupdf", "pymupdf-fonts")
MADE_WITH = "made-with.toml"

GREY: Rgb = (110, 110, 110)
PALE: Rgb = (238, 241, 245)
HAIR: Rgb = (190, 196, 204)
TEAL: Rgb = (0, 98, 112)
NAVY: Rgb = (24, 44, 92)
HAIR_PT = 0.6

CARDHOLDER_JA: Mapping[str, str] = {
    "name": "髙﨑 花子",
    "address": "〒107-0099 東京都港区青葉坂三丁目14番15号 "
    "メゾン・ド・ソレイユ青葉坂壱番館 1203号室",
    "phone": "090-1234-5678",
}
CARDHOLDER_EN: Mapping[str, str] = {
    "name": "Hanako Takasaki",
    "address": "1420 Example Street, Apt 5B, Springfield, IL 62701, USA",
    "phone": "+1 217-555-0142",
}


@dataclass(frozen=True, slots=True)
class Purchase:
    """One row of a statement, as it is printed."""

    day: str
    where: str
    amount: str
    note: str = ""


PURCHASES_JA = (
    Purchase("2026/10/02", "AMAZON.CO.JP", "10,000", "Amazonギフト券"),
    Purchase("2026/10/02", "AMAZON.CO.JP", "3,480", "注文番号 250-1234567-1234567"),
    Purchase("2026/10/04", "スーパーひだまり 青葉坂店", "4,216"),
    Purchase("2026/10/07", "トコトコ書店 オンライン", "1,980", "商品 4901234567894"),
    Purchase("2026/10/10", "青葉坂鉄道 定期券うりば", "12,340"),
    Purchase("2026/10/13", "みなもモバイル 10月分", "2,728", "電話料金"),
    Purchase("2026/10/18", "喫茶こもれび", "1,150"),
    Purchase("2026/10/21", "EXAMPLE HOSTING (USA)", "1,803", "12.00 USD × 150.25"),
    Purchase("2026/10/25", "ドラッグストアすずらん", "2,365"),
    Purchase("2026/10/31", "ひだまり電力 10月分", "6,842", "口座 ****5678"),
)
PURCHASES_EN = (
    Purchase("10/02", "AMAZON.COM*2K4AB12C3  SEATTLE WA", "$100.00", "Order 112-1234567-1234567"),
    Purchase("10/04", "GREEN BASKET GROCERY  SPRINGFIELD IL", "$64.18"),
    Purchase("10/09", "PRAIRIE POWER & LIGHT  AUTOPAY", "$88.40", "Ref 24692166283100412345678"),
    Purchase("10/12", "CORNER BOOKS  SPRINGFIELD IL", "$23.75", "ISBN 9780306406157"),
    Purchase("10/17", "CAFE LINDEN  SPRINGFIELD IL", "$11.20"),
    Purchase("10/23", "EXAMPLE AIR  CHICAGO IL", "$412.60", "Ticket 016 2345678901"),
    Purchase("10/28", "HARDWARE & MORE #0417  SPRINGFIELD IL", "$37.02"),
)


# --- pieces of a layout, all positions in points -----------------------------------------------


def _right(
    text: str, x: float, y: float, pt: float, font: str = "japan", *, colour: Rgb = BLACK
) -> Text:
    """A run that ends at x."""
    return Text(text, (x - draw.width_pt(text, pt, font), y), pt, font, colour=colour)


def _rule(x0: float, x1: float, y: float, colour: Rgb = HAIR, thick: float = HAIR_PT) -> Box:
    return Box((x0, y), (x1 - x0, thick), colour)


def _frame(x0: float, y0: float, x1: float, y1: float) -> list[Item]:
    """Four hairlines around a pale ground."""
    upright = [Box((x, y0), (HAIR_PT, y1 - y0), HAIR) for x in (x0, x1 - HAIR_PT)]
    level = [_rule(x0, x1, y0), _rule(x0, x1, y1 - HAIR_PT)]
    return [Box((x0, y0), (x1 - x0, y1 - y0), PALE), *upright, *level]


def _labelled(
    label: str, value: str, x: float, y: float, pt: float, *, gap: float, tag: str = ""
) -> list[Item]:
    """A grey label and its value `gap` to the right."""
    return [Text(label, (x, y), pt - 1, colour=GREY), Text(value, (x + gap, y), pt, tag=tag)]


# --- the Japanese web statement ----------------------------------------------------------------

LEFT, RIGHT = 48.0, 547.0
JA_COLUMNS = (LEFT + 6, LEFT + 78, RIGHT - 168, RIGHT - 186)  # day, where, note; amount ends


def statement_ja(number: str) -> list[Item]:
    """An A4 page of みずたまカード with `number` as the card number, tagged "pan"."""
    return [
        *_ja_head("ご利用代金明細書", "2026年11月お支払い分"),
        *_ja_holder(number),
        *_ja_total(),
        *_ja_table(PURCHASES_JA, 322),
        *_ja_foot(),
    ]


def _ja_head(title: str, month: str) -> list[Item]:
    return [
        Box((0, 0), (A4[0], 40), TEAL),
        Text("みずたまカード", (LEFT, 26), 15, colour=WHITE),
        _right("Web明細サービス", RIGHT, 26, 9.5, colour=WHITE),
        Text(title, (LEFT, 78), 19),
        Text(month, (LEFT + 172, 78), 11, colour=GREY),
        _right("発行日 2026年11月10日", RIGHT, 70, 8.5, colour=GREY),
        _right("1 / 1 ページ", RIGHT, 83, 8.5, colour=GREY),
        _rule(LEFT, RIGHT, 90, TEAL, 1.5),
    ]


def _ja_holder(number: str) -> list[Item]:
    gap = 74.0
    return [
        Text(f"{CARDHOLDER_JA['name']} 様", (LEFT, 122), 15),
        Text("いつもみずたまカードをご利用いただき、ありがとうございます。", (LEFT, 144), 9),
        *_labelled("カード名称", "みずたまカード ゴールド", LEFT, 172, 10, gap=gap),
        *_labelled("カード番号", number, LEFT, 190, 10.5, gap=gap, tag="pan"),
        *_labelled("会員区分", "本会員", LEFT, 208, 10, gap=gap),
        *_labelled("お支払口座", "ひばり銀行 青葉坂支店 普通 ****123", LEFT, 226, 10, gap=gap),
    ]


def _ja_total() -> list[Item]:
    x = 352.0
    return [
        *_frame(x, 108, RIGHT, 237),
        Text("今回のお支払金額", (x + 14, 132), 9.5, colour=GREY),
        _right("46,904 円", RIGHT - 14, 162, 22, colour=TEAL),
        _rule(x + 14, RIGHT - 14, 176),
        *_labelled("お支払日", "2026年11月27日（金）", x + 14, 194, 9.5, gap=68),
        *_labelled("ご利用期間", "10月1日 ～ 10月31日", x + 14, 210, 9.5, gap=68),
        *_labelled("お支払方法", "口座振替", x + 14, 226, 9.5, gap=68),
    ]


def _ja_table(purchases: Sequence[Purchase], top: float) -> list[Item]:
    day, where, note, end = JA_COLUMNS
    return [
        Text("ご利用明細", (LEFT, top - 30), 12, colour=TEAL),
        Box((LEFT, top - 20), (RIGHT - LEFT, 22), TEAL),
        Text("ご利用日", (day, top - 5), 9, colour=WHITE),
        Text("ご利用先など", (where, top - 5), 9, colour=WHITE),
        _right("金額（円）", end, top - 5, 9, colour=WHITE),
        Text("備考", (note, top - 5), 9, colour=WHITE),
        *_ja_rows(purchases, top + 20),
    ]


def _ja_rows(purchases: Sequence[Purchase], top: float, pitch: float = 22.0) -> Iterator[Item]:
    day, where, note, end = JA_COLUMNS
    for row, purchase in enumerate(purchases):
        y = top + row * pitch
        yield Text(purchase.day, (day, y), 9.5)
        yield Text(purchase.where, (where, y), 9.5)
        yield _right(purchase.amount, end, y, 9.5)
        if purchase.note:
            yield Text(purchase.note, (note, y), 8.5, colour=GREY)
        yield _rule(LEFT, RIGHT, y + 7)


def _ja_foot() -> list[Item]:
    end = JA_COLUMNS[3]
    return [
        Text("お支払い合計", (JA_COLUMNS[1], 566), 11),
        _right("46,904", end, 566, 12, colour=TEAL),
        _rule(LEFT, RIGHT, 576, TEAL, 1.5),
        Text("※ 海外でのご利用分は、当社が定める換算レートで円に換算しています。", (LEFT, 598), 8),
        Text("※ 適格請求書発行事業者登録番号 T1234567890123", (LEFT, 612), 8),
        _rule(LEFT, RIGHT, 770),
        Text("株式会社みずたまカード", (LEFT, 788), 9.5),
        Text("〒530-0099 大阪市北区水玉町1-2-3 みずたまビル", (LEFT, 802), 8, colour=GREY),
        _right("お問い合わせ 0120-000-123", RIGHT, 788, 9.5),
        _right("受付時間 9:00～17:00（土・日・祝日を除く）", RIGHT, 802, 8, colour=GREY),
    ]


# --- four cards on one statement ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Section:
    """One card of several on a statement."""

    title: str
    brand: draw.Brand
    holder: str
    purchases: tuple[Purchase, ...]
    total: str


SECTIONS = (
    Section(
        "みずたまカード ゴールド（本会員）", "visa", "髙﨑 花子 様", PURCHASES_JA[:3], "17,696"
    ),
    Section("家族カード", "jcb", "髙﨑 太郎 様", PURCHASES_JA[3:5], "14,320"),
    Section(
        "みずたま・ビジネスカード",
        "amex",
        "髙﨑 花子 様",
        (PURCHASES_JA[7], Purchase("2026/10/22", "文具のいろは 本店", "7,590", "領収書 00417")),
        "9,393",
    ),
    Section(
        "ETCカード",
        "mastercard",
        "髙﨑 花子 様",
        (
            Purchase("2026/10/11", "青葉坂IC → 水玉南IC", "1,320", "07:42 普通車"),
            Purchase("2026/10/12", "水玉南IC → 青葉坂IC", "1,320", "18:05 普通車"),
        ),
        "2,640",
    ),
)


def statement_four_cards() -> list[Item]:
    """An A4 page with a Visa, a JCB, an Amex and a Mastercard number, tagged by brand."""
    items = [
        *_ja_head("おまとめ明細書", "2026年11月お支払い分"),
        Text(f"{CARDHOLDER_JA['name']} 様", (LEFT, 118), 14),
        _right("お支払合計 44,049 円　お支払日 2026年11月27日（金）", RIGHT, 118, 10.5),
    ]
    y = 150.0
    for section in SECTIONS:
        items += _section(section, y)
        y += 92 + 20 * len(section.purchases)
    return items + _ja_foot()[-5:]


def _section(section: Section, y: float) -> list[Item]:
    number = draw.grouped(draw.pan(section.brand, seed=4))
    bottom = y + 46 + 20 * len(section.purchases)
    return [
        *_frame(LEFT, y - 14, RIGHT, y + 26),
        Text(section.title, (LEFT + 6, y + 1), 10.5, colour=TEAL),
        _right(section.holder, RIGHT - 6, y + 1, 9.5),
        Text("カード番号", (LEFT + 6, y + 18), 9, colour=GREY),
        Text(number, (LEFT + 64, y + 18), 10.5, tag=section.brand),
        *_ja_rows(section.purchases, y + 44, pitch=20),
        Text("小計", (JA_COLUMNS[1], bottom + 2), 9.5, colour=GREY),
        _right(section.total, JA_COLUMNS[3], bottom + 2, 9.5),
    ]


# --- the English statement ---------------------------------------------------------------------

EN_LEFT, EN_RIGHT = 50.0, 562.0


def statement_en(number: str) -> list[Item]:
    """A Letter page of Meadowlark Bank; the number stands at the top and on the payment slip."""
    return [
        *_en_head(),
        *_en_address(),
        *_en_summary(number),
        *_en_table(),
        *_en_slip(number),
    ]


def _en_head() -> list[Item]:
    return [
        Text("Meadowlark Bank", (EN_LEFT, 62), 22, "tibo", colour=NAVY),
        Text("Visa Signature® Rewards", (EN_LEFT, 80), 10, "helv", colour=GREY),
        _right("Credit Card Statement", EN_RIGHT, 58, 13, "hebo"),
        _right("October 1 - October 31, 2026", EN_RIGHT, 74, 10, "helv"),
        _right("Page 1 of 1", EN_RIGHT, 88, 9, "helv", colour=GREY),
        Box((EN_LEFT, 98), (EN_RIGHT - EN_LEFT, 2), NAVY),
    ]


def _en_address() -> list[Item]:
    lines = ("HANAKO TAKASAKI", "1420 EXAMPLE STREET APT 5B", "SPRINGFIELD IL 62701-0042")
    return [Text(line, (EN_LEFT, 134 + 14 * row), 10.5, "helv") for row, line in enumerate(lines)]


def _en_summary(number: str) -> list[Item]:
    x = 310.0
    rows = (
        ("Account Number:", number, "pan"),
        ("Statement Date:", "10/31/2026", ""),
        ("New Balance:", "$737.15", ""),
        ("Minimum Payment Due:", "$35.00", ""),
        ("Payment Due Date:", "11/25/2026", ""),
        ("Customer Service:", "1-800-555-0199", ""),
    )
    items = _frame(x, 114, EN_RIGHT, 226)
    for row, (label, value, tag) in enumerate(rows):
        y = 132 + 17 * row
        items += [
            Text(label, (x + 12, y), 9.5, "helv", colour=GREY),
            replace(_right(value, EN_RIGHT - 12, y, 10.5, "hebo"), tag=tag),
        ]
    return items


def _en_table() -> list[Item]:
    items: list[Item] = [
        Text("Transactions", (EN_LEFT, 262), 13, "hebo", colour=NAVY),
        Box((EN_LEFT, 270), (EN_RIGHT - EN_LEFT, 20), NAVY),
        Text("Date", (EN_LEFT + 8, 284), 9.5, "hebo", colour=WHITE),
        Text("Description", (EN_LEFT + 58, 284), 9.5, "hebo", colour=WHITE),
        _right("Amount", EN_RIGHT - 8, 284, 9.5, "hebo", colour=WHITE),
    ]
    for row, purchase in enumerate(PURCHASES_EN):
        items += _en_row(purchase, 307 + 27 * row)
    total = [
        Text("Total for this period", (EN_LEFT + 58, 500), 10.5, "hebo"),
        _right("$737.15", EN_RIGHT - 8, 500, 10.5, "hebo"),
    ]
    return items + total


def _en_row(purchase: Purchase, y: float) -> Iterator[Item]:
    """The note stands in small print below the description."""
    yield Text(purchase.day, (EN_LEFT + 8, y), 9.5, "helv")
    yield Text(purchase.where, (EN_LEFT + 58, y), 9.5, "helv")
    yield _right(purchase.amount, EN_RIGHT - 8, y, 9.5, "helv")
    if purchase.note:
        yield Text(purchase.note, (EN_LEFT + 58, y + 10), 7.5, "helv", colour=GREY)
    yield _rule(EN_LEFT, EN_RIGHT, y + 14)


def _en_slip(number: str) -> list[Item]:
    dashes: list[Item] = [Box((x, 626), (5, 0.8), GREY) for x in np.arange(EN_LEFT, EN_RIGHT, 9)]
    return [
        Text("Questions? Call 1-800-555-0199, 24 hours a day.", (EN_LEFT, 540), 9, "helv"),
        Text("Lost or stolen card: 1-800-555-0177", (EN_LEFT, 553), 9, "helv"),
        *dashes,
        Text("Payment slip - return with your check", (EN_LEFT, 648), 10.5, "hebo", colour=NAVY),
        Text("Account Number:", (EN_LEFT, 670), 9.5, "helv", colour=GREY),
        Text(number, (EN_LEFT + 92, 670), 10.5, "hebo", tag="pan on the slip"),
        Text("Hanako Takasaki", (EN_LEFT, 686), 9.5, "helv"),
        Text("New Balance: $737.15    Minimum Due: $35.00", (EN_LEFT, 702), 9.5, "helv"),
        _right("Meadowlark Bank Card Services", EN_RIGHT, 670, 9.5, "helv"),
        _right("PO Box 00417, Springfield IL 62705", EN_RIGHT, 684, 9.5, "helv"),
        _right("Amount enclosed: $ ____________", EN_RIGHT, 706, 9.5, "helv"),
    ]


# --- the phone's screen ------------------------------------------------------------------------

SCREEN: Size = (360.0, 780.0)  # points of a usual phone; 3 pixels each
SCREEN_DPI = 216.0
NIGHT: Rgb = (18, 20, 24)
PANEL: Rgb = (34, 38, 45)
LIGHT: Rgb = (232, 234, 238)
DIM: Rgb = (150, 156, 166)
MINT: Rgb = (98, 214, 190)


def screen_dark() -> Drawn:
    """A web statement in dark mode as a phone's screenshot; the number is tagged "pan"."""
    number = draw.grouped(draw.pan("mastercard", seed=6), " ")
    items = [*_screen_top(), *_screen_card(number), *_screen_list(PURCHASES_JA[:7])]
    return draw.page(items, dpi=SCREEN_DPI, size=SCREEN, paper=NIGHT)


def _screen_top() -> list[Item]:
    return [
        Text("9:41", (24, 26), 12, "notosbo", colour=LIGHT),
        _right("5G  82%", 338, 26, 11, "notosbo", colour=LIGHT),
        Text("＜", (14, 64), 14, colour=MINT),
        Text("ご利用明細", (142, 64), 15, colour=LIGHT),
        _rule(0, SCREEN[0], 80, PANEL, 1),
    ]


def _screen_card(number: str) -> list[Item]:
    return [
        Box((16, 96), (328, 150), PANEL),
        Text("みずたまカード Mastercard", (30, 122), 12, colour=LIGHT),
        Text("カード番号", (30, 148), 10, colour=DIM),
        Text(number, (30, 168), 15, "notos", tag="pan", colour=LIGHT),
        _rule(30, 330, 182, DIM),
        Text("11月のお支払金額", (30, 204), 10, colour=DIM),
        _right("35,894円", 330, 208, 20, colour=MINT),
        Text("お支払日", (30, 232), 10, colour=DIM),
        _right("2026年11月27日（金）", 330, 232, 11, colour=LIGHT),
    ]


def _screen_list(purchases: Sequence[Purchase]) -> Iterator[Item]:
    yield Text("ご利用履歴（髙﨑 花子 様）", (18, 274), 12, colour=LIGHT)
    for row, purchase in enumerate(purchases):
        y = 304.0 + row * 58
        yield Text(purchase.where, (18, y), 12, colour=LIGHT)
        yield _right(f"{purchase.amount}円", 342, y, 13, colour=LIGHT)
        yield Text(f"{purchase.day}  {purchase.note}".rstrip(), (18, y + 18), 10, colour=DIM)
        yield _rule(18, 342, y + 32, PANEL, 1)
    yield Text("お問い合わせ 0120-000-123", (18, 724), 10.5, colour=DIM)
    yield Box((120, 764), (120, 4), DIM)


# --- the scanner and the phone's camera --------------------------------------------------------


def scan_ja() -> Drawn:
    """The Japanese statement from a 200 dpi scanner that drew it in 1.5 degrees askew, in grey."""
    number = draw.grouped(draw.pan("unionpay", seed=3))
    straight = draw.grey(draw.page(statement_ja(number), dpi=200))
    soft = draw.blurred(draw.skewed(straight, 1.5), 0.5)
    return draw.noisy(draw.faded(soft, darkest=40, lightest=247), 3.0, seed=1)


PHOTO_PX = (1920, 2560)  # width and height: 4.9 megapixels, a phone's medium size
# Where the sheet's corners come to lie: held a little from below and from the left.
PHOTO_CORNERS = Quad((262, 236), (1700, 188), (1812, 2322), (150, 2392))


def photo_ja() -> Drawn:
    """The Japanese statement on a desk, photographed by hand, upright."""
    number = draw.grouped(draw.pan("visa", seed=5), " ")
    sheet = draw.page(statement_ja(number), dpi=230, paper=(250, 249, 245))
    lying = draw.in_perspective(sheet, PHOTO_CORNERS, _desk_under(PHOTO_CORNERS))
    lit = draw.shadowed(draw.faded(lying, darkest=22, lightest=238), darkest=0.5)
    return draw.noisy(draw.blurred(lit, 0.6), 2.0, seed=2)


def _desk_under(corners: Quad) -> Pixels:
    """Wood with its grain along x, and the soft shadow that the sheet throws on it."""
    width, height = PHOTO_PX
    chance = np.random.default_rng(7)
    coarse = np.rint(chance.normal(128, 40, (height // 10, width // 240))).clip(0, 255)
    grain = cv2.resize(coarse.astype(np.uint8), (width, height), interpolation=cv2.INTER_CUBIC)
    wood = np.array((146, 104, 68)) * (0.82 + 0.36 * (grain[..., None] / 255.0))
    shade = np.zeros((height, width), dtype=np.uint8)
    cv2.fillPoly(shade, [np.rint(corners.moved(14, 22).array()).astype(np.int32)], 255)
    dark = cv2.GaussianBlur(shade, (0, 0), 18)[..., None] / 255.0
    return np.asarray(np.rint(wood * (1 - 0.6 * dark)).clip(0, 255), dtype=np.uint8)


# --- the files ---------------------------------------------------------------------------------


def _pdf(items: Sequence[Item], title: str, size: Size = A4) -> DrawnPdf:
    return draw.statement_pdf([Sheet(items=items, size=size)], metadata={"title": title})


def pdf_ja() -> DrawnPdf:
    """A JCB number in full."""
    return _pdf(statement_ja(draw.grouped(draw.pan("jcb", seed=1))), "ご利用代金明細書")


def pdf_en() -> DrawnPdf:
    """A Visa number in full, twice."""
    number = draw.grouped(draw.pan("visa", seed=1), " ")
    return _pdf(statement_en(number), "Credit Card Statement", LETTER)


def pdf_partly_masked() -> DrawnPdf:
    """The first six digits and the last four of a Visa number."""
    digits = draw.pan("visa", seed=2)
    number = f"{digits[:4]}-{digits[4:6]}**-****-1234"
    return _pdf(statement_ja(number), "ご利用代金明細書")


def pdf_four_cards() -> DrawnPdf:
    """Four brands on one page."""
    return _pdf(statement_four_cards(), "おまとめ明細書")


def pdf_scan() -> DrawnPdf:
    """The scan as the scanner's PDF: one picture, no text."""
    return draw.scan_pdf(scan_ja(), quality=60)


def _toml(details: Mapping[str, str]) -> bytes:
    """Plain strings without quotes or backslashes need no escaping (TOML 1.0, basic strings)."""
    return "".join(f'{key} = "{value}"\n' for key, value in details.items()).encode()


# File → how to draw it again with its ground truth; for tests and benchmarks too.
PDFS: Mapping[str, Callable[[], DrawnPdf]] = {
    "statement-ja.pdf": pdf_ja,
    "statement-en.pdf": pdf_en,
    "partly-masked.pdf": pdf_partly_masked,
    "four-cards.pdf": pdf_four_cards,
    "scan.pdf": pdf_scan,
}
PICTURES: Mapping[str, Callable[[], Drawn]] = {"photo.jpg": photo_ja, "dark.png": screen_dark}
CARDHOLDERS: Mapping[str, Mapping[str, str]] = {
    "cardholder-ja.toml": CARDHOLDER_JA,
    "cardholder-en.toml": CARDHOLDER_EN,
}


def libraries() -> dict[str, str]:
    """The versions that the bytes of the samples depend on, here and now."""
    return {name: version(name) for name in LIBRARIES}


def made_with(folder: Path = HERE) -> dict[str, str]:
    """The versions that drew the samples in the folder."""
    return dict(tomllib.loads((folder / MADE_WITH).read_text("utf-8")))


def make(folder: Path = HERE) -> None:
    """Writes every sample into the folder; the photo is stored turned, as phones store it."""
    for name, pdf in PDFS.items():
        (folder / name).write_bytes(pdf().data)
    photo = draw.picture_bytes(photo_ja(), "JPEG", quality=85, orientation=6)
    (folder / "photo.jpg").write_bytes(photo)
    (folder / "dark.png").write_bytes(draw.picture_bytes(screen_dark(), "PNG"))
    for name, details in {**CARDHOLDERS, MADE_WITH: libraries()}.items():
        (folder / name).write_bytes(_toml(details))


if __name__ == "__main__":
    make()
