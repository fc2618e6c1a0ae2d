"""Details are found as OCR reads them, and other people's are not."""

from __future__ import annotations

import re
from dataclasses import replace
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prepdoc.checking.matching import (
    find_address,
    find_last_four,
    find_name,
    find_phone,
    last_fours,
)
from prepdoc.checking.seeing import Piece, Row, SeenPage, block, clear_of, outside
from prepdoc.checking.slips import is_alike

LINE = 40
MOST_SECONDS = 20.0
"""A second or two on an idle machine; minutes where every piece asks all others."""


def page(*lines: str | tuple[str, ...]) -> SeenPage:
    """Rows of pieces, 40 px high, one below the other; the pieces of a row stand far apart."""
    rows = []
    for number, line in enumerate(lines):
        texts = (line,) if isinstance(line, str) else line
        top = 100 + number * (LINE + 10)
        rows.append(Row(tuple(piece(text, i, top) for i, text in enumerate(texts))))
    return SeenPage(1, 2480, 3508, 300.0, tuple(rows))


def piece(text: str, column: int, top: float, height: float = LINE) -> Piece:
    """At the column's left edge, as wide as its characters."""
    left = 100 + column * 1000
    return Piece(text, (left, top, left + len(text) * height * 0.9, top + height), 15.0)


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("髙﨑 花子", "高崎花子 様"),
        ("髙﨑 花子", "氏名：髙﨑花子"),
        ("タカサキ ハナコ", "ﾀｶｻｷ ﾊﾅｺ 様"),
        ("Hanako Takasaki", "TAKASAKI HANAKO"),
        ("Hanako Takasaki", "Name: Hanako Takasak1"),
        ("齋藤 一郎", "斎藤 一郎"),
        ("葛\U000e0100城 邉子", "氏名：葛城邉子"),
        ("José Núñez", "JOSE NUNEZ"),
        ("Jose Nunez", "José Núñez"),
        ("ガブリエル パパ", "ガブリエル パパ"),
        ("Maximilian Featherstone", "MAXIMILIAN FEATHERST0NE"),
        ("Hanako Yamada", "YAMADA/HANAKO"),
        ("Hanako Yamada", "HANAKO M YAMADA"),
        ("Hanako Yamada", "Ms. HANAKOYAMADA"),
        ("Arnold Burns", "ARNOLD BUMS"),
        ("Marcus J. Ellery", "MARCUS ELLERY"),
        ("Marcus J. Ellery", "MARCUS J ELLERY"),
        ("Marcus J. Ellery", "ELLERY, MARCUS"),
        ("José Núñez-Łukasz", "JOSE NUNEZ-LUKASZ"),
        ("José García", "JOSE GARCIA"),
        ("María Ramírez Martín", "MARIA RAMIREZ MARTIN"),
        ("MARÍA RODRÍGUEZ", "Maria Rodriguez"),
        ("Maria Garcia", "MARÍA GARCÍA"),
        ("Loïc Ó Briain", "LOIC O BRIAIN"),
        ("Işık Yılmaz", "ISIK YILMAZ"),
        ("İpek Yıldız", "IPEK YILDIZ"),
        ("Zoë Müller", "ZOE MUELLER"),
        ("Conor O'Brien", "CONOR OBRIEN"),
        ("山田 花子", "氏名山田花子様"),
        ("김 민수", "김민수"),
        ("Дмитрий Иванов", "ДМИТРИЙ ИВАНОВ"),
    ],
)
def test_a_name_is_found(name: str, line: str) -> None:
    """In its usual forms, in any order of its words, and where a letter looks like another."""
    assert find_name([page("ご利用明細", line)], name)


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("山田 太郎", "山田 次郎 様"),
        ("髙﨑 花子", "高崎 様"),
        ("Jo Li", "Jo Lu"),
        ("Hanako Takasaki", "Hanako"),
        ("Hanako Takasaki", "Taro Takasaki"),
        ("Maximilian Featherstone", "Maximilian Fellerstein"),
        ("Maximilian Featherstone", "Maximiliane Featherstone"),
        ("Hanako Yamada", "Hanaka Yamada"),
        ("Maria Garcia", "MARIO GARCIA"),
        ("Anna Schmidt", "Anne Schmidt"),
        ("Marcus J. Ellery", "MARCUS K ELLERY"),
        ("Marcus J. Ellery", "J ELLERY"),
        ("John Smith", "JOHN SMITHSON"),
        ("Ann Lee", "JOANN LEE"),
        ("Ed Li", "Credit limit edli"),
        ("佐藤 健", "佐藤健二"),
        ("林 明", "小林明子"),
        ("小林 明", "小林 明美 様"),
        ("Hanako Takasaki", "E-mail hanako.takasaki@example.jp"),
    ],
)
def test_somebody_elses_name_is_not(name: str, line: str) -> None:
    """One character makes another person of a short name."""
    assert not find_name([page(line)], name)


