"""Bytes of any kind → witnesses: text in all its forms, archives, pictures and PDFs in each other.

Every other reader here hands what it found to `text_witnesses` (text is meant) or to
`byte_witnesses` (anything).
"""

from __future__ import annotations

from collections.abc import Iterator

from prepdoc.page import Witness
from prepdoc.reading import PDF_HEADER_WITHIN_BYTES, SIGNATURES
from prepdoc.reading.witnesses import packed
from prepdoc.reading.witnesses.characters import is_prose, readings
from prepdoc.reading.witnesses.forms import forms, in_base64
from prepdoc.reading.witnesses.limits import MAX_NESTED, TOO_MUCH, UNREADABLE, Reach
from prepdoc.reading.witnesses.stretches import MIN_DIGITS, in_bytes, in_text

CONTAINERS = (packed.ZIP_SIGNATURE, b"%PDF-", *(start for start, _ in packed.SIGNATURES))
MIN_FILE_BYTES = 24
"""Nothing that is opened as a file is shorter."""


def text_witnesses(where: str, text: str, reach: Reach) -> Iterator[Witness]:
    """The numbers in a text, however they are written in it."""
    if len(text) < MIN_DIGITS:
        return
    for form in forms(text):
        yield from (Witness(where, stretch) for stretch in in_text(form))
    if reach.may_descend:
        for data in in_base64(text):
            yield from _from_base64(where, data, reach.below())


def meant_as_text(where: str, data: bytes, reach: Reach) -> Iterator[Witness]:
    """The numbers in a string or field: loosely if it is text, else as in any bytes."""
    texts = readings(data)
    for text in texts:
        yield from text_witnesses(where, text, reach)
    if not texts:
        yield from byte_witnesses(where, data, reach)


def byte_witnesses(where: str, data: bytes, reach: Reach) -> Iterator[Witness]:
    """The numbers in bytes of which nothing is known: by what they turn out to be."""
    yield from _bytes(where, data, reach)
    for text in filter(is_prose, readings(data)):
        yield from text_witnesses(where, text, reach)


def attachment_witnesses(where: str, data: bytes, reach: Reach) -> Iterator[Witness]:
    """The numbers in a file that somebody attached: a table of figures is text here as well."""
    yield from _bytes(where, data, reach)
    for text in readings(data):
        yield from text_witnesses(where, text, reach)


def _bytes(where: str, data: bytes, reach: Reach) -> Iterator[Witness]:
    yield from (Witness(where, stretch) for stretch in in_bytes(data))
    if len(data) >= MIN_FILE_BYTES:
        yield from _as_file(where, data, reach.below())


def _as_file(where: str, data: bytes, reach: Reach) -> Iterator[Witness]:
    if reach.depth > MAX_NESTED:
        if any(data.startswith(start) for start in CONTAINERS):
            yield Witness(f"{where}, file within {TOO_MUCH}", "")
    elif packed.ZIP_SIGNATURE in data[:PDF_HEADER_WITHIN_BYTES]:
        yield from _members(where, data, reach)
    elif b"%PDF-" in data[:PDF_HEADER_WITHIN_BYTES]:
        from prepdoc.reading.witnesses.document import pdf_texts

        yield from _within(where, pdf_texts(data, reach))
    elif data.startswith(packed.SEALED):
        yield Witness(f"{where}, archive {UNREADABLE}", "")
    else:
        yield from _picture_or_packed(where, data, reach)


def _picture_or_packed(where: str, data: bytes, reach: Reach) -> Iterator[Witness]:
    from prepdoc.reading.witnesses.pictures import image_texts

    for format, signature in SIGNATURES:
        if signature.match(data):
            yield from _within(where, image_texts(data, format, reach))
            return
    content = packed.unpacked_whole(data, reach.stream_bytes)
    if content is not None:
        reach.spend(unpacked_bytes=len(content))
        yield from attachment_witnesses(f"{where}, unpacked", content, reach)


def _members(where: str, data: bytes, reach: Reach) -> Iterator[Witness]:
    try:
        for number, (label, content) in enumerate(packed.zip_members(data, reach)):
            place = f"{where}, member {number}"
            yield from text_witnesses(place, label, reach)
            if content is None:
                yield Witness(f"{place} {UNREADABLE}", "")
                continue
            reach.spend(unpacked_bytes=len(content))
            yield from attachment_witnesses(place, content, reach)
            if reach.is_spent:
                return
    except packed.UNPACKING_ERRORS:
        yield Witness(f"{where}, archive {UNREADABLE}", "")


def _from_base64(where: str, data: bytes, reach: Reach) -> Iterator[Witness]:
    """Short words pass for base64: what they stand for must be text, or begin like a file."""
    if len(data) >= MIN_FILE_BYTES:
        yield from _as_file(where, data, reach)
    for text in readings(data):
        yield from (Witness(where, stretch) for stretch in in_text(text))


def _within(where: str, found: Iterator[Witness]) -> Iterator[Witness]:
    for witness in found:
        yield Witness(f"{where}, {witness.where}", witness.text)
