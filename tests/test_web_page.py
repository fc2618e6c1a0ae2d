"""The page in a real browser, as those use it who open no terminal; the saved file is judged."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pymupdf
import pytest
from axe_playwright_python.sync_playwright import Axe
from babel.messages.extract import extract_from_dir
from playwright.sync_api import Browser, Page, expect, sync_playwright

from prepdoc import texts
from prepdoc.languages import LANGUAGES
from prepdoc.page import Language
from prepdoc.texts import _, speak
from tests import draw, judge
from tests.draw import Item, Sheet, Text
from tests.needing import cannot_run
from tests.serving import Served, served
from tests.test_contradictions import message
from tests.test_request import words

SIZE = (340.0, 220.0)
VISA = draw.pan("visa", 1)
MEMBER = "7312 5599 0042 1187"
WAIT_MS = 180_000
"""Reading and proving a small page, on a slow machine that does something else as well."""
STARTED = (
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-quic",
)  # fmt: skip
ITEMS: tuple[Item, ...] = (
    Text("Meadowlark Bank Visa", (30, 20), 12, "helv"),
    Text("Card number", (30, 40), 10, "helv"),
    Text(draw.grouped(VISA), (100, 40), 10, "helv", "pan"),
    Text("Hanako Takasaki", (30, 58), 10, "helv"),
    Text("2026/10/02 AMAZON.CO.JP 3,480 JPY", (30, 76), 10, "helv"),
    Text("Customer Nightingale", (30, 94), 10, "helv", "secret"),
    Text("Card number", (30, 112), 10, "helv"),
    Text(MEMBER, (100, 112), 10, "helv", "member"),
)


def chromium_path() -> str:
    """The machine's own browser."""
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        cannot_run("there is no Chromium")
    return found


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=list(STARTED))
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("page")) as running, running.kept():
        yield running


@pytest.fixture
def page(chromium: Browser, server: Served) -> Iterator[Page]:
    context = chromium.new_context(locale="en-US", viewport={"width": 1400, "height": 1000})
    opened = context.new_page()
    opened.set_default_timeout(WAIT_MS)
    opened.goto(server.address)
    yield opened
    context.close()


def statement(folder: Path, password: str | None = None) -> Path:
    data = draw.statement_pdf([Sheet(items=ITEMS, size=SIZE)]).data
    path = folder / "明細 & 100%.pdf"
    if password:
        with pymupdf.open("pdf", data) as document:
            data = document.tobytes(encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw=password)
    path.write_bytes(data)
    return path


def bring(page: Page, path: Path) -> None:
    page.set_input_files("#file", path)
    page.wait_for_selector("#work:not([hidden])")


def fill(page: Page) -> None:
    for name, value in (
        ("name", "Hanako Takasaki"),
        ("address", "1420 Example Street, Springfield, IL 62701"),
        ("phone", "+1 217-555-0142"),
    ):
        page.fill(f"input[name={name}]", value)
    page.wait_for_selector(".places .stamp", state="attached")


def saved(page: Page, folder: Path) -> bytes:
    page.wait_for_selector("#download:not([hidden])")
    with page.expect_download() as download:
        page.click("#download")
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path.read_bytes()


def test_from_the_statement_to_the_saved_file(page: Page, tmp_path: Path) -> None:
    """A mask is drawn over a name, the stamp is moved, and one number is left as it is."""
    bring(page, statement(tmp_path))
    fill(page)
    places = page.locator(".places").bounding_box()
    assert places
    scale = places["width"] / SIZE[0]
    at = lambda x, y: (places["x"] + x * scale, places["y"] + y * scale)  # noqa: E731
    page.click("#draw")
    page.mouse.move(*at(76, 84))
    page.mouse.down()
    page.mouse.move(*at(140, 98))
    page.mouse.up()
    expect(page.locator(".drawn")).to_have_count(1)
    page.click("#draw")
    page.click(".button[aria-label='Do not black this out']")
    expect(page.locator(".mask")).to_have_count(1)
    stamp = page.locator(".stamp")
    before, box = stamp.get_attribute("points"), stamp.bounding_box()
    assert before and box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40 * scale, y + 25 * scale)
    page.mouse.up()
    expect(stamp).not_to_have_attribute("points", before)
    page.click("#prepare")
    data = saved(page, tmp_path)
    text = judge.squeezed(judge.pdfium_text(data))
    assert judge.traces(data, VISA) == ()
    assert VISA[-4:] in text
    assert MEMBER.replace(" ", "") in text
    assert "Nightingale" not in text
    assert "AddedbythecardholderName:HanakoTakasaki" in text
    assert page.locator("#checks li").count() > 10
    assert "Hanako Takasaki" in page.input_value("#message")