def test_a_name_in_two_boxes_of_a_row_is_found() -> None:
    """Family and given name printed apart."""
    row = Row((piece("髙﨑", 0, 100), Piece("花子", (210, 100, 290, 140), 15.0)))
    assert find_name([SeenPage(1, 2480, 3508, 300.0, (row,))], "髙﨑 花子")


@pytest.mark.parametrize(
    ("address", "lines"),
    [
        ("東京都千代田区丸の内1-1-1", ["住所：東京都千代田区丸の内1-1-1"]),
        ("〒100-0005 東京都千代田区丸の内1-1-1", ["〒100-0005", "東京都千代田区", "丸の内1-1-1"]),
        ("〒100-0005 東京都千代田区丸の内1-1-1", ["東京都千代田区丸の内一丁目1番1号"]),
        ("東京都千代田区丸の内一丁目1番1号", ["東京都千代田区丸の内１－１－１"]),
        ("茨城県龍ケ崎市3710番地", ["茨城県竜ヶ崎市3710番地"]),
        (
            "神奈川県横浜市西区高島二丁目12番8号 コーポ桜 305号室",
            ["神奈川県横浜市西区高島2-12-8", "コーポ桜305"],
        ),
        (
            "123 Main Street, Apt 4, Springfield, IL 62704",
            ["123 MAIN ST APT 4", "SPRINGFIELD IL 62704"],
        ),
        ("1420 Example Street, Springfield", ["Address: 1420 Example", "Street, Springfield"]),
        ("東京都港区青葉坂三丁目14番15号", ["住所：東京都港区青葉坂三", "丁目14", "番15号"]),
        ("東京都千代田区丸の内1-1-1", ["東京都千代田区丸の内ー1ー1ー1"]),
        ("東京都千代田区丸の内1-1-1", ["千代田区丸の内1丁目1番1号"]),
        (
            "〒530-0001 大阪府大阪市北区梅田3-1-3 コーポ桜405号室",
            ["大阪市北区梅田3-1-3", "コーポ桜405"],
        ),
        ("北海道札幌市中央区北5条西2-5", ["札幌市中央区北五条西2丁目5番"]),
        ("埼玉県さいたま市大宮区桜木町1-7-5", ["さいたま市大宮区桜木町1-7-5 みずたまビル"]),
        ("神奈川県横浜市西区高島2-12-8", ["横浜市西区", "高島2-12-8"]),
        (
            "2718 Larkspur Lane, Unit 14, Boise, ID 83702, USA",
            ["2718 LARKSPUR LN UNIT 14", "BOISE ID 83702-4419"],
        ),
        (
            "2718 Larkspur Lane, Unit 14, Boise, ID 83702, USA",
            ["2718 Larkspur Lane #14, Boise, Idaho 83702"],
        ),
        (
            "415 Saint Brendan Street, Apartment 6C, Albany, NY 12208",
            ["415 St. Brendan St Apt 6C", "Albany, New York 12208"],
        ),
        (
            "1809-455 Granville Mews, Vancouver, BC V6C 1T2, Canada",
            ["Apt. 1809, 455 Granville Mews, Vancouver, British Columbia V6C 1T2"],
        ),
        (
            "12/88 Banksia Parade, Fitzroy VIC 3065, Australia",
            ["Unit 12, 88 Banksia Pde, Fitzroy Vic 3065"],
        ),
        ("Lindenstraße 42, 50674 Köln, Germany", ["Lindenstr. 42", "50674 Köln"]),
        (
            "Flat 3, 27 Thornbury Crescent, Leeds LS8 2QN, United Kingdom",
            ["Flat 3, 27 Thornbury Cres", "Leeds LS8 2QN"],
        ),
        (
            "2-8-3 Wakakusadai, Setagaya-ku, Tokyo 154-0099, Japan",
            ["2-8-3 WAKAKUSADAI SETAGAYA-KU", "TOKYO 154-0099"],
        ),
    ],
)
def test_an_address_is_found(address: str, lines: list[str]) -> None:
    """On one line or several, its numbers written out or with hyphens, in short and long words."""
    assert find_address([page("ご利用明細", *lines, "お支払日")], address)


