"""Passages that withhold an answer do so, keep their other words, and their sentences stay where they are."""

import random

import pytest

from qa.reader import Text
from tests.training.near_misses import asked_otherwise, left_out, withheld

SENTENCES = (
    "Amazon bought Twitch for $970 million.",
    "Emmett Shear, the founder, stayed on.",
    "Google had offered more.",
)


def passage(*sentences: str) -> Text:
    text = " ".join(sentences)
    places = [(text.index(sentence), text.index(sentence) + len(sentence)) for sentence in sentences]
    return Text("Twitch", text, tuple(places))


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("How much did Amazon pay for Twitch?", "$970 million"),
        ("Who stayed on?", "Emmett Shear"),
        ("What was Emmett Shear?", "the founder"),
    ],
)
def test_an_answer_is_withheld_in_its_own_sentence_alone(question: str, answer: str) -> None:
    whole = passage(*SENTENCES)
    for seed in range(20):
        made = withheld(question, whole, [answer], random.Random(seed))
        if made is None:
            continue
        assert answer not in made.text
        told = [made.text[start:end] for start, end in made.sentences]
        assert len(told) == len(SENTENCES)
        assert sum(new != old for new, old in zip(told, SENTENCES, strict=True)) == 1
        assert all(sentence[0].isupper() and sentence.endswith(".") for sentence in told)


def test_what_leads_to_an_answer_goes_with_it() -> None:
    made = withheld("How much?", passage(*SENTENCES), ["$970 million"], random.Random(1))
    assert made is not None
    assert made.text.startswith("Amazon bought Twitch. Emmett")


def test_the_sentence_with_the_answer_is_left_out() -> None:
    made = left_out(passage(*SENTENCES), ["$970 million"])
    assert made is not None
    assert [made.text[start:end] for start, end in made.sentences] == list(SENTENCES[1:])
    assert left_out(passage(*SENTENCES[:2]), ["$970 million"]) is None


def test_a_question_is_asked_for_what_the_sentence_does_not_tell() -> None:
    others = {asked_otherwise("When did Amazon buy Twitch?", SENTENCES[0], random.Random(n)) for n in range(20)}
    assert others
    assert all(other and other.endswith("did Amazon buy Twitch?") for other in others)
    assert not any(other and other.startswith(("When", "For how much")) for other in others)
    assert asked_otherwise("Who bought Twitch?", SENTENCES[0], random.Random(1)) is None
