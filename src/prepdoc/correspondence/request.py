"""A mail → what it asks: which of the known requests it is, the details it wants, and its hints.

    Mail ─letters_of→ letters, the newest first ─_judged→ Asked, of the first that is known

By what it asks, not by its sender or subject: these anyone can write. What a mail itself says
counts before what it quotes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Final

from prepdoc.correspondence import phrases
from prepdoc.correspondence.phrases import PHRASINGS, Phrasing, Says

if TYPE_CHECKING:
    from prepdoc.correspondence.mail import Mail
    from prepdoc.page import Language
    from prepdoc.requirements import Channel

UPLOAD, STATEMENT, STATEMENT_PHONE, AMAZON_COM = (
    "amazon-co-jp-upload",
    "amazon-co-jp-statement",
    "amazon-co-jp-statement-phone",
    "amazon-com",
)
"""Ids of the profiles in `prepdoc.requirements`."""

_BY_EITHER: Final = (UPLOAD, AMAZON_COM)
"""Requests that may be answered by an upload; statements go by mail, whatever else is named."""
_WANTED: Final = (Says.NAME, Says.ADDRESS, Says.PHONE, Says.PHONE_IF_PRINTED, Says.PAYMENT,
                  Says.TRANSACTION, Says.EMAIL)  # fmt: skip
_MIN_WANTED: Final = 2
"""Details that a mail names at least if it asks for a document: newsletters name an address."""
_JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
_MIN_JAPANESE: Final = 20
"""Kana and kanji that make a mail Japanese; an English one may name 髙﨑 花子."""
_MAX_CHARS: Final = 200_000
"""Of a mail's words that are looked at; those that ask have two thousand, a saved page of a mail
program with all that stands around them some fifty thousand."""
_MAX_LETTERS: Final = 20
"""Letters in a thread that are told apart; further ones count as one."""
_MAX_DEPTH: Final = 6
"""Quotations within each other that are told apart; deeper ones count as one."""
_MIN_BROKEN: Final = 30
"""Characters of a quoted line that may have been broken; programs break at sixty or more columns,
and one of Japanese takes two."""
_ENDS: Final = ("。", ".", "!", "?", ":")
_MAX_SENTENCE: Final = 300
"""Characters; where a mail has no full stops, a warning cannot be told from the rest of it."""
_HALF_A_YEAR: Final = timedelta(days=183)
"""Within it a day without its year is the one that is meant."""
_MAX_CARDS: Final = 20
"""Places that are looked at for a brand, if no digits are told."""
_TWO: Final = re.compile("[2二]|two", re.IGNORECASE)
"""As the phrasings of the last digits have it."""
_NEAR: Final = 40
"""Characters from a card's digits to its brand: お客様の Visa カード(カード番号の下4桁:1234)."""


@dataclass(frozen=True, slots=True)
class Hint:
    """The card that the mail means: its last two or four digits, its brand, or either."""

    digits: str = ""
    brand: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a mail wants.

    `profile` is the requirements' id; None where the mail asks nothing (`is_over`: the account is
    open again) or nothing that is known. `deadline_hours` is the first that the mail names, and
    `deadline_date` the day by which the answer is due; a day without its year is the one that is
    nearest to when the mail was sent, and None where that is not known. Where the hours are those
    of business days, `deadline_business_days` counts these. `digits` is how many of the card's last
    ones it wants to see.
    """

    profile: str | None
    language: Language
    details: tuple[Says, ...] = ()
    channel: Channel | None = None
    hint: Hint = Hint()
    deadline_hours: int | None = None
    deadline_date: date | None = None
    digits: int = 4
    is_over: bool = False
    cancelled_orders: tuple[str, ...] = ()
    deadline_business_days: int | None = None

    @property
    def is_known(self) -> bool:
        """Whether it asks, or says that it is over."""
        return self.is_over or self.profile is not None


@dataclass(frozen=True, slots=True)
class _Letter:
    """The words of one letter in a mail, and whether they are the mail's own or quoted."""

    words: str
    is_own: bool


@dataclass(frozen=True, slots=True)
class _Reading:
    """What a letter asks, and whether it is the mail's own."""

    asked: Asked
    is_own: bool


def asked(mail: Mail) -> Asked:
    """What the mail asks, by its words."""
    return _read(mail).asked


