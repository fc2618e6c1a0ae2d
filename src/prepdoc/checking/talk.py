"""Rows that OCR read → what of them is told in sentences: advertising, terms, notices.

An entry of a statement is a row of a table: a day, a shop, a sum. What a sentence names was not
bought, and its days are not the statement's.
"""

from __future__ import annotations

import re
from typing import Final

from prepdoc.checking.folding import folded, says

# The wording of notices on statements of issuers in Japan (SMBC, MUFG NICOS, Rakuten, JCB, AEON),
# and elsewhere (Chase, Citi, Amex, Barclays): what they offer, on which terms, how long.
_OFFERED: Final = (
    "還元", "プレゼント", "当たる", "当選", "抽選", "もれなく", r"\d\s?倍",
    "進呈", r"\d円?以上", "円相当", "商標", "付与", "獲得", "貯まる", "たまる",
    r"キャッシュバック(?!対象)", r"最大\s?[¥\d]", r"円\s?(?:off|引き?(?!落))",
    r"(?:ポイント|マイル|券|カード|コード)[へにとの]*交換", r"交換(?:履歴|商品|申込|完了)",
    r"(?:ポイント|マイル)\s?(?:→|⇒|から)",
    r"earn\s", r"get\s(?:an?|up|your|back|[$£€\d])", r"(?:save|spend)\s(?:up|[$£€]|\d+%)", "redeem",
    "redempt", "sweepstakes", r"cash\s?back", r"%\s?(?:back|off)", "learn more", "limited time",
    r"terms (?:and|&|apply)", "trademark",
)  # fmt: skip
# What is in the names of shops and of what they sell as well, and in an issuer's remarks on a
# purchase: アマゾンギフト券 5,000円分, Amazon 定期おトク便, AMAZON.COM Eligible for Pay Over Time.
_NAMING: Final = (
    "キャンペーン", "お得", "おトク", "特典", "優待", r"[はがでも]対象", "円分", "入会",
    r"(?<![a-z])(?:rewards?|bonus|offers?|eligible|promo(?:tion\w*)?)(?![a-z])",
)  # fmt: skip
_LASTING: Final = (
    r"まで(?![ぁ-ん])", "期間中", "期間:", "開催", "受付期間", "お申し?込み?期",
    r"(?<![a-z])(?:valid )?(?:until|till|through|thru)(?![a-z])",
    r"(?<![a-z])(?<!card )(?<!account )(?:ends?|ending|expires?|expir(?:y|ation)) "
    r"(?:on )?(?!in \d)(?=[\da-z])",
    "effective (?:on |from )?", "valid from",
)  # fmt: skip
_CHANGED: Final = (
    "改定", "改訂", "改正", "規約", "規定", "施行", "約款", "terms of", "agreement",
    "privacy",
)  # fmt: skip
_SAID: Final = (
    "ます", "です", "ました", "ません", "ください", "下さい", "について", "により", "場合",
    "における", "に関する", "のご案内", "詳しくは", "詳細は", "please", r"you(?:'ll| can| will)?\s",
    r"p\.?\s?o\.?\s?box\s\d", r"payable to", r"payments? to\s?:",
)  # fmt: skip
_YOURS: Final = r"your\s"
_TALK: Final = re.compile("|".join((*_OFFERED, *_NAMING, *_LASTING, *_CHANGED, *_SAID, _YOURS)))
_TOLD: Final = re.compile("|".join((*_OFFERED, *_LASTING, *_CHANGED, *_SAID)))
_NOTICE: Final = re.compile("|".join((*_OFFERED, *_NAMING, *_CHANGED)))
_CELLS: Final = re.compile(r"(?<=\S)\s{2,}(?=\S)")
"""Between two pieces of a row (`seeing.Row.text`)."""
_PARTICLE: Final = re.compile(
    r"(?:\.?\s?(?:co\.?\s?jp|com|pay))?\s?"
    r"(?!(?:に|への?|での?|から)\s?[おご]?\s?(?:支\s?払\s?い?|[送返]\s?金|決\s?済)\s*(?:$|[\d¥-]))"
    r"(?:[でのはをにがもや]|なら|から)"
)
"""But アマゾンに支払い 10,000円 is how a wallet lists a purchase."""


_LISTED: Final = re.compile(
    r"(?:\.?\s?(?:co\.?\s?jp|com))?\s?(?:での?|の)\s?[おご]?(?:利用|買い?物|購入)分?(?:\s\s.*|\s*[¥-]?)\d"
)
"""And 2026/10/18 アマゾンでのご利用分 2,480円 how a card's statement does."""
_ASIDE: Final = re.compile(r"\((?=[^()]*(?:%|cash\s?back|expir|まで|対象))[^()]*\)")
"""A remark in parentheses on what a purchase earns, or until when."""


def is_talk(text: str) -> bool:
    """Whether a row or a part of it is a sentence or belongs to one.

    >>> is_talk("Amazonでのお買い物は2%還元!"), is_talk("2026/11/05 AMAZON.CO.JP 10,000円")
    (True, False)
    """
    return says(_TALK, text)


def entry_of(text: str) -> str:
    """A row without its parts that are talk: beside a table another column may advertise."""
    return "  ".join(cell for cell in _CELLS.split(text) if not is_talk(cell))


def listed_entry_of(text: str) -> str:
    """The same of a row that begins with a day and ends with a sum, where fewer words tell that a
    part is talk, and none in parentheses: shops are called so.
    """
    cells = (_ASIDE.sub("", cell) if says(_TOLD, cell) else cell for cell in _CELLS.split(text))
    return "  ".join(cell for cell in cells if not says(_TOLD, cell))


def without_notices(text: str) -> str:
    """A row without its parts that offer something or tell of a change of terms."""
    return "  ".join(cell for cell in _CELLS.split(text) if not says(_NOTICE, cell))


def goes_on_in_words(text: str, place: int) -> bool:
    """Whether a name that ends there is a word of a Japanese sentence: Amazon Payでのお買い物."""
    row = folded(text)
    is_listed = row[:1].isdecimal() and _LISTED.match(row, place)
    return not is_listed and bool(_PARTICLE.match(row, place))
