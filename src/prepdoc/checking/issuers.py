"""Names of issuers that no table has: a word before カード, 銀行, Bank or Card that names one.

Japan alone has some 250 companies that issue cards, and the United States 4,000 banks and unions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from prepdoc.checking.folding import plain

_AS_READ = r"[カ力][ー一-]ド"
"""カード as readers see it: the kana and a character look alike, and so do three dashes."""
_JAPANESE = re.compile(
    rf"(?P<name>[A-Za-z0-9&ぁ-んァ-ヶー一-龠々]{{3,16}}?)(?:{_AS_READ}|信販|信用金庫|クレジット)"
    r"(?!番号|名義|名称|会員|種別|区分|利用|払|決済|明細|会社)"
)
# Two characters are a name in one that only unions have, or where a label says so: 東都カード.
_SHORT = re.compile(
    r"(?<![一-龠々])[一-龠々]{2}(?:信用金庫|信用組合)"
    rf"|(?<=会社|社名|行元)[\s:]{{0,3}}[一-龠々]{{2}}{_AS_READ}(?![一-龠々ァ-ヶー])"
)
# What stands before カード without naming whose it is.
_OF_ANY: Final = (
    "クレジット", "利用", "本人", "家族", "デビット", "プリペイド", "キャッシュ", "会員", "追加",
    "法人", "提携", "対象", "現在", "登録", "ポイント", "ギフト", "磁気", "国際", "別", "当", "各",
    "新", "旧", "他社", "ゴールド", "プラチナ", "クラシック", "スタンダード", "一般", "無料",
)  # fmt: skip
# What stands there too; behind an issuer's name it says which of its cards: みずたまETCカード.
_OF_A_KIND: Final = (
    "ETC", "IC", "交通系", "メイン", "サブ", "プレミアム", "シルバー", "ブラック", "エントリー",
    "バーチャル", "プラスチック", "ナンバーレス", "タッチ決済", "ビジネス", "コーポレート", "マイ",
    "スマート", "電子", "後払い", "リボ", "ローン", "QUICPay", "SIM", "ID", "お買い物", "買物",
)  # fmt: skip
_PARTICLES: Final = ("の", "を", "が", "は", "に", "で", "と", "も", "い", "た", "る", "な", "や")
_LATIN = re.compile(
    r"\b(?P<name>(?:(?:[A-Z][\w&'’.-]*|&)\s){1,4})"
    r"(?:Bank|Credit\sUnion|Building\sSociety|Savings|Card(?:\sServices)?|Financial|Visa|Mastercard)\b"
)
_CAPITALS = re.compile(
    r"\b(?P<name>(?:[A-Z&][A-Z&'’.-]*\s){1,4})(?:BANK|CREDIT\sUNION|BUILDING\sSOCIETY|CARD(?:\sSERVICES)?)(?![\w-])"
)
"""Headings in capitals; there any word may be a name, so none may be one that is no name."""
_GENERIC: Final = frozenset({
    "credit", "debit", "gift", "prepaid", "charge", "your", "my", "the", "this", "a", "an",
    "new", "old", "business", "corporate", "primary", "additional", "payment", "membership",
    "account", "loyalty", "rewards", "id", "sim", "card", "from", "to", "on", "of", "with",
    "visit", "call", "contact", "online", "mobile", "savings", "bank", "number", "statement",
    "gold", "platinum", "classic", "standard", "travel", "student",
})  # fmt: skip
_BOUGHT: Final = frozenset({"gift", "sim", "phone", "calling", "greeting", "sd"})
"""Before Card it is what a shop sells."""
_NO_NAMES: Final = _GENERIC | _BOUGHT | {
    "paid", "pay", "by", "in", "for", "or", "and", "no", "any", "all", "chip", "contact", "last",
    "contactless", "swipe", "tap", "insert", "present", "keyed", "sale", "approved", "virtual",
    "physical", "metal", "plastic", "main", "store", "service", "customer", "lost", "stolen",
    "replacement", "blocked", "type", "other", "linked", "saved", "default", "electronic", "one",
    "report", "post", "data", "food", "west", "east", "south", "north", "left", "right",
    "is", "was", "has", "will", "be", "that", "which", "if", "when", "see", "use", "used", "using",
    "birthday", "library", "key", "punch", "red", "green", "blue",
    "amazon", "apple", "google", "itunes", "steam", "netflix", "playstation", "xbox", "nintendo",
    "starbucks", "tfr", "transfer", "balance", "each", "per", "added", "amount",
}  # fmt: skip


def unlisted_issuer(rows: Sequence[str]) -> tuple[str, int] | None:
    """The first name that can be an issuer's, and its row."""
    return next(((name, at) for at, row in enumerate(rows) for name in _names(row)), None)


def _names(row: str) -> Iterator[str]:
    text = plain(row)
    for found in _JAPANESE.finditer(text):
        name = _without_kind(found["name"].removeprefix("ご").removeprefix("お"))
        if len(name) > 1 and not name.endswith((*_OF_ANY, *_PARTICLES)):
            yield _printed(found[0].strip())
    short = (found[0].strip(" :\t") for found in _SHORT.finditer(text))
    yield from (_printed(name) for name in short if not name.startswith(_OF_ANY))
    for found in _CAPITALS.finditer(text):
        if _NO_NAMES.isdisjoint(_words(found)):
            yield " ".join(found[0].split())
    for found in _LATIN.finditer(text):
        words = _words(found)
        if words[-1] not in _BOUGHT and not set(words) <= _GENERIC:
            yield " ".join(found[0].split())


def _printed(name: str) -> str:
    """As the issuer writes it."""
    return re.sub(_AS_READ, "カード", name)


def _words(found: re.Match[str]) -> list[str]:
    """Of the name, as they are compared."""
    return [word.strip(".").casefold() for word in found["name"].split()]


def _without_kind(name: str) -> str:
    """What is left when words that any issuer uses are taken from its end."""
    kind = next(filter(name.casefold().endswith, map(str.casefold, _OF_A_KIND)), "")
    return _without_kind(name[: -len(kind)]) if kind else name