@pytest.mark.parametrize(
    ("address", "lines"),
    [
        ("東京都千代田区丸の内1-1-1", ["東京都千代田区"]),
        ("東京都千代田区丸の内1-1-1", ["大阪市北区梅田3-2-1", "東京支店"]),
        ("東京都港区青葉坂3-14-15", ["愛知県名古屋市", "港区青葉坂3-14-15"]),
        ("123 Main Street, Apt 4, Springfield, IL 62704", ["SPRINGFIELD IL 62704"]),
    ],
)
def test_a_part_of_an_address_is_not_the_address(address: str, lines: list[str]) -> None:
    """Nor is another one."""
    assert not find_address([page(*lines)], address)


@pytest.mark.parametrize(
    ("address", "line"),
    [
        ("東京都港区青葉坂三丁目14番15号", "東京都港区青葉坂三丁目14番16号"),
        ("東京都港区青葉坂三丁目14番15号", "東京都港区青葉坂四丁目14番15号"),
        ("東京都港区青葉坂3-14-15", "東京都港区青葉坂31-4-15"),
        ("東京都港区青葉坂3-14-15 メゾン 203号室", "東京都港区青葉坂3-14-15 メゾン 1203号室"),
        ("東京都港区青葉坂3-14-15 第二コーポ", "東京都港区青葉坂3-14-15 第三コーポ"),
        ("東京都千代田区一番町1-2", "東京都千代田区二番町1番2号"),
        ("〒107-0099 東京都港区青葉坂3-14-15", "〒107-0098 東京都港区青葉坂3-14-15"),
        ("1420 Example Street, Springfield, IL 62701", "1428 EXAMPLE ST SPRINGFIELD IL 62701"),
        ("1420 Example Street, Springfield, IL 62701", "420 EXAMPLE ST SPRINGFIELD IL 62701"),
        ("1 Road, Leeds", "21 Road, Leeds"),
        ("14 High Street, London NW1 4AB", "14 High St London NW1 4AC"),
        ("12/88 Banksia Parade, Fitzroy VIC 3065", "1/288 Banksia Pde, Fitzroy Vic 3065"),
        ("2-8-3 Wakakusadai, Setagaya-ku, Tokyo", "28-3 Wakakusadai, Setagaya-ku, Tokyo"),
        ("2718 Larkspur Lane, Unit 14, Boise, ID 83702, USA", "2718 LARKSPUR LN BOISE ID 83702"),
    ],
)
def test_a_digit_more_less_or_other_is_another_address(address: str, line: str) -> None:
    """Letters of a long one may be misread."""
    assert not find_address([page(line)], address)
    assert find_address([page(address)], address)


@pytest.mark.parametrize(
    ("address", "line"),
    [
        ("東京都港区青葉坂三丁目14番15号", "東京都港区青菜坂三丁目14番15号"),
        ("1420 Example Street, Springfield, IL 62701", "142O EXANPLE ST SPRINGFIELD IL 62701-0042"),
        ("札幌市中央区北1条西2丁目3-4", "札幌市中央区北一条西2丁目3-4"),
        ("東京都板橋区坂下町1-2-3 末広荘", "東京都坂橋区坂下町1-2-3 未広荘"),
        ("東京都港区青葉坂3-14-15 メゾンアオバ", "東京都港区青葉坂3-14-15 メソンアオハ"),
        ("東京都千代田区霞が関1-2-3", "東京都千代田区霞ヶ関1-2-3"),
        ("東京都千代田区麴町一丁目2番3号", "東京都千代田区麹町1-2-3"),
        ("埼玉県秩父郡小鹿野町大字両神1-2-3", "埼玉県秩父郡小鹿野町両神1-2-3"),
        ("12 Mill Lane, Burnley BB10 4AB", "12 MILL LANE BUMLEY BB10 4AB"),
        ("12 Mill Lane, Wallingford OX10 4AB", "12 MIL LANE WALINGFORD OX10 4AB"),
        ("1420 Main St, Apt 5B, Springfield, IL 62701", "1420 MAIN ST #5B SPRINGFIELD IL 62701"),
        ("東京都港区青葉坂3-14-15 メゾン・ソレイユ青葉坂", "港区青葉坂3-14-15メゾンソレイユ青葉坂"),
    ],
)  # fmt: skip
def test_a_letter_of_a_long_address_may_be_misread(address: str, line: str) -> None:
    assert find_address([page(line)], address)


