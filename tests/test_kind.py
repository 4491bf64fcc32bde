"""What a question asks for, and texts that have one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.kind import kind_of


@pytest.mark.parametrize(
    ("question", "name", "shows", "lacks"),
    [
        ("How much did Coty pay for its stake?", "money", "Coty paid $600 million.", "Coty took 51 per cent."),
        ("How much are tickets for the tour?", "money", "They cost 40 euros.", "They go on sale on 6 December."),
        ("starting price europe", "money", "It begins at £30,000.", "It drives 215 miles."),
        ("What did Austria pay for the house?", "money", "It gave 812,000 euros.", "It stands in a small town."),
        ("How much is the fee?", "money", "It is free for members.", "Members come on 3 May."),
        ("How many people were isolated?", "number", "It isolated 28.", "Some people were isolated."),
        ("How old was the goalkeeper?", "number", "The keeper, twenty, flew in.", "The keeper flew in."),
        ("How much horsepower does it have?", "number", "It has 335.", "It has plenty."),
        ("When was the harbour built?", "time", "Builders began in 1874.", "Builders came from Kiel."),
        ("uk general election date?", "time", "It is on 12 December.", "It is soon."),
        ("Which year saw the merger?", "time", "They merged two years ago.", "They merged."),
        ("Who ordered the ship?", "name", "It was Ada Berg.", "It was the mayor."),
        ("Which company makes the keys?", "name", "The maker is Wistron.", "The maker is not known."),
        ("What was the name of the girl?", "name", "She was called Anna.", "She was rescued."),
    ],
)
def test_questions_and_what_answers_them(question: str, name: str, shows: str, lacks: str) -> None:
    kind = kind_of(question)
    assert kind is not None
    assert kind.name == name
    assert kind.in_text(shows)
    assert not kind.in_text(lacks)


@pytest.mark.parametrize(
    "question", ["Why did they leave?", "What does the integration involve?", "How did it end?", ""]
)
def test_questions_that_ask_for_nothing_of_these(question: str) -> None:
    assert kind_of(question) is None


@given(st.text(), st.text())
def test_any_text_will_do(question: str, text: str) -> None:
    kind = kind_of(question)
    assert kind is None or kind.in_text(text) in (True, False)
