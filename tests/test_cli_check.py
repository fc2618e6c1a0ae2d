"""What is asked, from the command line: the check alone, within the main job, and the answer."""

from __future__ import annotations

import json
from email import message_from_bytes, policy

import jsonschema
import pytest

from prepdoc.checking.telling import SCHEMA_FILE
from prepdoc.report import SCHEMA_FILE as REPORT_SCHEMA_FILE
from tests.draw import Sheet, Text, statement_pdf
from tests.terminal import DETAILS, PROJECT, Runner, environ, run
from tests.test_reply import saved, words

__all__ = ["environ", "run"]

SAMPLES = PROJECT / "samples"
LAST_FOUR = "1913"
"""Of the card on samples/statement-ja.pdf."""


def sheet(*lines: str) -> bytes:
    """A small page; at the foot what the main job would add."""
    added = ("Added by the cardholder", "Name: Hanako Takasaki", "Address: 1-1-1 Marunouchi",
             "Phone: 03-1234-5678")  # fmt: skip
    rows = [*lines, *added]
    items = [Text(line, (30, 40 + 20 * i), 12) for i, line in enumerate(rows)]
    return statement_pdf([Sheet(items=items, size=(300, 424))]).data


GOOD = ("Meadowlark Bank Visa", "Statement date Nov 10, 2026", "Card number **** **** **** 4242",
        "11/02 AMAZON.COM 34.80")  # fmt: skip


def test_a_file_is_checked_in_text_and_json(run: Runner) -> None:
    """Exit code 0 where every must is met, whatever is warned of."""
    (run.folder / "a.pdf").write_bytes(sheet(*GOOD))
    done = run("check", "a.pdf", *DETAILS, "--last4", "4242", "--json")
    told = json.loads(done.stdout)
    jsonschema.validate(told, json.loads(SCHEMA_FILE.read_text("utf-8")))
    assert (done.returncode, done.stderr, told["meets"]) == (0, "", True), done.stdout
    assert told["profile"] == "amazon-com"
    assert {path.name for path in run.folder.iterdir()} == {"a.pdf"}


def test_what_is_not_met_is_told_with_its_rule(run: Runner) -> None:
    """And a details file, a profile, a mail and a transaction of one's own are used."""
    (run.folder / "a.pdf").write_bytes(sheet(*GOOD))
    (run.folder / "mail.eml").write_bytes(saved("e3"))
    given = (*DETAILS, "--request", "mail.eml", "--transaction", "Amazon 99.00", "--lang", "ja")
    done = run("check", "a.pdf", *given)
    assert done.returncode == 1
    assert "amazon-co-jp-statement-phone" in done.stdout
    assert "不適合  TXN" in done.stdout
    assert done.stdout.splitlines()[-1].strip() == "満たしていない条件：TXN"


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (["--profile", "amazon-moon"], "amazon-moon"),
        (["--profile", "mine.toml"], "mine.toml, line 2"),
        (["--allow", "MOON"], "MOON"),
        (["--allow", "PAN-1"], "PAN-1 cannot be done without"),
        (["--transaction", "?"], "--transaction"),
        (["--request", "over.eml"], "open again"),
        (["--request", "letter.txt"], "nothing that prepdoc knows"),
    ],
)
def test_what_cannot_be_used_is_one_line_before_any_work(
    given: list[str], problem: str, run: Runner
) -> None:
    """Exit code 2, and the file is not even read."""
    (run.folder / "mine.toml").write_text('id = "mine"\nlevle = 1\n')
    (run.folder / "over.eml").write_bytes(saved("e4"))
    (run.folder / "letter.txt").write_text("Dear customer, thank you for your order.")
    for words_ in (["check", "absent.pdf"], ["a.pdf"]):
        (run.folder / "a.pdf").write_bytes(b"%PDF-1.7")
        done = run(*words_, *DETAILS, *given)
        assert (done.returncode, len(done.stderr.splitlines())) == (2, 1), done.stderr
        assert problem in done.stderr


def test_the_result_is_refused_where_something_is_missing_and_kept_where_that_is_allowed(
    run: Runner,
) -> None:
    """No file at all; the JSON says which rule and what to do."""
    lines = [line for line in GOOD if "AMAZON" not in line]
    (run.folder / "a.pdf").write_bytes(sheet(*lines))
    done = run("a.pdf", "--last4", *DETAILS, "--json")
    told = json.loads(done.stdout)
    jsonschema.validate(told, json.loads(REPORT_SCHEMA_FILE.read_text("utf-8")))
    assert (done.returncode, told["refused"]["kind"]) == (1, "RequirementNotMet")
    assert [one["id"] for one in told["refused"]["checks"] if one["outcome"] == "fail"] == ["TXN"]
    assert {path.name for path in run.folder.iterdir()} == {"a.pdf"}
    allowed = run("a.pdf", "--last4", *DETAILS, "--allow", "TXN", "--quiet")
    assert (allowed.returncode, allowed.stderr) == (0, "")


def test_the_story_ends_well_at_the_first_answer(run: Runner) -> None:
    """E2 asks, the web statement has no address: every must is met, and the draft is complete."""
    mail = words("e2").replace("17 の JCB", f"{LAST_FOUR[-2:]} の JCB")
    (run.folder / "mail.txt").write_text(mail, "utf-8")
    for name in ("statement-ja.pdf", "cardholder-ja.toml"):
        (run.folder / name).write_bytes((SAMPLES / name).read_bytes())
    done = run(
        "statement-ja.pdf", "--last4", "--cardholder", "cardholder-ja.toml",
        "--request", "mail.txt", "--transaction", "Amazon 10,000",
        "--account-holder", "髙﨑 太郎", "--relation", "妻", "--reply", "--json",
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    checks = json.loads(done.stdout)["prepared"]["checks"]
    assert {one["outcome"] for one in checks} == {"pass"}, checks
    draft = message_from_bytes((run.folder / "reply.eml").read_bytes(), policy=policy.default)
    assert draft["To"] == "address-verification@amazon.co.jp"
    text = (run.folder / "reply.txt").read_text("utf-8")
    for said in (LAST_FOUR, "髙﨑 花子", "私の妻", "090-1234-5678", "Amazon 10,000"):
        assert said in text
    assert "書式には、住所・電話番号の記載がございません" in text
    [attached] = draft.iter_attachments()
    assert attached.get_content() == (run.folder / "statement-ja-prepared.pdf").read_bytes()


def test_a_mail_that_means_another_card_is_not_answered(run: Runner) -> None:
    """Nothing is prepared for it either: it is known before any work."""
    (run.folder / "mail.eml").write_bytes(saved("e3"))
    (run.folder / "a.pdf").write_bytes(sheet(*GOOD))
    done = run("a.pdf", "--last4", "4242", *DETAILS, "--request", "mail.eml", "--reply")
    assert done.returncode == 1
    assert "not in 4242" in done.stderr
    assert {path.name for path in run.folder.iterdir()} == {"a.pdf", "mail.eml"}
