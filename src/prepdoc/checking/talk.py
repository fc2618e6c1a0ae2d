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
    "還元", "キャンペーン", "プレゼント", "当たる", "当選", "抽選", "もれなく", r"\d\s?倍",
    "お得", "おトク", "特典", "進呈", "優待", r"\d円?以上", r"[はがでも]対象",
    "円分", "円相当", "商標", "付与", "獲得", "貯まる", "たまる", "入会",
    r"キャッシュバック(?!対象)", r"最大\s?[¥\d]", r"円\s?(?:off|引き?(?!落))",
    r"(?:ポイント|マイル|券|カード|コード)[へにとの]*交換", r"交換(?:履歴|商品|申込|完了)",
    r"(?:ポイント|マイル)\s?(?:→|⇒|から)",
    r"earn\s", r"get\s(?:an?|up|your|back|[$£€\d])", r"(?:save|spend)\s(?:up|[$£€]|\d+%)", "redeem",
    r"(?<![a-z])(?:rewards?|bonus|offers?|eligible|promo(?:tion\w*)?|sweepstakes)(?![a-z])",
    r"cash\s?back", r"%\s?(?:back|off)", "learn more", "limited time", r"terms (?:and|&|apply)",
    "trademark",
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
    "における", "に関する", "詳しくは", "詳細は", "please", r"you(?:r|'ll| can| will)?\s",
)  # fmt: skip
_TALK: Final = re.compile("|".join((*_OFFERED, *_LASTING, *_CHANGED, *_SAID)))
_NOTICE: Final = re.compile("|".join((*_OFFERED, *_CHANGED)))
_CELLS: Final = re.compile(r"(?<=\S)\s{2,}(?=\S)")
"""Between two pieces of a row (`seeing.Row.text`)."""
_PARTICLE: Final = re.compile(
    r"(?:\.?\s?(?:co\.?\s?jp|com|pay))?\s?"
    r"(?!(?:に|への?|での?|から)\s?[おご]?\s?(?:支\s?払\s?い?|[送返]\s?金|決\s?済)\s*(?:$|[\d¥-]))"
    r"(?:[でのはをにがもや]|なら|から)"
)
"""But アマゾンに支払い 10,000円 is how a wallet lists a purchase."""


def is_talk(text: str) -> bool:
    """Whether a row or a part of it is a sentence or belongs to one.

    >>> is_talk("Amazonでのお買い物は2%還元!"), is_talk("2026/11/05 AMAZON.CO.JP 10,000円")
    (True, False)
    """
    return says(_TALK, text)


def entry_of(text: str) -> str:
    """A row without its parts that are talk: beside a table another column may advertise."""
    return "  ".join(cell for cell in _CELLS.split(text) if not is_talk(cell))


def without_notices(text: str) -> str:
    """A row without its parts that offer something or tell of a change of terms."""
    return "  ".join(cell for cell in _CELLS.split(text) if not says(_NOTICE, cell))


def goes_on_in_words(text: str, place: int) -> bool:
    """Whether a name that ends there is a word of a Japanese sentence: Amazon Payでのお買い物."""
    return bool(_PARTICLE.match(folded(text), place))
