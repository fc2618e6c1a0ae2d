"""The written file → a proof that it keeps the promise, or a refusal: the last stage of all.

Five checks, each with other eyes than those that made the file: its objects, its bytes, its
pixels, what can be read of card numbers, and what must still be readable. Nothing here trusts
the stages before; they only say what the pages must look like.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain
from pathlib import Path

import numpy as np
import pikepdf

from prepdoc.errors import CannotProve, LeakFound
from prepdoc.ocr.ahead import one_ahead, read_ahead
from prepdoc.page import ExpectedPage, Leak, Proof
from prepdoc.pan import Pan
from prepdoc.texts import _
from prepdoc.threads import threads
from prepdoc.verifying.containers import (
    JPEG_SIGNATURE,
    PNG_SIGNATURE,
    jpeg_segments,
    png_chunks,
)
from prepdoc.verifying.foresight import Foresight, Looking, foreseeing
from prepdoc.verifying.leaking import leaks_in_layer
from prepdoc.verifying.objects import inventory
from prepdoc.verifying.pixels import check_pixels
from prepdoc.verifying.rendering import Written, opened
from prepdoc.verifying.rereading import Readers, Reading, reread
from prepdoc.verifying.searching import check_bytes, check_texts
from prepdoc.verifying.sticking import sticking_out

__all__ = ["Foresight", "foreseeing", "verify"]

_PDF_SIGNATURE = b"%PDF-"
_MAX_TOLD = 3
_MALFORMED = (
    pikepdf.PdfError,
    pikepdf.PasswordError,
    # What pikepdf raises where an object lacks a key or has another type than it must have.
    AttributeError,
    KeyError,
    TypeError,
    ValueError,
    ArithmeticError,
)


@dataclass(frozen=True, slots=True)
class _Contents:
    """What the first check found in the file, for the others."""

    objects: int
    pictures: tuple[bytes | None, ...] = field(repr=False)
    """For each page its JPEG, or None where it is lossless."""
    streams: tuple[bytes, ...] = field(default=(), repr=False)
    strings: tuple[str | bytes, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class _Drawn:
    """One page as it is rendered, and what was seen without a reader."""

    looking: Looking = field(repr=False)
    page: ExpectedPage = field(repr=False)
    masks: int
    leaks: tuple[Leak, ...]


@dataclass(frozen=True, slots=True)
class _Seen:
    """One page's share of the proof."""

    reading: Reading
    masks: int
    last_fours: int
    stamp_lines: int

    @property
    def lines(self) -> int:
        return self.reading.by_verifier + self.reading.by_finder + self.reading.by_shape


def verify(
    path: Path,
    expected: Callable[[int], ExpectedPage],
    page_count: int,
    known: tuple[Pan, ...],
    foresight: Foresight,
    progress: Callable[[str, int, int], None] = lambda stage, done, total: None,
) -> Proof:
    """Prove the file at `path`; `expected(n)` says what page n, from 1, must look like.

    It is asked for one page at a time, in order. `progress` hears "verify", pages done and in all.
    `foresight` has the readers, and may have begun to read the first pages.

    Raises:
        LeakFound: digits that should be gone can be read; `leaks` has all of them.
        CannotProve: anything else is not as it must be, or could not be checked.
        ComponentMissing: a reader is not installed.
    """
    if page_count < 1:
        raise CannotProve(_("the output has no pages"))
    raw = path.read_bytes()
    seen = []
    with threads(1, "search") as beside_this:
        # Every picture is unpacked there, while the first page is drawn.
        within = beside_this.submit(_contents, raw, page_count)
        searching = beside_this.submit(lambda: _searched(raw, within.result(), known))
        with _refused_first_by(within), opened(path, raw.startswith(_PDF_SIGNATURE)) as written:
            pages = _drawn(written, within, page_count, expected, known, foresight)
            looked_at = read_ahead(partial(_seen, known, foresight.readers), one_ahead(pages))
            for number, page in enumerate(looked_at, start=1):
                seen.append(page)
                progress("verify", number, page_count)
        searched = searching.result()
    _judge(seen)
    return _proof(seen, within.result().objects, searched)


@contextmanager
def _refused_first_by(within: Future[_Contents]) -> Iterator[None]:
    """Where the block fails, the first check has its say before it."""
    try:
        yield
    except Exception:
        within.result()
        raise


