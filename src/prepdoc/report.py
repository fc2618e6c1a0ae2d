"""What was done, told to a person (`as_text`) and to a program (`as_dict`, schema/report-1.json).

The last stage before the terminal. No digit of a card number beyond the last four is in either,
not even in a file's name.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from traceback import format_exception
from typing import TYPE_CHECKING, Any, Final

from prepdoc.errors import (
    ComponentMissing,
    ExitCode,
    MachineFailed,
    PrepdocError,
    RequirementNotMet,
)
from prepdoc.machine import lacks_memory
from prepdoc.page import boxes_overlap, quads_box
from prepdoc.showing import scrubbed, shown
from prepdoc.texts import N_, _, ngettext, system_says, translate_error
from prepdoc.whereabouts import ninth

if TYPE_CHECKING:
    from prepdoc.checked import Checked
    from prepdoc.page import CardNumber, Quad, Stamp
    from prepdoc.pipeline import LeftAlone, Prepared

SCHEMA: Final = "prepdoc-report-1"
SCHEMA_FILE: Final = Path(__file__).parent / "schema" / "report-1.json"

_BAND_PLACE: Final = N_("in a strip added below the page")

_BYTES_PER_MB = 1_000_000
POINTS_PER_INCH: Final = 72.0


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why there is no result for a file; `checks` where it did not meet what is asked.

    `trace` is where in the program it arose, for --debug; no report has it.
    """

    kind: str
    message: str
    exit_code: int
    checks: tuple[Checked, ...] = ()
    trace: str = field(default="", repr=False, compare=False)


def refusal_of(error: Exception) -> Refusal:
    """What a person and a program are told of an error; an unforeseen one tells its kind only."""
    return replace(_refusal_of(error), trace=scrubbed("".join(format_exception(error))))


def _refusal_of(error: Exception) -> Refusal:
    kind = type(error).__name__
    if isinstance(error, PrepdocError):
        checks = error.checks if isinstance(error, RequirementNotMet) else ()
        return Refusal(kind, shown(_one_line(translate_error(error))), error.exit_code, checks)
    if lacks_memory(error):
        return _refusal_of(MachineFailed())
    if isinstance(error, ImportError):
        return _refusal_of(ComponentMissing(error.name or ""))
    if isinstance(error, OSError):
        what = _("the system refused: {reason}; nothing was written")
        message = what.format(reason=system_says(error))
        return Refusal("SystemRefused", message, ExitCode.REFUSED)
    message = _("internal error ({kind}); nothing was written; --debug shows where").format(
        kind=kind
    )
    return Refusal("InternalError", message, ExitCode.REFUSED)


def as_text(source: Path, prepared: Prepared) -> str:
    """The report as lines for a person, in the language spoken."""
    lines = [
        f"{shown(source.name)} → {_output_name(prepared)}",
        *_indented(_("Found:"), _all_found(prepared.numbers)),
        *_indented(_("Stamp:"), (_stamped(stamp, prepared) for stamp in prepared.stamps)),
        *_indented(_("Checked:"), _checked(prepared)),
        *_indented(_("What is asked:"), _asked(prepared)),
        *_indented(_("Left as it is:"), _left(prepared)),
        *_indented(_("Not read:"), _not_read(prepared.places_unread)),
        *_indented(_("Result:"), _result(prepared)),
    ]
    return "\n".join(lines)


def as_dict(source: Path | None, outcome: Prepared | Refusal) -> dict[str, Any]:
    """The report as JSON takes it; valid by schema/report-1.json."""
    head = {"schema": SCHEMA, "source": shown(source) if source else None}
    if isinstance(outcome, Refusal):
        return {**head, "refused": _refused_dict(outcome)}
    return {**head, "prepared": _prepared_dict(outcome)}


def _each_place_once(numbers: Iterable[CardNumber]) -> Iterator[CardNumber]:
    """Without marks of one kind that lie on each other, as two readers see one place."""
    told: dict[tuple[int, int], list[CardNumber]] = {}
    for number in numbers:
        same = told.setdefault((number.page, number.rule), [])
        if not (_marked(number.rule) and any(_is_there_too(number, other) for other in same)):
            same.append(number)
            yield number


def _is_there_too(number: CardNumber, other: CardNumber) -> bool:
    return not number.mask or (
        bool(other.mask) and boxes_overlap(quads_box(number.mask), quads_box(other.mask))
    )


