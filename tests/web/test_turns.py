"""What can be done with a question that was asked: go on, ask again, change it, copy it, send a link to it."""

from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from tests.web.browser import CORTANA, FOOTBALL, Visit

pytestmark = pytest.mark.web

MARCH = "Who blocked the Broadcom bid in March 2018?"
BROADCOM = "Who blocked the Broadcom bid?"


def test_a_follow_up_question_is_understood_from_the_conversation(visit: Visit) -> None:
    visit.ask(CORTANA)
    visit.ask("When did they sign it?")
    expect(visit.page.locator("#chat .question p")).to_have_text([CORTANA, "When did they sign it?"])
    answer = visit.page.locator("#chat .answer").last
    expect(answer.locator(".said")).to_contain_text("memorandum")
    query = answer.get_by_text(f"{CORTANA} ")
    expect(query).to_be_hidden()
    answer.get_by_text("What was searched for").click()
    expect(query).to_be_visible()


def test_an_answer_that_is_asked_again_says_that_nothing_is_new(visit: Visit) -> None:
    visit.ask(CORTANA)
    said = visit.page.locator("#chat .said").inner_text()
    visit.page.get_by_role("button", name="Ask again").click()
    expect(visit.page.locator("#chat .answer")).to_contain_text("The quotes are the same as before.")
    expect(visit.page.locator("#chat .said")).to_have_text(said)
    expect(visit.page.locator("#chat .question")).to_have_count(1)
    expect(visit.page.locator("#evidence .new")).to_have_count(0)


def test_an_earlier_question_that_is_asked_again_changes_its_own_answer_alone(visit: Visit) -> None:
    page, box, again = (
        visit.page,
        visit.page.locator("#question textarea"),
        visit.page.get_by_role("button", name="Ask again"),
    )
    visit.ask(CORTANA)
    visit.ask(FOOTBALL)
    box.fill("What did Xiaomi")  # is being typed
    again.first.click()
    expect(page.locator("#chat .answer").first).to_contain_text("The quotes are the same as before.")
    visit.answered()
    expect(page.locator("#chat .question p")).to_have_text([CORTANA, FOOTBALL])
    expect(page.locator("#evidence .asked")).to_have_text(CORTANA)
    expect(box).to_have_value("What did Xiaomi")
    expect(box).to_be_focused()
    kept = page.evaluate("Object.values(localStorage).map((row) => JSON.parse(JSON.parse(row).kept))")
    assert [[answer["question"] for answer in answers] for answers in kept] == [[CORTANA, FOOTBALL]]


def test_a_period_that_was_understood_is_taken_away_by_a_click(visit: Visit) -> None:
    visit.ask(MARCH)
    period = visit.page.locator("#chat .understood button.chip")
    expect(period).to_contain_text("Published 1 March 2018 to 31 March 2018")
    assert all("March 2018" in day for day in visit.page.locator("#evidence time").all_inner_texts())
    period.click()
    expect(period).to_have_count(0)
    expect(visit.page.locator("#chat .question p")).to_have_text([MARCH])
    visit.answered()
    # It was asked in another way: what differs is no news.
    expect(visit.page.locator("#chat .answer")).not_to_contain_text("you asked before")
    expect(visit.page.locator("#chat .answer")).not_to_contain_text("same as before")


