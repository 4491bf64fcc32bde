"""Filters of source and day: shown as chips, honoured by the next question, removed by a click."""

import pytest
from playwright.sync_api import expect

from tests.web.browser import CORTANA, Visit

pytestmark = pytest.mark.web

COURTS = "Dateline Courts Desk"


@pytest.fixture
def filtering(visit: Visit) -> Visit:
    visit.page.get_by_role("button", name="Filters").click()
    return visit


def choose(visit: Visit, source: str) -> None:
    visit.page.get_by_role("combobox", name="Sources").click()
    visit.page.get_by_role("option", name=source).click()


def test_a_source_is_a_chip_the_question_honours_and_a_click_removes(filtering: Visit) -> None:
    page = filtering.page
    choose(filtering, COURTS)
    chip = page.locator("#chips .chip")
    expect(chip).to_contain_text(COURTS)
    filtering.ask("What is reported about Microsoft?")
    assert set(page.locator("#evidence .source").all_inner_texts()) == {COURTS}
    used = page.locator("#chat .understood .chip")
    expect(used).to_contain_text(COURTS)
    chip.click()
    expect(chip).to_have_count(0)
    expect(page.locator("#question textarea")).to_be_focused()
    used.click()  # of the answer: it is asked again without
    expect(used).to_have_count(0)
    filtering.answered()
    expect(page.locator("#evidence .source").first).not_to_have_text(COURTS)
    expect(page.locator("#chat .answer")).not_to_contain_text("you asked before")
    filtering.ask(CORTANA)
    expect(page.locator("#evidence .source").first).to_have_text("Dateline Technology Desk")


def test_a_refusal_offers_to_ask_without_the_filters(filtering: Visit) -> None:
    page = filtering.page
    page.get_by_label("Published until").fill("2015-12-31")
    page.keyboard.press("Enter")
    choose(filtering, COURTS)
    expect(page.locator("#chips .chip")).to_have_count(2)
    filtering.ask(CORTANA)
    expect(page.locator("#chat .refusal")).to_be_visible()
    page.get_by_role("button", name="Ask without the filters").click()
    expect(page.locator("#chat .said")).to_contain_text("Cortana")
    expect(page.locator("#chat .question")).to_have_count(1)


def test_a_refusal_for_the_days_that_were_set_offers_to_ask_without_them(filtering: Visit) -> None:
    page = filtering.page
    page.get_by_label("Published until").fill("2015-12-31")
    page.keyboard.press("Enter")
    expect(page.locator("#chips .chip")).to_have_count(1)
    filtering.ask(CORTANA)
    expect(page.locator("#chat .refusal")).to_be_visible()
    expect(page.get_by_role("button", name="Ask without the period")).to_have_count(0)
    page.get_by_role("button", name="Ask without the filters").click()
    expect(page.locator("#chat .said")).to_contain_text("Cortana")


def test_days_are_chips_the_question_honours_and_a_click_removes(filtering: Visit) -> None:
    page = filtering.page
    since, until, chips = page.get_by_label("Published since"), page.get_by_label("Published until"), "#chips .chip"
    since.fill("2019-01-01")
    until.fill("2019-12-31")
    page.keyboard.press("Enter")
    expect(page.locator(chips).first).to_contain_text("since 1 January 2019")
    expect(page.locator(chips).last).to_contain_text("until 31 December 2019")
    filtering.ask("What is reported about Qualcomm?")
    days = page.locator("#evidence time").all_inner_texts()
    assert days
    assert all(day.endswith("2019") for day in days)
    page.locator(chips).first.click()
    expect(page.locator(chips)).to_have_count(1)
    expect(since).to_have_value("")
    expect(until).to_have_value("2019-12-31")
    page.locator(chips).click()
    expect(page.locator(chips)).to_have_count(0)
    expect(until).to_have_value("")


def test_what_is_no_day_is_told_at_once_and_when_asking(filtering: Visit) -> None:
    page, told = filtering.page, "yesterday is not a day: write it as 2018-02-23."
    page.get_by_label("Published since").fill("yesterday")
    page.keyboard.press("Tab")
    expect(page.locator("#chips")).to_contain_text(told)
    filtering.fails(CORTANA, told)
    page.get_by_label("Published since").fill("2020-01-01")
    page.get_by_label("Published until").fill("2019-01-01")
    page.keyboard.press("Enter")
    expect(page.locator("#chips .chip")).to_have_count(2)
    filtering.fails(CORTANA, "before it begins")
    for label in ("Published since", "Published until"):
        page.get_by_label(label).fill("")
    page.keyboard.press("Enter")
    expect(page.locator("#chips .chip")).to_have_count(0)
    filtering.ask(CORTANA)
    expect(page.locator("#chat .said")).to_contain_text("Cortana")
