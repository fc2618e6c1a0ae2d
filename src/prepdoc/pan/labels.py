"""The words that stand beside card numbers, as issuers print them (formats.md has the sources)."""

from __future__ import annotations

import re
import unicodedata
from functools import cached_property

REACH = 100
"""Characters before a number in which its label is looked for: the longest label and as wide a gap
as text with columns has."""

# A number beside one of these is a card number, whatever it looks like.
_CARD_LABELS = (
    r"ご?利用カード(?:\s?番号)?",
    r"(?:クレジット)?(?<!ポイント)カード\s?(?:会員)?番号",
    r"(?<!ポイント)カード\s?No",
    r"本人カード",
    r"家族カード",
    r"card\s*account\s*(?:no|number)",
    r"(?:(?:credit|debit|primary)\s*)?card\s*(?:no|num(?:ber)?|#)",
    r"card\s*(?:account\s*)?ending(?:\s*(?:in|with))?",
    r"primary\s*account\s*number",
    r"credit\s*card\s*number",
    r"kartennummer",
    r"karten-?\s*nr",
    r"n(?:um[eé\u0301]+ro|[°º]|o)\.?\s*de\s*(?:la\s*)?carte",
    r"carte\s*(?:bancaire\s*)?n[°º]",
    r"n(?:[uú\u0301]+mero|[°ºo])\.?\s*de\s*(?:la\s*)?tarjeta",
    r"tarjeta\s*n[.°ºo]+",
    r"numero\s*(?:della\s*)?carta",
    r"카드\s*번호",
    r"卡[号號]",
    r"(?<![A-Za-z])PAN(?![A-Za-z])",
)
# Loyalty cards, bank accounts and memberships use these words too.
_DOUBTFUL_LABELS = (
    r"会員番号",
    r"お客様番号",
    r"membership\s*(?:/\s*card\s*)?(?:no|num(?:ber)?)",
    r"account\s*(?:no|num(?:ber)?)",
    r"ご利用者",
)
# Beside these a number is none of a card, unless its check digit says so.
_OTHER_LABELS = (
    r"(?<![A-Za-z])(?:tel(?:ephone)?|(?:tele)?fax|phone|mobile|hotline)(?:\s*(?:no|number))?",
    r"(?:電話|携帯|ファックス|ファクス)(?:電話)?(?:番号)?",
    r"(?:伝票|荷物|お?問い?合わ?せ(?:伝票)?)\s?(?:番号|No)",
    r"(?:送り状|追跡)(?:\s?(?:番号|No))?",
    r"(?:注文|予約|請求書?|領収書?|受付|照会|取引|契約者?|承認|整理|管理|参照)\s?(?:番号|No|ID)",
    r"(?<![A-Za-z])(?:tracking|invoice|order|ref(?:erence)?|booking|confirmation|receipt|voucher|facture"
    r"|rechnung)",
    r"(?:loyalty|points|mileage|frequent\s*flye?r)\s*(?:no|num(?:ber)?|#|id)",
    r"(?<![A-Za-z])TC\s*#",
    r"ポイント\s?カード\s?(?:会員)?(?:番号|ID)",
    r"(?:ポイント|Ponta|ポンタ)\s?(?:会員)?\s?(?:番号|ID)",
    r"(?:WAON|nanaco|Edy)\s?(?:カード\s?)?(?:会員)?(?:番号|No)",
    r"供給地点特定番号",
)
# Of whoever pays a bill at a bank's machine (Pay-easy): twenty digits in groups of four.
_PAYERS_LABELS = (r"お客様番号",)
# A name, which may be a card's, and what its end is put into: Sapphire Preferred (...1234).
_PRODUCT = r"(?<=[a-z®™℠+]\s)(?<!checking\s)(?<!savings\s)(?<!deposit\s)\("
# What follows is the end of a number.
_ENDING_LABELS = (
    r"(?:account|card)(?:\s*(?:no|number))?\s*ending(?:\s*(?:in|with))?",
    r"ending\s*in",
    rf"{_PRODUCT}…",
    r"下\s*[4４四5５五]\s*(?:桁|ケタ|けた)",
    r"末尾(?:\s*[4４四5５五]\s*(?:桁|ケタ|けた))?",
    r"last\s*(?:4|four|5|five)(?:\s*digits)?",
    r"尾[号號]",
    r"[末后後][4４四][位碼码]",
    r"끝\s*(?:4|네)\s*자리",
    r"karte\D{0,20}?endet\s*auf",
    r"carte\D{0,20}?se\s*terminant\s*par",
    r"tarjeta\D{0,20}?terminada\s*en",
    rf"(?:{'|'.join(_CARD_LABELS)})\s*[:：]?\s*…+",
)
_BRANDS = {
    "Visa": r"visa",
    "Mastercard": r"master\s*card",
    "JCB": r"jcb",
    "American Express": r"amex|american\s*express",
    "Diners Club": r"diners(?:\s*club)?",
    "Discover": r"discover",
    "UnionPay": r"unionpay|銀聯",
    "Maestro": r"maestro",
}
_BRAND_WORDS = "|".join((*_BRANDS.values(), "card", "カード"))
# What may stand between a label and its number: nothing that begins another thought.
_SIGNS = ":：.．,，#№()（）[]【】〔〕「」『』<>＜＞|｜は/-"
_FILLER = rf"[\s{re.escape(_SIGNS)}]"
_LINK = r"(?:No|Nr|number|番号|下\s*[4４5５]\s*桁|末尾(?:\s*[4４5５]\s*桁)?|is|of|the)"
_BETWEEN = rf"(?:{_FILLER}|{_LINK}|…)*"


def _pattern(labels: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"(?:{'|'.join(labels)}){_BETWEEN}$", re.IGNORECASE)


