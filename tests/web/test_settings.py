"""What a visitor sets, and what the assistant makes of it: passages, answers in quotes or written, how to go on."""

from collections.abc import Iterator, Sequence
from typing import Unpack

import pytest
from playwright.sync_api import Browser, expect

from ingest.index import Index
from qa.answer import Answer, Turn
from qa.assistant import Assistant, Options
from qa.stream import PATIENCE
from tests.language_model import HesitatingModel, ScriptedModel
from tests.web.browser import CORTANA, Site, Visit, answering, visiting

pytestmark = [
    pytest.mark.web,
    # gradio sums up its queue in a way that pandas is about to drop.
    pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning"),
]

WRITTEN = "The integration of Cortana into the Mi AI speaker is one proposed project [1]."
NEXT = 'What is the "Mi AI" <speaker>?'


class NotingAssistant(Assistant):
    """Notes how it is asked; always knows the same way to go on."""

    def __init__(self, index: Index, model: ScriptedModel) -> None:
        super().__init__(index, chat_model=model, model_name="scripted:one")
        self.options: list[Options] = []

    def stream(self, question: str, history: Sequence[Turn] = (), **options: Unpack[Options]) -> Iterator[Answer]:
        self.options.append(options)
        return super().stream(question, history, **options)

    def suggestions(self, answer: Answer, history: Sequence[Turn] = (), n: int = 3) -> list[str]:
        return [NEXT][:n]


@pytest.fixture(scope="module")
def assistant(site: Site) -> NotingAssistant:
    assistant = NotingAssistant(Index.open(site.index), ScriptedModel(replies=[]))
    assistant.ask(CORTANA, mode="quotes")  # everything is loaded before the first visit
    return assistant


@pytest.fixture
def noted(assistant: NotingAssistant, browser: Browser) -> Iterator[Visit]:
    with answering(assistant) as address, visiting(browser, address) as visit:
        visit.page.get_by_role("button", name="Settings").click()
        yield visit
        assert visit.errors() == []


def test_as_many_passages_are_read_as_are_set(assistant: NotingAssistant, noted: Visit) -> None:
    noted.page.get_by_label("in quotes").check()
    passages = noted.page.get_by_role("spinbutton")
    expect(passages).to_have_value(str(assistant.k))
    passages.fill("3")
    passages.press("Tab")
    noted.ask(CORTANA)
    assert assistant.options[-1]["k"] == 3
    assert assistant.options[-1]["mode"] == "quotes"


def test_with_a_chat_model_answers_are_written_or_in_quotes(assistant: NotingAssistant, noted: Visit) -> None:
    model = assistant.chat_model
    assert isinstance(model, ScriptedModel)
    expect(noted.page.get_by_label("written")).to_be_checked()
    model.replies.append([WRITTEN])
    noted.ask(CORTANA)
    answer = noted.page.locator("#chat .answer")
    expect(answer).to_contain_text("Written by scripted:one: check it against the quotes.")
    expect(answer.locator(".said")).to_contain_text("The integration of Cortana into the Mi AI speaker")
    noted.page.get_by_label("in quotes").check()
    noted.page.get_by_role("button", name="Ask again").click()
    expect(answer.locator(".said")).not_to_contain_text("The integration of Cortana into")
    expect(answer).not_to_contain_text("Written by")


def test_what_was_set_is_set_the_next_time(noted: Visit) -> None:
    noted.page.get_by_label("in quotes").check()
    noted.page.get_by_role("spinbutton").fill("3")
    noted.page.get_by_role("spinbutton").press("Tab")
    for passages in ("3", "8"):
        noted.open()
        noted.page.get_by_role("button", name="Settings").click()
        expect(noted.page.get_by_label("in quotes")).to_be_checked()
        expect(noted.page.get_by_role("spinbutton")).to_have_value(passages)
        # Cookies can be anything.
        noted.page.context.add_cookies([{"name": "dateline-passages", "value": "1000", "url": noted.address}])


def test_a_model_that_says_nothing_can_be_stopped(site: Site, browser: Browser) -> None:
    model = HesitatingModel(replies=[[WRITTEN]] * 3)
    assistant = Assistant(Index.open(site.index), chat_model=model)
    assistant.ask(CORTANA, mode="quotes")
    with answering(assistant) as address, visiting(browser, address) as visit:
        page, box = visit.page, visit.page.locator("#question textarea")
        try:
            box.fill(CORTANA)
            page.keyboard.press("Enter")
            expect(page.locator("#chat .pending")).to_be_visible()
            page.wait_for_timeout(3_000 * PATIENCE)  # until its silence has been heard of, and then some
            expect(page.locator("#chat .pending")).to_be_visible()
            page.get_by_role("button", name="Stop").click()
            visit.answered()
            expect(box).to_have_value(CORTANA)  # nothing was said: it can be asked again
            expect(page.locator("#chat .question")).to_have_count(0)
        finally:
            model.may.set()
        visit.ask(CORTANA)
        expect(page.locator("#chat .said")).to_contain_text("The integration of Cortana into")
        model.may.clear()
        try:  # while it makes a query of the next question
            box.fill("When was it announced?")
            page.keyboard.press("Enter")
            expect(page.locator("#chat .pending")).to_be_visible()
            page.wait_for_timeout(3_000 * PATIENCE)  # until its silence has been heard of, and then some
            expect(page.locator("#chat .pending")).to_be_visible()
            page.get_by_role("button", name="Stop").click()
            visit.answered()
            expect(box).to_have_value("When was it announced?")
            expect(page.locator("#chat .question")).to_have_count(1)
        finally:
            model.may.set()
        assert visit.errors() == []


def test_without_a_chat_model_there_is_nothing_to_choose(visit: Visit) -> None:
    visit.page.get_by_role("button", name="Settings").click()
    expect(visit.page.get_by_role("spinbutton")).to_be_visible()
    expect(visit.page.get_by_role("radio")).to_have_count(0)


def test_a_question_to_go_on_with_is_asked_by_a_click(noted: Visit) -> None:
    noted.page.get_by_label("in quotes").check()
    noted.ask(CORTANA)
    following = noted.page.locator("#chat .following button")
    expect(following).to_have_text([NEXT])
    following.click()
    expect(noted.page.locator("#chat .question p")).to_have_text([CORTANA, NEXT])
    expect(noted.page.get_by_role("button", name="Ask", exact=True)).to_be_visible()
    expect(following).to_have_count(1)  # under the last answer alone