def latest_known(mails: Iterable[Mail]) -> tuple[Mail, Asked]:
    """Of a mailbox the last mail that asks something or says that it is over; else the last one.

    Mails that ask with words of their own count before those that only quote some.

    Raises:
        ValueError: there is no mail.
    """
    found: tuple[Mail, Asked] | None = None
    in_order = tuple(mails)
    for mail in _newest_first(in_order):
        reading = _read(mail)
        if reading.asked.is_known and reading.is_own:
            return mail, reading.asked
        if found is None and reading.asked.is_known:
            found = mail, reading.asked
    if not in_order:
        raise ValueError("no mail")
    return found or (in_order[-1], asked(in_order[-1]))


def _newest_first(mails: tuple[Mail, ...]) -> list[Mail]:
    """By their dates if all have one, else as they stand: programs append moved mails."""
    latest_last = mails[::-1]
    dates = [mail.date for mail in mails if mail.date]
    if len(dates) < len(mails):
        return list(latest_last)
    return sorted(latest_last, key=_moment, reverse=True)


def _moment(mail: Mail) -> datetime:
    """When it was sent; a date without a zone is compared as if it were UTC's."""
    date = mail.date or datetime.min
    return date if date.tzinfo else date.replace(tzinfo=UTC)


# --- a mail's letters --------------------------------------------------------------------------


def _read(mail: Mail) -> _Reading:
    """The first letter that asks, of the text or of the HTML, whichever says more.

    Plain text marks what it quotes: if all that it asks is quoted, so it is in the HTML.
    """
    text, other = (_first_known(mail, part) for part in (mail.text, mail.other_text))
    if not (text and other):
        return text or other or _Reading(Asked(None, _language(mail)), True)
    return other if text.is_own and _said(other.asked) > _said(text.asked) else text


def _first_known(mail: Mail, text: str) -> _Reading | None:
    for letter in _letters(mail.subject, text):
        for language in PHRASINGS:
            judged = _judged(letter.words, language, mail.date)
            if judged.is_known and _is_of_recipient(mail):
                return _Reading(judged, letter.is_own)
    return None


def _said(asked: Asked) -> tuple[bool, int, bool, bool, int]:
    """How much a letter says, to be compared."""
    hint = asked.hint
    orders = len(asked.cancelled_orders)
    return bool(asked.profile), len(asked.details), bool(hint.digits), bool(hint.brand), orders


def _is_of_recipient(mail: Mail) -> bool:
    parts = (mail.sender, mail.sender_name, mail.subject, mail.text, mail.other_text)
    return any(phrases.RECIPIENT.search("".join(_plain(part).split())) for part in parts)


def _letters(subject: str, text: str) -> Iterator[_Letter]:
    """The letters in a mail: its own, then the quoted ones, the newest first.

    A quotation within a quotation is older, but programs that wrap lines leave out marks; so the
    deeper lines join the less deep ones, and at last the mail's own.
    """
    title = "" if phrases.ANSWERED.match(subject) else _plain(subject)
    lines = _by_depth(_plain(text))
    deepest = max((depth for depth, _ in lines), default=0)
    own = _parted(words for depth, words in lines if depth == 0)
    first, *others = own or [""]
    yield _Letter(f"{title}。\n{first}", True)
    yield from (_Letter(words, False) for words in others)
    for reached in range(1, deepest + 1):
        quoted = _parted(words for depth, words in lines if 0 < depth <= reached)
        yield from (_Letter(words, False) for words in quoted)
    if deepest or others:
        yield _Letter("\n".join(words for _, words in lines), False)


def _by_depth(text: str) -> list[tuple[int, str]]:
    """The lines, each with how deep it is quoted; programs leave a long one's rest unmarked."""
    lines: list[tuple[int, str]] = []
    for depth, words in map(_unquoted, text.splitlines()):
        is_rest = not depth and words.strip() and lines and _is_broken(*lines[-1])
        lines.append((lines[-1][0] if is_rest else depth, words))
    return lines


def _is_broken(depth: int, words: str) -> bool:
    """Whether a quoted line is long, and no sentence ends with it."""
    return depth > 0 and len(words) >= _MIN_BROKEN and not words.rstrip().endswith(_ENDS)


def _unquoted(line: str) -> tuple[int, str]:
    """How deep a line is quoted, and its words."""
    marks = phrases.QUOTE_MARKS.match(line)
    return (min(marks[0].count(">"), _MAX_DEPTH), line[marks.end() :]) if marks else (0, line)


