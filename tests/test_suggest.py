from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.index import Article
from qa.answer import Answer, Citation, Query, Refusal
from qa.suggest import examples, following

TITLES = (
    "Why Norway buys ferries",
    "Ferries for Norway and Iceland",
    "How Iceland and Norway fish",
    "A mayor of Bergen resigns",
)
ARTICLES = [Article(f"{number}.md", title, "Text.") for number, title in enumerate(TITLES)]


def answer(question: str, *titles: str, refused: bool = False) -> Answer:
    cited = tuple(Citation(n, "a.md", title, "", None, None, 0, 1, "Q", 0.5) for n, title in enumerate(titles, 1))
    if refused:
        return Answer(question, Query(question), refusal=Refusal("No.", cited))
    return Answer(question, Query(question), citations=cited)


def test_names_that_most_headlines_have_are_asked_for_first() -> None:
    assert examples(ARTICLES, 2) == ["What is reported about Norway?", "What is reported about Iceland?"]
    assert examples([], 3) == []
    assert examples(ARTICLES, 0) == []


@pytest.mark.parametrize(
    ("said", "asked", "expected"),
    [
        (answer("Who buys ferries?", TITLES[1]), (), ["Norway", "Iceland"]),
        (answer("What does Norway buy?", TITLES[1]), (), ["Iceland"]),
        (answer("What does it buy?", TITLES[1]), ("And NORWAY?",), ["Iceland"]),
        (answer("Who resigned?", TITLES[3], TITLES[2]), (), ["Norway", "Iceland", "Bergen"]),
        (answer("Who resigned?", TITLES[3], refused=True), (), ["Bergen"]),
        (answer("Who?"), (), []),
        (answer("Who?", "An article of Atlantis that is gone"), (), []),
    ],
)
def test_questions_to_go_on_with_are_of_what_was_quoted(
    said: Answer, asked: Sequence[str], expected: Sequence[str]
) -> None:
    assert following(said, asked, ARTICLES, 3) == [f"What is reported about {name}?" for name in expected]


@given(st.lists(st.text(max_size=60), max_size=4), st.integers(0, 5))
def test_whatever_a_headline_says_a_suggestion_is_one_short_line(titles: list[str], n: int) -> None:
    articles = [Article(str(number), title, "") for number, title in enumerate(titles)]
    suggested = [*examples(articles, n), *following(answer("q", *titles), (), articles, n)]
    assert len(suggested) <= 2 * n
    assert all(len(each) <= 80 and each.isprintable() for each in suggested)