def _marked(rule: int) -> str:
    """What was covered that is known as no card's number."""
    from prepdoc.finding.quads import RULE_ASKED
    from prepdoc.finishing import RULE_COVERED, RULE_DRAWN, RULE_VERIFIER

    named = {
        RULE_ASKED: _("text that you named, page {page}: covered"),
        RULE_VERIFIER: _("digits that could still be read, page {page}: covered"),
        RULE_DRAWN: _("area that you marked, page {page}: covered"),
        RULE_COVERED: _("what showed through a cover or was struck out, page {page}: covered"),
    }
    return named.get(rule, "")


def _all_found(numbers: Sequence[CardNumber]) -> Iterator[str]:
    from prepdoc.finishing import RULE_VERIFIER

    if not any(number.pan.digits or number.rule == RULE_VERIFIER for number in numbers):
        yield _("no card number: the pages show none")
    yield from map(_found, _each_place_once(numbers))


def _found(number: CardNumber) -> str:
    from prepdoc.finding.quads import RULE_BARCODE

    if marked := _marked(number.rule):
        return marked.format(page=number.page)
    where = _("{card}, page {page}").format(card=_card(number), page=number.page)
    if not number.mask:
        return _("{where}: shows the last four digits only, nothing to remove").format(where=where)
    if number.rule == RULE_BARCODE:
        return _("{where}: in a barcode, which was painted over").format(where=where)
    if not number.keep and number.pan.last_four:
        return _("{where}: digits of it that stand there by themselves removed").format(where=where)
    if not number.keep:
        return _("{where}: removed (the statement hides the last four)").format(where=where)
    return _("{where}: all but the last four removed").format(where=where)


def _card(number: CardNumber) -> str:
    brand = number.pan.brand or _("card")
    return f"{brand} ···· {number.pan.last_four or '????'}"


def _stamped(stamp: Stamp, prepared: Prepared) -> str:
    place = _(_place(stamp, prepared) or N_("on blank space"))
    if prepared.stamped_last_four is None:
        what = _("name, address and phone on page {page}, {place}")
        return what.format(page=stamp.page, place=place)
    what = _("name, address, phone and the last four digits {digits} on page {page}, {place}")
    return what.format(digits=prepared.stamped_last_four, page=stamp.page, place=place)


def _place(stamp: Stamp, prepared: Prepared) -> str | None:
    """The words for where the stamp is, or None where the page's size is not known."""
    if stamp.band_px:
        return _BAND_PLACE
    size = _page_size(stamp.page, prepared)
    if size is None:
        return None
    return ninth(stamp.quad.centre(), size)


def _page_size(number: int, prepared: Prepared) -> tuple[float, float] | None:
    """Width and height in pixels of a page of the output, or None where it has gone meanwhile."""
    try:
        return _sizes(prepared)[min(number, prepared.pages) - 1]
    except (OSError, IndexError):
        return None


def _sizes(prepared: Prepared) -> list[tuple[float, float]]:
    """Of every page of the output, as its file says."""
    data = prepared.data if prepared.output is None else prepared.output.read_bytes()
    if not data:
        return []
    if data.startswith(b"%PDF"):
        return _pdf_sizes(data, prepared.dpi / POINTS_PER_INCH)
    from PIL import Image

    with Image.open(io.BytesIO(data)) as image:
        return [image.size]


def _pdf_sizes(data: bytes, pixels_per_point: float) -> list[tuple[float, float]]:
    import pypdfium2

    with pypdfium2.PdfDocument(data) as document:
        sizes = [document.get_page_size(index) for index in range(len(document))]
    return [(width * pixels_per_point, height * pixels_per_point) for width, height in sizes]


def _checked(prepared: Prepared) -> Iterable[str]:
    proof = prepared.proof
    yield ngettext(
        "{n} page read again: no card number is left",
        "{n} pages read again: no card number is left",
        proof.pages,
    ).format(n=proof.pages)
    yield _(
        "{objects} objects and {bytes} bytes searched: nothing of the original is inside"
    ).format(objects=proof.objects, bytes=proof.bytes_searched)
    yield _(
        "blacked out evenly: {masks}; last fours legible: {fours}; lines of the stamp legible:"
        " {stamp}; other lines legible: {lines}"
    ).format(
        masks=proof.masks_uniform,
        fours=proof.last_fours_read,
        stamp=proof.stamp_lines_read,
        lines=proof.lines_read,
    )


