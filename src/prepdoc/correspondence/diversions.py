"""A mail's words → sentences that want the answer at an address that is not the recipient's.

Phishing leaves the headers as they are and says it in the text. An address that is merely named,
as one's own or one for questions, is none to which the statement shall go.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from typing import Final

from prepdoc.correspondence.domains import in_unicode, is_own

_JAPANESE: Final = r"\u3005-\u30ff\u3400-\u9fff"
_ADDRESS = re.compile(
    rf"[a-z0-9._%+'-]{{1,64}}@(?:(?![{_JAPANESE}])[\w-]){{1,63}}"
    rf"(?:\.(?:(?![{_JAPANESE}])[\w-]){{1,63}}){{1,10}}"
)
"""In lower case; Japanese follows it without a blank."""
_AT = re.compile("[@＠﹫]")
"""Without which there is no address, in any width."""
_MARK: Final = "\ue000"
_KNOWN: Final = "\ue001"
"""Stand for a stranger's address and for any other, so that the dots in them end no sentence."""
# Lines of a head that was copied; 送付先 and 返信先 are none of those that every mail has.
_HEAD = re.compile(
    r"^[>* \t]*(?:from|to|cc|reply-to|sent|date|subject|差出人|送信者|送信元|宛先|件名)\*?"
    r"[ \t]*:[^\n]*$",
    re.MULTILINE,
)
# The answer's way, as the reader is asked to send it; 返信先 and 宛先 are also lines of a head.
_SEND_JA: Final = r"(?:送|送り|送付|送信|返信|返送|提出|転送|回答|メール|ファックス)"
_ASKED_JA: Final = (
    r"(?:を|って|して|し|の(?:ほど|程|上|うえ))?"
    r"(?:ください|下さい|お?願い|くださ|のこと|(?:いただ|頂)(?!いた|きまし))"
)
_JA: Final = (
    # docs@… 宛にお送りください, docs@… へ明細書をご提出いただきますよう
    rf"{_MARK}[)」』>]*(?:宛て?|あて|まで|へ|に)(?:(?!した|された|{_MARK})[^。]){{0,40}}?"
    rf"[おご]?{_SEND_JA}{_ASKED_JA}",
    # 送付先: docs@…, 明細書の提出先は docs@… です
    rf"(?:送付|送信|送り|返送|提出|回答)先(?:の?(?:e?メール)?アドレス)?(?:は|が|[:=])?[「『(<]*{_MARK}",
    # ご返信は docs@… までお願いいたします
    rf"(?:送付|送信|返信|返送|提出|回答)(?:は|の際は)[^。]{{0,20}}?{_MARK}[)」』>]*"
    r"(?:宛て?|あて|まで|へ|に)(?:お?願い|ください)",
)
_VERB_EN: Final = r"(?<!this )(?<!the )(?<!your )(?<!our )(?<!an )(?<!-)\b"
"""Before a word that is no noun: this e-mail was sent to …"""
_EN: Final = (
    # send it to docs@…, e-mail your statement to our team at docs@…
    rf"{_VERB_EN}(?:send|e-?mail|mail|forward|submit|return|reply|respond|fax|direct)\b"
    rf"(?:(?!\b(?:was|were|been|sent)\b)[^.{_MARK}]){{0,80}}?\b(?:to|at)\b[^.{_MARK}]{{0,30}}?{_MARK}",
    # use docs@… for your reply, e-mail docs@… with the statement
    rf"{_VERB_EN}(?:use|e-?mail|write to|contact)\b[^.{_MARK}]{{0,20}}?{_MARK}[^.]{{0,30}}?"
    r"\b(?:for|with)\b[^.]{0,15}\b(?:your|the|a) (?:\w+ ){0,2}"
    r"(?:reply|answer|response|statement|documents?|copy)\b",
)
_WANTED_JA = re.compile("|".join(_JA))
_WANTED_EN = re.compile("|".join(_EN))
# What is not the reader's to do, or not to be done.
_DENIED_JA = re.compile(
    r"ないで|ないよう|控え|遠慮|やめ|(?:いたし|し|でき|おり|られ|なり)ません|ご?注意"
)
_DENIED_EN = re.compile(
    r"\b(?:never|not|don't|cannot|can't|we|we'll|i|i'll|will|was|were|being|been)\b[^.,;]{0,30}$"
)
_SENTENCE_JA = re.compile(r"[。!?]|\n\s*\n|\n[ \t]*[・•●■*-]")
_SENTENCE_EN = re.compile(r"[.!?;](?:\s|$)|\n\s*\n|\n[ \t]*[•●■*-][ \t]")
_IS_JAPANESE = re.compile(f"[{_JAPANESE}]")
_QUOTED = re.compile(r"^[ \t]*(?:>[ \t]?)+", re.MULTILINE)


def sentences_that_divert(text: str, customers: Collection[str] = ()) -> Iterator[str]:
    """The sentences, each on one line; `customers` are the reader's own addresses."""
    if not _AT.search(text):
        return
    plain = unicodedata.normalize("NFKC", text).casefold()
    words = _HEAD.sub("", _QUOTED.sub("", re.sub(f"[{_MARK}{_KNOWN}]", " ", plain)))
    addresses = [one for one in _ADDRESS.findall(words) if _is_strangers(one, customers)]
    marked = _ADDRESS.sub(lambda one: _MARK if _is_strangers(one[0], customers) else _KNOWN, words)
    yield from _found(marked, addresses)


def _is_strangers(address: str, customers: Collection[str]) -> bool:
    return address not in customers and not is_own(in_unicode(address.rpartition("@")[2]))


def _found(words: str, addresses: list[str]) -> Iterator[str]:
    """Sentences in which an address is the answer's, with the addresses put back."""
    for ends, joint, wants in ((_SENTENCE_JA, "", _wants_ja), (_SENTENCE_EN, " ", _wants_en)):
        rest = iter(addresses)
        for part in ends.split(words):
            own = [next(rest) for _ in range(part.count(_MARK))]
            sentence = joint.join(part.split())
            if own and wants(sentence):
                yield _put_back(sentence, own)


def _put_back(sentence: str, addresses: list[str]) -> str:
    rest = iter(addresses)
    return re.sub(_MARK, lambda _mark: f" {next(rest)} ", sentence).strip()


def _wants_ja(sentence: str) -> bool:
    return any(
        not _DENIED_JA.search(sentence[found.start() :]) for found in _WANTED_JA.finditer(sentence)
    )


def _wants_en(sentence: str) -> bool:
    return not _IS_JAPANESE.search(sentence) and any(
        not _DENIED_EN.search(sentence[: found.start()]) for found in _WANTED_EN.finditer(sentence)
    )
