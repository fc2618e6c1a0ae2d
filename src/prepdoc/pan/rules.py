"""Masking rules 1 to 5: which digits of a line belong to a card number, and which of them stay.

A candidate is a stretch of neighbouring groups. Each rule says whether a candidate is a card
number; where candidates overlap, the strongest reading wins.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import takewhile
from typing import TypeAlias

from prepdoc.pan.candidates import MASKED_SLACK, MAX_PAN, MIN_MASKS, Candidate, candidates
from prepdoc.pan.elided import elided
from prepdoc.pan.known import with_known
from prepdoc.pan.lookalikes import forms
from prepdoc.pan.match import RULE_GROUPED, RULE_LABELLED, RULE_MASKED, RULE_VALID, Match
from prepdoc.pan.number import (
    HIDDEN,
    LAST_FOUR,
    Pan,
    agrees_with_grouping,
    begins_like_a_card,
    is_grouped,
    is_miscounted,
    is_nearly_grouped,
    luhn,
    odd_breaks,
)
from prepdoc.pan.parted import parted
from prepdoc.pan.text import Group, Run, bare, folded, runs, visible

MIN_LABELLED = 7
"""Beside a card's own label, in one group; in several, 2026/10/07 would be one."""
MIN_PAN = 12
"""The shortest in use are Maestro's."""
MIN_UNLABELLED = 14
"""12 and 13 digits look like JAN codes, parcel numbers and +81 phones."""
MIN_SHOWN_MASKS = 8
"""Fewer before a last four, and no word of a card, stand for a bank account or a phone."""
MIN_REPORTED = 14
_IIN_DIGITS = 6
_LONG_GROUPS = (6, 13)
"""UnionPay's; for others they are an article's number and its JAN code."""
_SPECKS = frozenset(".,'‘’`´\"“”·˙•・°:;^~*、。，．")
_LISTING = frozenset(",、，;")
"""Those that may part two numbers that have no blanks: `412122、9780000000002`."""
MAX_SPECKS = 2
"""As many in one number: four amounts below each other are no number."""
_BOX = "■"
SEEN_MARKS = frozenset({"●", _BOX})
"""What prepdoc's own readers write for a mark and for a black box (`ocr.marks`, `ocr.blocks`)."""
_LONG_BOX = 13
"""Hidden digits in one box that are all of a number but its last four. How many a box hides is an
estimate: of eight and a blank 12 at most are made.
"""
_HIDDEN_GROUPS = 3
"""And groups."""
_ROWS_OF_MARKS = (11, 12)
"""The same in one row of marks."""
_WIDE_RANGES = frozenset({"Maestro"})
"""Too many numbers begin so for a lost blank to be forgiven."""
_DIGITS = "0123456789"
_APPROVED = re.compile(r"\s*APP\b", re.IGNORECASE)
_HEAD = re.compile(r"(?<!\d)(\d{4})[^\w*]?(\d{2})?[^\w*]{1,3}$")
_HIDDEN_ONCE = re.compile(rf"\d*{re.escape(HIDDEN)}{{4,}}(\d*)")
_HIDDEN_END = re.compile(rf"\d+{re.escape(HIDDEN)}{{2,}}")
_DIGITS_BEFORE = re.compile(r"\d[^\w*]{0,3}$")
_LAST_TEN = re.compile(r"[*●]{4,}\d\d-\d{4}-\d{4}")
"""`****-**34-3453-5971` as readers see it whose asterisks touch."""
_GOING_ON = re.compile(r"\s?[年月日円,，]|[-/.]\d")
_DATE_OR_AMOUNT = re.compile(
    r"(?:\d{1,2}|(?:19|20)\d\d)(?:[-/.]\d|[年月日])|\d{1,3}[,，]\d|\d{1,3}円"
)


def find(text: str, known: Iterable[Pan] = (), spared: Iterable[str] = ()) -> tuple[Match, ...]:
    """Every card number of rules 1 to 5 in one line of text, from left to right.

    Matches do not overlap. `known` are numbers seen elsewhere, for rule 5; their hidden digits
    are not compared. `spared` are texts that the user wants kept: a match inside one is dropped,
    but never one of rule 1.

    >>> [m.pan for m in find("Card 4111-1111-1111-1111, order 250-1234567-1234567")]
    [<Pan Visa ···· 1111>]
    """
    found = sorted(_seen(text, tuple(known)), key=lambda m: m.start)
    kept = tuple(bare(wish) for wish in spared)
    if not kept:
        return tuple(found)
    line = folded(text)
    return tuple(
        m
        for m in found
        if m.rule == RULE_VALID or not _is_spared(bare(line[m.start : m.end]), kept)
    )


