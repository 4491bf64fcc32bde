"""The page in every language that it speaks."""

from datetime import date

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from qa.web.texts import languages, texts
from tests.web.browser import CORTANA, Site, Visit, visiting

pytestmark = pytest.mark.web


@pytest.mark.parametrize("language", languages())
def test_the_page_speaks_the_browser_s_language(browser: Browser, site: Site, language: str) -> None:
    words = texts(language)
    with visiting(browser, site.address, width=360, height=740, locale=language) as visit:
        page = visit.page
        expect(page.locator("html")).to_have_attribute("lang", language)
        expect(page.locator("html")).to_have_attribute("dir", "rtl" if words.right_to_left else "ltr")
        expect(page.locator("#chat .welcome")).to_have_text(words("welcome"))
        for opened in ("history", "filters", "settings"):
            page.locator("#under-box").get_by_text(words(opened), exact=True).click()
        expect(page.get_by_label(words("filter_since"))).to_be_visible()
        expect(page.get_by_role("searchbox", name=words("history_search"))).to_be_visible()
        page.locator("#question textarea").fill(CORTANA)
        page.get_by_role("button", name=words("ask"), exact=True).click()
        expect(page.locator("#chat .acts")).to_contain_text(words("good"))
        expect(page.locator("#chat .answer")).to_contain_text(words("as_of", day=words.day(date(2018, 2, 23))))
        expect(page.locator("#evidence h2")).to_have_text(words("evidence"))
        expect(page.locator("#evidence .card")).to_contain_text(words("whole"))
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        serious = [
            rule["id"] for rule in Axe().run(page).response["violations"] if rule["impact"] in ("serious", "critical")
        ]
        assert serious == []
        assert visit.errors() == []


def test_another_language_is_chosen_in_the_settings(visit: Visit) -> None:
    page, german, arabic = visit.page, texts("de"), texts("ar")
    visit.ask(CORTANA)
    page.get_by_role("button", name="Settings").click()
    page.get_by_role("combobox", name="Language").click()
    page.get_by_role("option", name="Deutsch").click()
    expect(page.locator("#stored summary")).to_have_text(german("history"))
    expect(page.locator("#again")).to_have_text(german("new"))
    expect(page.locator("#chat .acts")).to_contain_text(german("good"))  # what was said before, too
    expect(page.locator("#evidence h2")).to_have_text(german("evidence"))
    page.get_by_role("combobox", name=german("language")).click()
    page.get_by_role("option", name=languages()["ar"]).click()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    right, left = (page.locator(part).bounding_box() for part in ("#conversation", "#evidence-column"))
    assert right
    assert left
    assert right["x"] > left["x"]
    quote, note = page.locator("#chat .said p").first, page.locator("#chat .note").first
    assert quote.evaluate("p => getComputedStyle(p).direction") == "ltr"  # as its article is
    assert note.evaluate("p => getComputedStyle(p).direction") == "rtl"
    expect(page.locator("#again")).to_have_text(arabic("new"))
    page.reload()
    visit.wait()
    expect(page.locator("html")).to_have_attribute("lang", "ar")  # it was chosen
    visit.page.locator("#question textarea").fill("When did they sign it?")
    page.get_by_role("button", name=arabic("ask"), exact=True).click()
    expect(page.locator("#chat .question")).to_have_count(1)
    expect(page.get_by_role("button", name=arabic("ask"), exact=True)).to_be_visible()


def test_a_link_may_choose_the_language(visit: Visit) -> None:
    visit.open("?lang=fr")
    expect(visit.page.locator("#chat .welcome")).to_have_text(texts("fr")("welcome"))
    expect(visit.page.locator("html")).to_have_attribute("lang", "fr")
    visit.open("?lang=<b>")
    expect(visit.page.locator("html")).to_have_attribute("lang", "en")
