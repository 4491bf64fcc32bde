"""No screen of the page has what axe-core calls a serious or critical failure."""

from collections.abc import Callable
from itertools import pairwise
from typing import Literal

import pytest
from playwright.sync_api import Browser, expect

from tests.web.browser import CORTANA, FOOTBALL, QUALCOMM, SCHEMES, Site, Visit, visiting

pytestmark = pytest.mark.web


def asked(visit: Visit) -> None:
    visit.ask(CORTANA)


def conversation(visit: Visit) -> None:
    """More than fits: both columns scroll."""
    visit.ask(QUALCOMM)
    visit.ask(FOOTBALL)
    visit.page.locator("#chat .cite").first.click()
    expect(visit.page.locator("#evidence .card.shown")).to_be_focused()


def refused(visit: Visit) -> None:
    visit.ask(FOOTBALL)


def whole_article(visit: Visit) -> None:
    visit.ask(CORTANA)
    visit.page.get_by_role("button", name="Whole article").first.click()
    expect(visit.page.locator("#evidence .whole mark")).to_be_focused()


def filters(visit: Visit) -> None:
    page = visit.page
    page.get_by_role("button", name="Filters").click()
    page.get_by_label("Published since").fill("2018-01-01")
    page.keyboard.press("Enter")
    page.get_by_role("combobox", name="Sources").click()
    page.get_by_role("option").first.click()
    expect(page.locator("#chips .chip")).to_have_count(2)


def settings(visit: Visit) -> None:
    visit.page.get_by_role("button", name="Settings").click()
    expect(visit.page.get_by_role("slider")).to_be_visible()


def conversations(visit: Visit) -> None:
    visit.ask(CORTANA)
    visit.page.get_by_text("Conversations", exact=True).click()


def dialog(visit: Visit) -> None:
    visit.ask(CORTANA)
    visit.page.get_by_role("button", name="Bad answer").click()
    expect(visit.page.get_by_role("dialog", name="Bad answer")).to_be_visible()


def editing(visit: Visit) -> None:
    visit.ask(CORTANA)
    visit.page.get_by_role("button", name="Edit").click()
    expect(visit.page.locator("#hint")).to_contain_text("left out")


def failed(visit: Visit) -> None:
    visit.page.get_by_role("button", name="Filters").click()
    visit.page.get_by_label("Published since").fill("yesterday")
    visit.fails(CORTANA, "yesterday is not a day")


SCREENS = [asked, conversation, refused, whole_article, filters, settings, conversations, dialog, editing, failed]


def test_the_first_visit_has_no_failures(visit: Visit) -> None:
    expect(visit.page.locator("#chat .example").last).to_be_visible()
    assert visit.failures() == []


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("screen", SCREENS)
def test_a_screen_has_no_failures(
    visit: Visit, screen: Callable[[Visit], None], scheme: Literal["light", "dark"]
) -> None:
    visit.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    visit.open()
    screen(visit)
    assert visit.failures() == []


def test_a_phone_s_screen_has_no_failures(browser: Browser, site: Site) -> None:
    with visiting(browser, site.address, width=360, height=740) as visit:
        conversation(visit)
        assert visit.failures() == []


def test_those_who_hear_the_page_hear_what_it_is(visit: Visit) -> None:
    visit.ask(CORTANA)
    page = visit.page
    log, evidence = page.get_by_role("log", name="Conversation"), page.get_by_role("region", name="Evidence")
    expect(log).to_have_attribute("aria-live", "polite")
    expect(log.locator("[aria-label*='<']")).to_have_count(0)  # gradio names messages by their HTML
    expect(evidence.get_by_role("article")).to_have_count(page.locator("#evidence .card").count())
    expect(page.get_by_role("heading", level=1)).to_have_text("Dateline")
    levels = page.get_by_role("heading").evaluate_all("all => all.map(one => Number(one.tagName[1]))")
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))
