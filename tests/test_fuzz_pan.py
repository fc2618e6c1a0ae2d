"""Fuzzing the rules: whatever a number is written in and stands among, it is found and cut right.

`FUZZ_EXAMPLES=20000 pytest tests/test_fuzz_pan.py` looks longer, and elsewhere each time; what
that finds stays in the tables here. CI looks at the same examples each time.
"""

from __future__ import annotations

import os
import random
import time
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from prepdoc.pan import Pan, brand_of, find, luhn, unclaimed
from tests.draw import luhn_digit

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "0"))
bounded = settings(max_examples=EXAMPLES or 120, derandomize=not EXAMPLES)
LAST_FOUR = 4


def marked(text: str, **how: object) -> str:
    """The line with every hidden character as # and every kept one as K."""
    matches = find(text, **how)  # type: ignore[arg-type]
    hide = {i for m in matches for i in m.hide}
    keep = {i for m in matches for i in m.keep}
    return "".join("#" if i in hide else "K" if i in keep else c for i, c in enumerate(text))


# --- numbers -----------------------------------------------------------------------------------

# The ends of each range, and the lengths that its brand issues.
RANGES = (
    *(("4", n) for n in (13, 16, 19)),
    *((iin, 16) for iin in ("51", "55", "2221", "2720")),
    *((iin, 15) for iin in ("34", "37")),
    *(("300", n) for n in (14, 16, 19)),
    *((iin, 14) for iin in ("305", "36", "38")),
    *(("3528", n) for n in (16, 19)),
    ("3589", 16),
    *(("62", n) for n in (16, 17, 18, 19)),
    *((iin, n) for iin in ("6011", "644", "649", "65") for n in (16, 19)),
    *(("50", n) for n in range(12, 20)),
    *((iin, n) for iin in ("56", "63", "69") for n in (12, 16, 19)),
)
GROUPINGS = {
    12: ((4, 4, 4),),
    13: ((4, 3, 3, 3), (4, 4, 5)),
    14: ((4, 6, 4),),
    15: ((4, 6, 5), (4, 4, 4, 3)),
    16: ((4, 4, 4, 4),),
    17: ((4, 4, 4, 4, 1),),
    18: ((4, 4, 4, 4, 2),),
    19: ((4, 4, 4, 4, 3), (6, 13)),
}
# DESIGN.md's separators, with what looks like them in Unicode and to a reader.
BLANKS = (" ", "\u00a0", "\u2009", "\u202f", "\u3000", "\n", "\r\n")
DASHES = tuple("-‐‑‒–—―−－ーｰ﹣~～˗⁃─━一")
DOTS = tuple(".．·・･•‧⋅∙_＿")
BARS = tuple("/／∕⁄\\|｜│┃¦║∣")
WIDE = (" - ", " | ", " / ", " · ")
INVISIBLE = ("\u200b", "\u00ad", "\u2060", "\u200e", "\ufeff")
# The zero of each script that NFKC, or Unicode's decimal value, takes for ASCII digits.
ZEROS = ("0", "０", "𝟎", "𝟘", "𝟢", "𝟬", "𝟶", "٠", "०")
CIRCLED = "⓪①②③④⑤⑥⑦⑧⑨"
LABELS = (
    "カード番号",
    "カード番号：",
    "ご利用カード ",
    "クレジットカード番号 ",
    "Card number: ",
    "Card No. ",
    "Credit card number ",
    "Primary Account Number: ",
    "PAN ",
    "Kartennummer: ",
    "Kreditkartennummer ",
    "Karten-Nr. ",
    "Numéro de carte : ",
    "N° de carte ",
    "Número de tarjeta: ",
    "Tarjeta n.º ",
    "Numero carta ",
    "카드번호 ",
    "카드 번호: ",
    "卡号：",
    "信用卡號 ",
)
BEFORE = (
    *(
        "",
        "お支払い",
        "Paid with ",
        "exp12/27;",
        "No",
        "abc",
        "(",
        "[",
        "card#",
        "=",
        "ref:",
        ";",
        "%B",
    ),
    *("B", "ID", "O", "S", "x", "xx", "**", "#", "id=", "PAN", "1. ", "2026/11/10 ", "¥12,345 "),
    *("Tel 03-1234-5678 ", "12,345円 ", "10/07 "),
)
AFTER = (
    *("", "です", "abc", ";exp12/27", ")", "]", ",", "。", "=2712101", "^NAME", " VISA"),
    *(" 2026/11/10", " 12,345円", " ¥1,234", " Tel 03-1234-5678", " x"),
)


