"""The conversations that a browser keeps."""

import json

import pytest
from playwright.sync_api import Locator, expect

from tests.web.browser import CORTANA, FOOTBALL, QUALCOMM, Visit

pytestmark = pytest.mark.web

KEPT = "Object.keys(localStorage).filter(key => key.startsWith('dateline:'))"


def listed(visit: Visit) -> Locator:
    """Open the list; the names in it."""
    visit.page.locator("#stored").evaluate("stored => { stored.open = true }")
    return visit.page.locator("#stored li .open")


def test_conversations_outlive_a_reload_with_their_evidence(visit: Visit) -> None:
    page = visit.page
    visit.ask(CORTANA)
    visit.ask("When did they sign it?")
    shown = page.locator("#evidence .cards").inner_text()
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator("#chat .question")).to_have_count(0)
    expect(page.locator("#evidence .card")).to_have_count(0)
    visit.ask(FOOTBALL)
    expect(listed(visit)).to_have_text([FOOTBALL, CORTANA])
    page.reload()
    visit.wait()
    expect(page.locator("#chat .question")).to_have_count(0)
    expect(listed(visit)).to_have_text([FOOTBALL, CORTANA])
    listed(visit).last.click()
    expect(page.locator("#chat .question p")).to_have_text([CORTANA, "When did they sign it?"])
    expect(page.locator("#evidence .cards")).to_have_text(shown, use_inner_text=True)
    expect(page.locator("#stored [aria-current]")).to_have_text(CORTANA)
    visit.ask("And what does it cost?")  # goes on where it was
    expect(page.locator("#chat .question")).to_have_count(3)
    expect(listed(visit)).to_have_text([CORTANA, FOOTBALL])


def test_conversations_are_searched_renamed_and_deleted(visit: Visit) -> None:
    page = visit.page
    visit.ask(CORTANA)
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator("#chat .question")).to_have_count(0)
    visit.ask(FOOTBALL)
    names, search = listed(visit), page.get_by_role("searchbox", name="Search conversations")
    search.fill("MI AI")  # in the answer
    expect(names).to_have_text([CORTANA])
    search.fill("nothing of the kind")
    expect(page.locator("#stored li")).to_have_text(["None found."])
    search.fill("")
    page.get_by_role("button", name=f"Rename: {CORTANA}").click()
    field = page.get_by_role("dialog").get_by_label("New name")
    expect(field).to_have_value(CORTANA)
    field.fill("<b>The speaker</b>")
    page.keyboard.press("Enter")
    expect(names).to_have_text([FOOTBALL, "<b>The speaker</b>"])
    expect(page.get_by_role("button", name="Rename: <b>The speaker</b>")).to_be_focused()
    page.get_by_role("button", name=f"Delete: {FOOTBALL}").click()
    expect(names).to_have_text(["<b>The speaker</b>"])
    undo = page.get_by_role("button", name="Undo")
    expect(undo).to_be_focused()
    undo.click()
    expect(names).to_have_text([FOOTBALL, "<b>The speaker</b>"])
    expect(names.first).to_be_focused()
    page.get_by_role("button", name=f"Delete: {FOOTBALL}").click()
    expect(names).to_have_text(["<b>The speaker</b>"])
    page.reload()
    visit.wait()
    expect(listed(visit)).to_have_text(["<b>The speaker</b>"])


def test_two_pages_of_one_browser_do_not_overwrite_each_other(visit: Visit) -> None:
    other = visit.another()
    visit.ask(CORTANA)
    other.ask(FOOTBALL)
    expect(listed(visit)).to_have_text([FOOTBALL, CORTANA])
    expect(listed(other)).to_have_text([FOOTBALL, CORTANA])
    listed(other).last.click()  # both go on with the same one
    expect(other.page.locator("#chat .question p")).to_have_text([CORTANA])
    visit.ask("When did they sign it?")
    other.ask(QUALCOMM)
    expect(listed(visit)).to_have_count(3)
    kept = visit.page.evaluate(f"{KEPT}.map(key => JSON.parse(JSON.parse(localStorage[key]).kept))")
    questions = sorted([answer["question"] for answer in answers] for answers in kept)
    assert questions == sorted([[FOOTBALL], [CORTANA, "When did they sign it?"], [CORTANA, QUALCOMM]])


