"""What must be forced, by an Assistant on a real index: an answer that takes its time, and one that fails."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Unpack

import pytest
from playwright.sync_api import Browser, expect

from ingest.index import Index, IndexUnusableError
from qa.answer import Answer, Query, Sentence, Turn
from qa.assistant import Assistant, Options
from qa.web.conversation import HISTORY_TURNS, Said, settled, turns
from tests.web.browser import Visit, answering, indexed, visiting

pytestmark = [
    pytest.mark.web,
    # gradio sums up its queue in a way that pandas is about to drop.
    pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning"),
]

PILOTS = "What is the pilot charge?"
TUGS = "What is the tug hire price?"
OWNERS = "Who welcomed the lower pilot charge?"
ARTICLE = """Pilots become cheaper

The pilot charge fell by half to 40 euros. Ship owners welcomed the lower pilot charge.

The tug hire price is 90 euros, the tug office says.
"""


class ForcedAssistant(Assistant):
    """Begins to answer, and answers to the end, when it may; notes the histories it is given; fails on demand."""

    def __init__(self, index: Index) -> None:
        super().__init__(index)
        self.begin, self.go_on = threading.Event(), threading.Event()
        self.begin.set()
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
        self.begin.wait()
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
        assistant.begin.set()
        assistant.go_on.set()
        assert visit.errors() == []


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
    visit.fails(PILOTS, told)
    expect(visit.page.locator("#chat .question button")).to_have_count(0)  # there is nothing to change
    expect(visit.page.locator("body")).not_to_contain_text("secret")
    expect(visit.page.locator("body")).not_to_contain_text("Traceback")
    assistant.failure = None
    visit.ask(PILOTS)
    expect(visit.page.locator("#chat .answer")).to_have_count(1)
    assert assistant.histories[1] == ()


def kept(visit: Visit) -> list[list[str]]:
    """The questions of each conversation that the browser keeps."""
    rows = visit.page.evaluate("Object.values(localStorage).map((row) => JSON.parse(JSON.parse(row).kept))")
    return sorted([answer["question"] for answer in answers] for answers in rows)


def answered(assistant: ForcedAssistant, visit: Visit, *questions: str) -> None:
    """Ask some questions and have them answered; the next is answered when it may be."""
    assistant.go_on.set()
    for question in questions:
        visit.ask(question)
    assistant.go_on.clear()


def test_asking_and_looking_do_not_wait_for_each_other(assistant: ForcedAssistant, visit: Visit) -> None:
    page, coming = visit.page, visit.page.get_by_text("To be continued.", exact=True)
    answered(assistant, visit, PILOTS)
    begin(visit, TUGS)
    page.locator("#chat .cite").first.click()  # of the earlier answer
    expect(page.locator("#evidence .asked")).to_have_text(PILOTS)
    page.get_by_role("button", name="Whole article").first.click()
    expect(page.locator("#evidence .whole mark")).to_be_focused()
    assistant.go_on.set()
    expect(coming).to_have_count(0)
    visit.answered()
    expect(page.locator("#evidence .whole mark")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#evidence .card.shown")).to_be_focused()
    expect(page.locator("#evidence .asked")).to_have_text(PILOTS)


def test_nothing_is_asked_or_changed_while_an_answer_is_coming(assistant: ForcedAssistant, visit: Visit) -> None:
    page, box = visit.page, visit.page.locator("#question textarea")
    answered(assistant, visit, PILOTS)
    begin(visit, TUGS)
    box.fill(OWNERS)
    page.keyboard.press("Enter")
    for name in ("Ask again", "Edit", "Good answer"):
        page.get_by_role("button", name=name).first.click()
    page.locator("#chat .cite").first.click()  # what came before it was dealt with, once its evidence is there
    expect(page.locator("#evidence .asked")).to_have_text(PILOTS)
    assistant.go_on.set()
    visit.answered()
    expect(page.locator("#chat .question p")).to_have_text([PILOTS, TUGS])
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(box).to_have_value(OWNERS)
    assert len(assistant.histories) == 2
    assert kept(visit) == [[PILOTS, TUGS]]


def test_another_conversation_is_opened_while_an_answer_is_coming(assistant: ForcedAssistant, visit: Visit) -> None:
    page = visit.page
    answered(assistant, visit, PILOTS)
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator("#chat .question")).to_have_count(0)
    begin(visit, TUGS)
    page.get_by_text("Conversations", exact=True).click()
    page.locator("#stored .open").click()
    expect(page.locator("#chat .question p")).to_have_text([PILOTS])
    visit.answered()
    assistant.go_on.set()
    visit.ask(OWNERS)
    expect(page.locator("#chat .question p")).to_have_text([PILOTS, OWNERS])
    assert kept(visit) == [[PILOTS, OWNERS], [TUGS]]  # this one as far as it came
    assert [turn.question for turn in assistant.histories[-1]] == [PILOTS]


def test_a_failure_loses_neither_the_question_nor_what_followed_the_one_being_changed(
    assistant: ForcedAssistant, visit: Visit
) -> None:
    page, questions = visit.page, visit.page.locator("#chat .question p")
    answered(assistant, visit, PILOTS, TUGS)
    page.get_by_role("button", name="Edit").first.click()
    expect(page.locator("#question textarea")).to_have_value(PILOTS)
    assistant.failure = ValueError("no")
    visit.fails(OWNERS, "no")
    expect(questions).to_have_text([PILOTS, TUGS, OWNERS])
    expect(page.locator("#hint")).to_contain_text("left out")
    assert kept(visit) == [[PILOTS, TUGS]]
    assistant.failure = None
    assistant.go_on.set()
    visit.ask(OWNERS)
    expect(questions).to_have_text([OWNERS])
    expect(page.locator("#hint")).to_contain_text("Enter asks")


def test_a_question_that_is_stopped_before_its_answer_begins_is_back_in_the_box(
    assistant: ForcedAssistant, visit: Visit
) -> None:
    page, box, questions = (
        visit.page,
        visit.page.locator("#question textarea"),
        visit.page.locator("#chat .question p"),
    )
    answered(assistant, visit, PILOTS, TUGS)
    assistant.go_on.set()
    for edited in (False, True):
        if edited:
            page.get_by_role("button", name="Edit").first.click()
            expect(box).to_have_value(PILOTS)
        assistant.begin.clear()
        box.fill(OWNERS)
        page.keyboard.press("Enter")
        expect(page.locator("#chat .pending")).to_be_visible()
        page.get_by_role("button", name="Stop").click()
        visit.answered()
        expect(box).to_have_value(OWNERS)
        expect(questions).to_have_text([PILOTS, TUGS])
        expect(page.locator("#hint")).to_contain_text("left out" if edited else "Enter asks")
        assistant.begin.set()
        box.fill("")
    page.get_by_role("button", name="Cancel").click()
    visit.ask(OWNERS)
    expect(questions).to_have_text([PILOTS, TUGS, OWNERS])


def test_no_more_than_the_latest_turns_are_given_as_history() -> None:
    answers = tuple(Answer(f"{number}?", Query(f"{number}?")) for number in range(HISTORY_TURNS + 5))
    assert [turn.question for turn in turns(answers)] == [answer.question for answer in answers[5:]]


def test_what_was_not_checked_when_a_written_answer_was_stopped_is_left_out() -> None:
    sentences = Sentence("It fell by half.", (1,), supported=True), Sentence("Nobody knows")
    stopped = settled(Said(Answer(PILOTS, Query(PILOTS), mode="written", sentences=sentences))).answer
    assert stopped.text == "It fell by half. [1]"
    assert [sentence.supported for sentence in stopped.sentences] == [True, False]
    assert stopped.notes == ("It was stopped: what had not been checked by then is left out.",)
    whole = Said(Answer(PILOTS, Query(PILOTS), mode="written", sentences=sentences[:1]))
    assert settled(whole) is whole