@dataclass(frozen=True)
class Written:
    """A number as it stands in a line: its digits, how they are grouped and parted."""

    digits: str
    sizes: tuple[int, ...]
    separator: str = ""
    zero: str = "0"

    @property
    def valid(self) -> bool:
        """Whether Luhn says so."""
        return luhn(self.digits)

    @property
    def grouped(self) -> bool:
        """Whether a card of this length is printed so."""
        return self.sizes in GROUPINGS[len(self.digits)] and bool(self.separator)

    @property
    def text(self) -> str:
        """As it stands in the line."""
        ends = [sum(self.sizes[: i + 1]) for i in range(len(self.sizes))]
        groups = (self.digits[e - n : e] for n, e in zip(self.sizes, ends, strict=True))
        return self.separator.join("".join(map(self._in_script, group)) for group in groups)

    def _in_script(self, digit: str) -> str:
        script = CIRCLED if self.zero == CIRCLED[0] else None
        return script[int(digit)] if script else chr(ord(self.zero) + int(digit))

    @property
    def masked(self) -> str:
        """What has to be left of it: # for a digit that goes, K for one of the last four."""
        left = len(self.digits)
        out = ""
        for char in self.text:
            is_digit = unicodedata.normalize("NFKC", char).isdecimal()
            out += ("#" if left > LAST_FOUR else "K") if is_digit else char
            left -= is_digit
        return out


@st.composite
def digits(draw: st.DrawFn, valid: bool | None = None) -> str:
    iin, length = draw(st.sampled_from(RANGES))
    middle = length - len(iin) - 1
    body = iin + draw(st.text("0123456789", min_size=middle, max_size=middle))
    off = 0 if valid is True or (valid is None and draw(st.booleans())) else draw(st.integers(1, 9))
    return body + str((int(luhn_digit(body)) + off) % 10)


@st.composite
def written(draw: st.DrawFn) -> Written:
    number = draw(digits())
    length = len(number)
    sizes = draw(st.sampled_from((*GROUPINGS[length], (length,), (1,) * length)))
    separators = st.sampled_from(draw(st.sampled_from((BLANKS, DASHES, DOTS, BARS, WIDE))))
    separator = "" if len(sizes) == 1 else draw(separators)
    zero = draw(st.sampled_from((*ZEROS, CIRCLED[0])) if draw(st.booleans()) else st.just("0"))
    return Written(number, sizes, separator, zero)


def claims(number: Written, labelled: bool) -> bool:
    """Whether rules 1 to 3 say that this is a card number, and how long it is.

    Sixteen digits, a blank and one to three more may be a number and something else: there Luhn,
    a visible separator or UnionPay's range has to say that they belong together.
    """
    length, blank = len(number.digits), not number.separator.strip()
    if number.grouped and length in (17, 18, 19) and blank:
        proven = number.valid or brand_of(number.digits) == "UnionPay"
        if number.sizes != (6, 13) and not (length == 19 and proven):
            return False
    if labelled:
        return True
    if number.sizes == (6, 13) and not number.valid:
        return brand_of(number.digits) == "UnionPay"
    if length < 14:
        return length == 13 and number.grouped and number.valid
    return number.valid or number.grouped


unlabelled = written().filter(lambda number: claims(number, labelled=False))