def test_a_question_is_changed_and_what_followed_is_left_out(visit: Visit) -> None:
    page = visit.page
    box, hint, questions = (
        page.locator("#question textarea"),
        page.locator("#hint"),
        page.locator("#chat .question p"),
    )
    visit.ask(CORTANA)
    visit.ask(FOOTBALL)
    page.get_by_role("button", name="Edit").first.click()
    expect(box).to_have_value(CORTANA)
    expect(box).to_be_focused()
    expect(hint).to_contain_text("What followed it will be left out.")
    hint.get_by_role("button", name="Cancel").click()
    expect(box).to_have_value("")
    expect(hint).to_contain_text("Enter asks")
    expect(questions).to_have_text([CORTANA, FOOTBALL])
    expect(page.locator("#evidence .asked")).to_have_text(FOOTBALL)
    visit.ask("What did Xiaomi sign?")  # cancelled: it is a new one
    expect(questions).to_have_count(3)
    page.get_by_role("button", name="Edit").nth(1).click()
    expect(box).to_have_value(FOOTBALL)
    visit.ask(BROADCOM)
    expect(questions).to_have_text([CORTANA, BROADCOM])
    expect(page.locator("#evidence .asked")).to_have_text(BROADCOM)
    expect(hint).to_contain_text("Enter asks")
    page.get_by_role("button", name="Edit").first.click()
    expect(box).to_have_value(CORTANA)
    page.get_by_role("button", name="New conversation").click()
    expect(questions).to_have_count(0)
    expect(box).to_have_value("")
    expect(hint).to_contain_text("Enter asks")


def test_an_answer_is_copied_with_its_quotes_and_a_link_asks_its_question(visit: Visit) -> None:
    page = visit.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    visit.ask(FOOTBALL)
    visit.ask(CORTANA)
    answer = page.locator("#chat .answer").last
    copy, link = answer.locator("button[name=copy]"), answer.locator("button[name=link]")
    copy.click()
    expect(copy).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    said = answer.locator(".said").inner_text()
    assert copied.startswith(said)
    assert f"[1] “{page.locator('#evidence .card mark').first.inner_text()}”" in copied
    expect(copy).to_have_text("Copy")
    link.click()
    expect(link).to_have_text("Copied")
    address = page.evaluate("navigator.clipboard.readText()")
    assert address == f"{visit.address}?q={quote(CORTANA)}"
    other = visit.another()
    other.open(f"?q={quote(CORTANA)}")
    expect(other.page.locator("#chat .question p")).to_have_text([CORTANA])
    expect(other.page.locator("#chat .said")).to_have_text(said)
    expect(other.page).to_have_url(visit.address)  # reloaded, it asks no second time


def test_copying_works_where_the_browser_offers_no_clipboard(visit: Visit) -> None:
    visit.ask(CORTANA)
    visit.page.evaluate("void (navigator.clipboard.writeText = () => Promise.reject(new Error('not allowed')))")
    visit.page.evaluate("addEventListener('copy', (event) => { window.copied = event.target.value })")
    copy = visit.page.locator("#chat button[name=copy]")
    copy.click()
    expect(copy).to_have_text("Copied")
    assert visit.page.locator("#chat .said").inner_text() in visit.page.evaluate("window.copied")
    expect(visit.page.locator("body > textarea")).to_have_count(0)


# What happens to the page between the two halves of a click: how gradio draws a message anew, and how one grows.
DRAWN_ANEW = "document.querySelectorAll('#chat .question').forEach(shown => { shown.outerHTML = shown.outerHTML })"
GROWN = "document.querySelector('#chat .question').style.paddingTop = '3em'"


@pytest.mark.parametrize("meanwhile", [DRAWN_ANEW, GROWN], ids=["drawn anew", "grown"])
def test_a_click_counts_though_the_page_changes_under_it(visit: Visit, meanwhile: str) -> None:
    page = visit.page
    visit.ask(CORTANA)
    page.get_by_role("button", name="Edit").hover()
    page.mouse.down()
    page.evaluate(meanwhile)
    page.mouse.up()
    expect(page.locator("#question textarea")).to_have_value(CORTANA)
    page.locator("#hint").get_by_role("button", name="Cancel").click()
    expect(page.locator("#question textarea")).to_have_value("")
    page.get_by_role("button", name="Edit").hover()
    page.mouse.down()
    page.get_by_role("button", name="Evidence").hover()
    page.mouse.up()  # elsewhere: the visitor thought better of it
    page.get_by_role("button", name="Evidence").click()
    expect(page.locator("#question textarea")).to_have_value("")
