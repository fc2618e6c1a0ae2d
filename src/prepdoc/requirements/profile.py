"""TOML → `Profile`: the rules that a recipient's document is checked against, validated.

A user may add a profile of their own, so that another shop or bank needs no code; an error names
the file and the line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, get_args

from prepdoc.checked import Level
from prepdoc.texts import _, system_says

if TYPE_CHECKING:
    from prepdoc.page import Language

Channel: TypeAlias = Literal["upload", "reply"]
"""Sign in and upload, or answer the mail with the file attached."""
SourceClass: TypeAlias = Literal["A", "S", "U", "I"]
"""Whose words: the recipient's own, its rules for others, users', or our inference."""

RULES: Final = (
    "PAN-1", "PAN-2", "PAN-3", "NAME", "ADDR", "TEL", "MAIL", "PAY", "TXN", "DATE", "LEG", "ENC",
    "FMT", "SIZE", "FULL", "SHOT", "EDIT", "THIRD",
)  # fmt: skip
"""Ids of everything that the check knows how to look for."""
NEVER_ALLOWED: Final = "PAN-1"
"""Nobody may do without it: it is the promise."""

SIZE_LIMIT_BYTES: Final = 10_000_000
"""What the rule SIZE asks the document to stay under (requirements.md)."""

MAX_BYTES: Final = 1_000_000
_FOLDER: Final = Path(__file__).parent
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


class BadProfile(ValueError):
    """A profile that cannot be used; the message names the file, the line and the key."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One requirement: what must or should be so, in both languages, and who says so."""

    id: str
    level: Level
    texts: Mapping[str, str]
    source: str
    source_class: SourceClass
    source_date: date

    def text(self, language: Language) -> str:
        """What the rule says, in a language."""
        return self.texts[language]


@dataclass(frozen=True, slots=True)
class Profile:
    """What one kind of request wants of the document, and by which way it is answered."""

    id: str
    language: Language
    channel: Channel
    titles: Mapping[str, str]
    rules: tuple[Rule, ...]

    def rule(self, id: str) -> Rule | None:
        """The rule of that id, if the profile has it."""
        return next((rule for rule in self.rules if rule.id == id), None)


BY_LANGUAGE: Final[Mapping[Language, str]] = {"ja": "amazon-co-jp-upload", "en": "amazon-com"}
"""The profile where neither a mail nor the user names one, by the language of the details."""


def ids() -> tuple[str, ...]:
    """The profiles that come with prepdoc, sorted."""
    return tuple(sorted(file.stem for file in _FOLDER.glob("*.toml")))


def named(profile_id: str) -> Profile:
    """A profile that comes with prepdoc.

    Raises:
        BadProfile: there is none of that id.
    """
    if profile_id not in ids():
        raise BadProfile(
            _("there is no profile {id}; there are: {ids}").format(
                id=repr(profile_id), ids=", ".join(ids())
            )
        )
    file = _FOLDER / f"{profile_id}.toml"
    return _parsed(file.read_text("utf-8"), f"{profile_id}.toml")


