"""The bench's runner: counts, intervals, tables, floors, and what a tool may do to it."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from bench import running, table
from bench.corpus import CLASSES
from bench.corpus.truth import STRENGTHS, Spec
from bench.recall import _of_run, main, sample, shortfalls, side_by_side
from bench.table import Part, Record, interval, total
from bench.tools import TOOLS, Done, Refused, ToolCrashed
from bench.tools.serving import serve
from tests.test_bench_judging import Made, as_pdf, made, painted, pixels_of

SPEC = Spec("plain", 1, 1)


def row(**values: object) -> Record:
    known: dict[str, object] = {
        "tool": "prepdoc", "id": "plain-1-0", "klass": "plain", "strength": 1, "number": 0,
        "seed": 0, "pages": 1, "numbers": 4, "outcome": "judged", "lookalikes": 3,
        "lookalikes_kept": 3, "last_fours": 4, "last_fours_kept": 4, "stamped": True,
        "seconds": 2.0,
    }  # fmt: skip
    return Record(**known | values)  # type: ignore[arg-type]


# --- intervals and sums ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "low", "high"),
    [
        (Part(0, 1500), 0.0, 0.001995),  # 3/n: the rule of three
        (Part(1500, 1500), 0.998005, 1.0),
        (Part(10, 100), 0.05522, 0.17437),  # Wilson, as in Newcombe 1998's method 3
        (Part(81, 263), 0.25525, 0.36616),  # Newcombe 1998, table I
        (Part(0, 0), 0.0, 1.0),
    ],
)
def test_intervals_are_those_of_the_literature(part: Part, low: float, high: float) -> None:
    assert interval(part) == pytest.approx((low, high), abs=2e-4)


def test_a_refused_document_is_no_leak_and_keeps_nothing() -> None:
    sums = total([row(), row(outcome="refused", why="CannotProve", stamped=None)])
    assert (sums.documents, sums.numbers) == (2, 8)
    assert sums.leaks == Part(0, 4)
    assert sums.refused == Part(4, 8)
    assert sums.last_fours == Part(4, 4)
    assert sums.stamps == Part(1, 1)


def test_an_illegible_document_that_is_refused_counts_apart() -> None:
    sums = total([row(), row(outcome="refused", legible=False)])
    assert sums.refused == Part(0, 4)
    assert sums.refused_illegible == 4


def test_records_come_back_from_their_lines() -> None:
    before = row(reasons=(("ink", 1, 3), ("lost", 2, 1)), leaks=1)
    assert Record.of(json.loads(json.dumps(before.values()))) == before


# --- tables ------------------------------------------------------------------------------------


def test_the_table_has_a_row_a_class_and_a_total() -> None:
    text = table.by_class([row(leaks=1), row(klass="boxed", outcome="crashed", stamped=None)])
    lines = text.splitlines()
    assert [line.split(" | ")[0] for line in lines[2:]] == ["| plain", "| boxed", "| **all**"]
    assert "1/4 (4.6–69.9 %)" in lines[2]
    assert len({line.count("|") for line in lines}) == 1


def test_tools_are_compared_on_the_cases_they_share() -> None:
    other = row(tool="presidio", leaks=2, stamped=None)
    text = side_by_side([row(), row(id="plain-2-0", strength=2), other])
    assert "| prepdoc | 1 | 4 | 0/4" in text
    assert "| presidio | 1 | 4 | 2/4" in text
    assert "| plain | 0/4 | 0/4 | 2/4 | 0/4 |" in text


def test_of_two_records_of_a_case_the_latest_counts(tmp_path: Path, capsys) -> None:
    lines = [json.dumps(row(leaks=leaks).values()) for leaks in (4, 1)]
    (tmp_path / "prepdoc.jsonl").write_text("\n".join(lines) + "\n")
    assert main(["--side-by-side", "--out", str(tmp_path)]) == 0
    assert "| prepdoc | 1 | 4 | 1/4" in capsys.readouterr().out


def test_a_table_replaces_the_one_of_the_same_name() -> None:
    page = table.between("# Figures\n", "recall", "| old |\n")
    page = table.between(page, "other", "| kept |\n")
    page = table.between(page, "recall", "| new |\n")
    assert "old" not in page
    assert page.count("<!-- recall begins -->") == page.count("<!-- recall ends -->") == 1
    assert page.startswith("# Figures\n\n")
    assert "kept" in page


# --- the sample --------------------------------------------------------------------------------


def test_the_sample_has_every_class_once_and_every_strength() -> None:
    specs = sample()
    assert [spec.klass for spec in specs] == list(CLASSES)
    assert {spec.strength for spec in specs} == set(STRENGTHS)
    assert specs == sample()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"leaks": 1}, "leaks"),
        ({"outcome": "crashed"}, "crashes"),
        ({"outcome": "refused"}, "refused"),
        ({"lookalikes_kept": 2}, "look-alikes"),
        ({"last_fours_kept": 3}, "last fours"),
        ({"stamped": False}, "stamps"),
        ({"reasons": (("geometry", 1, 4),)}, "not judged"),
    ],
)
def test_the_sample_falls_short_on_each_count(change: dict[str, object], told: str) -> None:
    rows = [row() for _ in range(5)]
    assert shortfalls(rows) == []
    assert any(told in line for line in shortfalls([*rows, replace(rows[0], **change)]))  # type: ignore[arg-type]


def test_a_resumed_run_takes_the_latest_record_of_each_case() -> None:
    specs = [Spec("plain", 1, 0), Spec("plain", 2, 0)]
    found = [row(leaks=1), row(leaks=0), row(id="plain-1-0", seed=7)]
    assert _of_run(found, specs) == [found[1]]


# --- one case ----------------------------------------------------------------------------------


class Pretender:
    """A tool that does as it is told."""

    name = "pretender"

    def __init__(self, answer: object) -> None:
        self.answer = answer

    def ready(self) -> None:
        """Always."""

    def details(self, spec: Spec) -> tuple[str, ...]:
        """It stamps nothing."""
        return ()

    def apply(self, data: bytes, suffix: str, spec: Spec) -> object:
        """The answer it was made with; None is the file as it came."""
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer or Done(data, suffix)


@pytest.fixture(scope="module")
def plain() -> Made:
    return made()


def run(plain: Made, answer: object, kept: Path | None = None) -> Record:
    return running.record(SPEC, Pretender(answer), lambda spec: plain.case, kept)  # type: ignore[arg-type]


def test_an_untouched_file_is_a_leak_with_a_picture(plain: Made, tmp_path: Path) -> None:
    found = run(plain, None, tmp_path)
    assert (found.outcome, found.leaks, found.numbers) == ("judged", 2, 2)
    assert found.lookalikes_kept == found.lookalikes == 1
    names = {path.name for path in (tmp_path / "pretender").iterdir()}
    assert names == {f"plain-1-1{end}" for end in (".png", ".txt", "-in.pdf", "-out.pdf")}


def test_a_proper_file_leaves_no_picture(plain: Made, tmp_path: Path) -> None:
    out = as_pdf(painted(pixels_of(plain.case.data), plain.case))
    found = run(plain, Done(out, ".pdf"), tmp_path)
    assert (found.leaks, found.last_fours_kept, found.reasons) == (0, 2, ())
    assert not list(tmp_path.iterdir())


def test_a_refusal_is_told_with_its_class(plain: Made) -> None:
    found = run(plain, Refused("CannotProve"))
    assert (found.outcome, found.why, found.stamped) == ("refused", "CannotProve", None)


@pytest.mark.parametrize("answer", [ToolCrashed("ValueError"), Done(b"no PDF", ".pdf")])
def test_a_crash_and_a_broken_file_are_crashes(plain: Made, answer: object) -> None:
    assert run(plain, answer).outcome == "crashed"


def test_no_record_and_no_name_holds_a_digit_of_a_card(plain: Made, tmp_path: Path) -> None:
    shown = json.dumps(run(plain, None, tmp_path).values())
    notes = (tmp_path / "pretender" / "plain-1-1.txt").read_text()
    assert not any(item.digits[-8:] in shown + notes for item in plain.case.sheets[0].items)


# --- processes ---------------------------------------------------------------------------------


def test_a_worker_that_dies_costs_its_case_and_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = json.dumps(row(id="plain-2-0", strength=2).values())
    code = f"import sys\nfor line in sys.stdin:\n if '\"strength\": 1' in line: sys.exit(9)\n print({answer!r}, flush=True)"  # noqa: E501

    def started(*_: object) -> subprocess.Popen[str]:
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        return subprocess.Popen([sys.executable, "-c", code], text=True, **pipes)

    monkeypatch.setattr(running, "_started", started)
    specs = [Spec("plain", strength, 0) for strength in (1, 2, 2, 1)]
    found = list(running.records(specs, "prepdoc", 1, None))
    outcomes = [(r.outcome, r.why) for r in found if isinstance(r, Record)]
    assert outcomes == [
        ("crashed", "process ended with 9"),
        ("judged", ""),
        ("judged", ""),
        ("crashed", "process ended with 9"),
    ]


def test_a_tools_script_answers_what_it_prints_to_nobody(tmp_path: Path) -> None:
    code = (
        "from bench.tools.serving import Refused, serve\n"
        "def redact(data, suffix):\n"
        " print('chatter')\n"
        " if data == b'no': raise Refused('declined')\n"
        " return {'.pdf': data.upper}[suffix]()\n"
        "serve(redact)"
    )
    jobs = []
    for name, data in (("a.pdf", b"yes"), ("b.pdf", b"no"), ("c.png", b"yes")):
        (tmp_path / name).write_bytes(data)
        jobs.append({"source": str(tmp_path / name), "target": str(tmp_path / f"out-{name}")})
    done = subprocess.run(
        [sys.executable, "-c", code],
        input="".join(json.dumps(job) + "\n" for job in jobs),
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[1],
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert answers == [{"done": True}, {"refused": "declined"}, {"crashed": "KeyError"}]
    assert (tmp_path / "out-a.pdf").read_bytes() == b"YES"


def test_tables_are_printed_anew_from_kept_results(tmp_path: Path, capsys) -> None:
    lines = [json.dumps(row(strength=s, id=f"plain-{s}-0").values()) for s in STRENGTHS]
    (tmp_path / "prepdoc.jsonl").write_text("\n".join(lines) + "\n")
    page = tmp_path / "figures.md"
    arguments = ["--table", "--class", "plain", "--out", str(tmp_path), "--write", str(page)]
    assert main(arguments) == 0
    assert "| plain | 3 | 12 | 0/12" in capsys.readouterr().out
    assert "<!-- recall prepdoc begins -->" in page.read_text()


def test_every_tool_has_its_script() -> None:
    scripts = Path(running.__file__).parent / "tools"
    assert set(TOOLS) == {"prepdoc", "pymupdf-regex", "presidio", "blankout"}
    for name in ("pymupdf_regex.py", "presidio_images.py", "blankout_pdf.py"):
        assert serve.__name__ in (scripts / name).read_text()