def _parted(lines: Iterable[str]) -> list[str]:
    """A thread's letters, from above; what programs write over a quotation begins a new one."""
    text = "\n".join(lines)
    greetings = islice(phrases.GREETING.finditer(text), 1, _MAX_LETTERS)
    quotations = islice(phrases.QUOTATION.finditer(text), _MAX_LETTERS)
    starts = sorted({0, *(found.start() for found in (*greetings, *quotations))})
    parts = (text[a:b] for a, b in zip(starts, [*starts[1:], len(text)], strict=True))
    return [part for part in parts if any(char.isalnum() for char in part)]


def _language(mail: Mail) -> Language:
    found = _JAPANESE.findall(f"{mail.subject}\n{mail.text or mail.other_text}")
    return "ja" if len(found) >= _MIN_JAPANESE else "en"


# --- a letter ----------------------------------------------------------------------------------


def _plain(text: str) -> str:
    """Characters that look the same made one; a character may become many (U+FDFA)."""
    plain = unicodedata.normalize("NFKC", text[:_MAX_CHARS])[:_MAX_CHARS]
    return phrases.EMPHASIS.sub("", plain.casefold().translate(phrases.DASHES))


def _judged(letter: str, language: Language, sent: datetime | None) -> Asked:
    """What a letter asks if it is written in that language; `sent` is when the mail was."""
    phrasing = PHRASINGS[language]
    words = phrasing.joint.join(letter.split())
    if not _is_worth_a_look(words, phrasing):
        return Asked(None, language)
    sentences = _in_earnest(words, phrasing)
    told = "。".join(sentences)
    if not _wants_document(sentences, phrasing):
        return _over(letter, told, language)
    said = frozenset(what for what, pattern in phrasing.says.items() if pattern.search(told))
    profile = _profile(said, language)
    if profile is None:
        return _over(letter, told, language)
    deadline = _deadline(words, phrasing)
    return Asked(
        profile,
        language,
        details=tuple(what for what in _WANTED if what in _needed(said)),
        channel="upload" if Says.UPLOAD in said and profile in _BY_EITHER else "reply",
        hint=_hint(words, phrasing),
        deadline_hours=_hours(deadline),
        deadline_date=next(_due_dates(words, phrasing, sent), None),
        digits=_digits(told, phrasing),
        deadline_business_days=_business_days(deadline),
    )


def _digits(told: str, phrasing: Phrasing) -> int:
    """Two only where nothing says four."""
    found = [match[0] for match in phrasing.says[Says.LAST_FOUR_ONLY].finditer(told)]
    return 2 if found and all(_TWO.search(words) for words in found) else 4


def _is_worth_a_look(words: str, phrasing: Phrasing) -> bool:
    """Whether anything can be in it; most of a mailbox's letters are about other things."""
    wants = phrasing.sending.search(words) and phrasing.document.search(words)
    return bool(wants or phrasing.says[Says.REOPENED].search(words))


def _in_earnest(words: str, phrasing: Phrasing) -> list[str]:
    """A letter's sentences without those that deny or warn of what they name."""
    if phrasing.fraud.search(words):
        words = phrases.SPOKEN.sub("", words)
        fraud = phrasing.fraud.search(words)
        example = phrasing.example.search(words, fraud.start()) if fraud else None
        words = words[: example.start()] if example else words
    return [part for part in phrasing.stop.split(words) if not _is_warning(part, phrasing)]


def _is_warning(sentence: str, phrasing: Phrasing) -> bool:
    if len(sentence) > _MAX_SENTENCE:
        return False
    return bool(phrasing.denial.search(sentence) or phrasing.fraud.search(sentence))


def _wants_document(sentences: list[str], phrasing: Phrasing) -> bool:
    """Whether a sentence asks to send one that it names, or that the sentence before names."""
    return any(
        phrasing.sending.search(one)
        and phrasing.wish.search(one)
        and phrasing.document.search(before + one)
        and not phrasing.writers_own.search(one)
        for before, one in zip(["", *sentences], sentences, strict=False)
    )


def _profile(said: frozenset[Says], language: Language) -> str | None:
    """The request that the words add up to, of a letter that wants a document."""
    wanted = sum(what in said for what in _WANTED)
    if not _is_of_card(said) or wanted < _MIN_WANTED or Says.FOR_SELLERS in said:
        return None
    if language == "en":
        return AMAZON_COM
    is_by_mail = Says.UPLOAD not in said or Says.REPLY_WITH_IT in said
    if is_by_mail and Says.STATEMENT in said:
        return STATEMENT_PHONE if Says.PHONE in said else STATEMENT
    return UPLOAD if Says.UPLOAD in said else None


