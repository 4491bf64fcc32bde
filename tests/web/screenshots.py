"""`make screenshots`: the pictures of the page in docs/, on the sample articles."""

import tempfile
from pathlib import Path

from playwright.sync_api import Page

from tests.web.browser import ROOT, chromium, indexed, serving, visiting

DOCS = ROOT / "docs"
CORTANA = "What does the Cortana integration involve?"
FOOTBALL = "Who won the 2018 football world cup?"


def take(folder: Path) -> None:
    """Take them all, wide and light unless their name says otherwise."""
    folder.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as work,
        serving(indexed(ROOT / "corpus", Path(work) / "index")) as site,
        chromium() as browser,
    ):
        with visiting(browser, site.address) as visit:
            visit.ask(CORTANA)
            visit.ask("When did they sign it?")
            _picture(visit.page, folder / "page.png")
            visit.page.emulate_media(color_scheme="dark")
            _picture(visit.page, folder / "dark.png")
            visit.page.emulate_media(color_scheme="light")
            visit.page.get_by_role("button", name="Whole article").first.click()
            visit.page.locator("#evidence .whole mark").wait_for()
            _picture(visit.page, folder / "article.png")
        with visiting(browser, site.address) as visit:
            visit.ask(FOOTBALL)
            _picture(visit.page, folder / "refusal.png")
        with visiting(browser, site.address, width=390, height=844) as visit:
            visit.ask(CORTANA)
            _picture(visit.page, folder / "phone.png")


def _picture(page: Page, file: Path) -> None:
    page.wait_for_timeout(1_000)  # scrolling comes to rest
    page.screenshot(path=file, animations="disabled")


if __name__ == "__main__":
    take(DOCS)
