"""The times that questions name, and words that look like times and are none."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.period import period_of

ASKED = date(2019, 11, 20)  # a Wednesday


def day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


@pytest.mark.parametrize(
    ("question", "words", "since", "until"),
    [
        ("What happened in March 2018?", "in March 2018", "2018-03-01", "2018-03-31"),
        ("What did Xiaomi sell in 2018", "in 2018", "2018-01-01", "2018-12-31"),
        ("What was said on 18 October 2019?", "on 18 October 2019", "2019-10-18", "2019-10-18"),
        ("What was said on the 18th of October 2019?", "on the 18th of October 2019", "2019-10-18", "2019-10-18"),
        ("Who spoke on October 18, 2019?", "on October 18, 2019", "2019-10-18", "2019-10-18"),
        ("Who spoke on 2019-10-18?", "on 2019-10-18", "2019-10-18", "2019-10-18"),
        ("What came after May 3, 2019?", "after May 3, 2019", "2019-05-04", ""),
        ("What has he said since 2017?", "since 2017", "2017-01-01", ""),
        ("What has he said since March?", "since March", "2019-03-01", ""),
        ("What has he said since December?", "since December", "2018-12-01", ""),
        ("Who led it before 2017?", "before 2017", "", "2016-12-31"),
        ("Who led it until 2016?", "until 2016", "", "2016-12-31"),
        ("Who led it until Feb. 2016?", "until Feb. 2016", "", "2016-02-29"),
        ("What changed between 2015 and 2018?", "between 2015 and 2018", "2015-01-01", "2018-12-31"),
        ("What changed from January to March 2018?", "from January to March 2018", "2018-01-01", "2018-03-31"),
        ("What changed in early 2019?", "in early 2019", "2019-01-01", "2019-05-02"),
        ("What changed in late 2018?", "in late 2018", "2018-09-01", "2018-12-31"),
        ("What changed in mid-2018?", "in mid-2018", "2018-05-02", "2018-09-01"),
        ("What changed in the first half of 2019?", "in the first half of 2019", "2019-01-01", "2019-06-30"),
        ("What changed in H2 2018?", "in H2 2018", "2018-07-01", "2018-12-31"),
        ("What changed in Q3 2018?", "in Q3 2018", "2018-07-01", "2018-09-30"),
        ("Results in the second quarter of 2018?", "in the second quarter of 2018", "2018-04-01", "2018-06-30"),
        ("What did they do in the summer of 2007?", "in the summer of 2007", "2007-06-01", "2007-08-31"),
        ("What did they do in winter 2017?", "in winter 2017", "2017-12-01", "2018-02-28"),
        ("Who ruled in the 1990s?", "in the 1990s", "1990-01-01", "1999-12-31"),
        ("What happened today?", "today", "2019-11-20", "2019-11-20"),
        ("What happened yesterday?", "yesterday", "2019-11-19", "2019-11-19"),
        ("What happened this week?", "this week", "2019-11-13", "2019-11-20"),
        ("What happened last week?", "last week", "2019-11-11", "2019-11-17"),
        ("What happened last month?", "last month", "2019-10-01", "2019-10-31"),
        ("What happened this month?", "this month", "2019-11-01", "2019-11-20"),
        ("What happened this year?", "this year", "2019-01-01", "2019-11-20"),
        ("What happened over the past year?", "over the past year", "2018-11-20", "2019-11-20"),
        ("What will they launch this winter?", "this winter", "2019-12-01", "2020-02-29"),
        ("What happened last year?", "last year", "2018-01-01", "2018-12-31"),
        ("What happened last summer?", "last summer", "2019-06-01", "2019-08-31"),
        ("What happened last winter?", "last winter", "2018-12-01", "2019-02-28"),
        ("What happened on Tuesday?", "on Tuesday", "2019-11-19", "2019-11-19"),
        ("What happened on Wednesday?", "on Wednesday", "2019-11-20", "2019-11-20"),
        ("What happened in the last three months?", "in the last three months", "2019-08-22", "2019-11-20"),
        ("What happened over the past 30 days?", "over the past 30 days", "2019-10-21", "2019-11-20"),
        ("Who won two years ago?", "two years ago", "2017-01-01", "2017-12-31"),
        ("Who won 10 days ago?", "10 days ago", "2019-11-10", "2019-11-10"),
        ("And in 2019?", "in 2019", "2019-01-01", "2019-12-31"),
    ],
)
def test_times(question: str, words: str, since: str, until: str) -> None:
    period = period_of(question, ASKED)
    assert period is not None
    assert (period.words, period.since, period.until) == (words, day(since), day(until))
    assert period.relative == ("20" not in words and "19" not in words)


@pytest.mark.parametrize(
    "question",
    [
        "What do the 2020 guidelines say?",
        "Who won the 2018 World Cup?",
        "How much will the 2020 Nissan Sentra cost?",
        "Compare the fines in 2017 and in 2018.",
        "Who teamed up in the 2022 World Cup final?",
        "What changed after the 2020 election?",
        "What will they build by 2050?",
        "What is Vision 2030?",
        "Who plays in the Euro 2024 final?",
        "What is Agenda 21?",
        "Did it cost $2018?",
        "Did 2,018 people come?",
        "May they leave?",
        "Who may decide in court?",
        "Who leads March for Our Lives?",
        "What happened at the March on Washington?",
        "Who acts in Friday Night Lights?",
        "Who directed The Last Jedi?",
        "Who spoke before the court?",
        "Why is he away since he is ill?",
        "Did they win after all?",
        "In what year did it begin?",
        "When did it begin?",
        "How long until they decide?",
        "Who was second?",
        "What did the Sun report?",
        "What is Apple planning for 2 December?",
        "What happened on October 18?",
        "On 31 June 2018, what happened?",
        "How many of 2018 people came?",
        "What was said on 18-10-20199?",
        "",
    ],
)
def test_what_is_no_time(question: str) -> None:
    assert period_of(question, ASKED) is None


@pytest.mark.parametrize(
    ("question", "event", "until_event"),
    [
        ("What has Sprint done since the merger?", "the merger", False),
        ("What did they say after the election?", "the election", False),
        ("Who led Yahoo before the takeover by Verizon?", "the takeover by Verizon", True),
        ("What was known until its launch?", "its launch", True),
    ],
)
def test_events_whose_day_must_be_looked_up(question: str, event: str, until_event: bool) -> None:
    period = period_of(question, ASKED)
    assert period is not None
    assert (period.event, period.until_event, period.since, period.until) == (event, until_event, None, None)
    assert period.words in question


@pytest.mark.parametrize("question", ["What is the latest on Xiaomi?", "the most recent fine", "newest phone?"])
def test_the_latest_is_an_order(question: str) -> None:
    period = period_of(question, ASKED)
    assert period is not None
    assert period.newest_first
    assert period.since is period.until is None


_WORDS = (
    "in on since before from to between and the last this 31 2018 1999 May March Tuesday week months ago two Q3 "
    "summer of early half 1990s today June, 2019-02-31 until"
)
_PARTS = st.sampled_from(_WORDS.split())


@given(st.lists(_PARTS, max_size=9).map(" ".join) | st.text(), st.dates(date(1900, 1, 1), date(2100, 1, 1)))
def test_any_question_and_any_day(question: str, asked: date) -> None:
    period = period_of(question, asked)
    if period is not None:
        assert period.words in question
        assert period.since is None or period.until is None or period.since <= period.until