def _seen(text: str, known: Sequence[Pan]) -> list[Match]:
    """As the eye sees it, and then with what cannot be seen: that may part groups as well."""
    places = visible(text)
    if len(places) == len(text):
        return _found(text, known)
    seen = [_placed(match, places) for match in _found("".join(text[i] for i in places), known)]
    taken = {i for match in seen for i in match.hide + match.keep}
    return seen + [m for m in _found(text, known) if taken.isdisjoint(m.hide + m.keep)]


def _placed(match: Match, places: Sequence[int]) -> Match:
    hide, keep = (tuple(places[i] for i in chosen) for chosen in (match.hide, match.keep))
    start, end = places[match.start], places[match.end - 1] + 1
    return replace(match, start=start, end=end, hide=hide, keep=keep)


def _found(text: str, known: Sequence[Pan]) -> list[Match]:
    line = folded(text)
    readings = [m for candidate in candidates(text) for m in _readings(candidate)]
    by_strength = [match for _, match in sorted(readings, key=lambda r: r[0])]
    chosen = _without_overlap([*by_strength, *elided(line)])
    whole, others = _among_marks(text)
    dirty = _among_specks(line)
    sure = filter(_is_sure, chosen)
    strange = (*dirty, *parted(line))
    return with_known(_without_overlap([*sure, *whole, *strange, *chosen, *others]), line, known)


def _is_sure(match: Match) -> bool:
    """Whether it is proven, or masked as issuers do: four digits and more in one stretch, up to a
    last four or the end; or some at the end, of as many as a card has.

    Beside such a number stand others' groups of four, and one in ten passes Luhn with its own.
    """
    digits = match.pan.digits
    tail = _HIDDEN_ONCE.fullmatch(digits)
    whole = len(digits) in _ENDED_LENGTHS and _HIDDEN_END.fullmatch(digits) is not None
    return match.rule == RULE_VALID or whole or bool(tail and len(tail[1]) in (0, LAST_FOUR))


def _among_specks(line: str) -> Iterator[Match]:
    """Numbers grouped as cards are, or solid, that are proven without specks of dirt.

    A scan's specks are read as `4111'1111 11·11 1111`, a blank's width from a digit or in a group.
    """
    if not _is_speckled(line):
        return
    dashed = "".join("-" if char in _SPECKS else char for char in line)  # as dots are misread
    orders = {(form[0], form[-1] + 1) for form in forms(dashed)}
    for specks, instead in ((_SPECKS, ""), (_SPECKS, " "), (_SPECKS | {"-"}, "")):
        kept = [i for i, char in enumerate(line) if instead or char not in specks]
        bare_line = "".join(instead if line[i] in specks else line[i] for i in kept)
        proven = (c for c in candidates(bare_line) if _rule(c) == RULE_VALID and _is_tidy(c))
        for candidate in proven:
            match = _placed(_match(RULE_GROUPED, candidate), kept)
            whole = line[match.start : match.end]
            dirt = [char for char in whole if char in specks]
            # Solid digits may be a list's, and what goes on in the next line begins a date there.
            may_part = _LISTING if len(candidate.groups) == 1 else frozenset[str]()
            clear = "\n" not in whole and may_part.isdisjoint(dirt)
            clear = clear and (match.start, match.end) not in orders
            if clear and 0 < len(dirt) <= MAX_SPECKS:
                yield match


def _is_speckled(line: str) -> bool:
    """Whether a group that cards begin with is followed by enough digits, with few specks among
    them: to look at every line of amounts takes ten times as long.
    """
    places = [i for i, char in enumerate(line) if char in _DIGITS]
    digits = "".join(line[i] for i in places)
    for n in range(len(places) - MIN_UNLABELLED + 1):
        begins = n == 0 or places[n] > places[n - 1] + 1
        if not begins or not begins_like_a_card(digits[n : n + _IIN_DIGITS]):
            continue
        least = line[places[n] : places[n + MIN_UNLABELLED - 1]]
        whole = line[places[n] : places[min(n + MAX_PAN, len(places)) - 1]]
        few = sum(char in _SPECKS for char in least) <= MAX_SPECKS
        if few and ("-" in whole or not _SPECKS.isdisjoint(whole)):
            return True
    return False


