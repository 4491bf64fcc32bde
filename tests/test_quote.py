"""Every quote is the article's own words at its offsets; what is not there is refused."""

from itertools import combinations

import pytest

from ingest import Index
from qa import Assistant
from qa.choose import MOST_SENTENCES
from qa.evaluate import read_questions
from tests.evaluation.sets import QUESTIONS


@pytest.fixture(scope="session")
def assistant(corpus_index: Index) -> Assistant:
    return Assistant(corpus_index)


@pytest.mark.parametrize("question", read_questions(QUESTIONS)[::3], ids=lambda question: question.id)
def test_quotes_are_the_articles_own_words(assistant: Assistant, question: object) -> None:
    answer = assistant.ask(getattr(question, "question"), getattr(question, "history"))  # noqa: B009
    cited = answer.refusal.nearest if answer.refusal else answer.citations
    shown = {passage.chunk.article_id for passage in answer.passages}
    for number, citation in enumerate(cited, 1):
        assert citation.number == number
        assert assistant.index.article(citation.article_id).text[citation.start : citation.end] == citation.quote
        assert citation.article_id in shown
        assert 0 <= citation.score <= 1
    assert len(answer.citations) <= MOST_SENTENCES
    if answer.refusal is None:
        assert [sentence.text for sentence in answer.sentences] == [citation.quote for citation in answer.citations]
        assert [sentence.citations for sentence in answer.sentences] == [(c.number,) for c in answer.citations]


def test_the_cortana_question(assistant: Assistant) -> None:
    answer = assistant.ask("What does the Cortana integration involve?")
    assert answer.mode == "quotes"
    assert answer.citations[0].article_id == "2018-02-23-microsoft-xiaomi.md"
    assert "Mi AI speaker" in answer.citations[0].quote
    assert "[1]" in answer.text


@pytest.mark.parametrize(
    "question",
    [
        "Who won the 2018 football world cup?",
        "how do I bake sourdough bread",
        "What is the capital of Kenya?",
        "zzz qqq",
    ],
)
def test_what_the_articles_do_not_say_is_refused(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert answer.refusal is not None
    assert answer.text.startswith("The articles do not say.")
    assert answer.citations == ()
    assert answer.refusal.nearest


def test_a_refusal_says_what_is_missing(assistant: Assistant) -> None:
    assert "sourdough" in assistant.ask("how do I bake sourdough bread").text


def test_the_same_news_from_two_desks_is_not_quoted_twice(assistant: Assistant) -> None:
    answer = assistant.ask("Who blocked Broadcom's bid for Qualcomm?")
    assert len(answer.citations) > 1
    words = [set(citation.quote.lower().split()) for citation in answer.citations]
    assert all(len(a & b) < 0.75 * min(len(a), len(b)) for a, b in combinations(words, 2))