@bounded
@given(written(), st.sampled_from(BEFORE), st.sampled_from(AFTER))
@example(Written("4111111111111111", (4, 4, 4, 4), "-"), "ID", "")
@example(Written("4111111111111112", (4, 4, 4, 4), " "), "B", "です")
@example(Written("30544653572967", (14,)), "ID", ",")
@example(Written("5507026480524398", (4, 4, 4, 4), " "), "card#", ",")
@example(Written("6011587429786130", (4, 4, 4, 4), " "), "Tel 03-1234-5678 ", "")
@example(Written("6720140893782", (4, 3, 3, 3), " "), "", "")
def test_a_number_loses_all_but_its_last_four(number: Written, before: str, after: str) -> None:
    assume(claims(number, labelled=before in ("card#", "PAN")))
    assert marked(before + number.text + after) == before + number.masked + after


@bounded
@given(
    written(), st.sampled_from(LABELS), st.sampled_from(("", "です", "。", ";exp12/27", " VISA"))
)
@example(Written("6444961182870733", (4, 4, 4, 4), "-"), "Kartennummer: ", "")
@example(Written("4992416967595276", (4, 4, 4, 4), "|"), "カード番号", "")
@example(Written("6498655015671577", (1,) * 16, " "), "Tarjeta n.º ", " 2026/11/10")
def test_a_label_makes_any_number_one(number: Written, label: str, after: str) -> None:
    assume(claims(number, labelled=True))
    assert marked(label + number.text + after) == label + number.masked + after


@bounded
@given(unlabelled, st.randoms(use_true_random=False))
def test_what_cannot_be_seen_does_not_part_a_number(number: Written, chance: random.Random) -> None:
    line = "No. " + "".join(c + chance.choice(("", *INVISIBLE)) for c in number.text) + "end"
    bare = "".join(c for c in marked(line) if c not in INVISIBLE)
    assert bare == "No. " + number.masked + "end"


@bounded
@given(st.lists(unlabelled, min_size=2, max_size=5), st.sampled_from((", ", "、", " and ", "\t")))
def test_each_of_several_numbers_is_found(numbers: list[Written], between: str) -> None:
    line = between.join(number.text for number in numbers)
    assert marked(line) == between.join(number.masked for number in numbers)


@bounded
@given(digits(valid=True), st.data())
def test_groups_may_be_parted_in_different_ways(number: str, data: st.DataObject) -> None:
    """Rule 1 asks no evenness of the printer."""
    assume(len(number) >= 14)
    parts = st.sampled_from((*BLANKS, *DASHES, *DOTS, *BARS, *WIDE))
    (*head, last) = GROUPINGS[len(number)][0]
    assume(len(number) not in (17, 18, 19))
    line, at = "No. ", 0
    for size in head:
        line += number[at : at + size] + data.draw(parts)
        at += size
    shown = marked(line + number[-last:])
    assert not any(c.isdecimal() for c in shown)
    assert [c for c in shown if c == "K"] == ["K"] * 4


# --- partly masked -----------------------------------------------------------------------------

MASKS = tuple("*＊xXｘＸ•●■#＃･·○_◯〇×█★∗")
# Shown digits at the start and at the end, of 16 and of 15.
SHOWN = {
    16: ((6, 4), (4, 4), (2, 4), (8, 4), (0, 4), (6, 0), (13, 0), (12, 0), (4, 0)),
    15: ((6, 4), (4, 5), (0, 5), (4, 3), (0, 4), (6, 0), (2, 4)),
    14: ((6, 4), (4, 4), (0, 4)),
}