def _is_tidy(candidate: Candidate) -> bool:
    """Whether it is grouped as cards are, or not at all, and nothing is tied to it."""
    is_two_numbers = candidate.sizes == _LONG_GROUPS
    grouped = is_grouped(candidate.sizes) or is_nearly_grouped(candidate.sizes)
    tidy = len(candidate.groups) == 1 or (grouped and not is_two_numbers)
    return tidy and candidate.evenly_separated and not _is_torn(candidate)


def _among_marks(text: str) -> tuple[list[Match], list[Match]]:
    """Numbers that are proven without the marks that were seen among their digits: those that are
    printed as cards are, and others.

    Readers see marks in the shadows of embossed digits; a number that shows every digit hides none.
    """
    shown = [i for i, char in enumerate(text) if char not in SEEN_MARKS]
    if len(shown) == len(text):
        return [], []
    bare_line = "".join(text[i] for i in shown)
    proven = (c for c in candidates(bare_line) if _rule(c) == RULE_VALID)
    found: tuple[list[Match], list[Match]] = ([], [])
    for candidate in sorted(proven, key=lambda c: _strength(RULE_VALID, c)):
        # No rule 1: what the user wants kept stays, for these digits may be two numbers'.
        match = _placed(_match(RULE_GROUPED, candidate), shown)
        if not SEEN_MARKS.isdisjoint(text[max(0, match.start - 1) : match.end + 1]):
            found[not is_grouped(candidate.sizes)].append(match)
    return found


def _is_spared(number: str, kept: Iterable[str]) -> bool:
    return any(number in wish for wish in kept)


def unclaimed(text: str, matches: Iterable[Match]) -> tuple[str, ...]:
    """Digit runs as long as a card number that no match covers, for the report."""
    taken = {i for match in matches for i in range(match.start, match.end)}
    free = (run for run in runs(folded(text)) if not taken & _span(run.groups))
    return tuple(run.chars for run in free if _looks_like_a_card(run))


def _looks_like_a_card(run: Run) -> bool:
    long_enough = MIN_REPORTED <= len(run.chars) <= MAX_PAN
    return long_enough and HIDDEN not in run.chars and agrees_with_grouping(run.sizes)


def _span(groups: tuple[Group, ...]) -> set[int]:
    return set(range(groups[0].start, groups[-1].end))


def _readings(candidate: Candidate) -> Iterator[tuple[_Strength, Match]]:
    """The rules in the order of their strength; a candidate is read by the first that fits."""
    rule = _rule(candidate)
    if rule is not None:
        yield _strength(rule, candidate), _match(rule, candidate)


def _rule(candidate: Candidate) -> int | None:
    if candidate.masks:
        return RULE_MASKED if _is_masked(candidate) else None
    if _is_ending(candidate) and (candidate.before.is_ending_label or _is_approved(candidate)):
        return RULE_MASKED
    if len(candidate.chars) < MIN_LABELLED:
        return None
    if candidate.beside_masks and not (_is_valid(candidate) and _is_long(candidate)):
        return None
    if not candidate.in_iban:
        if _is_valid(candidate):
            return RULE_VALID
        if _is_printed_like_a_card(candidate) or _is_misread(candidate):
            return RULE_GROUPED
    return RULE_LABELLED if _is_labelled(candidate) else None


def _is_valid(candidate: Candidate) -> bool:
    """Rule 1: a known range, its length, and Luhn; 12 and 13 digits need more than that."""
    digits = candidate.chars
    if candidate.brand is None or not luhn(digits) or not _agrees(candidate):
        return False
    if _is_long(candidate):
        return True
    return _has_label(candidate) or (len(digits) == MIN_PAN + 1 and is_grouped(candidate.sizes))


def _is_long(candidate: Candidate) -> bool:
    return len(candidate.chars) >= MIN_UNLABELLED


def _agrees(candidate: Candidate) -> bool:
    """Whether it may be a card's grouping: a break too many is a blank, or all are alike.

    Dates (30/11/2026 31/12/2026) and amounts (41.10 12.00) have others there; from one phone to
    the next is no number.
    """
    if candidate.forms_crossed > 1 or not any(map(agrees_with_grouping, candidate.layouts)):
        return False
    separators = candidate.separators
    alike = len(set(separators)) <= 1 or set(candidate.sizes) == {1}
    odd = odd_breaks(candidate.sizes)
    return alike or any(not any(separators[i] for i in at) for at in odd)


