"""What a visitor thinks of an answer, from the page to a question set."""

import json
from typing import Any

import pytest
from playwright.sync_api import expect

from qa.evaluate import read_questions
from tests.web.browser import CORTANA, FOOTBALL, Site, Visit

pytestmark = pytest.mark.web


def rows(site: Site) -> list[dict[str, Any]]:
    file = site.index.parent / "feedback.jsonl"
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()] if file.exists() else []


def test_verdicts_are_rows_of_a_question_set(site: Site, visit: Visit) -> None:
    page, before = visit.page, len(rows(site))
    visit.ask(CORTANA)
    quote = page.locator("#evidence .card mark").first.inner_text()
    page.get_by_role("button", name="Good answer").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("The right answer")).to_have_count(0)
    dialog.get_by_label("What is good").fill("To the point.")
    dialog.get_by_role("button", name="Send").click()
    expect(page.locator("#hint")).to_contain_text("written to feedback.jsonl")
    visit.ask(FOOTBALL)
    page.get_by_role("button", name="Bad answer").click()
    dialog.get_by_label("What is wrong").fill("It was France.")
    dialog.get_by_label("The right answer").fill("France won 4–2")
    dialog.get_by_role("button", name="Send").click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("button", name="Bad answer")).to_have_count(0)
    liked, disliked = rows(site)[before:]
    assert (liked["question"], liked["verdict"], liked["note"]) == (CORTANA, "up", "To the point.")
    assert quote in [gold["quote"] for gold in liked["evidence"]]
    assert (disliked["question"], disliked["verdict"], disliked["note"]) == (FOOTBALL, "down", "It was France.")
    assert disliked["answers"] == ["France won 4–2"]
    assert disliked["history"][0]["question"] == CORTANA
    questions = read_questions(site.index.parent / "feedback.jsonl")
    assert [question.question for question in questions[-2:]] == [CORTANA, FOOTBALL]


def test_there_is_one_verdict_for_an_answer(site: Site, visit: Visit) -> None:
    page, before = visit.page, len(rows(site))
    good, bad = (page.get_by_role("button", name=f"{kind} answer") for kind in ("Good", "Bad"))
    visit.ask(CORTANA)
    good.click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(good).to_be_focused()
    assert len(rows(site)) == before
    good.click()
    page.get_by_role("button", name="Send").click()
    expect(good).to_have_count(0)
    expect(bad).to_have_count(0)
    expect(page.get_by_role("button", name="Copy")).to_be_focused()
    page.reload()
    visit.wait()
    page.get_by_text("Conversations", exact=True).click()
    page.locator("#stored .open").click()
    expect(page.locator("#chat .acts")).to_be_visible()
    expect(good).to_have_count(0)  # nor when it was kept and opened again
    page.get_by_role("button", name="Ask again").click()  # another answer
    expect(good).to_have_count(1)
    assert len(rows(site)) == before + 1
