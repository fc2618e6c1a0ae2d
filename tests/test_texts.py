"""The catalogues hold every message in both languages, and the language wanted is spoken."""

from __future__ import annotations

import ast
import io
import string
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import BinaryIO

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po

from prepdoc import errors, publishing, texts
from prepdoc.correspondence.limits import NO_MAIL
from prepdoc.errors import PrepdocError
from prepdoc.languages import LANGUAGES
from prepdoc.reading import check_page_count, check_page_number
from prepdoc.reading.apart import opened_apart
from prepdoc.texts import LOCALE_DIR, preferred, speak, spoken, translate_error
from prepdoc.threads import threads

SOURCE = Path(texts.__file__).parent
KEYWORDS = {**DEFAULT_KEYWORDS, "Nn_": (1, 2)}
EVERY_ERROR = [
    cls for cls in vars(errors).values() if isinstance(cls, type) and issubclass(cls, PrepdocError)
]


@cache
def in_source() -> frozenset[str | tuple[str, ...]]:
    found = extract_from_dir(SOURCE, keywords=KEYWORDS, method_map=[("**.py", "python")])
    return frozenset(message for _file, _line, message, _comments, _context in found)


@cache
def catalogue(language: str) -> Catalog:
    with po(language).open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def po(language: str) -> Path:
    return LOCALE_DIR / language / "LC_MESSAGES" / "prepdoc.po"


def placeholders(text: str) -> set[str]:
    return {name for _text, name, _spec, _conversion in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_of_the_source_is_in_the_catalogue_and_no_other(language: str) -> None:
    assert {message.id for message in catalogue(language) if message.id} == in_source()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_has_a_translation_that_nobody_marked_as_doubtful(language: str) -> None:
    messages = [message for message in catalogue(language) if message.id]
    assert len(messages) > 100
    for message in messages:
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        assert all(strings), message.id
        assert not message.fuzzy, message.id
    assert not catalogue(language).obsolete


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_has_the_placeholders_of_its_message(language: str) -> None:
    for message in catalogue(language):
        if isinstance(message.id, tuple):
            allowed = set.union(*map(placeholders, message.id))
            assert all(placeholders(text) <= allowed for text in message.string), message.id
        elif message.id:
            assert placeholders(message.string) == placeholders(message.id), message.id


def test_japanese_is_written_in_japanese() -> None:
    untranslated = [
        message.id for message in catalogue("ja") if message.id and message.string == message.id
    ]
    assert not untranslated


def test_english_says_what_the_source_says() -> None:
    assert all(message.string == message.id for message in catalogue("en") if message.id)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_catalogue_is_the_one_that_is_read_by_people(language: str) -> None:
    """But for the header, where Babel writes which version of it compiled."""
    compiled = io.BytesIO()
    write_mo(compiled, catalogue(language))
    compiled.seek(0)
    with po(language).with_suffix(".mo").open("rb") as kept:
        assert _messages(kept) == _messages(compiled)


def _messages(file: BinaryIO) -> dict[str, str]:
    return {str(message.id): str(message.string) for message in read_mo(file) if message.id}


@pytest.mark.parametrize(
    ("arguments", "environ", "language"),
    [
        ([], {}, "en"),
        ([], {"LANG": "ja_JP.UTF-8"}, "ja"),
        ([], {"LANG": "ja"}, "ja"),
        ([], {"LANG": "C.UTF-8"}, "en"),
        ([], {"LANG": "de_DE.UTF-8"}, "en"),
        ([], {"LANG": "en_US.UTF-8", "LC_ALL": "ja_JP.UTF-8"}, "ja"),
        ([], {"LANG": "en_US.UTF-8", "LC_MESSAGES": "ja_JP.UTF-8"}, "ja"),
        ([], {"LANG": "ja_JP.UTF-8", "LC_ALL": "C"}, "en"),
        ([], {"LANG": "en_US.UTF-8", "LANGUAGE": "fr:ja:en"}, "ja"),
        ([], {"LANG": "ja_JP.UTF-8", "LC_ALL": ""}, "ja"),
        (["--lang", "ja", "a.pdf"], {"LANG": "en_US.UTF-8"}, "ja"),
        (["a.pdf", "--lang=en"], {"LANG": "ja_JP.UTF-8"}, "en"),
        (["--lang", "en", "--lang=ja"], {}, "ja"),
        (["--lang", "fr"], {"LANG": "ja_JP.UTF-8"}, "ja"),
        (["--lang"], {}, "en"),
        (["--", "--lang", "ja"], {}, "en"),
    ],
)
def test_the_option_goes_before_the_locale_and_english_is_the_last_resort(
    arguments: list[str], environ: dict[str, str], language: str
) -> None:
    assert preferred(arguments, environ) == language


@pytest.mark.parametrize(
    ("environ", "system", "language"),
    [
        ({}, "", "en"),
        ({}, "ja_JP", "ja"),  # Windows
        ({}, "ja-JP:en-JP", "ja"),  # macOS
        ({}, "fr-FR", "en"),
        ({"LANG": "en_US.UTF-8"}, "ja_JP", "en"),
        ({"LANG": "C"}, "ja_JP", "en"),
    ],
)
def test_the_system_is_asked_where_the_environment_says_nothing(
    environ: dict[str, str], system: str, language: str
) -> None:
    assert preferred([], environ, lambda: system) == language


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("cls", EVERY_ERROR)
def test_every_error_has_a_sentence_of_its_own_in_each_language(
    cls: type[PrepdocError], language: texts.Language
) -> None:
    assert texts._HEADLINES[cls]
    speak(language)
    try:
        error = cls("page 3", ()) if cls is errors.LeakFound else cls("page 3")
        assert "page 3" in translate_error(error)
        assert (translate_error(error).isascii()) == (language == "en")
    finally:
        speak("en")


def test_a_detail_that_stages_give_word_for_word_is_translated() -> None:
    speak("ja")
    try:
        said = translate_error(errors.UnreadableInput(NO_MAIL))
    finally:
        speak("en")
    assert said.startswith("このファイルを読み込めません（これはメールではありません。")


def test_the_stages_still_say_word_for_word_what_is_translated() -> None:
    said = {
        node.value
        for path in SOURCE.rglob("*.py")
        if path != Path(texts.__file__)
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant)
    }
    assert said.issuperset(texts.ENGINE_SAYS)


