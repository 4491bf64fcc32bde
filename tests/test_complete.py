"""What a chat model leaves out of the quotes that answer is added, and nothing else."""

from dataclasses import replace

import pytest

from qa.answer import Answer, Citation, Query, Sentence
from qa.complete import completed
from qa.quote import Quotes

TEXT = "Amazon paid $970 million for Twitch. The deal took a month. Google had offered more. " + (
    REASON := "It wanted a place in live video, where it had nothing to set against others."
)
PLACE = "Amazon wanted a place in live video because it had nothing to set against the others."
PRICE, TIME, OFFER = "Amazon paid $970 million for Twitch.", "The deal took a month.", "Google had offered more."


def citation(number: int, quote: str, exact: str = "") -> Citation:
    start = TEXT.index(quote)
    place = (TEXT.index(exact), TEXT.index(exact) + len(exact)) if exact else None
    return Citation(number, "a.md", "T", "S", None, None, start, start + len(quote), quote, 0.9, exact=place)


def answer(text: str, *cited: str, supported: bool = True) -> Answer:
    citations = tuple(citation(number, quote) for number, quote in enumerate(cited, 1))
    sentence = Sentence(text, tuple(c.number for c in citations), supported=supported)
    return Answer("Why?", Query("Why?"), mode="written", sentences=(sentence,), citations=citations)


def quotes(*cited: tuple[str, str], note: str = "", score: float = 0.9) -> Quotes:
    made = (citation(number, quote, exact) for number, (quote, exact) in enumerate(cited, 1))
    citations = tuple(replace(each, score=score) for each in made)
    sentences = tuple(Sentence(c.quote, (c.number,), supported=True) for c in citations)
    return Quotes(sentences, citations, notes=(note,) if note else ())


ALL = ((PRICE, "$970 million"), (TIME, "a month"), (OFFER, ""))


@pytest.mark.parametrize(
    ("written", "found", "added"),
    [
        pytest.param(answer("It cost $970 million.", PRICE), quotes(*ALL), [], id="it says it"),
        pytest.param(answer("It cost $970 million.", OFFER), quotes(*ALL), [], id="by another quote"),
        pytest.param(answer("Amazon paid for Twitch.", PRICE), quotes(*ALL), [PRICE, TIME, OFFER], id="cited"),
        pytest.param(answer("Amazon paid $97 million.", PRICE), quotes(*ALL), [PRICE, TIME, OFFER], id="another sum"),
        pytest.param(answer("Google offered more.", OFFER), quotes(*ALL), [PRICE, TIME, OFFER], id="another quote"),
        pytest.param(answer(OFFER, OFFER), quotes(*ALL), [PRICE, TIME], id="copied"),
        pytest.param(answer("Amazon paid.", PRICE), quotes((PRICE, "")), [PRICE], id="no exact words"),
        pytest.param(
            answer("Amazon paid $970 million.", PRICE), quotes((PRICE, "")), [], id="no exact words, most said"
        ),
        pytest.param(answer("It wanted video.", REASON), quotes((REASON, REASON)), [REASON], id="few words"),
        pytest.param(answer(PLACE, REASON), quotes((REASON, REASON)), [], id="most words"),
        pytest.param(
            answer("It cost $970 million.", PRICE), quotes(*ALL, note="Two."), [PRICE, TIME, OFFER], id="each"
        ),
        pytest.param(
            answer("It cost $970 million.", PRICE), quotes(*ALL, score=0.4), [PRICE, TIME, OFFER], id="not sure"
        ),
        pytest.param(
            answer("It cost $970 million.", supported=False), quotes(*ALL), [PRICE, TIME, OFFER], id="it was left out"
        ),
    ],
)
def test_what_is_added(written: Answer, found: Quotes, added: list[str]) -> None:
    whole = completed(written, found)
    assert whole.sentences[:1] == written.sentences
    assert [sentence.text for sentence in whole.sentences[1:]] == added
    assert whole.citations[: len(written.citations)] == written.citations
    assert [c.number for c in whole.citations] == list(range(1, len(whole.citations) + 1))
    for sentence in whole.sentences[1:]:
        assert sentence.supported
        (number,) = sentence.citations
        assert whole.citations[number - 1].quote == sentence.text
    assert len({(c.article_id, c.start, c.end) for c in whole.citations}) == len(whole.citations)
    assert len(whole.notes) == bool(added)
    assert (whole is written) is not bool(added)


def test_how_many_were_added_is_said() -> None:
    written = answer("Google offered more.", OFFER)
    assert completed(written, quotes((PRICE, "$970 million"))).notes == (
        "1 quote was added: the language model left out what the articles say.",
    )
    assert completed(written, quotes(*ALL)).notes[0].startswith("3 quotes were added")