def test_a_locked_statement_asks_for_its_password(page: Page, tmp_path: Path) -> None:
    page.set_input_files("#file", statement(tmp_path, "sesame"))
    for word, said in (("wrong", ""), ("sesame", "That password does not open it.")):
        page.wait_for_selector("#locked[open]")
        expect(page.locator("#locked-said")).to_have_text(said)
        page.fill("#password", word)
        page.keyboard.press("Enter")
    page.wait_for_selector("#work:not([hidden])")


def test_what_is_no_statement_is_refused_in_words(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"no statement")
    page.set_input_files("#file", path)
    expect(page.get_by_role("alert").first).to_contain_text("neither a PDF nor a picture")
    expect(page.locator("#drop")).to_be_visible()


def test_a_mask_is_made_moved_and_removed_with_keys_alone(page: Page, tmp_path: Path) -> None:
    bring(page, statement(tmp_path))
    fill(page)
    page.focus("#draw")
    page.keyboard.press("Enter")
    drawn = page.locator(".drawn")
    expect(drawn).to_be_focused()
    before = drawn.get_attribute("points")
    for keys, what in (("ArrowRight", "moved"), ("Shift+ArrowDown", "resized")):
        page.keyboard.press(keys)
        expect(drawn, what).not_to_have_attribute("points", before or "")
        before = drawn.get_attribute("points")
    page.keyboard.press("Delete")
    expect(drawn).to_have_count(0)


