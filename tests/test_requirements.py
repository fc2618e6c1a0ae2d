"""Profiles are facts with sources; a user's own is read, or refused with the line that is wrong."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from prepdoc.requirements import BadProfile, ids, load, named
from prepdoc.requirements.profile import RULES

# The checklist of requirements.md: rule → level at Amazon.co.jp and at amazon.com.
CHECKLIST = {
    "PAN-1": ("must", "must"),
    "PAN-2": ("must", "must"),
    "PAN-3": ("warn", "warn"),
    "NAME": ("must", "must"),
    "ADDR": ("must", "must"),
    "TEL": ("must", "warn"),
    "MAIL": (None, "warn"),
    "PAY": ("must", "must"),
    "TXN": ("must", "must"),
    "DATE": ("warn", "warn"),
    "LEG": ("must", "must"),
    "ENC": ("must", "must"),
    "FMT": ("warn", "warn"),
    "SIZE": ("warn", "warn"),
    "FULL": ("warn", "warn"),
    "SHOT": ("warn", "warn"),
    "EDIT": ("must", "must"),
    "THIRD": ("warn", "warn"),
}
GOOD = """\
id = "my-bank"
language = "en"
channel = "reply"

[title]
ja = "銀行"
en = "My bank"

[[rules]]
id = "PAN-1"
level = "must"
ja = "最後の 4 桁だけ"
en = "The last four only"
source = "Letter of the bank"
class = "A"
date = 2026-11-24

[[rules]]
id = "NAME"
level = "warn"
ja = "氏名"
en = "The name"
source = "Letter of the bank"
class = "A"
date = 2026-11-24
"""


@pytest.mark.parametrize("profile_id", ids())
def test_a_profile_says_what_the_checklist_says(profile_id: str) -> None:
    profile = named(profile_id)
    column = 1 if profile_id == "amazon-com" else 0
    levels = {rule.id: rule.level for rule in profile.rules}
    assert levels == {rule: row[column] for rule, row in CHECKLIST.items() if row[column]}
    assert profile.id == profile_id
    assert set(CHECKLIST) == set(RULES)


@pytest.mark.parametrize("profile_id", ids())
def test_every_rule_is_said_in_both_languages_and_has_a_source(profile_id: str) -> None:
    for rule in named(profile_id).rules:
        assert rule.text("en").isascii()
        assert not rule.text("ja").isascii()
        assert rule.source
        assert rule.source_date == date(2026, 11, 24)


def test_the_mail_decides_how_the_answer_goes() -> None:
    channels = {profile_id: named(profile_id).channel for profile_id in ids()}
    assert channels == {
        "amazon-co-jp-upload": "upload",
        "amazon-co-jp-statement": "reply",
        "amazon-co-jp-statement-phone": "reply",
        "amazon-com": "upload",
    }


def test_an_unknown_profile_is_refused_with_the_known_ones() -> None:
    with pytest.raises(BadProfile, match="amazon-co-jp-upload"):
        named("amazon")
    with pytest.raises(BadProfile):
        named("../secret")


def test_a_profile_of_ones_own_is_read(tmp_path: Path) -> None:
    path = tmp_path / "bank.toml"
    path.write_text(GOOD, "utf-8")
    profile = load(path)
    assert (profile.id, profile.titles["en"], len(profile.rules)) == ("my-bank", "My bank", 2)
    rule = profile.rule("NAME")
    assert rule is not None
    assert rule.level == "warn"
    assert profile.rule("ADDR") is None


@pytest.mark.parametrize(
    ("old", "new", "line", "told"),
    [
        ('id = "my-bank"', 'id = "My Bank"', 1, "small letters"),
        ('language = "en"', 'language = "fr"', 2, "one of ja, en"),
        ('channel = "reply"', "", 1, "channel: is missing"),
        ('en = "My bank"', 'em = "My bank"', 5, "en: is missing"),
        ('channel = "reply"', 'channel = "reply"\nchanel = 1', 4, "unknown"),
        ('level = "warn"', 'level = "should"', 20, "one of must, warn"),
        ('id = "NAME"', 'id = "NAMES"', 19, "one of PAN-1"),
        ('id = "NAME"', 'id = "PAN-1"', 19, "twice"),
        ('en = "The name"', "en = 3", 22, "text in quotes"),
        ('en = "The name"', 'en = " "', 22, "text in quotes"),
        ('ja = "氏名"', "", 18, "ja: is missing"),
        ("date = 2026-11-24\n\n[[rules]]", 'date = "2026"\n\n[[rules]]', 16, "a date"),
        ("date = 2026-11-24\n\n[[rules]]", "date = 2026-11-24T10:00:00\n\n[[rules]]", 16, "a date"),
        ("[title]", "[title", 5, "not TOML"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(
    old: str, new: str, line: int, told: str, tmp_path: Path
) -> None:
    assert GOOD.count(old) == 1
    path = tmp_path / "bank.toml"
    path.write_text(GOOD.replace(old, new), "utf-8")
    with pytest.raises(BadProfile, match=told) as caught:
        load(path)
    assert f"line {line}" in str(caught.value)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "id: is missing"),
        (b"\xff\xfe", "not TOML"),
        (b"rules = 3\n", "id: is missing"),
        (b'id = "a"\nlanguage = "en"\nchannel = "reply"\ntitle = 3\n', "must be a table"),
        (GOOD.partition("[[rules]]")[0].encode(), "at least one"),
        (b"#" * 1_000_001, "too large"),
    ],
)
def test_what_is_no_profile_is_refused(data: bytes, told: str, tmp_path: Path) -> None:
    path = tmp_path / "bank.toml"
    path.write_bytes(data)
    with pytest.raises(BadProfile, match=told):
        load(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadProfile, match="cannot be read"):
        load(tmp_path / "absent.toml")
