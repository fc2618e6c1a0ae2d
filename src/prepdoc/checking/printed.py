"""What stands on a page beside the added details → which of these it surely does not print.

A name may be printed in kana, an address with abbreviations, a phone number in groups of its own:
that a detail is not found as it was given says little. Only where nothing of its kind is there is
it said to be missing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from prepdoc.checking.transactions import is_entry
from prepdoc.comparing import as_it_looks
from prepdoc.page import Cardholder

MIN_WORD: Final = 3
"""Letters of a word that can be told from parts of other words; two where it is kanji or kana."""

_FOR_SOMEBODY: Final = re.compile(
    r"[様樣殿]|さま|(?<![a-z])(?:mr|mrs|ms|miss|dr)(?![a-z])|氏名|名義|御?宛名|card\s?(?:holder|member)"
    r"|account holder|name"
)
# Of two to four words: HANAKO M YAMADA, ヤマダ ハナコ; what else looks so is doubted too.
_LIKE_A_NAME: Final = re.compile(
    r"(?:[A-Z][A-Za-z.'-]*\s+){1,3}[A-Z][A-Za-z.'-]*|[ァ-ヶー]+[\s・･/][ァ-ヶー]+"
    r"|[一-龠々ぁ-んァ-ヶ]{1,4}\s+[一-龠々ぁ-んァ-ヶ]{1,4}"
)
# Postal codes of Japan, the US, Canada and the UK; prefectures with what lies in them (JIS X 0401).
_LIKE_AN_ADDRESS: Final = re.compile(
    r"〒|(?<![\d*-])\d{3}-\d{4}(?![\d-])|住所|address|(?<![a-z])[a-z]{2}\.?,?\s+\d{5}(?!\d)"
    r"|(?<![a-z])[a-z]\d[a-z]\s?\d[a-z]\d(?![a-z\d])"
    r"|(?<![a-z])[a-z]{1,2}\d[a-z\d]?\s?\d[a-z]{2}(?![a-z\d])"
    r"|[都道府県].{1,8}[市区町村郡]|[市区町村].{1,12}\d|p\.?\s?o\.?\s?box"
)
_LIKE_A_PHONE: Final = re.compile(
    r"(?<![\d*./-])(?:\+\d{1,3}[\s-]?)?\(?\d{2,5}\)?[\s.-]?\d{1,4}[\s.-]\d{3,4}(?![\d*/-])"
    r"|(?<!\d)0\d{9,10}(?!\d)|\+\d{8,}|電話|携帯|(?<![a-z])(?:tel|phone|mobile)"
)
# Free and special numbers, which are issuers' own (総務省, 番号計画; FCC, toll-free numbers).
_OF_ISSUERS: Final = re.compile(
    r"0120[\s-]\d{2,3}[\s-]\d{3,4}|0(?:570|800)[\s-]\d{2,3}[\s-]\d{3,4}"
    r"|(?:1[\s-])?\(?8(?:00|33|44|55|66|77|88)\)?[\s.-]\d{3}[\s.-]\d{4}"
)
# What stands beside an issuer's own address and numbers.
_ISSUERS_OWN: Final = re.compile(
    r"株式会社|有限会社|お?問い?合わ?せ|受付時間|登録番号|コールセンター|デスク|card services"
    r"|customer (?:service|care)|questions|lost or stolen|remit|(?<![a-z])(?:inc|llc|n\.a)\."
)


def absent(rows: Iterable[str], cardholder: Cardholder, fours: Iterable[str]) -> frozenset[str]:
    """Ids of the rules of whose details nothing alike stands in the rows.

    `fours` are the last fours of cards that the rows show.
    """
    texts = [unicodedata.normalize("NFKC", row) for row in rows]
    others = list(_of_others(texts))
    doubted: Mapping[str, bool] = {
        "NAME": _has_name(texts, cardholder.name),
        "ADDR": _has_any(others, _LIKE_AN_ADDRESS) or _has_word(texts, cardholder.address),
        "TEL": _has_any((_OF_ISSUERS.sub(" ", text) for text in others), _LIKE_A_PHONE),
        "PAN-2": any(fours),
    }
    return frozenset(id for id, is_doubted in doubted.items() if not is_doubted)


def _of_others(texts: list[str]) -> Iterator[str]:
    """Neither transactions nor where the issuer says how to reach it, nor what follows below."""
    above = ""
    for text in texts:
        near = _ISSUERS_OWN.search(f"{above} {text}".casefold())
        if not (near or is_entry(text)):
            yield text
        above = text


def _has_name(texts: list[str], name: str) -> bool:
    cells = (cell.strip() for text in texts for cell in re.split(r"\s{2,}", text))
    return (
        _has_any(texts, _FOR_SOMEBODY)
        or _has_word(texts, name)
        or any(_LIKE_A_NAME.fullmatch(cell) for cell in cells)
    )


def _has_any(texts: Iterable[str], pattern: re.Pattern[str]) -> bool:
    return any(pattern.search(text.casefold()) for text in texts)


def _has_word(texts: Iterable[str], detail: str) -> bool:
    words = tuple(_words(detail))
    return any(word in as_it_looks(text) for text in texts for word in words)


def _words(detail: str) -> Iterator[str]:
    """As they look; digits alone are anywhere."""
    for word in re.findall(r"[^\W\d_]+", unicodedata.normalize("NFKC", detail)):
        if len(word) >= (MIN_WORD if word.isascii() else 2):
            yield as_it_looks(word)
