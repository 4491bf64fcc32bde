"""The sentence of a passage that bears out a written one."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.chunk import Chunk
from ingest.index import Passage
from qa.support import best_support, names_and_numbers, sentence_spans, support_score

ARTICLE = (
    "Apple sued Qualcomm on 20 January 2017. It asked for about $1 billion in rebates.\n\n"
    "Qualcomm denied the claims. It called them baseless, and said that Apple had encouraged attacks on it. "
    "The U.S. Federal Trade Commission had sued the chip maker three days before.\n\n"
    "The dispute ended on 16 April 2019, as a trial in San Diego began. Apple made a payment to Qualcomm."
)


def passage(text: str, start: int = 0) -> Passage:
    return Passage(Chunk("a.md", 0, start, start + len(text), text, "Apple and Qualcomm"), 1.0)


@pytest.mark.parametrize(
    ("sentence", "quote"),
    [
        ("Apple wanted about $1 billion.", "It asked for about $1 billion in rebates."),
        (
            "The settlement came on 16 April 2019.",
            "The dispute ended on 16 April 2019, as a trial in San Diego began.",
        ),
        ("Qualcomm was denying it.", "Qualcomm denied the claims."),
        (
            "The Federal Trade Commission sued as well.",
            "The U.S. Federal Trade Commission had sued the chip maker three days before.",
        ),
        ("Then there was a payment by Apple.", "Apple made a payment to Qualcomm."),
    ],
)
def test_picks_the_sentence(sentence: str, quote: str) -> None:
    assert best_support(sentence, passage(ARTICLE)).quote == quote


def test_takes_the_next_sentence_too_where_it_says_much_more() -> None:
    support = best_support(
        "Apple sued Qualcomm in January 2017 and asked for $1 billion in rebates.", passage(ARTICLE)
    )
    assert support.quote == "Apple sued Qualcomm on 20 January 2017. It asked for about $1 billion in rebates."


def test_a_quote_never_joins_two_paragraphs() -> None:
    support = best_support("It asked for rebates, Qualcomm denied the claims.", passage(ARTICLE))
    assert "\n" not in support.quote


def test_nothing_in_common_gives_the_first_sentence_and_no_score() -> None:
    support = best_support("Bananas ripen.", passage(ARTICLE, start=40))
    assert (support.start, support.quote, support.score) == (
        40,
        "Apple sued Qualcomm on 20 January 2017.",
        0.0,
    )


def test_figures_and_names_weigh_more_than_other_words() -> None:
    sentence = "The company asked Broadcom for 92.4 million."
    assert support_score(sentence, "Broadcom got 92.4 million.") > support_score(sentence, "The company asked.")


@pytest.mark.parametrize(
    ("sentence", "score"),
    [("Apple sued Qualcomm.", 1.0), ("It is what it was.", 0.0), ("", 0.0), ("Bananas ripen.", 0.0)],
)
def test_score_at_its_ends(sentence: str, score: float) -> None:
    assert support_score(sentence, "Apple sued Qualcomm.") == score


def test_names_and_numbers() -> None:
    assert names_and_numbers("Today Wang Xiang shipped 1,500 phones") == {"wang", "xiang", "1500"}


@given(st.text(max_size=300), st.text(min_size=1, max_size=300), st.integers(0, 10_000))
def test_a_quote_is_a_slice_of_its_article(sentence: str, text: str, start: int) -> None:
    article = "x" * start + text
    support = best_support(sentence, passage(text, start))
    assert article[support.start : support.end] == support.quote
    assert 0.0 <= support.score <= 1.0
    assert support.quote.strip() or not text.strip()


@given(st.text(alphabet=st.sampled_from("Ab. \n!?“”1😀"), max_size=200))
def test_spans_are_ordered_and_lose_no_word(text: str) -> None:
    spans = sentence_spans(text)
    assert "".join("".join(text[start:end].split()) for start, end in spans) == "".join(text.split())
    assert all(first[1] <= second[0] for first, second in pairwise(spans))
