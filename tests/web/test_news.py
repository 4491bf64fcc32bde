"""Articles that arrive while the page is open: it says so by itself, and what is new is marked when asking again."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from ingest.index import Index
from qa.assistant import Assistant
from tests.web.browser import SCHEMES, Visit, answering, indexed, visiting

pytestmark = [
    pytest.mark.web,
    # gradio sums up its queue in a way that pandas is about to drop.
    pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning"),
]

PRIZE = "Who won the Zorblat prize?"
ARTICLE = "---\ntitle: The Zorblat prize of {year}\n---\n\nThe Zorblat prize of {year} went to a {winner} in Ghent.\n"


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    folder = tmp_path / "articles"
    folder.mkdir()
    arrive(folder, 2018, "baker")
    return folder


@pytest.fixture
def visit(articles: Path, browser: Browser) -> Iterator[Visit]:
    assistant = Assistant(Index.open(indexed(articles, articles.with_name("index"))))
    with answering(assistant) as address, visiting(browser, address) as visit:
        yield visit
        assert visit.errors() == []


def arrive(articles: Path, year: int, winner: str) -> None:
    (articles / f"{year}.md").write_text(ARTICLE.format(year=year, winner=winner))


def look(page: Page, told: str) -> None:
    """Let the page look as it does when it is seen again, until it tells something."""
    look = """told => {
        document.dispatchEvent(new Event("visibilitychange"));
        return document.querySelector("#news")?.textContent.includes(told);
    }"""
    page.wait_for_function(look, arg=told, polling=500, timeout=120_000)


def test_what_arrived_is_told_once_and_marked_when_asking_again(visit: Visit, articles: Path) -> None:
    page, news = visit.page, visit.page.locator("#news")
    visit.ask(PRIZE)
    expect(page.locator("#evidence mark")).to_have_text(["The Zorblat prize of 2018 went to a baker in Ghent."])

    arrive(articles, 2019, "potter")
    indexed(articles, articles.with_name("index"))
    look(page, "One new article has arrived.")
    news.get_by_role("button", name="Cancel").click()
    with page.expect_response("**/holdings"):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(news).to_have_count(0)

    arrive(articles, 2020, "tailor")
    arrive(articles, 2021, "tinker")
    indexed(articles, articles.with_name("index"))
    look(page, "2 new articles have arrived.")
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        assert visit.failures() == []
    news.get_by_role("button", name="Ask again").click()
    expect(news).to_have_count(0)
    expect(page.locator("#chat .answer")).to_contain_text("new since you asked before.")
    fresh = page.locator("#evidence .card", has=page.locator(".new"))
    expect(fresh.first).to_contain_text("new since then")
    assert "2018" not in " ".join(fresh.locator("mark").all_inner_texts())
    expect(page.locator("#chat .question")).to_have_count(1)


def test_an_archive_that_changed_is_told_before_the_first_question_too(visit: Visit, articles: Path) -> None:
    arrive(articles, 2019, "potter")
    indexed(articles, articles.with_name("index"))
    look(visit.page, "One new article has arrived.")
    expect(visit.page.locator("#masthead")).to_contain_text("2 articles")
    visit.page.locator("#news").get_by_role("button", name="Cancel").click()
    arrive(articles, 2018, "miller")
    indexed(articles, articles.with_name("index"))
    look(visit.page, "The archive has changed.")
    expect(visit.page.locator("#news").get_by_role("button")).to_have_count(1)
