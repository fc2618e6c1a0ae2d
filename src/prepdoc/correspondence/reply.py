"""The answer to a mail that asks, from values alone: its text, and a draft of the mail to send.

    Answer ─text_of→ text ─draft→ bytes of a message (RFC 5322)

It carries a name, an address, a phone number and a statement: nothing here lets it go to anybody
but the recipient, whoever wrote the mail that is answered.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from traceback import extract_tb
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from prepdoc.comparing import is_other_name, is_same_name
from prepdoc.correspondence.contradictions import Kind, contradictions
from prepdoc.correspondence.domains import is_own, own_domain
from prepdoc.correspondence.request import STATEMENT, STATEMENT_PHONE
from prepdoc.correspondence.telling import as_line
from prepdoc.texts import _

if TYPE_CHECKING:
    from jinja2.sandbox import SandboxedEnvironment

    from prepdoc.correspondence.mail import Mail
    from prepdoc.page import Cardholder, Language
    from prepdoc.requirements import Profile

Added: TypeAlias = Literal["name", "address", "phone", "last four"]
"""What the cardholder may add to a statement."""

SHIPPED: Final = "prepdoc/"
"""Before a template's name: the one that comes with prepdoc, also where the user has one."""
BOUNDARY: Final = "=_prepdoc_="
"""Between the draft's parts; both are base64, which has no underscore."""
MAX_SUBJECT: Final = 200
"""Characters; those of the known mails have some thirty."""
MAX_ID: Final = 500
"""Characters of a message's id; a line holds 998 (RFC 5322, section 2.1.1)."""
MAX_REFERENCES: Final = 20
"""Ids of earlier mails: the first and the latest, as RFC 5537, section 3.4.4, shortens them."""
MAX_NAME: Final = 100
"""Characters of the attachment's name, the last ones, as its kind stands there."""
ORDER: Final = re.compile(r"(?:\d{3}|D\d{2})-\d{7}-\d{7}")
"""Amazon's order numbers; those of digital orders begin with D."""
ADDRESS: Final = re.compile(r"[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,}")
"""An e-mail address that needs no quoting (RFC 5322, section 3.4.1); who has another, is rare."""

# Where the answer to E2 and E3 goes, whatever stands in the mail.
_KNOWN: Final[Mapping[str, str]] = dict.fromkeys(
    (STATEMENT, STATEMENT_PHONE), "address-verification@amazon.co.jp"
)
# The shop by the beginning of a profile's id, so that a user's own variant has one too.
_SHOPS: Final = (("amazon-co-jp", "amazon.co.jp"), ("amazon-com", "amazon.com"))
# amazon.jp stands in signatures only: it leads to amazon.co.jp.
_SHOP_OF: Final[Mapping[str, str]] = {"amazon.jp": "amazon.co.jp"}
_SUBJECTS: Final[Mapping[str, str]] = {
    "ja": "ご依頼の請求明細書の送付",
    "en": "The statement that you asked for",
}
_MEDIA: Final[Mapping[str, tuple[str, str]]] = {
    "PDF": ("application", "pdf"),
    "PNG": ("image", "png"),
    "JPEG": ("image", "jpeg"),
}
# Contradictions by which the answer might go to somebody else.
_ASTRAY: Final = frozenset({Kind.SENDER, Kind.SENDER_LOOK_ALIKE, Kind.REPLY_TO})

_NO_REPLY = re.compile(r"(?:no|do-?not)[-_.]?reply", re.IGNORECASE)
# As programs write it before the subject of an answer; some count, some are Japanese.
_RE = re.compile(r"(?:(?:re|ｒｅ|返信|回答)\s*(?:\[\d+\]|\^\d+)?\s*[:：]\s*)+", re.IGNORECASE)
_MESSAGE_ID = re.compile(rf"<[!-;=?-~]{{1,{MAX_ID}}}>")
_HEADER_LINE = re.compile(r"[ -~]{1,900}")
_BETWEEN_PHONES = re.compile(r"[/,／，、]")
# Numbers of Japan (総務省, 番号計画): ten digits for a line, eleven for a mobile phone. Those
# that begin with 0120, 0570, 0800 and 0990 are neither.
_MOBILE = re.compile(r"0[6789]0[1-9]\d{7}")
_LANDLINE = re.compile(r"0(?!120|570|990)\d{9}")