@dataclass(frozen=True)
class Masked:
    """A number that its issuer shows in part."""

    digits: str
    head: int
    tail: int
    mask: str = "*"
    sizes: tuple[int, ...] = (4, 4, 4, 4)
    separator: str = "-"

    def _drawn(self, shown: Callable[[int], str]) -> str:
        length, text, at = len(self.digits), "", 0
        for size in self.sizes:
            cell = range(at, at + size)
            hidden = range(self.head, length - self.tail)
            text += "".join(self.mask if i in hidden else shown(i) for i in cell)
            at += size
            text += self.separator if at < length else ""
        return text

    @property
    def text(self) -> str:
        """As it stands in the line."""
        return self._drawn(lambda i: self.digits[i])

    @property
    def masked(self) -> str:
        """What has to be left of it."""
        kept = len(self.digits) - (LAST_FOUR if self.tail >= LAST_FOUR else 0)
        return self._drawn(lambda i: "K" if i >= kept else "#")


@st.composite
def partly_masked(draw: st.DrawFn) -> Masked:
    number = draw(digits().filter(lambda d: len(d) in SHOWN))
    head, tail = draw(st.sampled_from(SHOWN[len(number)]))
    sizes = draw(st.sampled_from((GROUPINGS[len(number)][0], (len(number),))))
    separator = "" if len(sizes) == 1 else draw(st.sampled_from((" ", "-", "－", "\u00a0", " - ")))
    return Masked(number, head, tail, draw(st.sampled_from(MASKS)), sizes, separator)


@bounded
@given(
    partly_masked(),
    st.sampled_from(
        ("", "カード番号 ", "Card No. ", "ご利用カード：", "お支払い ", "VISA ", "卡号 ")
    ),
    st.sampled_from(("", "です", " 2026/11/10", ",", " 様")),
)
def test_what_an_issuer_shows_too_much_goes(number: Masked, before: str, after: str) -> None:
    assert marked(before + number.text + after) == before + number.masked + after


@pytest.mark.parametrize(
    ("line", "masked"),
    [
        ("414720…5678", "######…KKKK"),
        ("4147 20… 5678", "#### ##… KKKK"),
        ("414720......5678", "######......KKKK"),
        ("414720..5678", "######..KKKK"),
        ("414720⋯5678", "######⋯KKKK"),
        ("VISA 4147…5678", "VISA ####…KKKK"),
        ("3782 328163 4003", "#### ###### ####"),
        ("VISA 4147...5678", "VISA ####...KKKK"),
        ("VISA 4147 … … 5678", "VISA #### … … KKKK"),
        ("4147…5678", "####…KKKK"),
        ("4147.....5678", "####.....KKKK"),
        ("Seite 4147…5678", "Seite 4147…5678"),
        ("2026…2027", "2026…2027"),
        ("カード番号 4147…5678 です", "カード番号 ####…KKKK です"),
        ("카드번호 4147-20**-****-5678", "카드번호 ####-##**-****-KKKK"),
        ("카드번호: ****-****-****-5678", "카드번호: ****-****-****-KKKK"),
        ("卡号 414720******5678", "卡号 ######******KKKK"),
        ("卡号尾号 5678", "卡号尾号 KKKK"),
        ("信用卡末四位：5678", "信用卡末四位：KKKK"),
        ("Karte endet auf 5678", "Karte endet auf KKKK"),
        ("carte se terminant par 5678", "carte se terminant par KKKK"),
        ("tarjeta terminada en 5678", "tarjeta terminada en KKKK"),
        ("4-1 1.1/1-1 1.1/1-1 1.1/1-1 1.1", "#-# #.#/#-# #.#/#-# #.#/K-K K.K"),
        ("3782-822463-10005**", "####-######-#KKKK**"),
        ("5 1 2 0 4 7 7 9 0 3 9 3 6 0 8 0**", "# # # # # # # # # # # # K K K K**"),
    ],
)
def test_the_forms_of_the_world(line: str, masked: str) -> None:
    assert marked(line) == masked


# --- what is no card number --------------------------------------------------------------------


def text_of(length: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=length, max_size=length)


def joined(*parts: st.SearchStrategy[str] | str) -> st.SearchStrategy[str]:
    whole = (part if not isinstance(part, str) else st.just(part) for part in parts)
    return st.tuples(*whole).map("".join)


