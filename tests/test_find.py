"""Questions that name a time: asked of the articles of that time first, of all where these answer better."""

from datetime import date

import pytest

from ingest import Index
from qa import Answer, Assistant
from qa.assistant import Options


@pytest.fixture(scope="session")
def assistant(corpus_index: Index) -> Assistant:
    return Assistant(corpus_index)


def days(answer: Answer) -> list[date | None]:
    return [citation.published for citation in answer.citations]


def test_only_articles_of_the_time_are_asked(assistant: Assistant) -> None:
    answer = assistant.ask("What did Xiaomi do in February 2018?")
    assert (answer.query.since, answer.query.until) == (date(2018, 2, 1), date(2018, 2, 28))
    assert answer.query.period == "in February 2018"
    assert set(days(answer)) == {date(2018, 2, 23)}
    assert answer.as_of == date(2018, 2, 23)
    assert answer.as_json()["query"]["period"] == "in February 2018"


@pytest.mark.parametrize(
    "options",
    [Options(any_time=True), Options(since=date(2016, 1, 1)), Options(until=date(2019, 12, 31))],
    ids=["any time", "since", "until"],
)
def test_the_filter_can_be_left_out_and_gives_way_to_one_that_is_given(
    assistant: Assistant, options: Options
) -> None:
    query = assistant.ask("What did Xiaomi do in February 2018?", **options).query
    assert query.period == ""
    assert (query.since, query.until) == (options.get("since"), options.get("until"))


def test_an_article_may_tell_of_a_time_before_it(assistant: Assistant) -> None:
    answer = assistant.ask("Which deals did Barack Obama block in 2012?")
    assert "2012" in answer.citations[0].quote
    assert answer.query.period == ""
    assert answer.notes[0].startswith("No article published 2012-01-01 to 2012-12-31 answers this")


@pytest.mark.parametrize("question", ["What happened at Xiaomi last week?", "What did Xiaomi sell in 2024?"])
def test_of_a_time_after_the_last_article_nothing_is_known(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question, asked=date(2024, 11, 20))
    assert answer.refusal is not None
    assert "the archive covers 2015-04-24 to 2019-10-26" in answer.refusal.reason
    assert answer.refusal.nearest
    assert answer.citations == ()
    assert answer.probability == 0


def test_the_day_of_asking_says_what_last_month_is(assistant: Assistant) -> None:
    answer = assistant.ask("What did Microsoft buy last month?", asked=date(2018, 7, 2))
    assert (answer.query.since, answer.query.until) == (date(2018, 6, 1), date(2018, 6, 30))
    assert "GitHub" in answer.citations[0].quote


def test_a_time_may_count_from_an_event_that_is_looked_up(assistant: Assistant) -> None:
    answer = assistant.ask("What happened to Broadcom's bid since the order?")
    assert answer.query.since == date(2018, 3, 13)
    assert answer.notes[0].startswith("“the order” is taken to be of 2018-03-13 (“")


def test_the_latest_comes_first(assistant: Assistant) -> None:
    answer = assistant.ask("What is the latest fine for Google?")
    assert answer.query.newest_first
    assert days(answer)[0] == max(day for day in days(answer) if day)


def test_a_development_is_told_in_the_order_of_days(assistant: Assistant) -> None:
    told = [day for day in days(assistant.ask("How did Broadcom's bid for Qualcomm develop?")) if day]
    assert len(told) > 2
    assert told == sorted(told)


def test_what_neither_the_time_nor_the_archive_tells_is_refused_with_the_nearest(assistant: Assistant) -> None:
    answer = assistant.ask("Who won the football world cup in 1998?")
    assert answer.refusal is not None
    assert answer.refusal.nearest
