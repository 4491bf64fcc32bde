"""Names of the archive, offered while one is typed."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.web.browser import Visit

pytestmark = pytest.mark.web


def test_a_name_is_taken_by_keyboard(visit: Visit) -> None:
    page, box, names = (
        visit.page,
        visit.page.locator("#question textarea"),
        visit.page.locator("#names [role=option]"),
    )
    box.press_sequentially("What does the Corta")
    expect(names).to_have_text(["Cortana"])
    assert [each["id"] for each in Axe().run(page).response["violations"] if each["impact"] == "serious"] == []
    page.keyboard.press("ArrowDown")
    expect(names.first).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", "name-0")
    page.keyboard.press("Enter")
    expect(box).to_have_value("What does the Cortana ")
    expect(names).to_have_count(0)
    box.press_sequentially("integration involve?")
    page.keyboard.press("Enter")
    expect(page.locator("#chat .question p")).to_have_text("What does the Cortana integration involve?")
    expect(page.locator("#chat .acts")).to_be_visible()


def test_a_name_is_taken_by_a_click_in_the_middle_of_a_question(visit: Visit) -> None:
    page, box = visit.page, visit.page.locator("#question textarea")
    box.fill("Why did buy it?")
    for _ in " buy it?":
        page.keyboard.press("ArrowLeft")
    box.press_sequentially(" xiao")
    page.locator("#names").get_by_text("Xiaomi", exact=True).click()
    expect(box).to_have_value("Why did Xiaomi  buy it?")
    expect(box).to_be_focused()


def test_who_does_not_choose_is_not_disturbed(visit: Visit) -> None:
    page, box, names = (
        visit.page,
        visit.page.locator("#question textarea"),
        visit.page.locator("#names [role=option]"),
    )
    box.press_sequentially("Who is Xiaom")
    expect(names).to_have_text(["Xiaomi"])
    for key in ("ArrowDown", "ArrowDown", "ArrowUp", "ArrowDown"):  # round to the box again
        page.keyboard.press(key)
    expect(page.locator("#names [aria-selected=true]")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(names).to_have_count(0)
    expect(box).to_have_value("Who is Xiaom")
    box.press_sequentially("i")
    expect(names).to_have_count(0)  # it is complete
    box.press_sequentially(" or App")
    expect(names).not_to_have_count(0)
    page.keyboard.press("Enter")  # asks as it stands
    expect(page.locator("#chat .question p")).to_have_text("Who is Xiaomi or App")
    expect(names).to_have_count(0)
    expect(page.locator("#chat .acts")).to_be_visible()