def one_of(*texts: str) -> st.SearchStrategy[str]:
    return st.sampled_from(texts)


@st.composite
def dates(draw: st.DrawFn) -> str:
    year, month, day = (
        draw(st.integers(1990, 2035)),
        draw(st.integers(1, 12)),
        draw(st.integers(1, 31)),
    )
    s = draw(one_of("/", "-", "."))
    form = one_of(
        "{y}{s}{m:02}{s}{d:02}",
        "{y}{s}{m}{s}{d}",
        "{d:02}{s}{m:02}{s}{y}",
        "{m:02}{s}{d:02}{s}{y}",
        "{d:02}{s}{m:02}{s}{short:02}",
        "{short:02}/{m:02}/{d:02}",
        "{y}年{m}月{d}日",
        "{m}/{d}",
        "{y}{m:02}{d:02}",
    )
    return draw(form).format(y=year, m=month, d=day, s=s, short=year % 100)


@st.composite
def amounts(draw: st.DrawFn) -> str:
    n = draw(st.integers(1, 9_999_999))
    form = one_of(
        "¥{n:,}", "￥{n:,}", "{n:,}円", "{n}円", "{n:,}", "-{n:,}", "${c:,.2f}", "{c:,.2f}"
    )
    return draw(form).format(n=n, c=n / 100)


@st.composite
def phones(draw: st.DrawFn) -> str:
    area = draw(
        one_of("03", "06", "052", "0422", "0120", "0570", "0800", "090", "080", "070", "050")
    )
    total = 11 if area in ("0800", "090", "080", "070", "050") else 10
    middle, last = draw(text_of(total - len(area) - 4)), draw(text_of(4))
    form = one_of(
        *(
            "{a}-{m}-{z}",
            "{a} {m} {z}",
            "{a}({m}){z}",
            "({a}){m}-{z}",
            "{a}－{m}－{z}",
        ),
        *("+81 {i}-{m}-{z}", "+81-{i}-{m}-{z}", "+81 {i} {m} {z}"),
        *("+81(0){i}-{m}-{z}", "0081-{i}-{m}-{z}", "010-81-{i}-{m}-{z}", "TEL {a}-{m}-{z}"),
    )
    return draw(form).format(a=area, m=middle, z=last, i=area[1:])


@st.composite
def ibans(draw: st.DrawFn) -> str:
    country, length = draw(
        st.sampled_from((("DE", 22), ("GB", 22), ("SI", 19), ("FR", 27), ("IS", 26), ("BG", 22)))
    )
    bank = draw(one_of("WEST", "BNBG")) if country in ("GB", "BG") else ""
    account = bank + draw(text_of(length - 4 - len(bank)))
    checked = "".join(str(int(c, 36)) for c in account + country + "00")
    iban = f"{country}{98 - int(checked) % 97:02}{account}"
    groups = " ".join(iban[i : i + 4] for i in range(0, length, 4))
    return draw(one_of(iban, groups))


@st.composite
def articles(draw: st.DrawFn) -> str:
    """JAN and ISBN: 13 digits with their own check digit."""
    start = draw(one_of("49", "45", "4", "978", "979", "50", "62", "37"))
    body = start + draw(text_of(12 - len(start)))
    check = -sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(body)) % 10
    jan = f"{body}{check}"
    return draw(
        one_of(jan, f"{jan[0]} {jan[1:7]} {jan[7:]}", f"978-4-{body[:2]}-{body[2:8]}-{check}")
    )


def failing_luhn(length: int) -> st.SearchStrategy[str]:
    return text_of(length - 1).flatmap(
        lambda body: st.integers(1, 9).map(
            lambda off: body + str((int(luhn_digit(body)) + off) % 10)
        )
    )