def test_what_is_asked_is_told_and_a_missing_purchase_can_be_done_without(
    page: Page, tmp_path: Path
) -> None:
    """The mail and the statement are dropped together; the page asks for another purchase."""
    asking = message("e2")
    asking.set_content(words("e2").replace("17", VISA[-2:]))
    mail = tmp_path / "mail.eml"
    mail.write_bytes(bytes(asking))
    page.set_input_files("#file", [mail, statement(tmp_path)])
    page.wait_for_selector("#work:not([hidden])")
    expect(page.locator("#asked")).to_contain_text("amazon-co-jp-statement")
    fill(page)
    page.click("summary")
    page.fill("input[name=transaction]", "Amazon 99,999")
    page.fill("input[name=last_four]", VISA[-4:])
    page.click("#prepare")
    page.click("text=Do without TXN")
    saved(page, tmp_path)
    expect(page.locator("#message")).to_have_value(re.compile("カード.*Amazon 99,999", re.DOTALL))
    names = page.locator("#reply-files a").all_text_contents()
    assert names == ["Save reply.txt", "Save reply.eml"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_tells_to_use_an_option_of_the_command_line(page: Page, language: Language) -> None:
    speak(language)
    told = [_(text) for text in told_to_use_an_option()]
    assert len(told) > 10
    script = """async ([language, told]) => {
        const texts = await import("./static/texts.js");
        texts.speak(language);
        return told.map(texts.onPage);
    }"""
    shown = page.evaluate(script, [language, told])
    assert not [text for text in shown if "--" in text]


def told_to_use_an_option() -> list[str]:
    """What is said by all that the page has at work; no file of a taken name comes to it."""
    found = extract_from_dir(Path(texts.__file__).parent, method_map=[("**.py", "python")])
    told = [
        message
        for file, _line, message, *_rest in found
        if isinstance(message, str) and not file.startswith(("cli/", "batch/", "launchers/"))
    ]
    others = ("--force", "--debug")
    return [text for text in told if "--" in text and not any(map(text.count, others))]


@pytest.mark.parametrize(
    ("locale", "field"),
    [("en-US", "“Last four digits of the card”"), ("ja-JP", "「カード番号の下4桁」")],
)
def test_what_cannot_be_is_said_in_the_pages_words_beside_the_page_and_above_it(
    chromium: Browser, server: Served, tmp_path: Path, locale: str, field: str
) -> None:
    """A statement without a number, and last four that are none."""
    path = tmp_path / "none.pdf"
    path.write_bytes(draw.statement_pdf([Sheet(items=(ITEMS[0], ITEMS[3]), size=SIZE)]).data)
    context = chromium.new_context(locale=locale)
    page = context.new_page()
    page.set_default_timeout(WAIT_MS)
    page.goto(server.address)
    bring(page, path)
    for name in ("name", "address", "phone"):
        page.fill(f"input[name={name}]", "090")
    expect(page.locator(".trouble")).to_contain_text(field)
    trouble = page.locator(".trouble").inner_text()
    assert "--" not in trouble
    assert ("card number" in trouble) == (locale == "en-US")
    page.fill("input[name=last_four]", "12a4")
    page.click("#prepare")
    expect(page.locator("#refused")).to_contain_text(field)
    assert "last_four" not in page.locator("#refused").inner_text()
    context.close()


def test_a_page_far_down_is_drawn_when_it_comes_near(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "long.pdf"
    path.write_bytes(draw.statement_pdf([Sheet(items=ITEMS[:3], size=(240.0, 400.0))] * 5).data)
    bring(page, path)
    fill(page)
    drawn = page.locator("article .after[src]")
    expect(page.locator("article").first.locator(".after")).to_have_attribute(
        "src", re.compile(".")
    )
    assert drawn.count() < 5
    last = page.locator("article").last
    expect(last.locator(".after")).not_to_have_attribute("src", re.compile("."))
    last.scroll_into_view_if_needed()
    expect(last.locator(".after")).to_have_attribute("src", re.compile("."))


def test_a_found_mask_can_be_enlarged(page: Page, tmp_path: Path) -> None:
    bring(page, statement(tmp_path))
    fill(page)
    page.locator(".mask").first.click()
    expect(page.locator(".drawn")).to_have_count(1)
    expect(page.locator(".mask")).to_have_count(2)


def test_ten_statements_one_after_the_other_take_no_more_memory(
    chromium: Browser, tmp_path: Path
) -> None:
    data = draw.statement_pdf([Sheet(items=ITEMS[:3], size=(240.0, 60.0))]).data
    with served(tmp_path) as running:
        opened = chromium.new_page()
        opened.set_default_timeout(WAIT_MS)
        opened.goto(running.address)
        used = []
        for number in range(10):
            path = tmp_path / f"{number}.pdf"
            path.write_bytes(data)
            bring(opened, path)
            used.append(resident_bytes(running.process.pid))
            opened.click("#again")
            expect(opened.locator("#work")).to_be_hidden()
        opened.close()
    # What a reading takes for a moment is given back later; what is kept never is.
    assert min(used[5:]) < 1.1 * max(used[2:5])


def resident_bytes(pid: int) -> int:
    """What a process has in memory (proc(5))."""
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found
    return int(found[1]) * 1024


def test_a_second_tab_has_a_document_of_its_own(page: Page, tmp_path: Path) -> None:
    bring(page, statement(tmp_path))
    other = page.context.new_page()
    other.goto(page.url)
    expect(other.locator("#drop")).to_be_visible()
    expect(other.locator("#work")).to_be_hidden()
    broken = tmp_path / "a.pdf"
    broken.write_bytes(b"no statement")
    other.set_input_files("#file", broken)
    expect(other.locator("#refused")).to_be_visible()
    expect(page.locator("#work")).to_be_visible()
    expect(page.locator("#refused")).to_be_hidden()


@pytest.mark.parametrize("locale", ["en-US", "ja-JP"])
def test_nothing_keeps_people_with_aids_from_using_it(
    chromium: Browser, server: Served, tmp_path: Path, locale: str
) -> None:
    """By axe-core, light and dark, wide and as narrow as a phone; and nothing sticks out."""
    context = chromium.new_context(locale=locale)
    opened = context.new_page()
    opened.goto(server.address)
    assert_usable(opened)
    bring(opened, statement(tmp_path))
    fill(opened)
    assert_usable(opened)
    context.close()


def assert_usable(page: Page) -> None:
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for width in (360, 1400):
            page.set_viewport_size({"width": width, "height": 800})
            found = Axe().run(page).response["violations"]
            serious = [v for v in found if v["impact"] in ("serious", "critical")]
            assert [(v["id"], v["nodes"][0]["target"]) for v in serious] == [], (scheme, width)
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{wide} px on a screen of {width}"


def test_a_dead_server_is_told(chromium: Browser, tmp_path: Path) -> None:
    with served(tmp_path) as running:
        opened = chromium.new_page()
        opened.goto(running.address)
        expect(opened.locator("#profile option")).to_have_count(5)
        running.process.kill()
        running.process.wait()
        expect(opened.locator("#refused")).to_contain_text("prepdoc has ended", timeout=30_000)
        opened.close()


def test_the_server_ends_when_the_page_is_closed(chromium: Browser, tmp_path: Path) -> None:
    with served(tmp_path) as running:
        opened = chromium.new_page()
        opened.goto(running.address)
        expect(opened.locator("#profile option")).to_have_count(5)
        opened.close()
        assert running.process.wait(60) == 0