def load(path: Path) -> Profile:
    """Read a user's own profile.

    Raises:
        BadProfile: it cannot be read, is no TOML, or a key is unknown, missing or unusable.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        text = data.decode("utf-8-sig")
    except OSError as error:
        what = _("{file}: cannot be read: {reason}")
        raise BadProfile(what.format(file=path, reason=system_says(error))) from None
    except UnicodeDecodeError:
        raise BadProfile(_("{file}: this is not TOML{where}").format(file=path, where="")) from None
    if len(data) > MAX_BYTES:
        raise BadProfile(_("{file}: this is far too large for a profile").format(file=path))
    return _parsed(text, str(path))


# --- validating --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Table:
    """One table of the file, and where it stands, for errors that name the line."""

    values: Mapping[str, Any]
    file: str
    lines: tuple[str, ...]
    first: int
    past: int

    def bad(self, key: str, problem: str) -> BadProfile:
        """An error about a key, with the line on which it stands, or else its table's."""
        written = re.compile(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=")
        own = range(self.first, self.past)
        line = next((i for i in own if written.match(self.lines[i])), max(self.first - 1, 0))
        return BadProfile(
            _("{file}, line {line}: {key}: {problem}").format(
                file=self.file, line=line + 1, key=key, problem=problem
            )
        )

    def only(self, keys: tuple[str, ...]) -> None:
        """Refuse keys that mean nothing: a misspelt one would silently be left out."""
        for key in self.values:
            if key not in keys:
                known = ", ".join(keys)
                raise self.bad(key, _("is unknown; the keys are {keys}").format(keys=known))

    def words(self, key: str) -> str:
        """A key's text, which is there and not empty."""
        value = self.values.get(key)
        if value is None:
            raise self.bad(key, _("is missing"))
        if not isinstance(value, str) or not value.strip():
            raise self.bad(key, _("must be text in quotes"))
        return value.strip()

    def one_of(self, key: str, choices: tuple[str, ...]) -> str:
        """A key's text, which is one of these."""
        value = self.words(key)
        if value not in choices:
            raise self.bad(key, _("must be one of {choices}").format(choices=", ".join(choices)))
        return value


def _parsed(text: str, file: str) -> Profile:
    import tomllib

    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        where = _(" (line {line})").format(line=found[1]) if found else ""
        raise BadProfile(
            _("{file}: this is not TOML{where}").format(file=file, where=where)
        ) from None
    lines = tuple(text.splitlines())
    starts = [i for i, line in enumerate(lines) if re.match(r"\s*\[", line)]
    top = _Table(values, file, lines, 0, starts[0] if starts else len(lines))
    return _profile(top, starts)


def _profile(top: _Table, starts: list[int]) -> Profile:
    top.only(("id", "language", "channel", "title", "rules"))
    profile_id = top.words("id")
    if not _ID.fullmatch(profile_id):
        raise top.bad("id", _("must be small letters, digits and hyphens"))
    title = _table(top, "title", starts, r"\s*\[\s*title\s*\]")
    return Profile(
        profile_id,
        top.one_of("language", ("ja", "en")),  # type: ignore[arg-type]
        top.one_of("channel", get_args(Channel)),  # type: ignore[arg-type]
        {language: title.words(language) for language in ("ja", "en")},
        _rules(top, starts),
    )


def _table(top: _Table, key: str, starts: list[int], header: str) -> _Table:
    values = top.values.get(key)
    if not isinstance(values, dict):
        raise top.bad(key, _("is missing") if values is None else _("must be a table"))
    return _placed(top, values, [i for i in starts if re.match(header, top.lines[i])][:1], starts)


def _placed(
    top: _Table, values: Mapping[str, Any], headers: list[int], starts: list[int]
) -> _Table:
    """A table with its lines; one that is written inline has the whole file's."""
    if not headers:
        return _Table(values, top.file, top.lines, 0, len(top.lines))
    past = next((i for i in starts if i > headers[0]), len(top.lines))
    return _Table(values, top.file, top.lines, headers[0] + 1, past)


def _rules(top: _Table, starts: list[int]) -> tuple[Rule, ...]:
    tables = top.values.get("rules")
    if not isinstance(tables, list) or not tables:
        raise top.bad("rules", _("there must be at least one [[rules]]"))
    headers = [i for i in starts if re.match(r"\s*\[\[\s*rules\s*\]\]", top.lines[i])]
    rules: list[Rule] = []
    for n, values in enumerate(tables):
        if not isinstance(values, dict):
            raise top.bad("rules", _("must be a table"))
        table = _placed(top, values, headers[n : n + 1], starts)
        rule = _rule(table)
        if any(rule.id == other.id for other in rules):
            raise table.bad("id", _("{id} is there twice").format(id=rule.id))
        rules.append(rule)
    return tuple(rules)


def _rule(table: _Table) -> Rule:
    table.only(("id", "level", "ja", "en", "source", "class", "date"))
    day = table.values.get("date")
    if type(day) is not date:
        raise table.bad("date", _("must be a date, as in 2026-11-24"))
    return Rule(
        table.one_of("id", RULES),
        table.one_of("level", get_args(Level)),  # type: ignore[arg-type]
        {language: table.words(language) for language in ("ja", "en")},
        table.words("source"),
        table.one_of("class", get_args(SourceClass)),  # type: ignore[arg-type]
        day,
    )
