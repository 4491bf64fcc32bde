"""What was saved comes back as it was; what is no saved answer is refused in one line."""

import copy
import json
import math
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.index import Chunk, Index, Passage, Ranks
from qa import Assistant
from qa.answer import Answer, Citation, Query, Refusal, Seconds, Sentence
from qa.saved import answer_from_json, compact
from tests.answers import answers

CITATION = Citation(1, "a.md", "Title", "Desk", None, date(2018, 2, 23), 4, 9, "Words", 0.5, ("Post",), (5, 9))
CHUNK = Chunk("a.md", 0, 0, 9, "The Words", "Title", "Desk", published=date(2018, 2, 23))
ANSWER = Answer(
    "What?",
    Query("What?", since=date(2018, 1, 1), sources=("Desk",)),
    sentences=(Sentence("Words", (1,), supported=True),),
    citations=(CITATION,),
    passages=(Passage(CHUNK, 0.75, Ranks(meaning=1)),),
    notes=("Look twice.",),
)
REFUSED = Answer("What?", Query("What?"), refusal=Refusal("The articles do not say.", (CITATION,)))


def through_json(fields: dict[str, Any]) -> Any:  # noqa: ANN401 - what JSON holds
    return json.loads(json.dumps(fields))


def rounded(answer: Answer) -> Answer:
    """Round what the JSON rounds."""

    def cited(citations: tuple[Citation, ...]) -> tuple[Citation, ...]:
        return tuple(replace(citation, score=round(citation.score, 4)) for citation in citations)

    seconds, refusal = answer.seconds, answer.refusal
    parts = (seconds.query, seconds.retrieve, seconds.answer, seconds.total)
    return replace(
        answer,
        citations=cited(answer.citations),
        passages=tuple(replace(passage, score=round(passage.score, 4)) for passage in answer.passages),
        refusal=refusal and replace(refusal, nearest=cited(refusal.nearest)),
        probability=round(answer.probability, 4),
        seconds=Seconds(*(round(part, 4) for part in parts)),
    )


@given(answers())
def test_an_answer_comes_back_as_it_was(answer: Answer) -> None:
    again = answer_from_json(through_json(answer.as_json()))
    assert again == rounded(answer)
    assert again.as_json() == answer.as_json()


@given(answers())
def test_a_compact_answer_comes_back_without_its_passages(answer: Answer) -> None:
    fields = compact(answer)
    assert {**fields, "passages": []} == {**answer.as_json(), "passages": []}
    assert "passages" not in fields
    assert answer_from_json(through_json(fields)) == replace(rounded(answer), passages=())


@pytest.mark.parametrize(
    "question",
    [
        "What does the Cortana integration involve?",
        "How has the LinkedIn deal developed?",
        "Who won the Nobel prize?",
    ],
)
def test_answers_of_the_archive_come_back(corpus_index: Index, question: str) -> None:
    answer = Assistant(corpus_index).ask(question)
    assert answer_from_json(through_json(answer.as_json())).as_json() == answer.as_json()
    assert len(json.dumps(compact(answer))) < 8_000


def test_fields_that_were_added_later_may_be_missing() -> None:
    fields = {"question": "What?", "query": {"text": "What?"}, "mode": "quotes", "invented": [1]}
    assert answer_from_json(fields) == Answer("What?", Query("What?"))


def test_what_follows_from_the_rest_is_not_taken_from_outside() -> None:
    lies = {"text": "Otherwise.", "refused": True, "as_of": "2030-01-01"}
    assert answer_from_json({**ANSWER.as_json(), **lies}) == ANSWER


def at(*place: str | int, to: object) -> Callable[[dict[str, Any]], None]:
    """Say one thing that makes an answer's JSON wrong."""

    def change(fields: Any) -> None:  # noqa: ANN401 - what JSON holds
        for step in place[:-1]:
            fields = fields[step]
        fields[place[-1]] = to

    return change


NESTED: list[Any] = []
for _ in range(10_000):
    NESTED = [NESTED]

