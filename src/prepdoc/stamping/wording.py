"""What the stamp says, and in which language."""

from __future__ import annotations

from typing import Literal, TypeAlias

from prepdoc import fonts
from prepdoc.page import Cardholder, Language

Words: TypeAlias = tuple[str, str, str, str, str, str]
WORDS: dict[Literal["ja", "en"], Words] = {
    "ja": ("カード名義人による追記", "氏名", "住所", "電話番号", "カード番号下4桁", "："),
    "en": (
        "Added by the cardholder",
        "Name",
        "Address",
        "Phone",
        "Card number, last four",
        ": ",
    ),
}
"""Heading, the four labels, and what stands between label and detail."""


def stamp_text(
    cardholder: Cardholder, last_four: str | None, lang: Literal["ja", "en"]
) -> tuple[str, ...]:
    """What the stamp says, a paragraph each: heading, name, address, phone, last four if given.

    The card number comes last, so that no other digits stand below its label. An empty detail
    is left out.

    Raises:
        NotPossible: no font has one of the characters, or no reader reads it.
    """
    heading, *labels, colon = WORDS[lang]
    details = (cardholder.name, cardholder.address, cardholder.phone, last_four or "")
    clean = map(fonts.drawable, details)
    return (heading, *(f"{label}{colon}{d}" for label, d in zip(labels, clean, strict=True) if d))


def language_of(cardholder: Cardholder) -> Language:
    """Japanese where kana or kanji stand in the details (Unicode blocks from U+3040 on)."""
    return "ja" if any(c >= "\u3040" for c in cardholder.name + cardholder.address) else "en"
