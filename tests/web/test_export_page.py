"""A conversation saved as a file, from the page to the disk."""

import json
import re
from datetime import datetime

import pytest
from playwright.sync_api import expect

from qa.saved import answer_from_json
from tests.web.browser import CORTANA, FOOTBALL, Visit

pytestmark = pytest.mark.web


def saved(visit: Visit, kind: str) -> tuple[str, str]:
    """Save what has its buttons in view; the file's name and text."""
    with visit.page.expect_download() as download:
        visit.page.get_by_role("button", name=kind, exact=True).click()
    return download.value.suggested_filename, download.value.path().read_text("utf-8")


def test_a_conversation_is_saved_in_every_format(visit: Visit) -> None:
    visit.ask(CORTANA)
    quote = visit.page.locator("#evidence .card mark").inner_text()
    visit.ask(FOOTBALL)
    visit.page.get_by_text("Conversations", exact=True).click()

    name, text = saved(visit, "Markdown")
    assert name == "dateline-What-does-the-Cortana-integration-involve.md"
    assert quote in re.sub(r"[\\*]", "", text)
    assert saved(visit, "Markdown") == (name, text)  # a second time too

    name, text = saved(visit, "HTML")
    assert name.endswith(".html")
    visit.page.context.new_page().set_content(text)
    page = visit.page.context.pages[-1]
    expect(page.locator("body")).to_contain_text(CORTANA)
    expect(page.locator("body")).to_contain_text(quote)

    name, text = saved(visit, "JSON")
    exported = json.loads(text)
    answers = [answer_from_json(turn) for turn in exported["turns"]]
    assert [answer.question for answer in answers] == [CORTANA, FOOTBALL]
    assert answers[0].citations[0].quote == quote
    assert answers[1].refusal is not None
    assert datetime.fromisoformat(exported["exported"]).tzinfo is not None


def test_one_answer_is_saved_in_every_format(visit: Visit) -> None:
    visit.ask(CORTANA)
    visit.ask(FOOTBALL)
    first = visit.page.locator("#chat .answer").first
    first.get_by_text("Save", exact=True).click()
    for kind, ending in (("Markdown", "md"), ("HTML", "html"), ("JSON", "json")):
        name, text = saved(visit, kind)
        assert name == f"dateline-What-does-the-Cortana-integration-involve.{ending}"
        assert "Mi AI speaker" in text
        assert FOOTBALL not in text
    assert len(json.loads(text)["turns"]) == 1
