"""The masking rules: whether a candidate is a card number, and which of its digits stay.

Rules 1 to 3 are here, rule 4 in `masked`, rule 5 in `known`.
"""

from __future__ import annotations

from prepdoc.pan.candidates import (
    MAX_PAN,
    MIN_LABELLED,
    MIN_PAN,
    MIN_UNLABELLED,
    USUAL_LENGTH,
    Candidate,
)
from prepdoc.pan.masked import FIRST_THIRTEEN, hides_the_rest, is_approved, is_ending, is_masked
from prepdoc.pan.match import RULE_GROUPED, RULE_LABELLED, RULE_MASKED, RULE_VALID, Match
from prepdoc.pan.number import (
    HIDDEN,
    IIN_DIGITS,
    LAST_FOUR,
    WIDE_RANGES,
    Pan,
    agrees_with_grouping,
    begins_like_a_card,
    brand_of,
    is_grouped,
    is_miscounted,
    is_nearly_grouped,
    is_telling,
    luhn,
    odd_breaks,
)
from prepdoc.pan.others import is_other
from prepdoc.pan.strength import ends_in_a_date, goes_on
from prepdoc.pan.text import Run

LONG_GROUPS = (6, 13)
"""UnionPay's; for others they are an article's number and its JAN code."""
SHORTEST_GROUP = 3
"""Digits of a group in a number that is grouped as no card is; days and months have two."""
LONGEST_GROUP = 8
"""Digits of one with which such a number may have shorter ones too: dates have no such group."""
MOST_PARTS, SHORTEST_PART = 3, 4
"""Groups, and digits in each, of one that no label but the name of a card or its brand tells."""
_LACKING, _AMEX = (4, 6, 4), ("34", "37")
_FIRST_THIRTEEN = (4, 4, 4, 1)
_FOURTEEN = (4, 4, 4, 2)


def rule_of(candidate: Candidate) -> int | None:
    """The first of the rules that it fulfils, or None: it is no card number by itself."""
    if candidate.masks:
        return RULE_MASKED if is_masked(candidate) else None
    if is_ending(candidate) and (candidate.before.is_ending_label or is_approved(candidate)):
        return RULE_MASKED
    if len(candidate.chars) < MIN_LABELLED:
        return None
    is_part = candidate.beside_masks or hides_the_rest(candidate)
    if is_part and not (_is_valid(candidate) and candidate.is_long):
        return None
    if not candidate.in_code and _is_valid(candidate):
        return RULE_VALID
    if is_other(candidate):
        return None
    ways = (_is_printed_like_a_card, _is_misread, _lacks_its_last)
    if not candidate.in_code and any(is_so(candidate) for is_so in ways):
        return RULE_GROUPED
    return RULE_LABELLED if _is_labelled(candidate) or _is_first_thirteen(candidate) else None


def _is_valid(candidate: Candidate) -> bool:
    """Rule 1: a known range, its length, and Luhn; 12 and 13 digits need more than that."""
    digits = candidate.chars
    if candidate.brand is None or not luhn(digits):
        return False
    if not _agrees(candidate):
        return _is_grouped_otherwise(candidate) or _is_in_fours(candidate)
    if candidate.is_long:
        return True
    is_told = candidate.has_label or candidate.before.names(candidate.brand)
    return is_told or (len(digits) == MIN_PAN + 1 and is_grouped(candidate.sizes))


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


def _is_grouped_otherwise(candidate: Candidate) -> bool:
    """Right beside a card's label, groups of whatever sizes, but no date's or amount's; beside a
    card's name, or before its brand's, a few long ones.
    """
    alike = len(set(candidate.separators)) <= 1 and not candidate.forms_crossed
    is_long = max(candidate.sizes) >= LONGEST_GROUP and len(candidate.sizes) <= MOST_PARTS
    is_wide = is_long or min(candidate.sizes) >= SHORTEST_GROUP
    whole = is_wide and not ends_in_a_date(candidate)
    by_name = is_in_parts(candidate) and candidate.is_named and not candidate.is_tied
    told = candidate.before.is_card_label or by_name
    return candidate.is_long and told and alike and whole


def _is_in_fours(candidate: Candidate) -> bool:
    """Diners Club's fourteen digits as web forms group those of every card."""
    alike = len(set(candidate.separators)) <= 1 and not candidate.forms_crossed
    return candidate.sizes == _FOURTEEN and candidate.brand == "Diners Club" and alike


def is_in_parts(run: Run) -> bool:
    """Whether it is a number in a few long groups, such as `354022 7342275419`: proven, and in a
    range as which few other numbers begin.
    """
    few = len(run.sizes) <= MOST_PARTS and min(run.sizes) >= SHORTEST_PART
    return few and is_telling(run.chars)


