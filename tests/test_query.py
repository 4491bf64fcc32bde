"""A question that points back takes the turn before along; one that stands alone does not."""

from datetime import date

import pytest

from qa.answer import Query, Turn
from qa.query import leans_on_history, make_query

HISTORY = [Turn("Who bought LinkedIn?", "Microsoft did, for $26.2 billion.")]


@pytest.mark.parametrize(
    "question",
    [
        "And how much did they pay?",
        "When was that?",
        "Why?",
        "What about the other one?",
        "How old is he?",
        "Did its shares rise?",
        "who else?",
        "When exactly?",
    ],
)
def test_leaning_questions_take_the_turn_before_along(question: str) -> None:
    assert make_query(question, HISTORY).text == f"Who bought LinkedIn? Microsoft {question}"


@pytest.mark.parametrize(
    "question",
    [
        "How many LED lights are in that Parabolic Lightcloud in Amsterdam?",
        "Which banks lent money to Broadcom?",
        "What does the electric Mustang SUV start at?",
    ],
)
def test_a_changed_subject_stays_changed(question: str) -> None:
    assert not leans_on_history(question)
    assert make_query(question, HISTORY).text == question


def test_without_a_history_a_question_is_its_own_query() -> None:
    assert make_query("  And how  much?\n").text == "And how much?"


def test_filters_are_kept() -> None:
    day = date(2018, 1, 1)
    assert make_query("x", since=day, until=day, sources=["Desk"]) == Query("x", day, day, ("Desk",))


def test_nonsense_is_refused_at_the_door() -> None:
    with pytest.raises(ValueError, match="empty"):
        make_query(" \n")
    with pytest.raises(ValueError, match="before it begins"):
        make_query("x", since=date(2019, 1, 1), until=date(2018, 1, 1))