def _is_printed_like_a_card(candidate: Candidate) -> bool:
    """Rule 2: grouped as cards are, in a known range; Luhn fails on misreads and UnionPay.

    Readers lose a blank, so a break may be missing, but not all of them.
    """
    digits, sizes = candidate.chars, candidate.sizes
    if len(digits) < MIN_UNLABELLED or candidate.brand is None:
        return False
    if candidate.cuts_through or candidate.forms_crossed or not candidate.evenly_separated:
        return False
    if sizes == _LONG_GROUPS:
        return candidate.brand == "UnionPay"
    if any(map(is_grouped, candidate.layouts)):
        return not (_ends_in_a_date(candidate) and any(candidate.separators))
    usual = len(digits) <= _USUAL_LENGTHS[0] and candidate.brand not in _WIDE_RANGES
    return usual and not candidate.is_tied and is_nearly_grouped(sizes)


def _is_misread(candidate: Candidate) -> bool:
    """Rule 2 too: four groups of which one has a digit that a reader doubled or lost.

    Beside a label, or tied by more than blanks: amounts in a row have such groups as well.
    """
    if not is_miscounted(candidate.sizes) or not begins_like_a_card(candidate.chars):
        return False
    if candidate.is_tied or candidate.forms_crossed or not candidate.evenly_separated:
        return False
    return all(candidate.separators) or _has_label(candidate) or candidate.before.names_a_card


def _is_labelled(candidate: Candidate) -> bool:
    """Rule 3: beside a label; one that other numbers share needs a card's length and range."""
    digits = candidate.chars
    if digits.startswith("0") or not _agrees(candidate):
        return False
    if candidate.before.is_ending_label:
        return False
    if candidate.before.is_card_label:
        least = MIN_LABELLED if len(candidate.groups) == 1 else MIN_PAN
        return least <= len(digits) <= MAX_PAN
    if candidate.before.names_a_card and len(digits) >= MIN_UNLABELLED:
        return candidate.brand is not None
    one = len(candidate.groups) == 1 or is_grouped(candidate.sizes) or set(candidate.sizes) == {1}
    doubtful = candidate.before.is_doubtful_label and one
    return doubtful and MIN_UNLABELLED <= len(digits) <= MAX_PAN and begins_like_a_card(digits)


def _has_label(candidate: Candidate) -> bool:
    return candidate.before.is_card_label or candidate.before.is_doubtful_label


def _is_approved(candidate: Candidate) -> bool:
    """`VISA dddd APP: dddddd`, as Malaysian slips print a last four."""
    approved = _APPROVED.match(candidate.line, candidate.groups[-1].end) is not None
    return approved and candidate.before.names_a_card


def _is_ending(candidate: Candidate) -> bool:
    """The first groups that make four: `Ending 7-21001`, `下4桁：1234`, `ending in: 123 4`."""
    length = len(candidate.chars)
    return length - candidate.sizes[-1] < LAST_FOUR <= length < MIN_LABELLED


def _is_masked(candidate: Candidate) -> bool:
    """Rule 4: partly masked by the issuer, and the stretch is one whole number.

    What begins within a phone number is none: the marks behind it hide another number.
    """
    if candidate.chars.startswith("0") or candidate.forms_crossed:
        return False
    if candidate.masks < MIN_MASKS:
        return candidate.before.names_a_card and _shows_last_four_only(candidate)
    shows = _is_masked_pan(candidate) or _shows_last_four_only(candidate)
    return shows and _is_whole(candidate) and _begins_in_card_groups(candidate)


def _is_in_parentheses(candidate: Candidate) -> bool:
    """`Sapphire Preferred (...1234)`, as pages of US banks name a card."""
    closes = candidate.line[candidate.groups[-1].end :].startswith(")")
    return closes and candidate.before.opens_an_ending


def _begins_in_card_groups(candidate: Candidate) -> bool:
    """Groups in full before the masked ones are of two, four or six; three belong to a phone."""
    full = takewhile(lambda group: HIDDEN not in group.chars, candidate.groups)
    return all(len(group) == 1 or len(group) % 2 == 0 for group in full)


def _is_masked_pan(candidate: Candidate) -> bool:
    chars = candidate.chars
    shown = len(chars) - candidate.masks
    if shown <= 0 or not MIN_PAN - MASKED_SLACK <= len(chars) <= MAX_PAN + MASKED_SLACK:
        return False
    if len(chars) < MIN_PAN:
        return _has_label(candidate) or _breaks_off(candidate)
    return _has_label(candidate) or begins_like_a_card(chars) or chars.startswith(HIDDEN)