def _is_printed_like_a_card(candidate: Candidate) -> bool:
    """Rule 2: grouped as cards are, in a known range; Luhn fails on misreads and UnionPay.

    Readers lose a blank, so a break may be missing, but not all of them.
    """
    digits, sizes = candidate.chars, candidate.sizes
    if len(digits) < MIN_UNLABELLED or candidate.brand is None:
        return False
    if candidate.cuts_through or candidate.forms_crossed or not candidate.evenly_separated:
        return False
    if sizes == LONG_GROUPS:
        return candidate.brand == "UnionPay"
    if any(map(is_grouped, candidate.layouts)):
        return not (ends_in_a_date(candidate) and any(candidate.separators))
    # In a wide range no lost blank is forgiven.
    usual = len(digits) <= USUAL_LENGTH and candidate.brand not in WIDE_RANGES
    whole = not candidate.is_tied and not goes_on(candidate)
    return usual and whole and is_nearly_grouped(sizes)


def _is_misread(candidate: Candidate) -> bool:
    """Rule 2 too: four groups of which one has a digit that a reader doubled or lost.

    Beside a label, or tied by more than blanks: amounts in a row have such groups as well.
    """
    if not is_miscounted(candidate.sizes) or not begins_like_a_card(candidate.chars):
        return False
    if candidate.is_tied or candidate.forms_crossed or not candidate.evenly_separated:
        return False
    return all(candidate.separators) or candidate.has_label or candidate.before.names_a_card


def _lacks_its_last(candidate: Candidate) -> bool:
    """Rule 2 too: American Express's four, six and five, of which a reader lost the last one."""
    is_short = candidate.sizes == _LACKING and candidate.chars.startswith(_AMEX)
    is_part = candidate.is_tied or candidate.forms_crossed or goes_on(candidate)
    return is_short and candidate.evenly_separated and not is_part


def _is_labelled(candidate: Candidate) -> bool:
    """Rule 3: beside a label; one that other numbers share needs a card's length and range."""
    digits = candidate.chars
    if digits.startswith("0") or not (_agrees(candidate) or _ends_early(candidate)):
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


def _ends_early(candidate: Candidate) -> bool:
    """Three groups of four and a shorter one, as readers see it whose last marks they do not:
    `3569-9951-9218-3●●●` comes as `3569-9951-9218-30`; or a thumb hides its last digit.
    """
    *whole, last = candidate.sizes
    alike = len(set(candidate.separators)) <= 1 and not candidate.forms_crossed
    return alike and whole == [LAST_FOUR] * 3 and last < LAST_FOUR


def _is_three_groups(candidate: Candidate) -> bool:
    """Three groups of four in the range of a card that has four: who reads no more of it does not
    know its last four.
    """
    is_short = candidate.sizes == (LAST_FOUR,) * 3 and candidate.brand is None
    return is_short and brand_of(candidate.chars + HIDDEN * LAST_FOUR) is not None


def _is_first_thirteen(candidate: Candidate) -> bool:
    """`4980-1234-5678-9***` as readers see it that miss its marks, also without a label: no other
    number is printed in such groups, in a card's range.
    """
    hyphens = set(candidate.separators) == {"-"} and not candidate.forms_crossed
    brand = brand_of(candidate.chars + HIDDEN * 3)
    ranged = brand is not None and brand not in WIDE_RANGES
    return candidate.sizes == _FIRST_THIRTEEN and hyphens and ranged and not candidate.is_tied


def match_of(rule: int, candidate: Candidate) -> Match:
    """Hides every shown digit but the last four of the number itself, where it is whole."""
    chars, indices = candidate.chars, candidate.indices
    shown = [i for i, c in zip(indices, chars, strict=True) if c != HIDDEN]
    may_end = rule == RULE_LABELLED or (rule == RULE_GROUPED and candidate.brand is None)
    ways = (_ends_early, _is_three_groups, _lacks_its_last)
    is_whole = not (may_end and any(is_so(candidate) for is_so in ways))
    keep = indices[-LAST_FOUR:] if is_whole and HIDDEN not in chars[-LAST_FOUR:] else ()
    hide = tuple(i for i in shown if i not in keep) + _taken_for_a_mark(candidate)
    digits = chars if is_whole else chars[:FIRST_THIRTEEN].ljust(USUAL_LENGTH, HIDDEN)
    return Match(rule, indices[0], indices[-1] + 1, hide, keep, Pan(digits))


def _taken_for_a_mark(candidate: Candidate) -> tuple[int, ...]:
    """The first mark behind five digits: issuers show four or six, and where asterisks touch,
    readers take the sixth for one of them. And behind fewer digits than marks in a first group that
    lacks one of four: `41** ****` comes as `4** ****`, and its ink lies there.
    """
    head = candidate.chars.partition(HIDDEN)[0]
    others = candidate.sizes[1:]
    lacks = candidate.sizes[0] == LAST_FOUR - 1 and not any(size % LAST_FOUR for size in others)
    short = len(head) == IIN_DIGITS - 1 or (lacks and 0 < len(head) < LAST_FOUR - 1)
    return candidate.indices[len(head) : len(head) + 1] if candidate.masks and short else ()