class NoAnswer(ValueError):
    """An answer that must not be written; the message says why and what to do."""


class BadTemplate(ValueError):
    """A template that cannot be used; the message names the file and the line."""


@dataclass(frozen=True, slots=True)
class Template:
    """A user's own template, and the file that errors name."""

    text: str = field(repr=False)
    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """All that the answer says; the repr shows nothing personal, and what is empty is left out.

    `profile` is what the mail asks, its channel included. `shop` is the domain whose mail it is,
    where that is another than the profile's. `added` is what the cardholder added to the statement,
    `absent` what of it the issuer surely does not print.
    """

    cardholder: Cardholder = field(repr=False)
    last_four: str = field(repr=False)
    profile: Profile
    language: Language
    phones: tuple[str, ...] = field(default=(), repr=False)
    account_holder: str = field(default="", repr=False)
    relation: str = field(default="", repr=False)
    order: str = field(default="", repr=False)
    transaction: str = field(default="", repr=False)
    email: str = field(default="", repr=False)
    added: tuple[Added, ...] = ("name", "address", "phone")
    absent: tuple[Added, ...] = ()
    shop: str = ""

    @property
    def is_third_party(self) -> bool:
        """Whether the card is in another name than the account."""
        holder = self.account_holder
        return bool(holder) and not is_same_name(holder, self.cardholder.name)

    @property
    def is_another_person(self) -> bool:
        """Whether that name is surely another person's, not the same one's in other letters."""
        is_other = is_other_name(self.account_holder, self.cardholder.name)
        return self.is_third_party and (bool(self.relation) or is_other)


def phones_of(texts: Iterable[str]) -> tuple[str, ...]:
    """Each number once, where several may stand in one text.

    >>> phones_of(["03-1234-5678 / 090-1234-5678", "03-1234-5678"])
    ('03-1234-5678', '090-1234-5678')
    """
    parts = (part.strip() for text in texts for part in _BETWEEN_PHONES.split(text))
    return tuple(dict.fromkeys(part for part in parts if part))


def shop_of(profile: Profile, mail: Mail | None) -> str:
    """The domain to sign in to: the mail's own, else the profile's; empty where neither tells."""
    sender = own_domain(_domain(mail.sender)) if mail else None
    of_profile = next((shop for id, shop in _SHOPS if profile.id.startswith(id)), "")
    return _SHOP_OF.get(sender, sender) if sender else of_profile


# --- text --------------------------------------------------------------------------------------


def text_of(answer: Answer, own: Mapping[str, Template] | None = None) -> str:
    """The message, and for an upload what to do; `own` are the user's templates by name.

    Raises:
        BadTemplate: a template is broken, or asks for what there is not.
        NoAnswer: the text would hold digits of a card number.
    """
    templates = {**_shipped(), **(own or {})}
    name = template_name(answer.profile, answer.language)
    try:
        text = _environment(templates).get_template(name).render(_context(answer))
    except Exception as error:  # noqa: BLE001 (a template is a program: it may raise anything)
        raise BadTemplate(_place(error, templates, name)) from None
    _refuse_card_digits(text)
    return "\n".join(line.rstrip() for line in text.strip().splitlines()) + "\n"


def template_name(profile: Profile, language: Language) -> str:
    """The template that an answer is made with."""
    return f"{profile.channel}.{language}.txt.j2"


@cache
def _shipped() -> Mapping[str, Template]:
    files = (resources.files("prepdoc.correspondence") / "templates").iterdir()
    found = {file.name: Template(file.read_text("utf-8"), file.name) for file in files}
    return {**found, **{f"{SHIPPED}{name}": template for name, template in found.items()}}


