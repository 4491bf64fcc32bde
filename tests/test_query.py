"""A question that leans on the turns before it takes them along; one that stands alone stays what it is."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.answer import Query, Turn
from qa.query import Weighted, forms_to_read, leans_on_history, make_queries, make_query

LINKEDIN = [Turn("Who bought LinkedIn?", "Microsoft did, for $26.2 billion.")]
EPSTEIN = [
    Turn("Which prison guards were charged over Epstein's death?", "Tova Noel and Michael Thomas. [1]"),
    Turn("How many counts does Noel face?", "Five."),
]

turns = st.lists(st.builds(Turn, st.text(max_size=300), st.text(max_size=300)), max_size=8)


@pytest.mark.parametrize(
    "question",
    [
        "And how much did they pay?",
        "When was that?",
        "Why?",
        "What about the other one?",
        "And in 2019?",
        "How old is he?",
        "Did its shares rise?",
        "who else?",
        "When exactly?",
        "Was there a trial there?",
        "Which of those firms is the largest?",
        "What did the organisers say about that?",
        "Which one closed first?",
    ],
)
def test_leaning_questions_take_the_turn_before_along(question: str) -> None:
    told, bare = make_queries(question, LINKEDIN)
    assert told.query.text == f"Who bought LinkedIn? Microsoft. {question}"
    assert bare.query.text == question
    assert told.weight == bare.weight


@pytest.mark.parametrize(
    "question",
    [
        "How many LED lights are in that Parabolic Lightcloud in Amsterdam?",
        "Which banks lent money to Broadcom?",
        "What does the electric Mustang SUV start at?",
        "How many people are there in central London?",
        "Did Apple say when its new campus opens?",
        "Which bank that lent money to WeWork lost the most?",
        "Who leads the second largest bank in Kenya?",
    ],
)
def test_a_changed_subject_stays_changed(question: str) -> None:
    bare, told = make_queries(question, LINKEDIN)
    assert bare.query.text == question
    assert told.query.text.endswith(f" {question}")
    assert told.weight < bare.weight


@pytest.mark.parametrize(
    ("history", "question", "text"),
    [
        pytest.param(
            EPSTEIN,
            "What about the other one?",
            "Which prison guards were charged over Epstein's death? Tova Noel, Michael Thomas."
            " How many counts does Noel face? Five. What about the other one?",
            id="names of the answer before the last",
        ),
        pytest.param(
            [Turn("Who runs WeWork?", "Marcelo Claure."), *EPSTEIN],
            "Why did he say no?",
            "Which prison guards were charged over Epstein's death? Tova Noel, Michael Thomas."
            " How many counts does Noel face? Five. Why did he say no?",
            id="not beyond the question that stands alone",
        ),
        pytest.param(
            [*EPSTEIN, Turn("And the other?", "Three."), Turn("Why?", "The articles do not say.")],
            "When did they plead?",
            "How many counts does Noel face? Five. And the other? Three. Why? When did they plead?",
            id="back to the question that stands alone",
        ),
        pytest.param(
            [Turn("Wer leitet die Kanzlei in Zürich?", "Das sind Øystein Djupedal, Émile’s Partner und Ólafur.")],
            "And in 2019?",
            "Wer leitet die Kanzlei in Zürich? Das, Øystein Djupedal, Émile, Partner, Ólafur. And in 2019?",
            id="names in other languages",
        ),
        pytest.param(
            [Turn("кто президент", "Владимир Зеленский")],
            "And before him?",
            "кто президент? Владимир Зеленский. And before him?",
            id="names in other scripts",
        ),
        pytest.param(
            [Turn("What did Carlineo plead guilty to?", "He threatened Rep. Ilhan Omar of the U.S. House.")],
            "When is the hearing?",
            "What did Carlineo plead guilty to? Rep. Ilhan Omar, U.S. House. When is the hearing?",
            id="abbreviations",
        ),
        pytest.param(
            [
                Turn("Who bought LinkedIn?", "Microsoft bought LinkedIn."),
                Turn("Who led Microsoft?", "Satya Nadella."),
            ],
            "And before?",
            "Who bought LinkedIn? Microsoft. Who led Microsoft? Satya Nadella. And before?",
            id="each name once",
        ),
        pytest.param([Turn("Who?", "")], "Why?", "Who? Why?", id="no answer"),
        pytest.param([Turn("", "Microsoft")], "Why?", "Microsoft. Why?", id="no question"),
        pytest.param([Turn(" ", "")], "Why?", "Why?", id="nothing at all"),
    ],
)
def test_what_is_taken_along(history: list[Turn], question: str, text: str) -> None:
    assert make_query(question, history).text == text


@pytest.mark.parametrize(
    "answer",
    [
        "I do not have that information about Apple.",
        "I'm sorry, but Apple is not in my documents.",
        "Sorry, I don't know of Apple.",
        "Unfortunately nothing on Apple.",
        "The articles do not say. They are about “Apple Buys Beats” (2014-05-28).",
        "The archive has nothing on Apple.",
    ],
)
def test_an_answer_that_says_nothing_tells_nothing(answer: str) -> None:
    assert make_query("Why?", [Turn("Who sued Qualcomm?", answer)]).text == "Who sued Qualcomm? Why?"


def test_of_a_long_conversation_the_last_turns_are_taken_along() -> None:
    history = [Turn(f"Why did it fall in {1990 + number}?", f"Because of Bank{number}.") for number in range(30)]
    text = make_query("And then?", history).text
    assert "2019" in text
    assert "Bank29" in text
    assert "1990" not in text
    assert len(text) < 300


def test_long_turns_are_cut() -> None:
    assert len(make_query("Why?", [Turn("word " * 400, "Name " * 400)] * 30).text) < 1_000


def test_without_a_history_a_question_is_its_own_query() -> None:
    assert make_queries("  And how  much?\n") == (Weighted(Query("And how much?")),)


def test_filters_are_kept() -> None:
    day = date(2018, 1, 1)
    for question in ("Why?", "Which banks lent money to Broadcom?"):
        for weighted in make_queries(question, LINKEDIN, since=day, until=day, sources=["Desk"]):
            assert weighted.query == Query(weighted.query.text, day, day, ("Desk",))


@given(st.text(max_size=200), turns)
def test_every_query_ends_with_the_question_on_one_line(question: str, history: list[Turn]) -> None:
    if not question.split():
        return
    bare = make_query(question).text
    queries = make_queries(question, history)
    assert 1 <= len(queries) <= 2
    assert queries[0].query == make_query(question, history)
    assert bare in [weighted.query.text for weighted in queries]
    for weighted in queries:
        assert weighted.query.text.endswith(bare)
        assert weighted.query.text == " ".join(weighted.query.text.split())
        assert weighted.weight > 0
    if len(queries) == 2:
        assert (queries[0].query.text == bare) is not leans_on_history(bare)


def test_half_a_character_does_no_harm() -> None:
    assert make_query("Why \ud83d?", [Turn("Who \udc00?", "Big\ud83dApple.")]).text == "Who ?? Big?Apple. Why ??"


def test_nonsense_is_refused_at_the_door() -> None:
    with pytest.raises(ValueError, match="empty"):
        make_query(" \n")
    with pytest.raises(ValueError, match="before it begins"):
        make_query("x", since=date(2019, 1, 1), until=date(2018, 1, 1))


def test_a_follow_up_is_read_bare_and_with_the_names_spoken_of() -> None:
    queries = make_queries("And how much did they pay?", LINKEDIN)
    assert forms_to_read(queries) == ("And how much did they pay?", "LinkedIn, Microsoft: And how much did they pay?")
    alone = make_queries("Which banks lent money to Broadcom?", LINKEDIN)
    assert forms_to_read(alone) == ("Which banks lent money to Broadcom?",)
    assert forms_to_read(make_queries("Who bought LinkedIn?")) == ("Who bought LinkedIn?",)
