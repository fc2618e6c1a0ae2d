"""The table of a batch: what may stand in it, and what is said of everything else."""

from __future__ import annotations

import json
import string

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from prepdoc.batch.encoding import decoded
from prepdoc.batch.table import COLUMNS, MOST_FAULTS, BadTable, Row, read_table
from prepdoc.texts import speak

ROWS = (
    Row(line=2, file="a.pdf", name="Hanako Takasaki", address="1-1, Marunouchi"),
    Row(line=3, file="b.pdf", last4="4242"),
)


@pytest.mark.parametrize(
    "text",
    [
        'file,name,address,last4\na.pdf,Hanako Takasaki,"1-1, Marunouchi",\nb.pdf,,,4242\n',
        "\ufefffile;NAME;address;last4\r\n"
        "a.pdf;Hanako Takasaki;1-1, Marunouchi;\r\nb.pdf;;;4242\r\n",
        "last4\tname\taddress\t file \n\tHanako Takasaki\t1-1, Marunouchi\ta.pdf\n4242\t\t\tb.pdf",
        "file;name;;address;last4;;\na.pdf;Hanako Takasaki; ;1-1, Marunouchi;;;\n"
        "b.pdf;;;;4242;;;;;\n",
    ],
    ids=["commas", "semicolons, with a mark", "tabs", "empty columns"],
)
def test_csv_is_read_as_spreadsheets_write_it(text: str) -> None:
    assert read_table(text.encode()) == ROWS


def test_the_sign_that_parts_cells_is_taken_from_the_first_line_where_it_stands_there() -> None:
    table = "sep=|\r\nfile|address\r\na,b.pdf|1;2;3;4\r\n"
    assert read_table(table.encode()) == (Row(line=3, file="a,b.pdf", address="1;2;3;4"),)


def test_json_lines_are_read_with_their_line_in_the_table() -> None:
    lines = ["", json.dumps({"file": "a.pdf", "last4": None}), "", json.dumps({"file": "b.pdf"})]
    assert read_table("\n".join(lines).encode()) == (
        Row(line=2, file="a.pdf"),
        Row(line=4, file="b.pdf"),
    )


def test_json_keys_are_columns_in_whatever_letters_as_in_csv() -> None:
    row = json.dumps({"File": "a.pdf", " LAST4 ": "4242"})
    assert read_table(row.encode()) == (Row(line=1, file="a.pdf", last4="4242"),)


@pytest.mark.parametrize("char", ["\u2028", "\u2029", "\u0085"])
def test_a_json_line_ends_with_its_line_feed_alone(char: str) -> None:
    lines = f'{{"file": "a{char}b.pdf"}}\r\n{{"file": "c.pdf"}}\r\n'
    assert [(row.line, row.file) for row in read_table(lines.encode())] == [
        (1, f"a{char}b.pdf"),
        (2, "c.pdf"),
    ]


def test_what_excel_on_a_japanese_windows_saves_is_read() -> None:
    (row,) = read_table("file,name\n明細.pdf,髙崎 花子\n".encode("cp932"))
    assert (row.file, row.name) == ("明細.pdf", "髙崎 花子")


@pytest.mark.parametrize(
    "address",
    ["東京都港区A棟101", "渋谷区JR山手線ﾋﾞﾙ3F", "〒150-0001 田中", "鈴木", "さくら通り", "タワーB"],
)
def test_japanese_excel_is_told_by_its_kanji_and_kana(address: str) -> None:
    (row,) = read_table(f"file,address\na.pdf,{address}\n".encode("cp932"))
    assert row.address == address


@pytest.mark.parametrize(
    "address",
    [
        "12 rue de la République",
        "Müllerstraße 5",
        "Mäkipää",
        "9 avenue de l’Étoile – Paris",
        "CAFÉ",
    ],
)
def test_western_excel_is_told_by_accents_within_words(address: str) -> None:
    (row,) = read_table(f"file,address\na.pdf,{address}\n".encode("cp1252"))
    assert row.address == address


@pytest.mark.parametrize(
    ("address", "encoding"),
    [
        ("Hélène", "cp1252"),
        ("Dvořák", "cp1250"),
        ("L’ÉTOILE, L’ÎLE, RÉSIDENCE", "cp1252"),
        ("FRANÇOISE D’ÈZE, L’ÈRE", "cp1252"),
        ("12 rue de la République", "mac_roman"),
        ("Élodie, Évry, École", "mac_roman"),
        ("“Été”", "mac_roman"),
        ("Иван Петров, ООО “Ромашка”", "cp1251"),
        ("田中 太郎", "euc_jp"),
        ("ﾔﾏﾀﾞ ﾀﾛｳ", "euc_jp"),
        ("ﾔﾏﾀﾞ ﾀﾛｳ", "cp932"),
        ("山", "cp932"),
        ("李明 北京市朝阳区", "gbk"),
        ("서울 김철수", "cp949"),
        ("O’Neil", "cp1252"),
    ],
)
def test_an_encoding_that_is_not_sure_is_not_guessed(address: str, encoding: str) -> None:
    """è in a Western table is č in a Czech one; the name would be stamped wrong."""
    speak("en")
    with pytest.raises(BadTable, match="save it as CSV UTF-8"):
        read_table(f"file;address\na.pdf;{address}\n".encode(encoding))


@given(st.text("abcdefgstné ’öÜRSTÉ,;\n", min_size=1))
def test_no_western_text_is_taken_for_japanese(text: str) -> None:
    data = text.encode("cp1252")
    assume(data.decode("utf-8", "replace").encode() != data)  # which it is by chance
    assert decoded(data) in (text, None)


