"""Takes the pictures of the page for docs/: `python -m tests.screenshots`. Look at what it took."""

from __future__ import annotations

import tempfile
import tomllib
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.serving import Served, served
from tests.test_web_page import STARTED, WAIT_MS, chromium_path

PROJECT = Path(__file__).parent.parent
LOCALES = {"ja": "ja-JP", "en": "en-US"}
WIDTH, HEIGHT = 1200, 900


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        served(Path(folder)) as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=list(STARTED))
        for language in LOCALES:
            take(browser, server, language)
        browser.close()


def take(browser: Browser, server: Served, language: str) -> None:
    """The page with a sample on it, before and after, and its result."""
    context = browser.new_context(
        locale=LOCALES[language], viewport={"width": WIDTH, "height": HEIGHT}
    )
    page = context.new_page()
    page.set_default_timeout(WAIT_MS)
    page.goto(server.address)
    page.set_input_files("#file", PROJECT / "samples" / f"statement-{language}.pdf")
    page.wait_for_selector("#work:not([hidden])")
    fill(page, language)
    page.wait_for_timeout(2000)
    page.screenshot(path=PROJECT / "docs" / "images" / f"page-{language}.png")
    page.click("#prepare")
    page.wait_for_selector("#download:not([hidden])")
    page.locator("#result").screenshot(
        path=PROJECT / "docs" / "images" / f"page-result-{language}.png"
    )
    context.close()


def fill(page: Page, language: str) -> None:
    details = PROJECT / "samples" / f"cardholder-{language}.toml"
    for name, value in tomllib.loads(details.read_text("utf-8")).items():
        page.fill(f"input[name={name}]", value)
    page.wait_for_selector(".places .stamp", state="attached")


if __name__ == "__main__":
    main()