def _breaks_off(candidate: Candidate) -> bool:
    """`51051**` at the end of a line: the first digits of a number and marks, of which readers see
    fewer than there are where these touch.
    """
    head = candidate.chars.rstrip(HIDDEN)
    alone = len(candidate.groups) == 1 and not candidate.line[candidate.groups[-1].end :].strip()
    as_long = head.isdecimal() and _IIN_DIGITS - 1 <= len(head) <= _IIN_DIGITS
    return alone and as_long and begins_like_a_card(head)


def _shows_last_four_only(candidate: Candidate) -> bool:
    """`****1234`, and no shown digits before it: `090-****-1234` is a phone."""
    chars = candidate.chars
    only = not chars.rstrip(_DIGITS).strip(HIDDEN) and _tail(chars) == LAST_FOUR
    enough = candidate.masks >= MIN_SHOWN_MASKS or _has_label(candidate)
    enough = enough or candidate.before.names_a_card or _is_in_parentheses(candidate)
    return only and enough and not _follows_digits(candidate)


def _follows_digits(candidate: Candidate) -> bool:
    start = candidate.groups[0].start
    return _DIGITS_BEFORE.search(candidate.line[max(0, start - 4) : start]) is not None


def _is_whole(candidate: Candidate) -> bool:
    """Ends with hidden digits, or with the digits that close the number."""
    tail_groups = _tail_groups(candidate.groups)
    if not tail_groups:
        return True
    tail = _tail(candidate.chars)
    if len(tail_groups) == 1 and tail < LAST_FOUR and _shows_an_iin(candidate):
        return True
    if len(tail_groups) == 1 or _tail(tail_groups[0].chars) >= LAST_FOUR < len(tail_groups[0]):
        three = len(candidate.chars) == 15 and not candidate.chars.startswith(HIDDEN)
        return len(tail_groups) == 1 and (tail >= LAST_FOUR or three)
    grouped = is_grouped(candidate.sizes) or is_nearly_grouped(candidate.sizes)
    grouped = grouped and candidate.evenly_separated and len(candidate.chars) in _MASKED_LENGTHS
    if _LAST_TEN.fullmatch(candidate.line[candidate.groups[0].start : candidate.groups[-1].end]):
        return True
    return grouped or len(tail_groups[0]) < LAST_FOUR == tail


def _shows_an_iin(candidate: Candidate) -> bool:
    """Six digits of a card's range and hidden ones behind them, of which readers miss the last."""
    head = candidate.chars.partition(HIDDEN)[0]
    return len(head) == _IIN_DIGITS and begins_like_a_card(head) and candidate.masks >= _IIN_DIGITS


def _tail(chars: str) -> int:
    """How many digits follow the last hidden one."""
    return len(chars) - len(chars.rstrip(_DIGITS))


def _tail_groups(groups: tuple[Group, ...]) -> tuple[Group, ...]:
    """The groups from the one in which the last hidden digit is followed by a shown one."""
    last_masked = max(i for i, group in enumerate(groups) if HIDDEN in group.chars)
    after = groups[last_masked + 1 :]
    return after if groups[last_masked].chars.endswith(HIDDEN) else groups[last_masked:]


def _match(rule: int, candidate: Candidate) -> Match:
    """Hides every shown digit but the last four of the number itself."""
    chars, indices = candidate.chars, candidate.indices
    shown = [i for i, c in zip(indices, chars, strict=True) if c != HIDDEN]
    keep = indices[-LAST_FOUR:] if HIDDEN not in chars[-LAST_FOUR:] else ()
    hide = tuple(i for i in shown if i not in keep) + _taken_for_a_mark(candidate)
    return Match(rule, indices[0], indices[-1] + 1, hide, keep, Pan(chars))


def _taken_for_a_mark(candidate: Candidate) -> tuple[int, ...]:
    """The first mark behind five digits: issuers show four or six, and where asterisks touch,
    readers take the sixth for one of them.
    """
    head = candidate.chars.partition(HIDDEN)[0]
    short = bool(candidate.masks) and len(head) == _IIN_DIGITS - 1
    return candidate.indices[len(head) : len(head) + 1] if short else ()


def _goes_on(candidate: Candidate) -> bool:
    """Whether the last group begins a date or an amount rather than ends the number."""
    return _GOING_ON.match(candidate.line, candidate.groups[-1].end) is not None


