"""What the check saw, told to a person (`as_text`, `lines`) and to a program (`as_dict`).

The JSON is valid by schema/check-1.json. It quotes what was seen, so that a person can compare it
with the page; of a card number nothing but its last four is quoted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from prepdoc.checked import Checked, Outcome
from prepdoc.requirements import Profile
from prepdoc.showing import shown
from prepdoc.texts import N_, _, ngettext, spoken

SCHEMA: Final = "prepdoc-check-1"
SCHEMA_FILE: Final = Path(__file__).parents[1] / "schema" / "check-1.json"

SUMMARY: Final = "LEG"
_OUTCOMES: Final[Mapping[Outcome, str]] = {
    "pass": N_("pass"),
    "warn": N_("warn"),
    "fail": N_("FAIL"),
}


def as_text(source: Path, profile: Profile, checks: Sequence[Checked]) -> str:
    """The check as lines for a person, in the language spoken."""
    head = f"{shown(source.name)}: {shown(profile.id)}: {shown(profile.titles[spoken()])}"
    return "\n".join([head, *(f"  {line}" for line in lines(checks)), f"  {verdict(checks)}"])


def as_dict(source: Path, profile: Profile, checks: Sequence[Checked]) -> dict[str, Any]:
    """The same as JSON takes it."""
    return {
        "schema": SCHEMA,
        "source": shown(source),
        "profile": profile.id,
        "meets": not any(one.refuses for one in checks),
        "checks": [check_dict(one) for one in checks],
    }


def check_dict(one: Checked) -> dict[str, Any]:
    """One rule's line; `seen` and `todo` are in the language spoken."""
    return {
        "id": one.id,
        "level": one.level,
        "outcome": one.outcome,
        "allowed": one.is_allowed,
        "text": shown(one.text),
        "seen": shown(one.seen),
        "page": one.page,
        "place": one.place,
        "todo": shown(one.todo) or None,
    }


def lines(checks: Sequence[Checked]) -> Iterator[str]:
    """A line a rule, and one for what to do where it is not met."""
    for one in checks:
        outcome = _(_OUTCOMES[one.outcome])
        yield f"{outcome}  {one.id}  {shown(one.seen)}{_where(one)}"
        if one.outcome != "pass":
            yield f"      {shown(one.text)}"
        if one.todo:
            yield f"      → {shown(one.todo)}"


def verdict(checks: Sequence[Checked]) -> str:
    """Whether everything that must be met is met; never more than that."""
    failed = [one.id for one in checks if one.refuses]
    if failed:
        return _("Not met: {rules}").format(rules=", ".join(failed))
    warned = sum(one.outcome == "warn" for one in checks)
    allowed = [one.id for one in checks if one.outcome == "fail"]
    met = _("Everything that must be met is met.")
    if allowed:
        met = _("Met but for what you allowed: {rules}.").format(rules=", ".join(allowed))
    return f"{met} {_warned(warned)}" if warned else met


def reasons(missed: Sequence[Checked]) -> str:
    """What is not met and what to do, on one line; LEG says of others that they cannot be read."""
    own = [one for one in missed if one.id != SUMMARY] or missed
    return "; ".join(f"{one.id}: {one.seen} → {one.todo}" for one in own)


def _warned(count: int) -> str:
    return ngettext(
        "There is {n} warning to look at.", "There are {n} warnings to look at.", count
    ).format(n=count)


def _where(one: Checked) -> str:
    if one.page is None:
        return ""
    page = _("page {page}").format(page=one.page)
    return f" ({page}, {_(one.place)})" if one.place else f" ({page})"