@given(st.text("abcRST 0-,東京都港区山田佐藤太郎表ーァソ棟ﾋﾞﾙ\n", min_size=1))
def test_no_japanese_text_is_taken_for_western(text: str) -> None:
    data = text.encode("cp932")
    assume(data.decode("utf-8", "replace").encode() != data)  # which it is by chance
    assert decoded(data) in (text, None)


def test_excels_unicode_text_is_read() -> None:
    table = "file\tname\r\n明細.pdf\tÅse Dvořák\r\n"
    assert read_table(table.encode("utf-16")) == (Row(line=2, file="明細.pdf", name="Åse Dvořák"),)


def test_a_text_may_hold_line_breaks_in_quotes_and_a_row_is_where_it_begins() -> None:
    table = 'file,address\na.pdf,"1-1\nMarunouchi"\n\nb.pdf,\n'
    assert [(row.line, row.file) for row in read_table(table.encode())] == [
        (2, "a.pdf"),
        (5, "b.pdf"),
    ]


@pytest.mark.parametrize(
    ("table", "faults"),
    [
        (b"", ["the table names no document"]),
        (b"file,name\n", ["the table names no document"]),
        (
            b"\xff\xfe\x00\x81\x00",
            ["what the table's characters are is not sure: save it as CSV UTF-8"],
        ),
        (b"name,phone\nx,1\n", ["the column file is missing: the first line names the columns"]),
        (b"file,file\na,b\n", ["the column file stands there twice"]),
        (b"file,nmae\na,b\n", ["there is no column 'nmae' (did you mean name?)"]),
        (b"file,x-4111111111111111\na,b\n", ["there is no column 'x-"]),
        (b"file,name\na.pdf,A\n,B\n \t ,C\n", ["line 3: no file is named", "line 4: no file"]),
        (
            "file,name\na.pdf,A\ufffdB\nb.pdf,\ue000\n".encode(),
            ["line 2: name holds a character that got lost", "line 3: name holds a character"],
        ),
        (b"file\na\0.pdf\n", ["line 2: file holds a character that got lost"]),
        (b'{"file": "\\ud800"}', ["line 1: file holds a character that got lost"]),
        (b"file,,name\na.pdf,x,A\n", ["line 2: there are more cells than columns"]),
        (b"sep=;\nfile;name\na.pdf;A;B\n", ["line 3: there are more cells than columns"]),
        (b'[{"file": "a.pdf"}]', ["this is a JSON array: write an object on each line"]),
        (b'{"file": "a.pdf", "file": "b.pdf"}', ["line 1: the column file stands there twice"]),
        (b'{"file": "a.pdf", "File": "b.pdf"}', ["line 1: the column file stands there twice"]),
        (b"file,name\na.pdf,A,B\n", ["line 2: there are more cells than columns"]),
        (b'file,name\na.pdf,"A\n', ["line 2: this is no CSV"]),
        (b'file,name\na.pdf,"A\nB"\nb.pdf,"A\nc.pdf,\nd.pdf,\n', ["line 4: this is no CSV"]),
        (b'file,name\na.pdf,"A\nB"x\nb.pdf,\n', ["line 2: this is no CSV"]),
        (b'file,name\n"a.pdf","A\nB",C\n', ["line 2: there are more cells than columns"]),
        (
            b"file,name\na.pdf,\nb.pdf," + b"x" * 140_000,
            ["line 3: a cell has more than 131072 characters: is a quote left open?"],
        ),
        (b'{"file": "a.pdf"\n', ["line 1: this is no JSON object on one line"]),
        (b'{"file": "a.pdf"}\n["b.pdf"]\n', ["line 2: this is no JSON object on one line"]),
        (
            b'{"file": "a.pdf", "last4": 4242}',
            ['line 1: last4 must be text in quotes, as in "last4"'],
        ),
        (b'{"file": ["a"]}\n{"name": "A"}', ["line 1: file must be text", "line 2: no file"]),
        (
            b'{"file": "a", "adress": ""}',
            ["line 1: there is no column 'adress' (did you mean address?)"],
        ),
    ],
)
def test_every_fault_is_said_with_its_line(table: bytes, faults: list[str]) -> None:
    speak("en")
    with pytest.raises(BadTable) as caught:
        read_table(table)
    assert len(caught.value.faults) == len(faults)
    for told, expected in zip(caught.value.faults, faults, strict=True):
        assert told.startswith(expected)
    assert "41111111" not in str(caught.value)


def test_of_many_faults_the_first_are_told() -> None:
    speak("en")
    table = "file,name\n" + ",A\n" * 50
    with pytest.raises(BadTable) as caught:
        read_table(table.encode())
    assert len(caught.value.faults) == MOST_FAULTS + 1
    assert caught.value.faults[-1] == "… and 30 more"


_TEXTS = st.text(string.ascii_letters + "髙 ,;\"'\n", min_size=1).map(str.strip).filter(bool)


@given(
    st.lists(
        st.fixed_dictionaries({"file": _TEXTS}, optional={"name": _TEXTS, "output": _TEXTS}),
        min_size=1,
    )
)
def test_whatever_text_a_cell_holds_comes_out_as_it_is(rows: list[dict[str, str]]) -> None:
    text = "\n".join(json.dumps(row) for row in rows)
    read = read_table(text.encode())
    assert [{n: v for n in COLUMNS if (v := getattr(r, n)) is not None} for r in read] == rows


@given(st.binary(max_size=200))
def test_any_bytes_are_a_table_or_a_fault(data: bytes) -> None:
    try:
        rows = read_table(data)
    except BadTable as error:
        assert error.faults
    else:
        assert all(row.file for row in rows)
