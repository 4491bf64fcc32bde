import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, expect

from tests.web.browser import CORTANA, FOOTBALL, Site, Visit, visiting

pytestmark = pytest.mark.web

FINGER = 24
"""How many pixels a target has at least: WCAG 2.5.8."""


def test_a_first_visit_shows_the_page_and_asks_no_other_host(visit: Visit) -> None:
    page = visit.page
    expect(page).to_have_title("Dateline")
    expect(page.locator("#masthead")).to_contain_text(re.compile(r"\d+ articles\s· from .+\s· .+ to .+ \d{4}"))
    expect(page.locator("#chat .example").nth(2)).to_be_visible()
    expect(page.locator("#question textarea")).to_be_focused()
    expect(page.locator("#evidence")).to_contain_text("Evidence")
    assert len(visit.requests) > 10
    assert visit.foreign() == []
    assert visit.errors() == []


def test_the_cortana_question_is_answered_in_quotes(visit: Visit) -> None:
    visit.ask(CORTANA)
    answer, card = visit.page.locator("#chat .answer"), visit.page.locator("#evidence .card").first
    expect(answer).to_contain_text("[1]")
    expect(card.locator(".number")).to_have_text("1")
    expect(card.locator("h3")).to_contain_text("Microsoft and Xiaomi")
    expect(card.locator("time")).to_have_text("23 February 2018")
    expect(card.locator("mark")).to_contain_text("Mi AI speaker")
    expect(answer).to_contain_text(card.locator("mark").inner_text())
    expect(visit.page.locator("#question textarea")).to_have_value("")
    assert visit.foreign() == []
    assert visit.errors() == []


def test_an_example_question_is_asked_by_a_click(visit: Visit) -> None:
    example = visit.page.locator("#chat .example").first
    question = example.inner_text().strip()
    example.click()
    expect(visit.page.locator("#chat .question p")).to_have_text(question)
    expect(visit.page.locator("#chat .answer")).to_have_count(1)


def test_a_new_conversation_starts_empty(visit: Visit) -> None:
    visit.ask(CORTANA)
    visit.page.get_by_role("button", name="New conversation").click()
    expect(visit.page.locator("#chat .message")).to_have_count(0)
    expect(visit.page.locator("#evidence .card")).to_have_count(0)
    visit.ask(FOOTBALL)
    expect(visit.page.locator("#chat .question")).to_have_count(1)


def test_the_box_takes_no_more_than_a_question_may_have(visit: Visit) -> None:
    expect(visit.page.locator("#hint")).to_contain_text("2,000 characters")
    expect(visit.page.locator("#question textarea")).to_have_attribute("maxlength", "2000")


def test_a_question_that_is_too_long_is_told_so(visit: Visit) -> None:
    box = visit.page.locator("#question textarea")
    box.evaluate("box => box.removeAttribute('maxlength')")
    visit.fails("why " * 501, "2,000 characters")


def test_two_visitors_share_nothing(site: Site, visit_of: Callable[[str], Visit]) -> None:
    one, other = visit_of(site.address), visit_of(site.address)
    one.ask(CORTANA)
    expect(other.page.locator("#chat .message")).to_have_count(0)
    expect(other.page.locator("#evidence .card")).to_have_count(0)
    other.ask(FOOTBALL)
    expect(one.page.locator("#chat .question p")).to_have_text(CORTANA)
    expect(other.page.locator("#chat .question p")).to_have_text(FOOTBALL)
    one.ask("When did they sign it?")
    expect(one.page.locator("#chat")).not_to_contain_text(FOOTBALL)


def test_on_a_phone_the_evidence_is_below_and_nothing_is_wider_than_the_screen(browser: Browser, site: Site) -> None:
    with visiting(browser, site.address, width=360, height=740) as visit:
        page = visit.page
        visit.ask(CORTANA)
        page.locator("#chat .cite").first.click()
        expect(page.locator("#evidence mark").first).to_be_in_viewport()
        box, evidence = (page.locator(part).bounding_box() for part in ("#question", "#evidence"))
        assert box
        assert evidence
        assert evidence["y"] > box["y"]
        for opened in ("Conversations", "Filters", "Settings"):
            page.locator("#under-box").get_by_text(opened, exact=True).click()
        expect(page.get_by_label("Published since")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        wide = (
            "all => all.filter(one => one.getBoundingClientRect().right > innerWidth + 1).map(one => one.outerHTML)"
        )
        assert page.locator("#masthead *, #columns *").filter(visible=True).evaluate_all(wide) == []
        sizes = "all => all.map(one => ({ html: one.outerHTML, ...one.getBoundingClientRect().toJSON() }))"
        targets = page.locator("button, summary, a, input, textarea").filter(visible=True).evaluate_all(sizes)
        assert len(targets) > 20
        assert [each["html"] for each in targets if min(each["width"], each["height"]) < FINGER] == []
        assert visit.errors() == []


FRAMES = """(milliseconds) => new Promise((resolve) => {
    let frames = 0;
    const count = () => { frames += 1; requestAnimationFrame(count); };
    requestAnimationFrame(count);
    setTimeout(() => resolve(frames), milliseconds);
})"""

CANCELLED = """() => new Promise((done) => {
    cancelAnimationFrame(requestAnimationFrame(() => done("ran")));
    setTimeout(() => done("cancelled"), 1500);
})"""


def test_a_page_on_which_nothing_happens_rests_and_wakes(visit: Visit) -> None:
    page = visit.page
    visit.ask(CORTANA)
    page.mouse.move(300, 300)
    awake = page.evaluate(FRAMES, 1000)
    page.wait_for_timeout(3000)  # as long as it takes to be idle
    assert page.evaluate(FRAMES, 1000) < awake / 4
    page.mouse.move(310, 310)
    assert page.evaluate(FRAMES, 1000) > awake / 2
    page.wait_for_timeout(3000)
    assert page.evaluate(CANCELLED) == "cancelled"