def _is_torn(candidate: Candidate) -> bool:
    """Whether it begins or ends within something else: a longer chain, a phone, a date."""
    return bool(candidate.ties) or candidate.forms_crossed > 0 or _ends_in_a_date(candidate)


def _is_beheaded(candidate: Candidate) -> bool:
    """Whether digits that card numbers begin with stand before one that begins or ends hidden.

    `4111 ■■■■■ ■■■■■ 1579`: the boxes hide four digits each, however many have room in them.
    """
    ends = candidate.chars[0], candidate.chars[-1]
    if candidate.neighbours[0] is None or HIDDEN not in ends:
        return False
    start = candidate.groups[0].start
    head = _HEAD.search(candidate.line[max(0, start - 11) : start])
    begun = head is not None and begins_like_a_card(head[1] + (head[2] or ""))
    return begun and not _is_all(candidate)


def _is_all(candidate: Candidate) -> bool:
    """Whether it has as many groups or digits as a whole number."""
    if len(candidate.groups) > _HIDDEN_GROUPS or _is_framed(candidate):
        return True
    hidden = [group.chars.count(HIDDEN) for group in candidate.groups if HIDDEN in group.chars]
    if _BOX in candidate.line[candidate.indices[0] : candidate.indices[-1] + 1]:
        return max(hidden) >= _LONG_BOX
    return len(hidden) == 1 and candidate.masks in _ROWS_OF_MARKS


def _ends_in_a_date(candidate: Candidate) -> bool:
    """Whether a blank stands before its last group and that is where a date or amount begins."""
    if not candidate.separators or candidate.separators[-1] or candidate.sizes[-1] == 1:
        return False
    return _DATE_OR_AMOUNT.match(candidate.line, candidate.groups[-1].start) is not None


def _without_overlap(found: Iterable[Match]) -> list[Match]:
    """The strongest reading of each place; `found` has the strongest first."""
    chosen: list[Match] = []
    taken: set[int] = set()
    for match in found:
        place = range(match.start, match.end)
        if taken.isdisjoint(place):
            chosen.append(match)
            taken.update(place)
    return chosen


_Strength: TypeAlias = tuple[bool, bool, int, bool, bool, bool, bool, int, int, int]
_USUAL_LENGTHS = (16, 15, 14, 19, 18, 17, 13, 12)
_MASKED_LENGTHS = frozenset({15, 16, 19})
_ENDED_LENGTHS = frozenset({15, 16})
_FRAMES = frozenset({14, 15, 16})
_TAILS = (LAST_FOUR, LAST_FOUR + 1)


def _strength(rule: int, candidate: Candidate) -> _Strength:
    """Sort key: from its beginning, the rules in order, a card's own grouping, a shown ending, the
    usual length.

    Four groups of four and three digits are one number of 19 where Luhn says so, and always for
    UnionPay, which may fail it, and where more than blanks ties them: to take 16 of 19 digits would
    leave three too many.
    """
    length, digits = len(candidate.chars), candidate.chars
    usual = _USUAL_LENGTHS.index(length) if length in _USUAL_LENGTHS else len(_USUAL_LENGTHS)
    usual = usual if set(candidate.sizes) != {1} else 0
    long = length > _USUAL_LENGTHS[0] and not candidate.masks and candidate.evenly_separated
    tied = all(candidate.separators) and candidate.brand is not None
    whole = long and is_grouped(candidate.sizes) and (tied or _is_proven(candidate))
    ends = candidate.evenly_separated and not _goes_on(candidate)
    shown = _tail(digits) >= LAST_FOUR and length <= MAX_PAN and ends
    return (
        _is_beheaded(candidate),
        _is_torn(candidate),
        0 if whole else RULE_LABELLED if rule == RULE_VALID and not _is_long(candidate) else rule,
        not whole and not _is_framed(candidate),
        not shown,
        candidate.masks > 0 and _tail(digits) not in _TAILS,
        not whole,
        usual,
        -length,
        candidate.indices[0],
    )


def _is_proven(candidate: Candidate) -> bool:
    return len(candidate.chars) == MAX_PAN and (
        luhn(candidate.chars) or candidate.brand == "UnionPay"
    )


def _is_framed(candidate: Candidate) -> bool:
    """Whether a masked number has a card's own grouping, and ends shown or hidden as a whole."""
    tail = _tail(candidate.chars)
    ends = tail == 0 or tail >= LAST_FOUR
    return (
        bool(candidate.masks)
        and len(candidate.chars) in _FRAMES
        and (is_grouped(candidate.sizes) and ends)
    )
