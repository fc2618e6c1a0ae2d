"""Text → the other ways in which it may be meant: escapes of URIs, XML, scripts and mail undone.

A form is read beside the text as it stands, never instead of it: in `50%4111` nothing is escaped.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
from collections.abc import Iterator
from urllib.parse import unquote

# Tags within a line of text: XHTML (also rich text of PDF forms, ISO 32000-2 table 255), and the
# runs into which office programs cut words (ECMA-376 §17.3, §21.1.2; OpenDocument 1.3 §6.1.7).
INLINE_TAGS = re.compile(
    r"</?(?:"
    r"[wa]:(?!(?:p|br|cr|tab|tc|tr|tbl)\b)[^<>]*"
    r"|(?:(?i:span|b|i|u|em|strong|font|small|big|sub|sup|a|tt|code|s|mark|wbr|ruby|nobr)"
    r"|r|t|rPr|text:span|tspan|textPath)(?:\s[^<>]*)?"
    r")>"
)
SCRIPT_ESCAPE = re.compile(
    r"\\u\{?([0-9A-Fa-f]{4,6})\}?|\\u([0-9A-Fa-f]{4})|\\x([0-9A-Fa-f]{2})|\\([0-3]?[0-7]{2})"
)
"""ECMA-262 §12.9.4, with the octal ones of annex B; JSON (RFC 8259 §7) has the first."""
QUOTED = re.compile(r"=([0-9A-F]{2})|=\r?\n")
"""Quoted-printable, RFC 2045 §6.7."""
NAME_ESCAPE = re.compile(r"#([0-9A-Fa-f]{2})")
"""Names of PDF, ISO 32000-2 §7.3.5."""
SCIENTIFIC = re.compile(r"(\d)(?<![\w.].)\.(\d{6,18})[eE]\+?(1[1-8])(?![\w.])")
"""How spreadsheets keep large numbers."""
CONCATENATION = re.compile(r"""(["'])\s{0,8}[+.&]\s{0,8}\1|(?<=["']\d)(["']),\s{0,8}\2(?=\d["'])""")
"""Where a script puts two strings together, or lists single digits; longer ones are a table."""

_LETTERS, _NEXT_LINE = r"[A-Za-z0-9+/_-]", r"[ \t]{0,8}\r?\n[ \t]{0,8}"
BASE64 = re.compile(
    rf"(?<!{_LETTERS}){_LETTERS}{{20,}}+(?:{_NEXT_LINE}{_LETTERS}{{20,}}+)*"
    rf"(?:{_NEXT_LINE}{_LETTERS}{{2,}}+(?==|\s*$|{_NEXT_LINE}\n))?={{0,2}}"
)
"""RFC 4648 §4 and §5, also over several lines; sixteen digits make 22 characters and two signs.

No group is possessive: before 3.11.5 Python goes on behind what the last, failed turn of one took
(gh-106052), and the last line of a mail's attachment was left out. All that follows is optional.
"""


def forms(text: str) -> Iterator[str]:
    """The text, and each form of it that says something else."""
    yield text
    plain = _without_markup(text)
    ways = (unquote, _unescaped, _unquoted, _joined, _names, _written_out)
    others = dict.fromkeys((plain, *(way(plain) for way in ways)))
    yield from (form for form in others if form != text)


def in_base64(text: str) -> Iterator[bytes]:
    """What the stretches in base64 stand for."""
    for match in BASE64.finditer(html.unescape(text) if "&#" in text else text):
        compact = "".join(match.group().split()).rstrip("=").replace("-", "+").replace("_", "/")
        try:
            yield base64.b64decode(compact[: len(compact) - (len(compact) % 4 == 1)] + "==")
        except binascii.Error:
            continue


def _without_markup(text: str) -> str:
    if "<" in text:
        text = INLINE_TAGS.sub("", text)
    return html.unescape(text) if "&" in text else text


def _unescaped(text: str) -> str:
    return SCRIPT_ESCAPE.sub(_script_character, text) if "\\" in text else text


def _script_character(match: re.Match[str]) -> str:
    *hexadecimal, octal = match.groups()
    code = int(octal, 8) if octal else int("".join(filter(None, hexadecimal)), 16)
    return chr(code) if code <= 0x10FFFF else " "


def _unquoted(text: str) -> str:
    def character(match: re.Match[str]) -> str:
        return chr(int(match[1], 16)) if match[1] else ""

    return QUOTED.sub(character, text) if "=" in text else text


def _names(text: str) -> str:
    return NAME_ESCAPE.sub(lambda m: chr(int(m[1], 16)), text) if "#" in text else text


def _joined(text: str) -> str:
    return CONCATENATION.sub("", text)


def _written_out(text: str) -> str:
    """4.111111111111111E15 → 4111111111111111, where the figures reach that far."""

    def digits(match: re.Match[str]) -> str:
        exponent = int(match[3])
        return match[1] + match[2].ljust(exponent, "0")[:exponent]

    return SCIENTIFIC.sub(digits, text)