WRONG = {
    "no question": (at("question", to=None), "question: Input should be a valid string"),
    "a number for a question": (at("question", to=3), "question: Input should be a valid string"),
    "half a character": (at("question", to="\ud800"), "question: Input should be a valid string"),
    "a huge question": (at("question", to="x" * 10_000_000), "question: String should have at most 50000"),
    "a text for a query": (at("query", to="What?"), "query: Input should be a valid dictionary"),
    "a huge source": (at("query", "sources", to=["x" * 5_001]), "query.sources.0: String should have at most 5000"),
    "too many sources": (at("query", "sources", to=["x"] * 1_001), "query.sources: Tuple should have at most 1000"),
    "a text for a list": (at("notes", to="abc"), "notes: Input should be a valid tuple"),
    "an object for a list": (at("notes", to={"0": "a"}), "notes: Input should be a valid tuple"),
    "nested junk": (at("notes", to=NESTED), "notes.0: Input should be a valid string"),
    "nested junk for a citation": (at("citations", 0, to=NESTED), "citations.0: Input should be a valid dictionary"),
    "an unknown mode": (at("mode", to="guessed"), "mode: Input should be 'quotes' or 'written'"),
    "no mode": (at("mode", to=None), "mode: Input should be 'quotes' or 'written'"),
    "not a number": (at("probability", to=math.nan), "probability: Input should be"),
    "infinity": (at("passages", 0, "score", to=math.inf), "passages.0.score: Input should be a finite number"),
    "a probability of two": (at("probability", to=2), "probability: Input should be less than or equal to 1"),
    "a truth for a number": (at("probability", to=True), "probability: Input should be a valid number"),
    "a text for a number": (at("index_generation", to="1"), "index_generation: Input should be a valid integer"),
    "half a generation": (at("index_generation", to=1.5), "index_generation: Input should be a valid integer"),
    "a number for a truth": (at("sentences", 0, "supported", to=1), "sentences.0.supported: Input should be a valid"),
    "time that ran backwards": (
        at("seconds", "total", to=-1),
        "seconds.total: Input should be greater than or equal",
    ),
    "no day": (at("query", "since", to="yesterday"), "query.since: Value error, a day is written as"),
    "no day of that month": (at("citations", 0, "published", to="2018-02-30"), "citations.0.published: Value error"),
    "a week": (at("citations", 0, "published", to="2018-W01-1"), "citations.0.published: Value error, a day"),
    "an instant for a day": (at("citations", 0, "published", to=1519344000), "citations.0.published: Input should"),
    "a negative offset": (at("citations", 0, "start", to=-1), "citations.0.start: Input should be greater"),
    "an offset too large": (at("citations", 0, "end", to=2**53), "citations.0.end: Input should be less"),
    "a quote of another length": (at("citations", 0, "end", to=10), "citations.0: Value error, from 4 to 10 is not"),
    "a passage of another length": (at("passages", 0, "start", to=1), "passages.0: Value error, from 1 to 9 is not"),
    "exact words elsewhere": (at("citations", 0, "exact", to=[10, 12]), "citations.0: Value error, the exact words"),
    "exact words backwards": (at("citations", 0, "exact", to=[7, 6]), "citations.0: Value error, the exact words"),
    "three ends": (at("citations", 0, "exact", to=[4, 5, 6]), "citations.0.exact: Tuple should have at most 2"),
    "an unknown number cited": (
        at("sentences", 0, "citations", to=[1, 3]),
        "the whole: Value error, a sentence cites",
    ),
    "number zero": (at("citations", 0, "number", to=0), "citations.0.number: Input should be greater"),
    "a number twice": (at("citations", to=[CITATION.as_json()] * 2), "the whole: Value error, two citations"),
    "a rank of zero": (at("passages", 0, "ranks", "words", to=0), "passages.0.ranks.words: Input should be greater"),
    "a nearest without a quote": (at("refusal", to={"reason": "No.", "nearest": [{}]}), "refusal.nearest.0."),
    "a refusal without a reason": (at("refusal", to={}), "refusal.reason: Field required"),
}


@pytest.mark.parametrize(("change", "complaint"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_named_in_one_short_line(change: Callable[[Any], None], complaint: str) -> None:
    fields = through_json(ANSWER.as_json())
    change(fields)
    with pytest.raises(ValueError, match="no saved answer") as error:
        answer_from_json(fields)
    told = str(error.value)
    assert told.startswith(f"this is no saved answer: {complaint}")
    assert len(told.splitlines()) == 1
    assert len(told) < 300


@pytest.mark.parametrize("fields", [None, "text", 3, [], [ANSWER.as_json()], math.nan], ids=repr)
def test_an_answer_is_an_object(fields: object) -> None:
    with pytest.raises(ValueError, match="no saved answer: it is not a JSON object"):
        answer_from_json(fields)


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(base=st.sampled_from([ANSWER, REFUSED]), junk=JUNK, data=st.data())
def test_junk_anywhere_is_taken_or_refused_and_nothing_else(base: Answer, junk: object, data: st.DataObject) -> None:
    fields = copy.deepcopy(base.as_json())
    inside: Any = fields
    while True:
        step = data.draw(st.sampled_from(sorted(inside) if isinstance(inside, dict) else range(len(inside))))
        if not (isinstance(inside[step], dict | list) and inside[step] and data.draw(st.booleans())):
            break
        inside = inside[step]
    inside[step] = junk
    try:
        answer = answer_from_json(fields)
    except ValueError:
        return
    assert answer_from_json(through_json(answer.as_json())).as_json() == answer.as_json()
    assert str(answer)
