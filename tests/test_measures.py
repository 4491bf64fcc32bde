"""The table over outcomes, reckoned by hand."""

from dataclasses import replace

from qa.measures import Outcome, table_of

RIGHT = Outcome(
    kind="fact",
    answerable=True,
    refused=False,
    first_article=True,
    first_evidence=True,
    evidence=True,
    answer=True,
    citation=True,
    first_citation=True,
    precision=1.0,
    supported=1.0,
    probability=0.9,
    milliseconds=100,
)
WRONG = replace(RIGHT, first_evidence=False, answer=False, first_citation=False, precision=0.5, milliseconds=300)
MISSED = replace(
    WRONG,
    kind="when",
    refused=True,
    first_article=False,
    citation=False,
    precision=None,
    supported=None,
    probability=0.1,
)
ASIDE = Outcome("offtopic", False, True, None, None, None, None, None, None, None, None, 0.1, 200)
OUTCOMES = [RIGHT, WRONG, MISSED, ASIDE]


def test_each_measure_is_a_mean_over_what_it_applies_to() -> None:
    kinds = table_of(OUTCOMES, k=5).as_json()["kinds"]
    assert list(kinds) == ["all", "fact", "when", "offtopic"]
    assert kinds["all"] == {
        "questions": 4,
        "article@1": 0.6667,
        "evidence@1": 0.3333,
        "evidence@5": 1.0,
        "answer": 0.3333,
        "citation": 0.6667,
        "citation@1": 0.3333,
        "citation precision": 0.75,
        "answered": 0.6667,
        "refused": 1.0,
        "supported": 1.0,
    }
    assert kinds["fact"]["answer"] == 0.5
    assert {name for name, value in kinds["offtopic"].items() if value is not None} == {"questions", "refused"}


def test_refusals_and_times_are_over_all() -> None:
    table = table_of(OUTCOMES, k=5)
    assert (table.refusal_precision, table.refusal_recall) == (0.5, 1.0)  # of two refusals one was due
    assert (table.p50, table.p95) == (250, 300)
    assert table_of([RIGHT], k=5).refusal_precision is None


def test_quotes_that_are_their_article_s_text_are_counted() -> None:
    table = table_of([replace(RIGHT, words=(True, True)), replace(RIGHT, words=(False,)), RIGHT], k=5)
    assert (table.quotes, table.verbatim) == (3, 2)
    assert table.as_json()["verbatim"] == {"quotes": 3, "equal": 2}
    assert "article's text: 2 of 3" in str(table)


def test_the_probability_is_held_against_what_can_be_answered() -> None:
    told = table_of(OUTCOMES, k=5).as_json()["reliability"]
    # 0.9 twice, both can be answered; 0.1 twice, one of them can.
    assert told["error"] == 0.25
    assert told["areas"] == {"offtopic": round(2.5 / 3, 4)}


def test_the_table_is_one_to_read() -> None:
    lines = str(table_of(OUTCOMES, k=3)).splitlines()
    head = "|kind|n|evidence@1|evidence@3|answer|citation|citation@1|precision|answered|refused|supported|"
    assert lines[0].replace(" ", "") == head
    assert lines[3].replace(" ", "") == "|fact|2|0.500|1.000|0.500|1.000|0.500|0.750|1.000||1.000|"
    assert len({len(line) for line in lines[:6]}) == 1
    assert "refusal precision / recall 0.500 / 1.000; 250 ms p50, 300 ms p95" in lines