def _searched(raw: bytes, contents: _Contents, known: tuple[Pan, ...]) -> int:
    """How many bytes of the file, of its streams and of its strings hold no known number."""
    return check_bytes([raw, *contents.streams], known) + check_texts(contents.strings, known)


def _contents(raw: bytes, page_count: int) -> _Contents:
    found = _found(raw)
    if len(found.pictures) != page_count:
        raise CannotProve(_("the output does not have the pages that it must have"))
    return found


def _found(raw: bytes) -> _Contents:
    if raw.startswith(_PDF_SIGNATURE):
        return _pdf_contents(raw)
    if raw.startswith(PNG_SIGNATURE):
        chunks = png_chunks(raw)
        bodies = [body for name, found in chunks.items() if name != b"IDAT" for body in found]
        return _Contents(sum(map(len, chunks.values())), (None,), strings=tuple(bodies))
    if raw.startswith(JPEG_SIGNATURE):
        segments = jpeg_segments(raw)
        bodies = list(chain.from_iterable(segments.values()))
        return _Contents(len(bodies), (raw,), strings=tuple(bodies))
    raise CannotProve(_("the output is neither a PDF nor a PNG nor a JPEG"))


def _pdf_contents(raw: bytes) -> _Contents:
    import io

    try:
        with pikepdf.open(io.BytesIO(raw), attempt_recovery=False) as pdf:
            met = inventory(raw, pdf)
    except _MALFORMED:
        raise CannotProve(_("the output is damaged, or encrypted")) from None
    return _Contents(len(met.seen), tuple(met.pictures), tuple(met.streams), tuple(met.strings))


def _drawn(
    written: Written,
    within: Future[_Contents],
    page_count: int,
    expected: Callable[[int], ExpectedPage],
    known: tuple[Pan, ...],
    foresight: Foresight,
) -> Iterator[_Drawn]:
    """Each page as it is rendered, its pixels and its text layer checked."""
    for number in range(1, page_count + 1):
        page = expected(number)
        if page.number != number:
            what = _("page {page} of the output was not planned")
            raise CannotProve(what.format(page=number))
        height, width = page.source.shape[:2]
        layer = written.text(number, height, width)
        looking = foresight.going_on(number, page.layout, layer)
        pixels = written.pixels(number, height, width)
        jpeg = within.result().pictures[number - 1]
        if looking is None or not np.array_equal(looking.pixels, pixels):
            looking = foresight.looking(pixels, page.layout, layer, lossless=jpeg is None)
        masks = check_pixels(pixels, page, jpeg)
        leaks = (*leaks_in_layer(layer, page, known), *sticking_out(page))
        yield _Drawn(looking, page, masks, leaks)


def _seen(known: tuple[Pan, ...], readers: Readers, drawn: _Drawn) -> _Seen:
    """What the readers see on a page; its pixels are let go of afterwards."""
    page, looking = drawn.page, drawn.looking
    looks, given = looking.looks.result(), looking.given.result()
    reading = reread(looks, looking.symbols.result(), given, page, known, readers)
    whole = replace(reading, leaks=(*reading.leaks, *drawn.leaks))
    stamp_lines = sum(len(stamp.lines) for stamp in page.stamps)
    return _Seen(whole, drawn.masks, len(page.last_fours), stamp_lines)


def _judge(seen: list[_Seen]) -> None:
    """Leaks first: they have places, and can be masked; then what is missing."""
    leaks: tuple[Leak, ...] = tuple(leak for page in seen for leak in page.reading.leaks)
    if leaks:
        pages = ", ".join(str(n) for n in sorted({leak.page for leak in leaks}))
        what = _("digits of a card number can still be read on page {pages}")
        raise LeakFound(what.format(pages=pages), leaks)
    missing = [what for page in seen for what in page.reading.missing]
    if missing:
        raise CannotProve("; ".join(missing[:_MAX_TOLD]))
    if not any(page.masks or page.last_fours or page.stamp_lines for page in seen):
        raise CannotProve(_("the output has no mask, last four or added details to check"))
    if not any(page.reading.by_verifier or page.reading.by_shape for page in seen):
        raise CannotProve(_("nothing at all could be read in the output"))


def _proof(seen: list[_Seen], objects: int, searched: int) -> Proof:
    return Proof(
        pages=len(seen),
        objects=objects,
        bytes_searched=searched,
        masks_uniform=sum(page.masks for page in seen),
        last_fours_read=sum(page.last_fours for page in seen),
        stamp_lines_read=sum(page.stamp_lines for page in seen),
        lines_read=sum(page.lines for page in seen),
    )