def test_answers_that_come_while_a_conversation_is_renamed_stay(visit: Visit) -> None:
    visit.ask(CORTANA)
    other = visit.another()
    listed(visit)
    visit.page.get_by_role("button", name=f"Rename: {CORTANA}").click()
    visit.page.get_by_label("New name").fill("The speaker")
    listed(other).click()
    expect(other.page.locator("#chat .question p")).to_have_text([CORTANA])
    other.ask(QUALCOMM)
    visit.page.get_by_role("button", name="Send").click()
    expect(listed(visit)).to_have_text(["The speaker"])
    [kept] = visit.page.evaluate(f"{KEPT}.map(key => JSON.parse(JSON.parse(localStorage[key]).kept))")
    assert [answer["question"] for answer in kept] == [CORTANA, QUALCOMM]


def test_one_that_is_too_long_to_be_opened_says_so_and_stays(visit: Visit) -> None:
    page = visit.page
    visit.ask(CORTANA)
    long = """(key) => {
        const [answer] = JSON.parse(JSON.parse(localStorage[key]).kept);
        const kept = JSON.stringify(Array(Math.ceil(2e6 / JSON.stringify(answer).length)).fill(answer));
        localStorage["dateline:long"] = JSON.stringify({ name: "Long", time: 9e15, kept });
    }"""
    page.evaluate(f"({long})({KEPT}[0])")
    before = page.evaluate("localStorage['dateline:long']")
    page.evaluate("dispatchEvent(new Event('storage'))")
    listed(visit).first.click()
    expect(page.locator("#stored [role=status]")).to_have_text("This conversation is too long to be opened again.")
    visit.ask(FOOTBALL)
    expect(page.locator("#chat .question p")).to_have_text([CORTANA, FOOTBALL])
    assert page.evaluate("localStorage['dateline:long']") == before


def test_where_there_is_no_room_the_oldest_goes(visit: Visit) -> None:
    page = visit.page
    fill = """(key) => {
        const row = (length) => JSON.stringify({ name: key, time: 1, kept: JSON.stringify([" ".repeat(length)]) });
        for (let length = 4_000_000; length > 100; length /= 2) {
            try { localStorage.setItem(key, row(length)); key += "+"; } catch { /* less */ }
        }
    }"""
    page.evaluate(fill, "dateline:old")
    before = len(page.evaluate(KEPT))
    visit.ask(CORTANA)
    expect(listed(visit).first).to_have_text(CORTANA)
    assert 1 < len(page.evaluate(KEPT)) <= before
    page.evaluate("localStorage.clear()")
    page.evaluate(fill, "another page's")
    visit.ask(FOOTBALL)  # nothing of ours to remove
    expect(page.locator("#chat .refusal")).to_be_visible()
    expect(page.locator("#stored li")).to_have_text(["None yet."])


@pytest.mark.parametrize(
    "kept", ["[]", "{", json.dumps([{"question": "?"}])], ids=["empty", "damaged", "not answers"]
)
def test_what_cannot_be_reopened_is_told_and_the_page_goes_on(visit: Visit, kept: str) -> None:
    page, row = visit.page, json.dumps({"name": "Damaged", "time": 1, "kept": kept})
    visit.ask(FOOTBALL)
    page.evaluate("row => localStorage.setItem('dateline:damaged', row)", row)
    page.evaluate("dispatchEvent(new Event('storage'))")
    listed(visit).last.click()
    expect(page.locator("#chat .problem")).to_have_text("This conversation could not be read.")
    visit.ask(CORTANA)
    expect(page.locator("#chat .question p")).to_have_text([CORTANA])
    expect(listed(visit)).to_have_text([CORTANA, FOOTBALL, "?" if kept == "{" else "Damaged"])


def test_a_browser_that_keeps_nothing_has_a_page_that_works(visit: Visit) -> None:
    forbid = (
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError') } })"
    )
    visit.page.add_init_script(forbid)
    visit.open()
    visit.ask(CORTANA)
    expect(visit.page.locator("#chat .said")).to_contain_text("Cortana")
    expect(visit.page.locator("#stored li")).to_have_text(["None yet."])