@pytest.mark.parametrize(
    ("address", "line"),
    [
        ("大阪府大阪市北区梅田1-2-3", "大阪府大阪市西区梅田1-2-3"),
        ("愛知県名古屋市東区青葉1-2-3", "愛知県名古屋市西区青葉1-2-3"),
        ("埼玉県さいたま市大宮区桜木町1-2-3", "埼玉県さいたま市浦和区桜木町1-2-3"),
        ("埼玉県さいたま市大宮区桜木町1-2-3", "埼玉県さいたま市南区桜木町1-2-3"),
        ("東京都港区青葉坂3-14-15", "大阪府大阪市港区青葉坂3-14-15"),
        ("東京都港区青葉坂3-14-15", "名古屋市港区青葉坂3-14-15"),
        ("東京都府中市青葉町1-2-3", "広島県府中市青葉町1-2-3"),
        ("東京都北区赤羽1-2-3", "西区赤羽1-2-3"),
        ("東京都渋谷区神南1-2-3 青葉マンション405", "東京都新宿区神南1-2-3 青葉マンション405"),
        ("東京都渋谷区神南1-2-3 青葉マンション405", "大阪府大阪市北区神南1-2-3 青葉マンション405"),
        ("京都府京都市中京区西ノ京1-2-3", "京都府京都市右京区西ノ京1-2-3"),
        ("東京都港区南青山一丁目2番3号 コーポ桜", "東京都港区青山一丁目2番3号 コーポ桜"),
        ("東京都港区青山一丁目2番3号 コーポ桜", "東京都港区北青山一丁目2番3号 コーポ桜"),
        ("東京都港区赤坂3-14-15 メゾン・ソレイユ", "東京都港区三田3-14-15 メゾン・ソレイユ"),
        ("南青山一丁目2番3号 コーポ桜ヶ丘 305号室", "青山一丁目2番3号 コーポ桜ヶ丘 305号室"),
        ("横浜市青葉区青葉町一丁目2番3号", "横浜市青葉区若葉町一丁目2番3号"),
        ("12 North Road, Leeds LS1 4AB", "12 South Road, Leeds LS1 4AB"),
        ("12 North Road, Leeds LS1 4AB", "12 Road, Leeds LS1 4AB"),
        ("12 Mill Lane, Leeds LS1 4AB", "12 HILL LANE LEEDS LS1 4AB"),
        ("12 Oak Avenue, Springfield, IL 62701", "12 ASH AVE SPRINGFIELD IL 62701"),
        ("100 Washington Street, New York, NY 10006", "100 VIRGINIA ST NEW YORK NY 10006"),
        ("12 Oak Avenue, Springfield, IL 62701", "12 OAKEN AVE SPRINGFIELD IL 62701"),
    ],
)  # fmt: skip
def test_another_ward_town_or_road_is_another_address(address: str, line: str) -> None:
    """However few letters they differ by: OCR takes a letter only for one that looks like it."""
    assert not find_address([page(line)], address)


def test_an_address_goes_on_below_itself_and_not_in_the_column_beside_it() -> None:
    """The rows of the other column stand a little higher."""
    first = Piece("Address: 1420 Example Street, Apt", (1191, 540, 1881, 601), 12.0)
    second = Piece("5B, Springfield, IL 62701", (1241, 606, 1827, 665), 12.0)
    other = Piece("-9626", (1043, 578, 1142, 637), 12.0)
    rows = (Row((first,)), Row((other, second)))
    seen = SeenPage(1, 2480, 3508, 300.0, rows)
    assert find_address([seen], "1420 Example Street, Apt 5B, Springfield, IL 62701")


