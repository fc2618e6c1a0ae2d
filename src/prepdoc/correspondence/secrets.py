"""A mail's words → sentences that want a password, a code or a whole number, as no known mail does.

E2 and E3 themselves say not to send the whole card number, and many mails warn of those who ask
for passwords; so a sentence counts only where nothing denies its verb. An entry of a list has no
verb: it counts where it names a secret and nothing else, and what stands above it denies nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final

# What is secret, as phishing mails name it (reports of the Council of Anti-Phishing Japan and of
# the APWG), and as banks and shops name it in their warnings.
_BOTH_SIDES_JA: Final = (
    r"両面(?:の?(?:画像|写真|コピー|写し|スキャン))|カード(?:の|は)?両面|カード[^。、]{0,6}表裏"
    r"|カード[^。、]{0,6}(?:表|おもて)(?:面|側)?(?:と|、|・|/|および|及び|ならびに|並びに)(?:裏|うら)"
)
_PRINTED_ON_THE_BACK_JA: Final = r"(?:の|に|へ)[^。]{0,12}(?:電話|連絡先|窓口|お?問い?合わ?せ|発行)"
"""Whom to ask stands on the back of a card, and many mails say so."""
_SECRETS_JA: Final = (
    r"パスワード", r"暗証番号", r"セキュリティ[ーｰ]?コード", r"ワンタイム", r"認証コード",
    r"確認コード", r"認証番号", r"cvv2?", r"cvc2?", r"有効期限(?!内|[がの]?切れ)", r"全桁",
    r"カード番号(?:の|を)?(?:全体|すべて|全て|全部)", r"(?:16|十六)桁",
    # A card number as such, not its end.
    r"カード番号(?=(?:[、,・と及びおよび]{1,3}[^。]{1,15})?を)",
    _BOTH_SIDES_JA, r"(?:裏面|裏側)の?(?:画像|写真|コピー|写し|スキャン)",
    rf"カードの?(?:裏面|裏側)(?!{_PRINTED_ON_THE_BACK_JA})",
)  # fmt: skip
_WANTS_JA: Final = (
    r"入力", r"記入", r"記載", r"知らせ", r"送信", r"送り", r"送付", r"返信", r"提供", r"教え",
    r"登録", r"提示", r"連絡", r"アップロード", r"確認でき", r"確認いただけ", r"見える",
    r"読み取れ", r"写っ", r"添付", r"同封", r"撮影", r"撮っ", r"提出", r"ファックス", r"fax",
)  # fmt: skip
_BOTH_SIDES_EN: Final = (
    r"(?:both sides|front(?: side)? and (?:the )?(?:back|reverse)(?: side)?) of (?:the|your) "
    r"(?:\w+ ){0,2}card|(?:the|your) (?:\w+ ){0,2}card,?"
    r"(?: \(| from| on| showing)? ?(?:the )?(?:both sides|front and (?:the )?(?:back|reverse))"
)
_SECRETS_EN: Final = (
    r"pass(?:word|code|phrase)s?", r"pins?", r"pin (?:number|code)", r"security code",
    r"cvv2?", r"cvc2?", r"otp", r"one[- ]time (?:pass)?(?:code|word)", r"verification code",
    r"(?:full|whole|complete|entire|16[- ]digit|sixteen[- ]digit|all (?:16|sixteen) digits of)"
    r"[\w\s]{0,20}?card(?: number)?",
    r"(?:credit|debit) card (?:number|details|information)",
    r"card number(?=,? (?:and )?(?:the |its )?(?:expir|cvv|cvc|security))",
    _BOTH_SIDES_EN, r"(?<!number on the )(?:back side|back) of (?:the|your) (?:\w+ )?card",
)  # fmt: skip
_WANTS_EN: Final = (
    r"enter", r"send", r"provide", r"confirm", r"tell us", r"give us", r"update",
    r"verify", r"submit", r"share", r"type", r"fill in", r"include", r"upload", r"attach", r"input",
    r"supply", r"photograph", r"scan", r"fax", r"e-?mail us", r"take (?:a )?(?:photos?|pictures?)",
    r"(?:reply|respond|answer|write back|get back)\b[^.]{0,40}?\b(?:with|including)",
    r"we (?:need|require)",
)  # fmt: skip

_NEAR: Final = 40
"""Characters between the two at most, in one sentence."""
_JA = re.compile(f"(?:{'|'.join(_SECRETS_JA)})[^。]{{0,{_NEAR}}}?(?:{'|'.join(_WANTS_JA)})")
_EN = re.compile(rf"\b(?:{'|'.join(_WANTS_EN)})\b[^.]{{0,{_NEAR}}}?\b(?:{'|'.join(_SECRETS_EN)})\b")
# What denies a Japanese verb stands behind it, an English one before it.
_DENIED_JA = re.compile(
    r"ないで|ないよう|ことは(?:ござい|あり)ません|ことは(?:一切)?ない|控え|不要|遠慮|やめ"
    r"|必要(?:は|が)?(?:ござい|あり)ません|(?:いたし|し|ており|おり)ません|ご?注意"
)
_UNLESS_JA = re.compile(r"ない(?:と|場合|とき|限り|まま)|なければ|ません(?:と|場合)")
_DENIED_EN = re.compile(r"\b(?:never|not|nobody|no one|don't|won't|doesn't|cannot|can't|without)\b")
_UNLESS_EN = re.compile(r"\b(?:if|unless|until|when|failure)\b")
_LAST_FOUR = re.compile(
    r"(?:下|末尾|最後の?)\s*[0-9四]?\s*(?:桁|ケタ|けた)|(?:last|final|ending)\s+(?:\w+\s+)?(?:4|four|2|two|digits)"
)

# What shall not be seen is not wanted.
_HIDDEN_JA = re.compile(r"隠[しす]|塗りつぶ|黒塗り|マスク|マスキング|伏せ|消し|見えない|読めない")
_HIDDEN_EN = re.compile(
    r"\b(?:hid(?:e|den)|cover(?:ed)?|mask(?:ed)?|black(?:ed)? out|redact(?:ed)?|obscured?"
    r"|removed?)\b"
)
_AFTER_EN: Final = 30
"""Characters behind an English secret in which it may be said to be hidden."""

# An entry of a list that names a secret and nothing else, and may say how in brackets.
_BULLET = re.compile(r"[ \t]*(?:[・･•●○■□◆◇▪‣*+–—-]|\(?\d{1,2}(?:[.):]|(?=[ \t])))[ \t]*(?=\S)")
_AND_JA: Final = r"(?:と|や|、|・|/|および|及び|の|は|:|\(|または|又は)"
_ENTRY_JA = re.compile(
    rf"(?:[^。、:]{{0,16}}?{_AND_JA})?(?:[^。、]{{0,16}}?(?:{'|'.join(_SECRETS_JA)}))"
    r"(?:の?(?:番号|数字|全体|すべて|全て|全部|写真|画像|コピー|写し|パスワード)){0,2}\)?"
    r"(?:\([^()]{0,30}\))?(?:など|等)?。?"
)
_ENTRY_EN = re.compile(
    rf"(?:[\w' -]{{0,30}}[ (,/])?(?:{'|'.join(_SECRETS_EN)}|expir(?:y|ation)(?: date)?"
    r"|card number\W{0,3}(?:all|full|complete|whole|16|sixteen)[\w -]{0,20})"
    r"(?: numbers?| photos?| digits?)?\)?(?: ?\([^()]{0,30}\))?[.;,]?(?: and)?"
)
_ASKS_JA = re.compile(r"ください|下さい|願い|必要|必須|いただ(?:き|け)")
_ASKS_EN = re.compile(r"\b(?:please|need|must|required?|provide|send|include|upload|reply)\b")
_GOES_ON = re.compile(r"[ \t]*[(はをがのにへともでやa-z]")
"""How a line begins that belongs to the entry above it."""
_POINTS_UP = re.compile(
    r"(?:上記|以上|これら|いずれ|these|none of|the above|never|do not)", re.IGNORECASE
)
"""How a line below a list speaks of it."""
_MAX_LIST: Final = 20
"""Entries of a list between one and the line above or below it."""
_MAX_ENTRY: Final = 60
"""Characters of an entry; a longer one is a sentence."""

_SENTENCE_JA = re.compile(r"[。!?]|\n\s*\n")
_SENTENCE_EN = re.compile(r"[.!?:;](?:\s|$)|\n\s*\n| [-–—] ")
_JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
_QUOTED = re.compile(r"^[ \t]*(?:>[ \t]?)+", re.MULTILINE)


def sentences_that_want_secrets(text: str) -> Iterator[str]:
    """The sentences, each on one line; a line break within one says nothing."""
    words = _QUOTED.sub("", unicodedata.normalize("NFKC", text))
    yield from (one for one in _sentences(words, _SENTENCE_JA, "") if _wants_ja(one.casefold()))
    yield from (one for one in _sentences(words, _SENTENCE_EN, " ") if _wants_en(one.casefold()))
    yield from _listed(words)


def _sentences(text: str, ends: re.Pattern[str], joint: str) -> Iterator[str]:
    for part in ends.split(text):
        lines = (" ".join(line.split()) for line in part.splitlines())
        if sentence := joint.join(line for line in lines if line):
            yield sentence


def _wants_ja(sentence: str) -> bool:
    """Whether a Japanese sentence has a secret and a verb behind it that nothing denies."""
    words = "".join(sentence.split())
    return any(
        not (_LAST_FOUR.search(found[0]) or _HIDDEN_JA.search(found[0]))
        and not _is_denied_ja(words[found.end() :])
        for found in _JA.finditer(words)
    )


def _is_denied_ja(rest: str) -> bool:
    """By what follows the verb; “unless it is entered” denies nothing."""
    return bool(_DENIED_JA.search(_UNLESS_JA.sub("", rest)))


def _wants_en(sentence: str) -> bool:
    """Whether an English sentence has a verb and a secret behind it, which nothing denies."""
    if _JAPANESE.search(sentence):
        return False
    return any(
        not _LAST_FOUR.search(found[0])
        and not _HIDDEN_EN.search(sentence[found.start() : found.end() + _AFTER_EN])
        and not _is_denied_en(sentence[: found.start()])
        for found in _EN.finditer(sentence)
    )


def _is_denied_en(before: str) -> bool:
    """By what stands before the verb; “if you do not confirm” denies nothing."""
    denied = _DENIED_EN.search(before)
    return bool(denied and not _UNLESS_EN.search(before[: denied.start()]))


# --- lists -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Line:
    """A line; whether it is marked as an entry of a list, and whether it names a secret alone."""

    words: str
    is_marked: bool
    is_secret: bool


def _listed(text: str) -> Iterator[str]:
    """The entries of lists that name a secret, below a sentence that asks.

    Lists of HTML have no marks in its words; there, two such lines one below the other are one.
    """
    lines = tuple(_lines(text))
    first_asks = next((at for at, line in enumerate(lines) if _asks(line.words)), len(lines))
    for at, line in enumerate(lines):
        if line.is_secret and at > first_asks and _is_entry(lines, at) and not _denied(lines, at):
            yield line.words


def _is_entry(lines: Sequence[_Line], at: int) -> bool:
    beside = (*lines[max(at - 1, 0) : at], *lines[at + 1 : at + 2])
    return lines[at].is_marked or any(line.is_secret for line in beside)


def _lines(text: str) -> Iterator[_Line]:
    """The lines that are not blank; one that a program broke is no entry as it stands."""
    lines = [line for line in text.splitlines() if line.strip()]
    for line, below in zip_longest(lines, lines[1:], fillvalue=""):
        mark = _BULLET.match(line)
        words = line[mark.end() if mark else 0 :].strip()
        is_whole = not _GOES_ON.match(below)
        yield _Line(words, mark is not None, is_whole and _is_secret(words.casefold()))


def _is_secret(entry: str) -> bool:
    if len(entry) > _MAX_ENTRY or _LAST_FOUR.search(entry):
        return False
    if _JAPANESE.search(entry):
        words = "".join(entry.split())
        return bool(_ENTRY_JA.fullmatch(words)) and not _is_denied_ja(words)
    return bool(_ENTRY_EN.fullmatch(entry)) and not _DENIED_EN.search(entry)


def _asks(words: str) -> bool:
    return bool(_ASKS_JA.search(words) or _ASKS_EN.search(words.casefold()))


def _denied(lines: Sequence[_Line], at: int) -> bool:
    """Whether the line over a list, or the one under it, forbids what the list names."""
    above, below = lines[max(at - _MAX_LIST, 0) : at], lines[at + 1 : at + _MAX_LIST]
    over = next((line.words for line in reversed(above) if _is_prose(line)), "")
    under = next((line.words for line in below if _is_prose(line)), "")
    return _denies(over) or bool(_POINTS_UP.match(under) and _denies(under))


def _is_prose(line: _Line) -> bool:
    return not line.is_marked and not line.is_secret


def _denies(words: str) -> bool:
    """Whether a line forbids what the list below it names, in either language."""
    plain = words.casefold()
    hides = _HIDDEN_JA.search(plain) or _HIDDEN_EN.search(plain)
    return bool(hides or _is_denied_ja("".join(plain.split())) or _is_denied_en(plain))