LOOKALIKES: dict[str, st.SearchStrategy[str]] = {
    "orders": joined(one_of("250", "503", "249", "D01", "408"), "-", text_of(7), "-", text_of(7)),
    "phones": phones(),
    "phones without separators": phones().map(
        lambda phone: "".join(c for c in phone if c.isdecimal() or c == "+")
    ),
    "postcodes": joined(one_of("〒", ""), text_of(3), "-", text_of(4)),
    "dates": dates(),
    "amounts": amounts(),
    "IBANs": ibans(),
    "articles": articles(),
    "parcels": st.integers(12, 20).flatmap(failing_luhn)
    | joined(text_of(4), "-", text_of(4), "-", text_of(4)),
    "references that fail Luhn": failing_luhn(16),
    "acquirers' references": joined("7", text_of(22)),
    "members": joined(
        one_of("会員番号 ", "お客様番号：", "Membership No. "),
        st.integers(6, 10).flatmap(text_of),
    ),
    "accounts": joined(one_of("普通 ", "口座番号 "), one_of("", "***", "****"), text_of(4)),
    "slips": joined(
        one_of("伝票番号 ", "承認番号 ", "APP: ", "TID ", "端末番号 ", "登録番号 T"), text_of(6)
    ),
}  # fmt: skip
# In a row, bare digits next to each other may be grouped as a card is.
ALONE_ONLY = frozenset(
    {
        "phones without separators",
        "parcels",
        "articles",
        "members",
        "accounts",
        "references that fail Luhn",
    }
)


@pytest.mark.parametrize("kind", LOOKALIKES)
@settings(bounded, max_examples=EXAMPLES or 60)
@given(data=st.data(), before=one_of("", "ご利用 ", "Total ", "x "))
def test_a_lookalike_stays(kind: str, data: st.DataObject, before: str) -> None:
    assert find(before + data.draw(LOOKALIKES[kind])) == ()


@pytest.mark.parametrize("kind", sorted(LOOKALIKES.keys() - ALONE_ONLY))
@settings(bounded, max_examples=EXAMPLES or 40)
@given(data=st.data(), between=one_of(" ", "  ", "、", "\n", " | "))
def test_lookalikes_in_a_row_stay(kind: str, data: st.DataObject, between: str) -> None:
    """But what Luhn proves: the end of one and the start of the next do so by chance."""
    row = data.draw(st.lists(LOOKALIKES[kind], min_size=2, max_size=6))
    assert {m.rule for m in find(between.join(row)) if m.hide} <= {1}


@bounded
@given(st.data(), one_of("、", ", ", "\t", "  円 ", " : "))
def test_all_sorts_of_lookalikes_on_a_line_stay(data: st.DataObject, between: str) -> None:
    kinds = data.draw(st.lists(st.sampled_from(sorted(LOOKALIKES)), min_size=2, max_size=8))
    line = between.join(data.draw(LOOKALIKES[kind]) for kind in kinds)
    assert [m.rule for m in find(line) if m.hide] == []


@pytest.mark.parametrize(
    "line",
    [
        "30/11/2026 30/12/2026 31/12/2026",
        "30/11/26 30/12/26 01/01/27 01/02/27",
        "41.10 12.00 33.10 10.00 5.20 45.00",
        "SI56 1910 0000 0123 438",
        "PT33 9635 4451 6957 2109 1367 6",
        "4234-5678-9012 5234-5678-9012",
        "2303-0856-3543 / 0829-3870-5392",
        "03-1234-3670  0422591382",
        "412345 4901234567894",
        "5846084366565547  17-10-2016",
        "口座番号 ***806 250-6851061-8390428",
        "会員番号：5858626375 2677",
        "2000…2026 1000…5000",
        "★★★★☆ 4111",
    ],
)
def test_what_fuzzing_found_to_be_masked_stays(line: str) -> None:
    assert [m.rule for m in find(line) if m.hide] == []


# --- known numbers and wishes ------------------------------------------------------------------


@bounded
@given(digits(), st.data(), one_of("", "-", " ", "・"))
def test_any_six_digits_of_a_known_number_go(number: str, data: st.DataObject, sep: str) -> None:
    start = data.draw(st.integers(0, len(number) - 6))
    end = data.draw(st.integers(start + 6, len(number)))
    shown = marked(f"ref {sep.join(number[start:end])} ok", known=(Pan(number),))
    assert not any(c.isdecimal() for c in shown)