def test_a_table_right_beside_a_narrow_stamp_is_no_part_of_the_address() -> None:
    """No further away than two words of one line are."""
    lines = ("住所：東京都立川市高松", "町三丁目21番5号メゾ", "ン・ド・ソレイユ410")
    rows = [
        Row((Piece(line, (800, 1100 + 66 * i, 1262, 1160 + 66 * i), 12.0),
             Piece(f"2026年10月{30 + i}日", (1330, 1100 + 66 * i, 1600, 1160 + 66 * i), 12.0)))
        for i, line in enumerate(lines)
    ]  # fmt: skip
    seen = SeenPage(1, 2480, 3508, 300.0, tuple(rows))
    assert find_address([seen], "東京都立川市高松町三丁目21番5号 メゾン・ド・ソレイユ410")


def test_a_column_right_beside_a_stamp_is_no_part_of_it() -> None:
    """Its words are nearer to each other than the column is to the frame."""
    stamp = [
        Piece(line, (767, 322 + 64 * i, 767 + 16 * len(line), 382 + 64 * i), 9.0)
        for i, line in enumerate(("Added by the cardholder", "Name: Mary-Kate Zielinski"))
    ]
    phone = (
        Piece("Phone:", (767, 450, 900, 510), 9.0),
        Piece("510-555-0176", (918, 450, 1190, 510), 9.0),
    )
    column = Piece("ACCOUNT NUMBER: xxxx-2098", (1207, 403, 2102, 452), 9.0)
    rows = (Row((stamp[0],)), Row((stamp[1], column)), Row(phone))
    seen = SeenPage(1, 2550, 3300, 300.0, rows)
    assert block(stamp[0], seen) == (*stamp, *phone)


def test_a_watermark_across_an_address_is_no_part_of_it() -> None:
    """It is ten times as high as the line that it stands beside."""
    lines = ("住所：東京都港区青葉坂", "三丁目14番", "15号")
    rows = [Row((Piece(line, (806, 1289 + 38 * i, 1094, 1320 + 38 * i), 12.0),))
            for i, line in enumerate(lines)]  # fmt: skip
    void = Row((Piece("VOID", (1116, 1116, 1452, 1431), 2.0),))
    seen = SeenPage(1, 1654, 2339, 200.0, (void, *rows))
    assert find_address([seen], "東京都港区青葉坂三丁目14番15号")


@pytest.mark.parametrize(
    ("phone", "line"),
    [
        ("03-1234-5678", "電話番号：03-1234-5678"),
        ("03-1234-5678", "TEL (03) 1234-5678"),
        ("03-1234-5678", "０３－１２３４－５６７８"),
        ("03-1234-5678", "0312345678"),
        ("090-1234-5678", "+81 90 1234 5678"),
        ("+81 90-1234-5678", "090-1234-5678"),
        ("03-9999-0000 / 090-1234-5678", "090-1234-5678"),
        ("(206) 555-0100", "Phone: 206-555-0100"),
        ("813-555-0100", "813.555.0100"),
        ("+1 217-555-0142", "(217) 555-0142"),
        ("217-555-0142", "+1 217 555 0142"),
        ("217-555-0142", "1-217-555-0142"),
        ("1-217-555-0142", "217.555.0142"),
        ("+44 20 7946 0018", "020 7946 0018"),
        ("020 7946 0018", "+44 20 7946 0018"),
        ("020 7946 0018", "+44 (0)20 7946 0018"),
        ("0044 20 7946 0018", "020 7946 0018"),
        ("+49 30 1234567", "030 1234567"),
        ("+33 1 23 45 67 89", "01 23 45 67 89"),
        ("+81 (0)90-1234-5678", "090-1234-5678"),
        ("81-90-1234-5678", "090-1234-5678"),
        ("011 81 90 1234 5678", "090-1234-5678"),
        ("+39 06 1234 5678", "06 1234 5678"),
        ("+45 32 12 34 56", "32 12 34 56"),
        ("217-555-0142", "Phone +1 (217) 555-0142"),
        ("090-1234-5678", "O9O-1234-5678"),
        ("(206) 555-0100", "(2O6) 555-01OO"),
    ],
)
def test_a_phone_number_is_found(phone: str, line: str) -> None:
    """With any separators, at home and abroad."""
    assert find_phone([page(line)], phone)