def test_no_error_is_raised_with_words_that_are_in_no_catalogue() -> None:
    """But for names: of an engine, an option or a field."""
    raised = [
        f"{path.name}, line {call.lineno}"
        for path in SOURCE.rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call) and _class_of(call) in RAISED and _is_untranslated(call)
    ]
    assert not raised


RAISED = {cls.__name__ for cls in EVERY_ERROR}


def _class_of(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _is_untranslated(call: ast.Call) -> bool:
    """Words as they stand, or some that are put together beside the catalogues."""
    told = call.args[0] if call.args else None
    if isinstance(told, ast.JoinedStr):
        parts = [one.value for one in told.values if isinstance(one, ast.Constant)]
        return any(map(str.isalpha, "".join(parts)))
    return isinstance(told, ast.Constant) and " " in told.value


@pytest.mark.parametrize(
    ("raising", "said"),
    [
        (lambda: check_page_count(5000), "5000 ページあり"),
        (lambda: check_page_number(7, 2), "7 ページはありません"),
        (lambda: publishing.check_writable(Path("nowhere")), "フォルダーnowhereがありません"),
    ],
)
def test_a_detail_with_values_is_told_in_the_language_spoken(
    raising: Callable[[], object], said: str
) -> None:
    speak("ja")
    try:
        with pytest.raises(PrepdocError) as caught:
            raising()
        assert said in translate_error(caught.value)
    finally:
        speak("en")


def test_a_thread_speaks_as_the_one_that_starts_it() -> None:
    speak("ja")
    try:
        with threads(1, "test") as beside_this:
            assert beside_this.submit(spoken).result() == "ja"
    finally:
        speak("en")


def test_the_process_that_reads_speaks_as_the_one_that_asks_it() -> None:
    speak("ja")
    try:
        with pytest.raises(errors.UnreadableInput) as caught, opened_apart(b"%PDF-1.7 nothing"):
            pass
    finally:
        speak("en")
    assert str(caught.value).startswith("PDF が壊れているか")


def test_an_error_without_detail_is_its_sentence_alone() -> None:
    assert translate_error(PrepdocError()) == "This file was refused; nothing was written"
