"""Part of the first stage, hidden places → witnesses: reads what a file holds beside its pages.

Nothing here is copied into the output. Of what is read only the stretches that name a card number
are kept, with some characters around them, each as a witness of its own; so a witness is short,
what it says about a person is little, and no two of them can be read as one number.

    document   a PDF: its revisions, what lies around them, and the raw bytes
    objects    the object tree: strings, names, long integers, streams
    layers     the text that pages and forms would draw, seen or unseen
    pictures   metadata, comments, segments and frames of a picture
    contents   bytes of any kind: text, archives, and all of the above within each other
    packed     what unpacks, within limits
    syntax     strings, names and comments in PDF syntax
    characters bytes → text;  forms: other ways to write a text
    stretches  text → the stretches that may be a card number
    limits     how much is read

A PDF is full of figures that are no text: coordinates, widths of glyphs, offsets. So the numbers
are looked for with two eyes. Where text is meant (strings, names, metadata, attachments, scripts)
anything counts that `pan.find` would name, with whatever separates the digits. In bytes of unknown
meaning (the raw file, fonts, colour profiles) only what is written like a whole card number counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prepdoc.page import Witness
from prepdoc.pan import find
from prepdoc.reading import Format
from prepdoc.reading.witnesses.limits import MAX_EFFORT, MAX_NAMED, NOTES, TOO_MUCH, Reach
from prepdoc.reading.witnesses.stretches import effort, may_name

__all__ = ["image_witnesses", "pdf_witnesses"]


def pdf_witnesses(data: bytes, password: str | None = None) -> tuple[Witness, ...]:
    """What a PDF's objects, streams, earlier revisions, raw bytes and text layers name.

    An object that cannot be read is a witness without text, and the reading goes on.
    """
    from prepdoc.reading.witnesses.document import pdf_texts

    reach = Reach()
    return tuple(_kept(pdf_texts(data, reach, password), reach))


def image_witnesses(data: bytes, format: Format) -> tuple[Witness, ...]:
    """What a picture's metadata, comments, further frames and raw bytes name."""
    from prepdoc.reading.witnesses.pictures import image_texts

    reach = Reach()
    return tuple(_kept(image_texts(data, format, reach), reach))


def _kept(found: Iterable[Witness], reach: Reach) -> Iterator[Witness]:
    """Each note and each stretch that names a number, once."""
    told: set[str] = set()
    spent = named = 0
    for witness in found:
        told_as = witness.text or witness.where
        if told_as in told or not (witness.text or witness.where.endswith(NOTES)):
            continue
        told.add(told_as)
        if witness.text and not may_name(witness.text):
            continue
        spent += effort(witness.text)
        if spent > MAX_EFFORT or named >= MAX_NAMED:
            yield Witness(f"the rest {TOO_MUCH}", "")
            return
        if not witness.text:
            yield witness
        elif find(witness.text):
            named += 1
            yield witness
    if reach.is_spent:
        yield Witness(f"the rest {TOO_MUCH}", "")