_CARD = _pattern(_CARD_LABELS)
_DOUBTFUL = _pattern(_DOUBTFUL_LABELS)
_OTHER = _pattern(_OTHER_LABELS)
_PAYERS = _pattern(_PAYERS_LABELS)
_ENDING = re.compile(
    rf"(?:{'|'.join(_ENDING_LABELS)}){_BETWEEN}$|(?:{_BRAND_WORDS})\W*(?:ending|…|\.{{3}})[\s….]*$",
    re.IGNORECASE,
)
_OPENS = re.compile(rf"{_PRODUCT}$", re.IGNORECASE)
_NAMES_CARD = re.compile(rf"(?:{_BRAND_WORDS}){_BETWEEN}$", re.IGNORECASE)
_NAMES = {
    brand: re.compile(rf"(?<![a-z])(?:{word})\s*(?:card|カード)?{_BETWEEN}$", re.IGNORECASE)
    for brand, word in _BRANDS.items()
}
_BEHIND = {
    brand: re.compile(rf"[\s(（\[【〔]{{0,3}}(?:{word})(?![A-Za-z])", re.IGNORECASE)
    for brand, word in _BRANDS.items()
}
_ANY = re.compile("|".join(_CARD_LABELS + _DOUBTFUL_LABELS + _ENDING_LABELS), re.IGNORECASE)
_ANY_OTHER = re.compile(
    rf"(?:{'|'.join(_OTHER_LABELS)})(?:\s*(?:no|num(?:ber)?|#|id)(?![A-Za-z]))?", re.IGNORECASE
)
_OF_A_NUMBER = re.compile(r"(?:番号|no|num(?:ber)?|id|#)$", re.IGNORECASE)

# OCR reads the kana of カード as the characters for power and one, and its ー as any dash.
_MISREAD_CARD = re.compile(r"[カ力ヵ][ー一―‐−—─-]ド")
# In half-width kana, whose voicing marks are characters of their own.
_PARTED_CARD = re.compile("カート[\u3099\u309b]")


def _as_printed(text: str) -> str:
    """With the word for a card as issuers print it; the length stays."""
    return _PARTED_CARD.sub("カード ", _MISREAD_CARD.sub("カード", text))


def _ends_in_digits(text: str) -> bool:
    """Whether another number stands right before it: no label ends in digits but `last 4`."""
    bare = text.rstrip(f"{_SIGNS}… \t\n\r")
    return bare[-1:].isdecimal() and not bare[:-1].rstrip().lower().endswith("last")


class Before:
    """What the text before a number says about it; each question is answered once.

    `text` is folded already.
    """

    def __init__(self, text: str) -> None:
        self._text = "" if _ends_in_digits(text) else _as_printed(text[-REACH:])

    @cached_property
    def is_card_label(self) -> bool:
        """Whether the text ends in a label that only card numbers have."""
        return bool(_CARD.search(self._text))

    @cached_property
    def is_doubtful_label(self) -> bool:
        """Whether the text ends in a label that card numbers share with other numbers."""
        return bool(_DOUBTFUL.search(self._text))

    @cached_property
    def is_other_label(self) -> bool:
        """Whether the text ends in a label that other numbers than cards' have."""
        return bool(_OTHER.search(self._text))

    @cached_property
    def is_payers_label(self) -> bool:
        """Whether the text ends in the label of a number with which a bill is paid."""
        return bool(_PAYERS.search(self._text))

    @cached_property
    def is_ending_label(self) -> bool:
        """Whether the text says that the end of a card number follows."""
        return bool(_ENDING.search(self._text))

    @cached_property
    def opens_an_ending(self) -> bool:
        """Whether the text ends in a name and a parenthesis, as pages of US banks name accounts."""
        return bool(_OPENS.search(self._text))

    @cached_property
    def names_a_card(self) -> bool:
        """Whether the text ends in a brand's name or a word for a card."""
        return bool(_NAMES_CARD.search(self._text))

    def names(self, brand: str) -> bool:
        """Whether the text ends in that brand's name, or in a card's of it."""
        return brand in _NAMES and _NAMES[brand].search(self._text) is not None

    @cached_property
    def is_of_a_card(self) -> bool:
        """Whether the text ends in a label that only card numbers have, or in a card's name."""
        return self.is_card_label or self.names_a_card


def spans(text: str) -> tuple[tuple[int, int], ...]:
    """Start and end of every label in a line, for finding the number that stands below one."""
    return tuple(match.span() for match in _ANY.finditer(_as_printed(folded(text))))


def card_spans(text: str) -> tuple[tuple[int, int], ...]:
    """The same of labels that only card numbers have."""
    return tuple(span for span in spans(text) if before(text, span[1]).is_card_label)


def other_spans(text: str) -> tuple[tuple[int, int], ...]:
    """The same of labels that other numbers have; a word such as “receipt” heads no number."""
    found = _ANY_OTHER.finditer(_as_printed(folded(text)))
    return tuple(match.span() for match in found if _OF_A_NUMBER.search(match[0]))


def folded(text: str) -> str:
    """NFKC character by character, so that indices stay."""
    return "".join(c if len(n := unicodedata.normalize("NFKC", c)) != 1 else n for c in text)


def is_behind(brand: str | None, text: str) -> bool:
    """Whether a folded text begins with a brand's name, as one does that stands behind a number.

    >>> is_behind("JCB", " (JCB)"), is_behind("JCB", " Visa"), is_behind("JCB", " paid by JCB")
    (True, False, False)
    """
    return brand in _BEHIND and _BEHIND[brand].match(text) is not None


def before(text: str, start: int) -> Before:
    """What a text says of the number that begins at that place of it."""
    return Before(folded(text[max(0, start - REACH) : start]))