@bounded
@given(digits(), st.data())
def test_fewer_digits_of_a_known_number_stay(number: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(number) - 5))
    line = f"ref {number[start : start + 5]} ok"
    assert marked(line, known=(Pan(number),)) == line


@bounded
@given(written(), st.booleans())
def test_a_wish_to_keep_overrules_all_rules_but_the_first(number: Written, exact: bool) -> None:
    """However the user writes the number."""
    wish = number.text if exact else number.digits
    matches = find(f"No. {number.text}", spared=(wish,))
    assert all(match.rule == 1 for match in matches)


# --- whatever the text -------------------------------------------------------------------------

PARTS = st.sampled_from(
    (
        *BEFORE,
        *AFTER,
        *LABELS,
        *BLANKS,
        *DASHES[:4],
        *MASKS,
        "…",
        "****",
        "XXXX",
        "4111",
        "411111",
        "1111",
        "4111111111111111",
        "378282246310005",
    )
)


@bounded
@given(st.lists(PARTS | st.text(max_size=3), max_size=14).map("".join), st.booleans())
def test_matches_lie_in_the_line_and_share_nothing(line: str, knowing: bool) -> None:
    known = (Pan("4111111111111111"), Pan("378282??????0005")) if knowing else ()
    matches = find(line, known)
    hidden = [i for match in matches for i in match.hide]
    kept = [i for match in matches for i in match.keep]
    assert not set(hidden) & set(kept)
    for match in matches:
        assert 0 <= match.start < match.end <= len(line)
        assert all(match.start <= i < match.end for i in match.hide + match.keep)
        assert match.keep == () or len(match.keep) == LAST_FOUR or match.rule == 5
    assert [m.start for m in matches] == sorted(m.start for m in matches)
    assert all(len(run) <= 19 for run in unclaimed(line, matches))


# --- how long it takes -------------------------------------------------------------------------

_chance = random.Random(4)
_MANY = "".join(_chance.choices("0123456789", k=5000))
HOSTILE: dict[str, tuple[str, int]] = {
    "digits": (_MANY * 4, 20),
    "digits, one by one": ("-".join(_MANY[:400]), 4),
    "digits and separators": ("".join(c + "- ./"[i % 4] for i, c in enumerate(_MANY[:400])), 4),
    "numbers": ("4111 1111 1111 1111 " * 100, 10),
    "masked numbers": ("411111XXXXXX1111 " * 200, 10),
    "masked and grouped": ("4111-11XX-XXXX-1111-" * 100, 10),
    "orders": ("250-1234567-1234567 " * 100, 10),
    "IBANs": ("DE89 3704 0044 0532 0130 00 " * 100, 10),
    "labels": ("カード番号 card number ending " * 100, 10),
    "blanks behind a label": ("card number" + " " * 5000, 10),
    "blanks": (" " * 10_000, 10),
    "masks": ("*x#" * 1000, 10),
    "ellipses": ("1…" * 2000, 10),
    "letters like digits": ("O0lI" * 3000, 10),
    "what cannot be seen": ("4\u200b" * 500, 4),
}  # fmt: skip


@pytest.mark.parametrize(("piece", "times"), HOSTILE.values(), ids=HOSTILE)
def test_time_grows_with_the_length_and_not_with_its_square(piece: str, times: int) -> None:
    """`times` as long takes about `times` as long; a square would take `times` times that."""
    known = (Pan("4111111111111111"), Pan("4980123456712345"))
    once = _seconds(piece, known)
    assert _seconds(piece * times, known) < times * 2.2 * max(once, 0.02)


def _seconds(text: str, known: tuple[Pan, ...]) -> float:
    start = time.process_time()
    find(text, known)
    return time.process_time() - start
