"""The saved details: what goes in comes out, nobody else can read it, and a typo is named."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prepdoc import cardholder as stored
from prepdoc.cardholder import BadDetails, cleaned, forget, load, save, saved, saved_path
from prepdoc.page import Cardholder

HANAKO = Cardholder(
    "髙﨑 花子", "〒100-0005 東京都千代田区丸の内1-1-1 「青」ビル\\2F", "03-1234-5678"
)
WHOLE = 'name = "Hanako Takasaki"\naddress = "1-1-1 Marunouchi"\nphone = "03-1234-5678"\n'

pytestmark = pytest.mark.skipif(os.name == "nt", reason="XDG folders and modes are POSIX's")


@pytest.fixture(autouse=True)
def own_settings_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "settings"
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder))
    monkeypatch.setenv("HOME", str(tmp_path))
    return folder


def written(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "card.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_what_was_saved_is_what_comes_back() -> None:
    assert saved() is None
    save(HANAKO)
    assert saved() == HANAKO


def test_saving_again_replaces_and_leaves_no_other_file() -> None:
    save(HANAKO)
    other = Cardholder("Taro", "Osaka", "06-1234-5678")
    assert save(other) == saved_path()
    assert saved() == other
    assert list(saved_path().parent.iterdir()) == [saved_path()]


def test_only_the_owner_can_read_the_file_and_its_folder() -> None:
    path = save(HANAKO)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_was_open_to_all_is_closed() -> None:
    saved_path().parent.mkdir(parents=True, mode=0o755)
    save(HANAKO)
    assert saved_path().parent.stat().st_mode & 0o777 == 0o700


def test_a_save_that_fails_keeps_the_old_details_and_leaves_nothing() -> None:
    save(HANAKO)
    other = Cardholder("\udc80", "Osaka", "06")  # cannot be encoded
    with pytest.raises(UnicodeEncodeError):
        save(other)
    assert saved() == HANAKO
    assert len(list(saved_path().parent.iterdir())) == 1


def test_a_target_that_is_a_folder_fails_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "inside").touch()
    with pytest.raises(OSError):
        stored.write_privately(tmp_path / "taken", b"x")
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


def test_forgetting_deletes_and_says_whether_there_was_anything() -> None:
    save(HANAKO)
    assert forget() is True
    assert saved() is None
    assert forget() is False


def test_the_settings_folder_is_where_the_platform_wants_it(own_settings_folder: Path) -> None:
    assert saved_path() == own_settings_folder / "prepdoc" / "cardholder.toml"


def test_a_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    assert load(written(tmp_path, "\ufeff" + WHOLE)).name == "Hanako Takasaki"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (WHOLE.replace("phone", "fone"), ["'fone' is unknown", "did you mean phone?", "card.toml"]),
        (WHOLE + 'Name = "x"\n', ["'Name' is unknown", "did you mean name?"]),
        (WHOLE + 'zzz = "x"\n', ["'zzz' is unknown;", "name, address and phone"]),
        (WHOLE.replace('name = "Hanako Takasaki"\n', ""), ["name is missing", "card.toml"]),
        ("", ["name is missing"]),
        (WHOLE.replace('"03-1234-5678"', "312345678"), ["phone must be in quotes"]),
        (WHOLE.replace('"03-1234-5678"', '["03"]'), ["phone must be in quotes"]),
        (WHOLE.replace("Hanako Takasaki", "  "), ["name cannot be used: it is empty"]),
        (WHOLE.replace("1-1-1 ", "1-1-1\\n"), ["address cannot be used", "line break"]),
        (WHOLE.replace("1-1-1 ", "1-1-1\\u2028"), ["address cannot be used", "line break"]),
        (WHOLE.replace("1-1-1 ", "\\u001b[2J"), ["address cannot be used", "control"]),
        ("name = Hanako\n", ["not TOML (line 1)", "card.toml"]),
        (b'name = "\xff"\n', ["not TOML", "card.toml"]),
    ],
)
def test_a_file_that_is_wrong_is_refused_with_file_and_key(
    tmp_path: Path, text: str | bytes, said: list[str]
) -> None:
    with pytest.raises(BadDetails) as caught:
        load(written(tmp_path, text))
    assert all(words in str(caught.value) for words in said), caught.value


@pytest.mark.parametrize(
    "text", [WHOLE + "Hanako", WHOLE.replace("1-1-1 ", "1-1-1\\u2028"), 'name = "Hanako\n']
)
def test_no_error_tells_the_details_themselves(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadDetails) as caught:
        load(written(tmp_path, text))
    assert not any(word in str(caught.value) for word in ("Hanako", "Marunouchi", "1234"))


def test_a_file_that_is_not_there_is_refused_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(BadDetails, match=r"none\.toml: cannot be read: No such file"):
        load(tmp_path / "none.toml")


def test_the_repr_of_a_cardholder_shows_no_detail() -> None:
    assert repr(HANAKO) == "Cardholder()"


@given(st.text())
def test_a_cleaned_detail_is_one_line_without_blanks_around_it(text: str) -> None:
    try:
        kept = cleaned(text)
    except BadDetails:
        assert not text.strip() or len(text.strip().splitlines()) > 1 or not text.isprintable()
    else:
        assert kept == text.strip() and kept and len(kept.splitlines()) == 1