def _is_of_card(said: frozenset[Says]) -> bool:
    """Whether the document is one of a card: its digits are limited, or it must show the rest."""
    must_show = {Says.LEGIBLE, Says.CARD} <= said and Says.OTHER_PAPERS not in said
    return Says.LAST_FOUR_ONLY in said or must_show


def _needed(said: frozenset[Says]) -> frozenset[Says]:
    """A phone that must be there need not be named as one that is wanted if it is printed."""
    return said - {Says.PHONE_IF_PRINTED} if Says.PHONE in said else said


def _over(letter: str, told: str, language: Language) -> Asked:
    """Nothing is asked; it may be said that the account is open again."""
    says = PHRASINGS[language].says
    if not says[Says.REOPENED].search(told):
        return Asked(None, language)
    orders = _orders(letter) if says[Says.CANCELLED].search(told) else ()
    return Asked(None, language, is_over=True, cancelled_orders=orders)


def _orders(letter: str) -> tuple[str, ...]:
    """Their numbers, also where a line ends within one."""
    joined = "".join(letter.split())
    found = (*phrases.ORDER.findall(letter), *phrases.ORDER.findall(joined))
    return tuple(dict.fromkeys(order.upper() for order in found))


def _hint(words: str, phrasing: Phrasing) -> Hint:
    for pattern in phrasing.hints:
        if found := pattern.search(words):
            return Hint(found["digits"], _brand(words, *found.span(), phrasing))
    cards = islice(phrasing.brand_alone.finditer(words), _MAX_CARDS)
    brands = (_brand(words, *found.span(), phrasing) for found in cards)
    return Hint("", next(filter(None, brands), ""))


def _brand(words: str, start: int, end: int, phrasing: Phrasing) -> str:
    """The brand that is named next to a place, in its sentence."""
    before = phrasing.stop.split(words[max(start - _NEAR, 0) : start])[-1]
    after = re.split(r"\d", phrasing.stop.split(words[end : end + _NEAR])[0])[0]
    near = ((apart, name) for spelt, name in phrases.BRANDS.items()
            for apart in _apart(spelt, before, after))  # fmt: skip
    return min(near, default=(0, ""))[1]


def _apart(spelt: str, before: str, after: str) -> Iterator[int]:
    """How far from the end of one text and the beginning of another a pattern is found."""
    yield from (len(before) - found.end() for found in re.finditer(spelt, before))
    yield from (found.start() for found in re.finditer(spelt, after))


def _deadline(words: str, phrasing: Phrasing) -> tuple[int, str] | None:
    """How many of which unit."""
    found = next((m for pattern in phrasing.deadlines if (m := pattern.search(words))), None)
    return (_number(found["n"]), found["unit"]) if found else None


def _hours(deadline: tuple[int, str] | None) -> int | None:
    return deadline[0] * phrases.HOURS_OF[deadline[1]] if deadline else None


def _business_days(deadline: tuple[int, str] | None) -> int | None:
    return deadline[0] if deadline and deadline[1] in phrases.BUSINESS_DAYS else None


def _due_dates(words: str, phrasing: Phrasing, sent: datetime | None) -> Iterator[date]:
    """The days by which the reader is to answer."""
    for pattern in phrasing.dates:
        for found in pattern.finditer(words):
            before = phrasing.clause.split(words[max(found.start() - _NEAR, 0) : found.start()])[-1]
            after = phrasing.clause.split(words[found.end() : found.end() + _NEAR])[0]
            if not phrasing.not_due.search(f"{before}\n{after}"):
                yield from _day(found["year"], found["month"], found["day"], sent)


def _day(year: str | None, month: str, day: str, sent: datetime | None) -> Iterator[date]:
    """The day that is meant; none if there is none, or if its year is not known."""
    number = phrases.MONTHS.get(month[:3]) or int(month)
    if year:
        yield from _days((int(year),), number, int(day))
    elif sent:
        days = _days((sent.year - 1, sent.year, sent.year + 1), number, int(day))
        yield from (one for one in days if abs(one - sent.date()) < _HALF_A_YEAR)


def _days(years: Iterable[int], month: int, day: int) -> Iterator[date]:
    """That day of each of these years that has it."""
    for year in years:
        with suppress(ValueError):
            yield date(year, month, day)


def _number(word: str) -> int:
    return phrases.NUMBERS[word] if word in phrases.NUMBERS else int(word)
