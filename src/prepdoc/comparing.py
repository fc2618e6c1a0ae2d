"""Texts as they look: what engines and people take for the same is the same to compare."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

# Engines read a variant of a kanji as its usual form, and Unicode holds shapes that look the same.
# The usual form → variants frequent in names (as JIS X 0213 pairs them), and shapes of JIS X 0208
# that are printed alike in kana, kanji and digits.
_LOOKS_LIKE: Final = {
    "高": "髙",
    "崎": "﨑嵜",
    "浜": "濵濱",
    "辺": "邉邊",
    "瀬": "瀨",
    "徳": "德",
    "斎": "齋齊斉",
    "沢": "澤",
    "島": "嶋嶌",
    "富": "冨",
    "広": "廣",
    "国": "國",
    "恵": "惠",
    "真": "眞",
    "増": "增",
    "桜": "櫻",
    "吉": "𠮷",
    "橋": "槗",
    "栄": "榮",
    "寿": "壽",
    "竜": "龍",
    "滝": "瀧",
    "黒": "黑",
    "関": "關",
    "-": "‐‑‒–—―−ーｰ－一",
    "二": "ニ",
    "口": "ロ□",
    "力": "カ",
    "工": "エ",
    "八": "ハ",
    "夕": "タ",
    "ト": "卜",
    "ヘ": "へ",
    "ケ": "ヶ",
    "0": "o〇○",
    "1": "il|",
}
_USUAL: Final = str.maketrans(
    {rare: usual for usual, rares in _LOOKS_LIKE.items() for rare in rares}
)
_SELECTORS: Final = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""Unicode's variation selectors, which choose a form of the character before them."""


def as_it_looks(text: str) -> str:
    """Without blanks and case, and each character as the shape that it looks like.

    >>> as_it_looks("髙﨑 花子") == as_it_looks("高崎花子")
    True
    """
    bare = _SELECTORS.sub("", unicodedata.normalize("NFKC", text))
    return "".join(bare.split()).casefold().translate(_USUAL)


def is_same_name(one: str, other: str) -> bool:
    """Whether two names have the same words, in any order.

    >>> is_same_name("Hanako Yamada", "YAMADA HANAKO"), is_same_name("髙﨑 花子", "高崎花子")
    (True, True)
    """
    return as_it_looks(one) == as_it_looks(other) or _words(one) == _words(other)


def is_other_name(one: str, other: str) -> bool:
    """Whether two names are surely those of two people; not known of other letters or initials.

    >>> is_other_name("髙﨑 太郎", "髙﨑 花子"), is_other_name("Hanako Yamada", "山田 花子")
    (True, False)
    """
    a, b = _words(one), _words(other)
    is_longer = set(a) <= set(b) or set(b) <= set(a)
    return _scripts(one) == _scripts(other) and not is_longer


def _words(name: str) -> list[str]:
    return sorted(as_it_looks(word) for word in name.split())


def _scripts(name: str) -> frozenset[str]:
    """The first words of Unicode's names of its letters: LATIN, CJK, KATAKANA, …"""
    letters = (c for c in unicodedata.normalize("NFKC", name) if c.isalpha())
    return frozenset(unicodedata.name(c, "").partition(" ")[0] for c in letters)


def pattern_of(words: Iterable[str]) -> re.Pattern[str]:
    """Any of the words, to be searched for in a text as it looks."""
    return re.compile("|".join(re.escape(as_it_looks(word)) for word in words))
