"""One JSON form everywhere, and a text that a person reads."""

from dataclasses import replace
from datetime import date

import pytest

from ingest.index import Chunk, Passage, Ranks
from qa.answer import Answer, Citation, Query, Refusal, Sentence, Turn, turns_from_json

CITATION = Citation(1, "a.md", "Title", "Desk", None, date(2018, 2, 23), 4, 9, "Words", 0.5)
CHUNK = Chunk("a.md", 0, 0, 9, "The Words", "Title", "Desk", published=date(2018, 2, 23))
ANSWER = Answer(
    "What?",
    Query("What?", since=date(2018, 1, 1)),
    sentences=(Sentence("Words", (1,), supported=True), Sentence("Invented", (), supported=False)),
    citations=(CITATION,),
    passages=(Passage(CHUNK, 0.7, Ranks(meaning=1)),),
    index_generation=12,
)


def test_json_has_the_contract_s_fields() -> None:
    fields = ANSWER.as_json()
    names = "question query mode model text refused refusal sentences citations passages as_of notes probability"
    assert list(fields) == [*names.split(), "index_generation", "seconds"]
    days = {"since": "2018-01-01", "until": None, "period": None, "newest_first": False}
    assert fields["query"] == {"text": "What?", "sources": [], **days}
    assert fields["as_of"] == "2018-02-23"
    assert fields["citations"][0]["published"] == "2018-02-23"
    assert fields["passages"][0]["ranks"] == {"meaning": 1}
    assert set(fields["seconds"]) == {"query", "retrieve", "answer", "total"}
    assert fields["refused"] is False
    assert fields["refusal"] is None


def test_text_leaves_out_what_is_known_to_be_unsupported() -> None:
    assert ANSWER.text == "Words [1]"
    assert [sentence["supported"] for sentence in ANSWER.as_json()["sentences"]] == [True, False]


def test_the_words_that_answer_are_known_within_the_quote() -> None:
    assert CITATION.parts == (CITATION.quote, "", "")
    first = CITATION.start + 1
    assert replace(CITATION, exact=(first, first + 2)).parts == (
        CITATION.quote[0],
        CITATION.quote[1:3],
        CITATION.quote[3:],
    )


def test_a_query_says_what_was_searched_for() -> None:
    day = date(2018, 3, 1)
    assert str(Query("Xiaomi?")) == "Xiaomi?"
    assert str(Query("Xiaomi?", day, day, ("The Desk",))) == "Xiaomi?; published 2018-03-01; in The Desk"
    assert str(Query("Xiaomi?", since=day)) == "Xiaomi?; published since 2018-03-01"
    assert str(Query("Xiaomi?", until=day)) == "Xiaomi?; published until 2018-03-01"
    assert str(Query("the latest?", newest_first=True)) == "the latest?; the newest first"
    assert "Searched for: Xiaomi?; published since 2018-03-01" in str(Answer("Xiaomi?", Query("Xiaomi?", since=day)))
    assert "Searched for" not in str(Answer("Xiaomi?", Query("Xiaomi?")))


def test_the_words_that_answer_are_marked() -> None:
    exact = replace(CITATION, exact=(CITATION.start, CITATION.start + 1))
    answer = replace(ANSWER, citations=(exact,))
    assert f"“*{CITATION.quote[0]}*{CITATION.quote[1:]}”" in answer.marked(lambda words: f"*{words}*")
    assert ANSWER.marked(lambda words: f"*{words}*") == str(ANSWER)


def test_evidence_says_where_else_it_ran() -> None:
    assert ANSWER.as_json()["citations"][0]["also_in"] == ANSWER.as_json()["passages"][0]["also_in"] == []
    assert "also in" not in str(ANSWER)
    also_in = ("The Desk", "The Post")
    citation, passage = replace(CITATION, also_in=also_in), replace(ANSWER.passages[0], also_in=also_in)
    answer = replace(ANSWER, citations=(citation,), passages=(passage,))
    assert answer.as_json()["citations"][0]["also_in"] == answer.as_json()["passages"][0]["also_in"] == [*also_in]
    assert "[1] Title, Desk, 2018-02-23 (also in The Desk, The Post)\n" in str(answer)


def test_a_refusal_shows_the_nearest() -> None:
    answer = Answer("What?", Query("What?"), refusal=Refusal("The articles do not say.", (CITATION,)))
    assert answer.text == "The articles do not say."
    assert "[1] Title, Desk, 2018-02-23" in str(answer)
    assert answer.as_json()["refusal"]["nearest"][0]["quote"] == "Words"


@pytest.mark.parametrize("rows", [{}, "text", [1], [{"answer": "a"}], [{"question": 1}]], ids=str)
def test_a_history_of_another_form_is_refused(rows: object) -> None:
    with pytest.raises(ValueError, match="history"):
        turns_from_json(rows)


def test_a_history_may_lack_an_answer() -> None:
    assert turns_from_json([{"question": "q"}]) == (Turn("q", ""),)
