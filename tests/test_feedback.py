"""What visitors thought of answers is a question set that says no more than is known."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.index import Index
from qa import Assistant
from qa.answer import Answer, Citation, Query, Refusal, Sentence, Turn
from qa.evaluate import Gold, Question, evaluate, read_questions
from qa.feedback import LONGEST_REASON, Feedback, keep
from tests.answers import answers
from tests.conftest import Start

ASKED = datetime(2026, 11, 23, 17, 40, tzinfo=UTC)
FIRST = Citation(1, "a.md", "Title", "Desk", None, None, 4, 20, "Coty paid $600 m", 0.9, exact=(14, 18))
SECOND = Citation(2, "b.md", "Title", "Post", None, None, 0, 9, "It is so.", 0.5)
ANSWER = Answer(
    "And how much?",
    Query("Coty buys what? And how much?"),
    sentences=(Sentence(FIRST.quote, (1,), True), Sentence(SECOND.quote, (2,), True)),
    citations=(FIRST, SECOND),
)
REFUSED = Answer("Who won?", Query("Who won?"), refusal=Refusal("The articles do not say.", (FIRST,)))
PAST = Turn("Coty buys what?", "Brands [1]")


def kept(tmp_path: Path, *feedback: Feedback) -> list[dict[str, Any]]:
    file = tmp_path / "feedback.jsonl"
    for one in feedback:
        keep(one, file)
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def test_a_liked_answer_s_words_are_right(tmp_path: Path) -> None:
    [row] = kept(tmp_path, Feedback(ANSWER, True, ASKED, (PAST,), " Just so. "))
    assert row == {
        "id": "20261123T174000000000-818878e7",
        "kind": "liked answer",
        "verdict": "up",
        "question": "And how much?",
        "history": [{"question": "Coty buys what?", "answer": "Brands [1]"}],
        "asked": "2026-11-23",
        "answers": ["$600"],
        "evidence": [
            {"article_id": "a.md", "quote": "Coty paid $600 m"},
            {"article_id": "b.md", "quote": "It is so."},
        ],
        "note": "Just so.",
    }
    gold = (Gold("a.md", FIRST.quote), Gold("b.md", SECOND.quote))
    question = Question(row["id"], "liked answer", "And how much?", (PAST,), ("$600",), gold, date(2026, 11, 23))
    assert read_questions(tmp_path / "feedback.jsonl") == [question]


def test_a_liked_refusal_is_a_question_to_refuse(tmp_path: Path) -> None:
    [row] = kept(tmp_path, Feedback(REFUSED, True, ASKED))
    assert (row["kind"], row["answers"], row["evidence"]) == ("liked refusal", [], [])
    [question] = read_questions(tmp_path / "feedback.jsonl")
    assert not question.answerable


@pytest.mark.parametrize("answer", [ANSWER, REFUSED], ids=["answer", "refusal"])
def test_nothing_is_right_of_what_was_disliked(tmp_path: Path, answer: Answer) -> None:
    liked, row = kept(tmp_path, Feedback(REFUSED, True, ASKED), Feedback(answer, False, ASKED, reason="No."))
    assert (row["verdict"], row["note"], row["answers"], row["evidence"]) == ("down", "No.", [], [])
    assert row["skip"] == "no right answer is known"
    assert [question.id for question in read_questions(tmp_path / "feedback.jsonl")] == [liked["id"]]


@pytest.mark.parametrize("answer", [ANSWER, REFUSED], ids=["answer", "refusal"])
def test_a_correction_is_the_right_answer(tmp_path: Path, answer: Answer) -> None:
    [row] = kept(tmp_path, Feedback(answer, False, ASKED, correction=" $700 "))
    assert (row["answers"], row["evidence"], "skip" in row) == (["$700"], [], False)
    [question] = read_questions(tmp_path / "feedback.jsonl")
    assert question.answerable


@pytest.mark.parametrize(
    ("query", "skipped"),
    [
        (Query("Who won?"), False),
        (Query("Who won?", since=date(2018, 1, 1), period="since 2018"), False),
        (Query("Who won?", newest_first=True, period="latest"), False),
        (Query("Who won?", since=date(2018, 1, 1)), True),
        (Query("Who won?", until=date(2018, 1, 1)), True),
        (Query("Who won?", sources=("Desk",)), True),
    ],
    ids=str,
)
def test_a_question_to_a_part_of_the_archive_is_skipped(tmp_path: Path, query: Query, skipped: bool) -> None:
    """The evaluation asks all of it, which may know more."""
    [row] = kept(tmp_path, Feedback(replace(REFUSED, query=query), True, ASKED))
    assert (row.get("skip") == "asked of a part of the archive only") is skipped


def test_what_the_visitor_did_not_see_is_not_right(tmp_path: Path) -> None:
    written = (Sentence("Coty paid.", (1,), True), Sentence("It is not so.", (2,), False))
    nothing = (Sentence("Coty paid."),)
    rows = kept(
        tmp_path,
        Feedback(replace(ANSWER, mode="written", sentences=written), True, ASKED),
        Feedback(replace(ANSWER, mode="written", sentences=nothing), True, ASKED),
    )
    assert [[gold["article_id"] for gold in row["evidence"]] for row in rows] == [["a.md"], []]
    assert [row.get("skip") for row in rows] == [None, "the answer cited nothing"]


def test_the_archive_answers_again_what_was_liked(corpus_index: Index, tmp_path: Path) -> None:
    assistant, file = Assistant(corpus_index), tmp_path / "feedback.jsonl"
    for question in ("What does the Cortana integration involve?", "Who won the 2018 football world cup?"):
        keep(Feedback(assistant.ask(question, asked=ASKED.date()), True, ASKED), file)
    rows = {row.kind: row for row in evaluate(assistant, read_questions(file)).rows}
    answered, refused = rows["liked answer"], rows["liked refusal"]
    assert (answered.citation, answered.first_citation, answered.precision, answered.evidence) == (1.0,) * 4
    assert answered.answer in (1.0, None)
    assert refused.refused == 1.0


def test_votes_on_one_answer_have_one_id(tmp_path: Path) -> None:
    up, down = kept(tmp_path, Feedback(ANSWER, True, ASKED), Feedback(ANSWER, False, ASKED))
    later, other = kept(
        tmp_path / "other",
        Feedback(ANSWER, True, ASKED.replace(microsecond=1)),
        Feedback(replace(ANSWER, question="Why?"), True, ASKED),
    )
    assert up["id"] == down["id"]
    assert len({up["id"], later["id"], other["id"]}) == 3


def test_only_the_last_turns_are_kept(tmp_path: Path) -> None:
    history = tuple(Turn(f"Question {number}", "") for number in range(100))
    [row] = kept(tmp_path, Feedback(ANSWER, True, ASKED, history))
    assert [turn["question"] for turn in row["history"]] == [f"Question {number}" for number in range(94, 100)]


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"reason": "x" * (LONGEST_REASON + 1)}, "the reason is longer than 1,000 characters: shorten it"),
        ({"liked": False, "correction": "x" * 1_001}, "the correction is longer than 1,000 characters: shorten it"),
        ({"correction": "Otherwise."}, "an answer that was liked needs no correction"),
    ],
)
def test_what_cannot_be_kept_is_refused(changes: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        replace(Feedback(ANSWER, True, ASKED), **changes)


def test_a_conversation_that_would_fill_the_disk_is_refused(tmp_path: Path) -> None:
    keep(Feedback(ANSWER, True, ASKED, (PAST,), "x" * LONGEST_REASON), tmp_path / "feedback.jsonl")
    with pytest.raises(ValueError, match="too long to be kept"):
        keep(Feedback(ANSWER, True, ASKED, (Turn("x" * 200_000, ""),)), tmp_path / "feedback.jsonl")
    assert len(read_questions(tmp_path / "feedback.jsonl")) == 1


@pytest.mark.parametrize("begun", [b'{"id": "0", "question": "By hand?"}', b'{"id": "0", "question": "By hand?"}\n'])
def test_a_row_begins_on_a_line_of_its_own(tmp_path: Path, begun: bytes) -> None:
    (tmp_path / "feedback.jsonl").write_bytes(begun)
    assert [row["question"] for row in kept(tmp_path, Feedback(ANSWER, True, ASKED))] == ["By hand?", "And how much?"]


@given(answer=answers(), liked=st.booleans(), reason=st.text(max_size=50), correction=st.text(max_size=50))
def test_every_row_can_be_evaluated_or_is_skipped(
    tmp_path_factory: pytest.TempPathFactory, answer: Answer, liked: bool, reason: str, correction: str
) -> None:
    folder = tmp_path_factory.mktemp("feedback")
    feedback = Feedback(answer, liked, ASKED, (PAST,), reason, "" if liked else correction)
    sure = Feedback(REFUSED, True, ASKED)
    keep(feedback, folder / "feedback.jsonl")
    keep(sure, folder / "feedback.jsonl")
    *questions, last = read_questions(folder / "feedback.jsonl")
    assert last.kind == "liked refusal"
    for question in questions:
        # "To be refused" is said of refusals alone that somebody liked.
        assert question.answerable or (liked and answer.refusal is not None)
        assert question.question == answer.question


def test_half_a_character_breaks_no_file(tmp_path: Path) -> None:
    [row] = kept(tmp_path, Feedback(replace(ANSWER, question="\ud800"), True, ASKED, reason="\ud800"))
    assert (row["question"], row["note"]) == ("?", "?")


def append(line: "Connection[Any, Any]", file: Path, name: str, rows: int) -> None:
    """Append rows from four threads at once; each row is longer than what files are buffered by."""

    def work(thread: int) -> None:
        for number in range(rows):
            long = Turn("x" * 20_000, "й")
            keep(Feedback(ANSWER, True, ASKED, (long,), f"{name} {thread} {number}"), file)

    line.recv()
    threads = [Thread(target=work, args=(thread,)) for thread in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_many_processes_and_threads_append_to_one_file(tmp_path: Path, start: Start) -> None:
    file = tmp_path / "new" / "feedback.jsonl"
    writers = [start(append, file, name, 10) for name in "abc"]
    for writer in writers:
        writer.line.send(None)
    for writer in writers:
        writer.process.join()
        assert writer.process.exitcode == 0
    notes = [json.loads(line)["note"] for line in file.read_text("utf-8").splitlines()]
    assert sorted(notes) == sorted(
        f"{name} {thread} {number}" for name in "abc" for thread in range(4) for number in range(10)
    )
