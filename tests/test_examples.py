import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.article import Article
from ingest.examples import MOST_NAMES, names, questions
from ingest.index import Index


def article(text: str, title: str = "A title") -> Article:
    return Article("a.md", title, text)


@pytest.mark.parametrize(
    ("sentence", "asked"),
    [
        ("Norway has bought Rome, the city, for $26.2 billion in cash.", "For how much did Norway buy Rome?"),
        ("The Ferry Office is to buy it all for 3 million euros.", "For how much is the Ferry Office to buy it all?"),
        ("Oslo and Rome are to buy a quay for about £4 billion.", "For how much are Oslo and Rome to buy a quay?"),
        ("The Ferry Office fined Oslo 2.4 million euros for hiding it.", "How much did the Ferry Office fine Oslo?"),
        ("Blue Line will pay $5 billion to settle charges.", "How much will Blue Line pay?"),
        ("Blue Line closed the quay because the ice was late.", "Why did Blue Line close the quay?"),
        ("Anna Berg, the head of the office, announced the plan in Oslo.", "What did Anna Berg announce?"),
        ("Norway stopped the sale of the harbour on Monday.", "When did Norway stop the sale of the harbour?"),
        ("Norway raised its offer on Monday.", "When did Norway raise its offer?"),
    ],
)  # fmt: skip
def test_sentences_are_turned_into_questions(sentence: str, asked: str) -> None:
    assert questions(article(f"It was cold. {sentence} So say Oslo, Norway and Rome."))[0] == asked


@pytest.mark.parametrize(
    "sentence",
    [
        "the harbour closed on Monday.",  # no name
        "It closed the harbour on Monday.",
        "Shares closed the gap on Monday.",  # a word that is no name
        "Norway gleamed in the sun.",  # a verb that is not known
        'Norway closed "the harbour" on Monday.',
        "Anna Berg announced that, she said, on Monday.",
        "Norway sold the quay to a group led by Iceland.",  # "to a group led"?
        "Norway sold 40 quays.",
        "Norway has sold.",
        "Norway closed \u202ethe harbour on Monday.",
        "Norway closed " + "the very long " * 20 + "harbour on Monday.",
    ],
)
def test_what_is_not_clear_is_left_alone(sentence: str) -> None:
    assert questions(article(f"{sentence} So says Norway.")) == []


def test_names_are_what_an_article_is_about() -> None:
    text = (
        "When the Ferry Office met Blue Line in Oslo, Anna Berg of Blue Line was there. On Monday the Ferry Office"
        " and Blue Line spoke to Berg; in May and May again, the Ferry Office."
    )
    assert names(article(text, "Ferries in Oslo")) == ["the Ferry Office", "Blue Line", "Oslo"]
    both = "For Oslo and Rome, Rome and Oslo; so say Oslo, Rome, Health and Safety, or Health and Safety."
    assert names(article(both)) == ["Oslo", "Rome", "Health and Safety"]
    assert names(article("nothing here", "Nor Here")) == []


@given(st.text(max_size=300), st.text(max_size=60))
def test_whatever_an_article_says_questions_and_names_are_short_lines(text: str, title: str) -> None:
    for made in (text, f"Norway closed {text} on Monday.", f"Norway {text} Norway {text}."):
        asked = [*questions(article(made, title)), *names(article(made, title))]
        assert all(each.isprintable() and 0 < len(each) <= 200 for each in asked)
        assert len(names(article(made, title))) <= MOST_NAMES


def test_most_articles_have_a_question_and_all_have_names(corpus_index: Index) -> None:
    listed = corpus_index.current().listed()
    assert sum(bool(each.questions) for each in listed) > len(listed) / 2
    assert all(each.names for each in listed)
