from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.index import Article, Listed
from qa.answer import Answer, Citation, Query, Refusal
from qa.suggest import examples, following, names


def listed(name: str, year: int | None, names: Sequence[str], *questions: str) -> Listed:
    published = date(year, 1, 1) if year else None
    return Listed(Article(name, f"About {name}", "", published=published), 1, tuple(names), questions)


ARCHIVE = [
    listed("fish", 2001, ["Norway", "Iceland"], "When did Norway fish?"),
    listed("ferry", 2003, ["Blue Line", "Norway"], "How much did Blue Line pay?", "When did Blue Line pay?"),
    listed("quay", 2002, ["Bergen", "Norway"], "Why did Bergen close the quay?"),
    listed("old", None, ["Oslo", "Iceland"], "When did Oslo burn?"),
    listed("tariff", 2000, ["the Ferry Office"], "When did the Ferry Office rise?", "When did the tariff rise?"),
]


def answer(question: str, *cited: str, refused: bool = False) -> Answer:
    quotes = tuple(Citation(n, name, "T", "", None, None, 0, 1, "Q", 0.5) for n, name in enumerate(cited, 1))
    if refused:
        return Answer(question, Query(question), refusal=Refusal("No.", quotes))
    return Answer(question, Query(question), citations=quotes)


def test_examples_are_of_different_kinds_and_about_different_things() -> None:
    asked = [
        "Why did Bergen close the quay?",
        "How much did Blue Line pay?",
        "When did Norway fish?",
        "When did the Ferry Office rise?",
        "When did Oslo burn?",
        "What is reported about Iceland?",
    ]
    assert examples(ARCHIVE, 9) == asked
    assert examples(ARCHIVE, 2) == asked[:2]
    assert examples([], 3) == []
    assert examples(ARCHIVE, 0) == []


def test_names_are_those_of_most_articles() -> None:
    assert names(ARCHIVE, 2) == ["Norway", "Iceland"]
    assert names([], 2) == []


@pytest.mark.parametrize(
    ("said", "asked", "expected"),
    [
        (answer("Who fishes?", "fish"), (), ["When did Norway fish?", "about Norway", "about Iceland"]),
        (answer("What does Norway eat?", "fish"), (), ["When did Norway fish?", "about Iceland"]),
        (answer("When was there fish in Norway?", "fish"), (), ["about Iceland"]),
        (answer("What does it eat?", "fish"), ("And NORWAY?",), ["When did Norway fish?", "about Iceland"]),
        (
            answer("Why?", "quay", "ferry"),
            (),
            ["Why did Bergen close the quay?", "How much did Blue Line pay?", "about Norway"],
        ),
        (answer("Why?", "old", refused=True), (), ["When did Oslo burn?", "about Iceland", "about Oslo"]),
        (answer("Who?"), (), []),
        (answer("Who?", "an article that is gone"), (), []),
    ],
)
def test_questions_to_go_on_with_are_of_what_was_quoted(
    said: Answer, asked: Sequence[str], expected: Sequence[str]
) -> None:
    made = [f"What is reported {each}?" if each.startswith("about") else each for each in expected]
    assert following(said, asked, ARCHIVE, 3) == made


texts = st.text(max_size=30)
archives = st.lists(st.builds(listed, texts, st.integers(1, 2030), st.lists(texts, max_size=3), texts), max_size=5)


@given(archives, st.integers(0, 5), st.lists(texts, max_size=3))
def test_no_more_than_asked_for_and_none_twice(archive: list[Listed], n: int, asked: list[str]) -> None:
    for made in (examples(archive, n), following(answer("q", *asked), asked, archive, n)):
        assert len(made) <= n
        assert len(set(made)) == len(made)