def _asked(prepared: Prepared) -> Iterable[str]:
    from prepdoc.checking.telling import lines, verdict

    if prepared.checks:
        yield from lines(prepared.checks)
        yield verdict(prepared.checks)


def _left(prepared: Prepared) -> Iterable[str]:
    yield from map(_left_alone, prepared.left_alone)
    if prepared.texts_unseen:
        yield ngettext(
            "{n} text that you named to be covered: it is on no page, as far as they can be read",
            "{n} texts that you named to be covered: they are on no page, as far as these can be"
            " read",
            prepared.texts_unseen,
        ).format(n=prepared.texts_unseen)


def _left_alone(left: LeftAlone) -> str:
    return _("page {page}: {digits} digits ending in {last_four} ({reason})").format(
        page=left.page, digits=left.digits, last_four=left.last_four[-4:], reason=_(left.reason)
    )


def _not_read(places: int) -> Iterable[str]:
    if places:
        yield ngettext(
            "{n} hidden place of the original, or a part of it; nothing of it is in the result",
            "{n} hidden places of the original, or parts of them; nothing of them is in the result",
            places,
        ).format(n=places)


def _result(prepared: Prepared) -> Iterable[str]:
    yield _("{file}, {size:.2f} MB, {dpi:.0f} dpi, {seconds:.1f} seconds").format(
        file=_output_name(prepared),
        size=prepared.size_bytes / _BYTES_PER_MB,
        dpi=prepared.dpi,
        seconds=prepared.seconds,
    )
    if prepared.fewer_dpi:
        yield _("fewer pixels per inch than usual, to stay under 10 MB")
    if prepared.preview:
        yield _("picture to look at: {file}").format(file=shown(prepared.preview.name))


def _output_name(prepared: Prepared) -> str:
    return shown(prepared.output) if prepared.output else _("(in memory)")


def _indented(title: str, items: Iterable[str]) -> list[str]:
    rows = list(items)
    return [f"  {title}", *(f"    {row}" for row in rows)] if rows else []


def _refused_dict(refusal: Refusal) -> dict[str, Any]:
    from prepdoc.checking.telling import check_dict

    why = {"kind": refusal.kind, "message": refusal.message, "exit_code": refusal.exit_code}
    return {**why, "checks": [check_dict(one) for one in refusal.checks]}


def _prepared_dict(prepared: Prepared) -> dict[str, Any]:
    from prepdoc.checking.telling import check_dict

    return {
        "output": shown(prepared.output) if prepared.output else None,
        "preview": shown(prepared.preview) if prepared.preview else None,
        "size_bytes": prepared.size_bytes,
        "seconds": round(prepared.seconds, 3),
        "stages": {name: round(took, 3) for name, took in asdict(prepared.stages).items()},
        "pages": prepared.pages,
        "dpi": prepared.dpi,
        "fewer_dpi": prepared.fewer_dpi,
        "numbers": [_number_dict(number) for number in prepared.numbers],
        "stamps": [_stamp_dict(stamp, prepared) for stamp in prepared.stamps],
        "proof": asdict(prepared.proof),
        "left_alone": [_left_dict(left) for left in prepared.left_alone],
        "places_unread": prepared.places_unread,
        "texts_unseen": prepared.texts_unseen,
        "checks": [check_dict(one) for one in prepared.checks],
    }


def _number_dict(number: CardNumber) -> dict[str, Any]:
    return {
        "page": number.page,
        "brand": number.pan.brand,
        "last_four": number.pan.last_four,
        "rule": number.rule,
        "seen_by": sorted(number.seen_by),
        "masked": _boxes(number.mask),
        "kept": _boxes(number.keep),
    }


def _stamp_dict(stamp: Stamp, prepared: Prepared) -> dict[str, Any]:
    return {
        "page": stamp.page,
        "box": _box(stamp.quad),
        "place": _place(stamp, prepared),
        "band_px": stamp.band_px,
        "last_four": prepared.stamped_last_four,
    }


def _left_dict(left: LeftAlone) -> Mapping[str, object]:
    return {**asdict(left), "last_four": left.last_four[-4:]}


def _boxes(quads: Iterable[Quad]) -> list[list[float]]:
    return [_box(quad) for quad in quads]


def _box(quad: Quad) -> list[float]:
    return [round(edge, 1) for edge in quad.box()]


def _one_line(text: str) -> str:
    return " ".join(text.split())
