"""The sentences of a text, and how much of what one says another has."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.support import names_and_numbers, sentence_spans, stem, support_score


def test_figures_and_names_weigh_more_than_other_words() -> None:
    sentence = "The company asked Broadcom for 92.4 million."
    assert support_score(sentence, "Broadcom got 92.4 million.") > support_score(sentence, "The company asked.")


@pytest.mark.parametrize(
    ("sentence", "score"),
    [("Apple sued Qualcomm.", 1.0), ("It is what it was.", 0.0), ("", 0.0), ("Bananas ripen.", 0.0)],
)
def test_score_at_its_ends(sentence: str, score: float) -> None:
    assert support_score(sentence, "Apple sued Qualcomm.") == score


@pytest.mark.parametrize(
    "words",
    ["announce announces announced announcing announcement", "stop stops stopped stopping", "Xiaomi's Xiaomi"],
)
def test_inflections_have_one_stem(words: str) -> None:
    assert len({stem(word) for word in words.split()}) == 1


def test_names_and_numbers() -> None:
    assert names_and_numbers("Today Wang Xiang shipped 1,500 phones") == {"wang", "xiang", "1500"}


@given(st.text(max_size=300), st.text(max_size=300))
def test_a_score_is_a_share(sentence: str, quote: str) -> None:
    assert 0.0 <= support_score(sentence, quote) <= 1.0


@given(st.text(alphabet=st.sampled_from("Ab. \n!?“”1😀"), max_size=200))
def test_spans_are_ordered_and_lose_no_word(text: str) -> None:
    spans = sentence_spans(text)
    assert "".join("".join(text[start:end].split()) for start, end in spans) == "".join(text.split())
    assert all(first[1] <= second[0] for first, second in pairwise(spans))
