"""A PDF → witnesses: each revision's objects and text, what lies around them, the raw bytes."""

from __future__ import annotations

import io
import itertools
import logging
import re
from collections.abc import Iterator

from prepdoc.page import Witness
from prepdoc.reading import PDF_HEADER_WITHIN_BYTES
from prepdoc.reading.witnesses import syntax
from prepdoc.reading.witnesses.characters import readings
from prepdoc.reading.witnesses.contents import attachment_witnesses, text_witnesses
from prepdoc.reading.witnesses.layers import layer_texts
from prepdoc.reading.witnesses.limits import (
    MAX_RAW_BYTES,
    MAX_RAW_STRINGS,
    MAX_REVISIONS,
    MAX_STREAM_BYTES,
    TOO_MUCH,
    UNREADABLE,
    Reach,
)
from prepdoc.reading.witnesses.objects import object_texts, pdf_errors
from prepdoc.reading.witnesses.stretches import in_bytes

END_OF_FILE = re.compile(rb"%%EOF[\r\n]*")


def pdf_texts(data: bytes, reach: Reach, password: str | None = None) -> Iterator[Witness]:
    """What a PDF names anywhere; `reach` bounds it with all that is nested in it."""
    yield from _revision_texts(data, reach, password)
    for number, end in enumerate(_ends_of_revisions(data), start=1):
        if reach.is_spent:
            return
        for witness in _revision_texts(data[:end], reach, password):
            yield Witness(f"revision {number}, {witness.where}", witness.text)
    yield from _raw_texts(data, reach)
    header = data[:PDF_HEADER_WITHIN_BYTES].partition(b"%PDF-")[0]
    yield from attachment_witnesses("bytes before the header", header, reach)
    yield from attachment_witnesses("bytes after the end", _after_the_end(data), reach)


def _raw_texts(data: bytes, reach: Reach) -> Iterator[Witness]:
    """The file as it is: what no object holds, or what is too damaged to be one."""
    if len(data) > MAX_RAW_BYTES:
        yield Witness(f"raw bytes {TOO_MUCH}", "")
        data = data[: MAX_RAW_BYTES // 2] + b"\n" + data[-MAX_RAW_BYTES // 2 :]
    yield from (Witness("raw bytes", stretch) for stretch in in_bytes(data))
    for string in itertools.islice(syntax.strings(data), MAX_RAW_STRINGS):
        for text in readings(string):
            yield from text_witnesses("raw bytes", text, reach)


def _ends_of_revisions(data: bytes) -> list[int]:
    """Where the earlier revisions end: each update appends to the file (ISO 32000-2 §7.5.6)."""
    ends = [match.end() for match in END_OF_FILE.finditer(data)]
    return ends[:-1][-MAX_REVISIONS:]


def _after_the_end(data: bytes) -> bytes:
    *_, last = itertools.chain((len(data),), (m.end() for m in END_OF_FILE.finditer(data)))
    return data[last : last + MAX_STREAM_BYTES]


def _revision_texts(data: bytes, reach: Reach, password: str | None) -> Iterator[Witness]:
    import pikepdf

    # qpdf's warnings may quote what they warn of, a card number too.
    logging.getLogger("pikepdf").setLevel(logging.CRITICAL)
    try:
        with pikepdf.open(io.BytesIO(data), password=password or "") as pdf:
            yield from object_texts(pdf, reach)
    except pdf_errors():
        yield Witness(f"objects {UNREADABLE}", "")
    yield from layer_texts(data, reach, password)
