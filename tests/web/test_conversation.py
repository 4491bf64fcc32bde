"""What must be forced, by an Assistant on a real index: an answer that takes its time, and one that fails."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Unpack

import pytest
from playwright.sync_api import Browser, expect

from ingest.index import Index, IndexUnusableError
from qa.answer import Answer, Query, Turn
from qa.assistant import Assistant, Options
from qa.web.conversation import HISTORY_TURNS, turns
from tests.web.browser import Visit, answering, indexed, visiting

pytestmark = [
    pytest.mark.web,
    # gradio sums up its queue in a way that pandas is about to drop.
    pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning"),
]

PILOTS = "What is the pilot charge?"
ARTICLE = """Pilots become cheaper

The pilot charge fell by half to 40 euros. Ship owners welcomed the lower pilot charge.

The tug hire price is 90 euros, the tug office says.
"""


class ForcedAssistant(Assistant):
    """Answers to the end when it is told to; notes the histories it is given; fails on demand."""

    def __init__(self, index: Index) -> None:
        super().__init__(index)
        self.go_on = threading.Event()
        self.histories: list[Sequence[Turn]] = []
        self.failure: Exception | None = None

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        **options: Unpack[Options],
    ) -> Iterator[Answer]:
        self.histories.append(history)
        if self.failure is not None:
            raise self.failure
        [answer] = super().stream(question, history, **options)
        while not self.go_on.wait(0.05):
            yield replace(answer, notes=("To be continued.",))
        yield answer


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    work = tmp_path_factory.mktemp("forced")
    (work / "articles").mkdir()
    (work / "articles" / "pilots.txt").write_text(ARTICLE, "utf-8")
    return indexed(work / "articles", work / "index")


@pytest.fixture
def assistant(archive: Path) -> ForcedAssistant:
    assistant = ForcedAssistant(Index.open(archive))
    _ = assistant.index.embedder  # loaded before the first question, as by `dateline chat`
    return assistant


@pytest.fixture
def visit(assistant: ForcedAssistant, browser: Browser) -> Iterator[Visit]:
    with answering(assistant) as address, visiting(browser, address) as visit:
        yield visit
        assistant.go_on.set()


def begin(visit: Visit, question: str) -> None:
    visit.page.locator("#question textarea").fill(question)
    visit.page.keyboard.press("Enter")
    expect(visit.page.get_by_text("To be continued.", exact=True)).to_be_visible()


def test_an_answer_is_shown_piece_by_piece(assistant: ForcedAssistant, visit: Visit) -> None:
    begin(visit, PILOTS)
    expect(visit.page.locator("#evidence mark").first).to_be_visible()
    expect(visit.page.get_by_role("button", name="Stop")).to_be_visible()
    assistant.go_on.set()
    expect(visit.page.get_by_text("To be continued.", exact=True)).to_have_count(0)
    expect(visit.page.locator("#chat .answer")).to_have_count(1)
    expect(visit.page.get_by_role("button", name="Ask", exact=True)).to_be_visible()


def test_a_stopped_answer_stays_as_it_is_and_counts_as_a_turn(assistant: ForcedAssistant, visit: Visit) -> None:
    begin(visit, PILOTS)
    visit.page.get_by_role("button", name="Stop").click()
    expect(visit.page.get_by_role("button", name="Ask", exact=True)).to_be_visible()
    assistant.go_on.set()
    visit.ask("And the tug hire price?")
    expect(visit.page.get_by_text("To be continued.", exact=True)).to_be_visible()
    expect(visit.page.locator("#chat .answer")).to_have_count(2)
    [stopped] = assistant.histories[1]
    assert stopped.question == PILOTS
    assert stopped.answer
    assert visit.errors() == []


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (ValueError("shorten <b>it</b>"), "shorten <b>it</b>"),
        (IndexUnusableError("the index is gone: run  dateline ingest"), "the index is gone: run  dateline ingest"),
        (LookupError("secret"), "Something went wrong"),
    ],
    ids=["ValueError", "IndexUnusableError", "unexpected"],
)
def test_a_failure_is_told_and_the_conversation_goes_on(
    assistant: ForcedAssistant, visit: Visit, failure: Exception, told: str
) -> None:
    assistant.go_on.set()
    assistant.failure = failure
    visit.ask(PILOTS)
    expect(visit.page.locator("#chat .problem")).to_contain_text(told)
    expect(visit.page.locator("body")).not_to_contain_text("secret")
    expect(visit.page.locator("body")).not_to_contain_text("Traceback")
    assistant.failure = None
    visit.ask(PILOTS)
    expect(visit.page.locator("#chat .answer")).to_have_count(1)
    assert assistant.histories[1] == ()


def test_no_more_than_the_latest_turns_are_given_as_history() -> None:
    answers = tuple(Answer(f"{number}?", Query(f"{number}?")) for number in range(HISTORY_TURNS + 5))
    assert [turn.question for turn in turns(answers)] == [answer.question for answer in answers[5:]]
