"""The page without a mouse: where Tab leads, what Enter, Space, Escape and "/" do, and that the focus is seen."""

import pytest
from playwright.sync_api import Page, expect

from tests.web.browser import CORTANA, FOOTBALL, Visit

pytestmark = pytest.mark.web

FOCUSED = """() => {
    const element = document.activeElement;
    if (element === document.body) return "the browser";
    const ringed = [element, element.closest("#question .input-container")].filter(Boolean).map(getComputedStyle);
    const seen = ringed.some((style) => style.outlineStyle === "solid" || style.boxShadow !== "none");
    const name = element.matches("#question textarea") ? "the box" : element.innerText.trim() || element.ariaLabel;
    return (seen ? "" : "unseen: ") + name.split("\\n")[0];
}"""
UNDER = ["Ask", "Conversations", "Filters", "Settings", "New conversation"]


def tabbed(page: Page, presses: int) -> list[str]:
    """What has the focus now, and after each press of Tab."""
    found = [page.evaluate(FOCUSED)]
    for _ in range(presses):
        page.keyboard.press("Tab")
        found.append(page.evaluate(FOCUSED))
    return found


def test_tab_goes_through_everything_in_order_and_round_again(visit: Visit) -> None:
    page = visit.page
    expect(page.locator("#chat .example").last).to_be_visible()
    examples = page.locator("#chat .example").all_inner_texts()
    round_trip = ["the box", *UNDER, "the browser", *(example.strip() for example in examples), "the box"]
    assert tabbed(page, len(round_trip) - 1) == round_trip
    page.keyboard.press("Shift+Tab")
    assert page.evaluate(FOCUSED) == examples[-1].strip()

    visit.ask(CORTANA)
    page.locator("#question textarea").focus()
    acts = ["Copy", "Ask again", "Link", "Evidence", "Good answer", "Bad answer", "Save"]
    following = page.locator("#chat .following button").all_inner_texts()
    round_trip = ["the box", *UNDER, "Whole article", "the browser", "Edit", "[1]", *acts, *following, "the box"]
    assert tabbed(page, len(round_trip) - 1) == round_trip


def test_a_conversation_by_keyboard_alone(visit: Visit) -> None:
    page, box = visit.page, visit.page.locator("#question textarea")
    page.keyboard.type(CORTANA)  # the box has the focus from the beginning
    page.keyboard.press("Enter")
    page.locator("#chat .acts").wait_for()
    page.locator("#chat .cite").focus()
    page.keyboard.press("Enter")
    card = page.locator("#evidence .card.shown")
    expect(card).to_be_focused()
    assert tabbed(page, 1)[1] == "Whole article"
    page.keyboard.press("Enter")
    expect(page.locator("#evidence .whole mark")).to_be_focused()
    page.keyboard.press("Escape")
    expect(card).to_be_focused()
    page.keyboard.press("/")
    expect(box).to_be_focused()
    expect(box).to_have_value("")
    page.keyboard.type("and/or")
    expect(box).to_have_value("and/or")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("more")
    expect(box).to_have_value("and/or\nmore")
    box.fill("")
    visit.ask(FOOTBALL)
    expect(page.locator("#chat .question")).to_have_count(2)


def test_what_is_under_the_box_by_keyboard_alone(visit: Visit) -> None:
    page = visit.page
    visit.ask(CORTANA)
    page.get_by_text("Conversations", exact=True).focus()
    page.keyboard.press("Space")
    assert tabbed(page, 4)[1:] == ["Search conversations", CORTANA, "Rename", "Delete"]
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Rename")
    expect(dialog.get_by_label("New name")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    assert page.evaluate(FOCUSED) == "Rename"

    filters = page.get_by_role("button", name="Filters", exact=True)
    filters.focus()
    page.keyboard.press("Space")
    expect(filters).to_have_attribute("aria-expanded", "true")
    page.get_by_label("Published since").focus()
    page.keyboard.type("2018-02-23")
    page.keyboard.press("Enter")
    chip = page.locator("#chips .chip")
    expect(chip).to_have_count(1)
    chip.focus()
    page.keyboard.press("Enter")
    expect(chip).to_have_count(0)
    filters.focus()
    page.keyboard.press("Enter")
    expect(filters).to_have_attribute("aria-expanded", "false")

    page.get_by_role("button", name="New conversation").focus()
    page.keyboard.press("Space")
    expect(page.locator("#chat .question")).to_have_count(0)