def _environment(templates: Mapping[str, Template]) -> SandboxedEnvironment:
    from jinja2 import FunctionLoader, StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    def source(name: str) -> tuple[str, str, None] | None:
        found = templates.get(name)
        return (found.text, found.file, None) if found else None

    return SandboxedEnvironment(
        loader=FunctionLoader(source),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _context(answer: Answer) -> dict[str, Any]:
    """What templates may name, as the first of them explains it; no objects, only words."""
    shop = answer.shop or shop_of(answer.profile, None)
    phones = phones_of((answer.cardholder.phone, *answer.phones))
    return {
        "channel": answer.profile.channel,
        "shop": shop.capitalize(),
        "site": f"https://www.{shop}" if shop else "",
        "last_four": answer.last_four,
        "name": answer.cardholder.name,
        "address": answer.cardholder.address,
        "phones": [_phone(number) for number in phones],
        "writer": answer.account_holder or answer.cardholder.name,
        "is_third_party": answer.is_third_party,
        "is_another_person": answer.is_another_person,
        "relation": re.sub(r"\A(?:私の|わたしの|my )", "", answer.relation, flags=re.IGNORECASE),
        "transaction": answer.transaction,
        "order": answer.order,
        "email": answer.email,
        "added": list(answer.added),
        "absent": [what for what in answer.added if what in answer.absent],
    }


def _phone(number: str) -> dict[str, str]:
    digits = re.sub(r"\A\+81", "0", re.sub(r"[^\d+]", "", unicodedata.normalize("NFKC", number)))
    kinds = (("mobile", _MOBILE), ("landline", _LANDLINE))
    kind = next((kind for kind, form in kinds if form.fullmatch(digits)), "")
    return {"number": number, "kind": kind}


def _place(error: Exception, templates: Mapping[str, Template], name: str) -> str:
    """File, line and problem."""
    files = {template.file for template in templates.values()}
    places = (place for place in _places(error) if place[0] in files)
    file, line = next(places, (templates[name].file, 1))
    problem = " ".join(str(error).split()) or type(error).__name__
    return _("{file}, line {line}: {problem}").format(file=file, line=line, problem=problem)


def _places(error: Exception) -> Iterator[tuple[str, int | None]]:
    """Where it may have arisen, innermost first; jinja2 puts templates into the traceback."""
    from jinja2 import TemplateSyntaxError

    if isinstance(error, TemplateSyntaxError):
        yield error.filename or "", error.lineno
    for frame in reversed(extract_tb(error.__traceback__)):
        yield frame.filename, frame.lineno


def _refuse_card_digits(text: str) -> None:
    """The promise holds for the message too, whatever was typed as its transaction."""
    from prepdoc.pan import find

    for number, line in enumerate(text.splitlines(), 1):
        if any(match.hide for match in find(line)):
            raise NoAnswer(
                _(
                    "line {line} of the message would hold digits of a card number beyond the last"
                    " four; leave them out of what you give"
                ).format(line=number)
            )


# --- draft -------------------------------------------------------------------------------------


def recipient(profile: Profile, mail: Mail | None) -> str:
    """The address that the answer goes to: one of the recipient's own, or there is no answer.

    Raises:
        NoAnswer: the mail is from somebody else or wants the answer elsewhere, or nobody is known
            who takes it.
    """
    asked_to = _asked_to(mail) if mail else ""
    takes_answers = asked_to and not _NO_REPLY.match(asked_to)
    address = asked_to if takes_answers else _KNOWN.get(profile.id, "")
    if not address:
        raise NoAnswer(
            _(
                "it is not known to whom the answer goes: give the mail with --request as the mail"
                " program saves it, or upload the file"
            )
        )
    return address


def refuse_strangers(mail: Mail) -> None:
    """Nothing is written in answer to a mail that is not from the recipient.

    Raises:
        NoAnswer: by its sender, or by where the answer shall go.
    """
    for one in contradictions(mail):
        if one.kind in _ASTRAY:
            raise NoAnswer(
                _(
                    "{contradiction}; answer only what stands in the Message Center, and give the"
                    " mail as it came, not forwarded"
                ).format(contradiction=as_line(one))
            )


def _asked_to(mail: Mail) -> str:
    """Where the mail wants the answer, which is tested by itself once more: it is what counts."""
    refuse_strangers(mail)
    address = next(iter(mail.reply_to), mail.sender)
    if address and not (ADDRESS.fullmatch(address) and is_own(_domain(address))):
        raise NoAnswer(_("the mail wants the answer at an address that is none of Amazon's"))
    return address


def _domain(address: str) -> str:
    """As it is written: punycode is not read, so that it never passes for what it spells."""
    return address.rpartition("@")[2].lower()


def media_of(data: bytes) -> tuple[str, str] | None:
    """The media type of a file that may be attached, by its content; None for any other."""
    from prepdoc.reading import PDF_HEADER_WITHIN_BYTES, SIGNATURES

    signed = next((name for name, signature in SIGNATURES if signature.match(data)), None)
    is_pdf = signed is None and b"%PDF-" in data[:PDF_HEADER_WITHIN_BYTES]
    return _MEDIA.get("PDF" if is_pdf else signed or "")


def draft(answer: Answer, text: str, mail: Mail | None, attachment: bytes, name: str) -> bytes:
    """A message that mail programs open to be sent: the same input gives the same bytes.

    It has no date and no id, which are the sending program's to give.

    Raises:
        NoAnswer: there is nobody whom it may go to, or the attachment is none that may be sent.
    """
    from email.message import EmailMessage
    from email.policy import SMTP

    media = media_of(attachment)
    if media is None:
        raise NoAnswer(_("only a PDF, PNG or JPEG can be attached"))
    body = EmailMessage(policy=SMTP)
    body.set_content(text, charset="utf-8", cte="base64")
    body.add_attachment(attachment, *media, filename=_plain_name(name))
    body.set_boundary(BOUNDARY)
    return "".join(_head(answer, mail)).encode("ascii") + body.as_bytes()


def _head(answer: Answer, mail: Mail | None) -> Iterator[str]:
    # Outlook and Thunderbird open as a draft what has the first, Apple Mail writes the second.
    yield _header("X-Unsent", "1")
    yield _header("X-Uniform-Type-Identifier", "com.apple.mail-draft")
    if answer.email:
        yield _header("From", answer.email)
    yield _header("To", recipient(answer.profile, mail))
    yield _header("Subject", *_encoded(_subject(answer.language, mail)))
    if mail and (answered := _MESSAGE_ID.findall(mail.message_id)[:1]):
        yield _header("In-Reply-To", *answered)
        yield _header("References", *_references(mail.references, answered[0]))


def _header(name: str, *lines: str) -> str:
    """One header; what is no printable ASCII cannot stand in it, and so no further header can.

    By hand, as the email package makes encoded words of ids that are longer than a line.
    """
    if not all(_HEADER_LINE.fullmatch(line) for line in lines):
        raise ValueError(f"{name} cannot be written as a header")
    return f"{name}: " + "\r\n ".join(lines) + "\r\n"


def _subject(language: Language, mail: Mail | None) -> str:
    words = "".join(char if char.isprintable() else " " for char in mail.subject) if mail else ""
    words = _RE.sub("", " ".join(words.split()), count=1)[:MAX_SUBJECT]
    return f"Re: {words}" if words else _SUBJECTS[language]


def _encoded(subject: str) -> list[str]:
    """The subject's lines, with encoded words where it is not plain ASCII (RFC 2047)."""
    from email.header import Header

    is_plain = subject.isascii() and "=?" not in subject
    header = Header(subject, "us-ascii" if is_plain else "utf-8", header_name="Subject")
    return [line.strip() for line in header.encode().splitlines()]


def _references(earlier: str, answered: str) -> list[str]:
    ids = [id for id in dict.fromkeys(_MESSAGE_ID.findall(earlier)) if id != answered]
    kept = ids if len(ids) < MAX_REFERENCES else [ids[0], *ids[2 - MAX_REFERENCES :]]
    return [*kept, answered]


def _plain_name(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name)[-MAX_NAME:].strip(".-") or "statement"
