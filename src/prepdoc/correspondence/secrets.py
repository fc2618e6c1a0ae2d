"""A mail's words → sentences that want a password, a code or a whole number, as no known mail does.

E2 and E3 themselves say not to send the whole card number, and many mails warn of those who ask
for passwords; so a sentence counts only where nothing denies its verb.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

# What is secret, as phishing mails name it (reports of the Council of Anti-Phishing Japan and of
# the APWG), and as banks and shops name it in their warnings.
_SECRETS_JA: Final = (
    r"パスワード", r"暗証番号", r"セキュリティ[ーｰ]?コード", r"ワンタイム", r"認証コード",
    r"確認コード", r"認証番号", r"cvv2?", r"cvc2?", r"有効期限", r"全桁",
    r"カード番号(?:の|を)?(?:全体|すべて|全て|全部)", r"(?:16|十六)桁",
    # A card number as such, not its end.
    r"カード番号(?=(?:[、,・と及びおよび]{1,3}[^。]{1,15})?を)",
    r"カードの?(?:両面|裏面|表面?と裏)", r"(?:両面|裏面)の?(?:画像|写真)",
)  # fmt: skip
_WANTS_JA: Final = (
    r"入力", r"記入", r"記載", r"知らせ", r"送信", r"送り", r"送付", r"返信", r"提供", r"教え",
    r"登録", r"提示", r"連絡", r"アップロード", r"確認でき", r"確認いただけ", r"見える",
    r"読み取れ", r"写っ",
)  # fmt: skip
_SECRETS_EN: Final = (
    r"pass(?:word|code|phrase)s?", r"pins?", r"pin (?:number|code)", r"security code",
    r"cvv2?", r"cvc2?", r"otp", r"one[- ]time (?:pass)?(?:code|word)", r"verification code",
    r"(?:full|whole|complete|entire|16[- ]digit|sixteen[- ]digit|all (?:16|sixteen) digits of)"
    r"[\w\s]{0,20}?card(?: number)?",
    r"(?:credit|debit) card (?:number|details|information)",
    r"card number(?=,? (?:and )?(?:the |its )?(?:expir|cvv|cvc|security))",
    r"(?:both sides|front and back|back side|back) of (?:the|your) (?:\w+ )?card",
)  # fmt: skip
_WANTS_EN: Final = (
    r"enter", r"send", r"provide", r"confirm", r"reply with", r"tell us", r"give us", r"update",
    r"verify", r"submit", r"share", r"type", r"fill in", r"include", r"upload", r"attach", r"input",
    r"supply",
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

_SENTENCE_JA = re.compile(r"[。!?]|\n\s*\n")
_SENTENCE_EN = re.compile(r"[.!?:;](?:\s|$)|\n\s*\n| [-–—] ")
_JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
_QUOTED = re.compile(r"^[ \t]*(?:>[ \t]?)+", re.MULTILINE)


def sentences_that_want_secrets(text: str) -> Iterator[str]:
    """The sentences, each on one line; a line break within one says nothing."""
    words = _QUOTED.sub("", unicodedata.normalize("NFKC", text))
    yield from (one for one in _sentences(words, _SENTENCE_JA, "") if _wants_ja(one.casefold()))
    yield from (one for one in _sentences(words, _SENTENCE_EN, " ") if _wants_en(one.casefold()))


def _sentences(text: str, ends: re.Pattern[str], joint: str) -> Iterator[str]:
    for part in ends.split(text):
        lines = (" ".join(line.split()) for line in part.splitlines())
        if sentence := joint.join(line for line in lines if line):
            yield sentence


def _wants_ja(sentence: str) -> bool:
    """Whether a Japanese sentence has a secret and a verb behind it that nothing denies."""
    words = "".join(sentence.split())
    return any(
        not _LAST_FOUR.search(found[0]) and not _is_denied_ja(words[found.end() :])
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
        not _LAST_FOUR.search(found[0]) and not _is_denied_en(sentence[: found.start()])
        for found in _EN.finditer(sentence)
    )


def _is_denied_en(before: str) -> bool:
    """By what stands before the verb; “if you do not confirm” denies nothing."""
    denied = _DENIED_EN.search(before)
    return bool(denied and not _UNLESS_EN.search(before[: denied.start()]))
