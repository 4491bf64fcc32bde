"""From an answer's [n] to its quote, and on to the whole article."""

import pytest
from playwright.sync_api import expect

from tests.web.browser import CORTANA, FOOTBALL, QUALCOMM, Visit

pytestmark = pytest.mark.web


def test_a_number_has_its_quote_as_tooltip_and_leads_to_its_card(visit: Visit) -> None:
    visit.ask(CORTANA)
    cite = visit.page.locator("#chat .cite").first
    quote = visit.page.locator("#evidence .card mark").first.inner_text()
    assert quote in (cite.get_attribute("title") or "")
    cite.click()
    card = visit.page.locator("#evidence .card.shown")
    expect(card.locator(".number")).to_have_text("1")
    expect(card).to_be_focused()
    expect(card.locator("mark")).to_be_in_viewport()


def test_a_card_further_down_comes_to_view_and_is_the_only_one_marked(visit: Visit) -> None:
    visit.page.set_viewport_size({"width": 1280, "height": 460})
    visit.ask(QUALCOMM)
    cites, marked = visit.page.locator("#chat .cite"), visit.page.locator("#evidence .card.shown .number")
    assert cites.count() > 1
    last = cites.last.inner_text().strip("[]")
    cites.first.click()
    expect(marked).to_have_text("1")
    cites.last.click()
    expect(marked).to_have_text(last)
    expect(marked).to_be_in_viewport()


def test_a_number_of_an_earlier_answer_brings_its_evidence_back(visit: Visit) -> None:
    visit.page.set_viewport_size({"width": 1280, "height": 460})
    visit.ask(QUALCOMM)
    last = visit.page.locator("#chat .cite").last
    number = last.inner_text().strip("[]")
    visit.ask(FOOTBALL)
    expect(visit.page.locator("#evidence .asked")).to_have_text(FOOTBALL)
    last.click()
    expect(visit.page.locator("#evidence .asked")).to_have_text(QUALCOMM)
    card = visit.page.locator("#evidence .card.shown")
    expect(card.locator(".number")).to_have_text(number)
    expect(card.locator(".number")).to_be_in_viewport()
    expect(card).to_be_focused()
    visit.page.get_by_role("button", name="Evidence").last.click()
    expect(visit.page.locator("#evidence .asked")).to_have_text(FOOTBALL)


@pytest.mark.parametrize("back", ["Escape", "button"])
def test_a_whole_article_opens_at_the_quote_and_leads_back_to_its_card(visit: Visit, back: str) -> None:
    page = visit.page
    visit.ask(QUALCOMM)
    card = page.locator("#evidence .card").last
    number, title = card.locator(".number").inner_text(), card.locator("h3 [dir]").inner_text()
    quote = card.locator("mark").inner_text()
    card.get_by_role("button", name="Whole article").click()
    whole = page.locator("#evidence .whole")
    expect(whole.locator("h2")).to_have_text(title)
    expect(whole.locator("mark")).to_have_text(quote)
    expect(whole.locator("mark")).to_be_in_viewport()
    expect(whole.locator("mark")).to_be_focused()
    assert len(whole.locator(".text").inner_text()) > 3 * len(quote)
    if back == "Escape":
        page.keyboard.press("Escape")
    else:
        page.get_by_role("button", name="Back to the evidence").click()
    expect(whole).to_have_count(0)
    expect(page.locator("#evidence .card.shown .number")).to_have_text(number)
    expect(page.locator("#evidence .card.shown")).to_be_focused()


def test_a_refusal_shows_the_nearest_articles_as_cards_that_open(visit: Visit) -> None:
    page = visit.page
    visit.ask(FOOTBALL)
    expect(page.locator("#chat .refusal")).to_be_visible()
    expect(page.locator("#chat .cite")).to_have_count(0)
    expect(page.locator("#evidence h2")).to_have_text("Nearest articles")
    page.locator("#evidence .card").first.get_by_role("button", name="Whole article").click()
    expect(page.locator("#evidence .whole mark")).to_be_in_viewport()