@pytest.mark.parametrize(
    ("phone", "line"),
    [
        ("03-1234-5678", "03-1234-5679"),
        ("03-1234-5678", "903-1234-56780"),
        ("03-1234-5678", "1234-5678"),
        ("0120-000-000", "お問い合わせ 0120-111-111"),
        ("+1 217-555-0142", "+44 217 555 0142"),
        ("+1 217-555-0142", "555-0142"),
        ("+44 20 7946 0018", "0044 20 7946 0019"),
        ("+44 20 7946 0018", "+49 20 7946 0018"),
        ("+44 20 7946 0018", "+49 (0)20 7946 0018"),
        ("+44 20 7946 0018", "(120) 7946 0018"),
        ("217-555-0142", "+44 217 555 0142"),
        ("813-555-0100", "03-555-0100"),
        ("090-1234-5678", "+44 90 1234 5678"),
    ],
)
def test_another_phone_number_is_not(phone: str, line: str) -> None:
    """A digit more, less or other is another number."""
    assert not find_phone([page(line)], phone)


@pytest.mark.parametrize(
    "line",
    [
        "****-****-****-0366",
        "■■■■■■■■■■■■ 0366",
        "カード番号下4桁：0366",
        "Visa ending in 0366",
        "0366",
    ],
)
def test_last_fours_are_found(line: str) -> None:
    """Behind marks, a mask or words."""
    assert find_last_four([page(line)], "0366")


@pytest.mark.parametrize(
    "line",
    [
        "03-1234-0366",
        "¥10,366 0,366",
        "20366",
        "03661",
        "250-1234567-1230366",
        "2026/0366",
        "0366-12",
    ],
)
def test_the_same_digits_elsewhere_are_no_last_four(line: str) -> None:
    """In a phone number, an amount or a longer number."""
    assert not find_last_four([page(line)], "0366")


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (["カード番号", "0442"], {"0442"}),
        (["カード番号", "**0442"], {"0442"}),
        (["Card number", "(0442)"], {"0442"}),
        ([("Card number", "0442")], {"0442"}),
        (["**** **** **** 0442"], {"0442"}),
        (["カード番号下4桁：0442"], {"0442"}),
        (["お支払口座 普通 ****0442"], set()),
        (["金額", "1980"], set()),
        (["カード番号", "2026年11月"], set()),
    ],
)
def test_a_cards_last_four_is_known_by_what_stands_beside_it(
    lines: list[str | tuple[str, ...]], found: set[str]
) -> None:
    """Marks, words, or a label above it."""
    assert set(last_fours(page(*lines))) == found


@given(st.text(max_size=2), st.text(max_size=2))
def test_any_two_characters_can_be_compared(one: str, other: str) -> None:
    """Also those that no font has."""
    for a, b in zip(one, other, strict=False):
        assert is_alike(a, b) == is_alike(b, a)


@given(st.from_regex(r"\W{0,4}[0-9]{3,5}\W{0,4}", fullmatch=True))
def test_last_fours_are_four_digits_whatever_stands_around_them(text: str) -> None:
    for four in last_fours(page("カード番号", text)):
        assert re.fullmatch("[0-9]{4}", four)


@given(st.text(max_size=30), st.text(max_size=40))
def test_no_text_breaks_the_search(wanted: str, line: str) -> None:
    """Whatever the user typed and OCR read."""
    for find in (find_name, find_address, find_phone):
        find([page(line)], wanted)


@given(st.text(alphabet="東西南北山川田中村井上下", min_size=3, max_size=8))
def test_what_is_printed_is_found(name: str) -> None:
    """A text is found in itself, with anything around it."""
    assert find_name([page(f"氏名 {name} 様")], name)


def test_a_page_of_many_rows_is_searched_in_a_moment() -> None:
    """What stands near a piece is found without asking all of the page: else it takes minutes."""
    rows = [f"2026/10/03  {i} 号店  {i:,}" for i in range(3000)]
    start = perf_counter()
    assert find_name([page(*rows, "山田花子 様")], "山田 花子")
    assert perf_counter() - start < MOST_SECONDS


def test_what_is_read_as_one_line_with_a_frame_is_not_told_as_printed_beside_it() -> None:
    """A row of the statement, and the frame's line beside it."""
    frame = (400.0, 80.0, 700.0, 200.0)
    joined = Piece("Account Ending 1102 Phone: 090-1234-5678", (40, 100, 690, 130), 15.0)
    beside = Piece("Statement Closing Date", (40, 140, 402, 170), 15.0)
    seen = replace(page("x"), rows=(Row((joined,)), Row((beside,))))
    assert [row.text for row in clear_of(seen, [frame]).rows] == ["Statement Closing Date"]
    assert len(outside(seen, [frame]).rows) == 2
