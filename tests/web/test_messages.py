import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

import pytest

from qa.answer import Answer, Citation, Query, Refusal, Sentence
from qa.web.messages import Holdings, answer_html, chips_html, confidence, masthead_html, quote_html
from qa.web.texts import texts as words_of
from tests.web.skeleton import ENGLISH, Skeleton, an_answer


def test_sentences_known_to_be_unsupported_are_left_out() -> None:
    answer = Answer("?", Query("?"), sentences=(Sentence("Kept."), Sentence("Dropped.", (), supported=False)))
    assert Skeleton(answer_html(answer, 0, ENGLISH)).text_of["p"] == [answer.text] == ["Kept."]


@pytest.mark.parametrize(
    ("holdings", "told"),
    [
        (Holdings(0), "The archive is empty. Add articles with: dateline ingest FOLDER"),
        (
            Holdings(1, frozenset({"Desk"}), date(2018, 2, 3), date(2018, 2, 3)),
            "1 article · from Desk · 3 February 2018",
        ),
        (
            Holdings(1234, frozenset({"A", "B"}), date(2015, 4, 24), date(2019, 10, 26)),
            "1,234 articles · from 2 sources · 24 April 2015 to 26 October 2019",
        ),
        (Holdings(2), "2 articles"),
    ],
)
def test_the_masthead_tells_what_the_archive_holds(holdings: Holdings, told: str) -> None:
    assert Skeleton(masthead_html(holdings, ENGLISH)).text_of["p"] == [holdings.told(ENGLISH)]
    assert holdings.told(ENGLISH) == told.replace(" ·", "\N{NO-BREAK SPACE}·")  # no line begins with the dot


def test_the_masthead_says_when_the_archive_was_indexed() -> None:
    holdings = Holdings(2, indexed=datetime(2019, 1, 2, 23, 0))
    assert holdings.told(ENGLISH) == "2 articles\N{NO-BREAK SPACE}· indexed 2 January 2019"


MARCH = Query("And he?", date(2018, 3, 1), date(2018, 3, 31), (), "in March 2018")


@pytest.mark.parametrize(
    ("question", "query", "told", "buttons"),
    [
        ("And he?", Query("And he?"), [], []),
        ("And he?", Query("Who led Xiaomi? And he?"), ["Who led Xiaomi? And he?"], []),
        ("And he?", MARCH, ["Published 1 March 2018 to 31 March 2018 ×"], ["any_time 2"]),
        ("And he?", replace(MARCH, period=""), ["Published 1 March 2018 to 31 March 2018 ×"], ["without 2:days"]),
        ("And he?", Query("And he?", since=date(2018, 3, 1)), ["Published since 1 March 2018 ×"], ["without 2:days"]),
        ("And he?", Query("And he?", until=date(2018, 3, 1)), ["Published until 1 March 2018 ×"], ["without 2:days"]),
        ("And he?", Query("And he?", period="the latest", newest_first=True), ["Newest first ×"], ["any_time 2"]),
        (
            "And he?",
            Query("And he?", sources=("Desk", "a:b")),
            ["Desk ×", "a:b ×"],
            ["without 2:source:Desk", "without 2:source:a:b"],
        ),
    ],
)
def test_what_was_understood_is_shown_where_it_is_not_plain_and_can_be_taken_away(
    question: str, query: Query, told: Sequence[str], buttons: Sequence[str]
) -> None:
    html = answer_html(Answer(question, query), 2, ENGLISH, complete=False)
    shown = Skeleton(html).text_of
    assert [*shown.get("button", []), *shown.get("p", [])] == list(told)
    assert [" ".join(each) for each in re.findall(r'name="(\w+)" value="([^"]*)"', html)] == list(buttons)


@pytest.mark.parametrize(
    ("probability", "told"),
    [(1.0, "sure"), (0.85, "sure"), (0.84, "likely"), (0.6, "likely"), (0.59, "unsure"), (0.0, "unsure")],
)
def test_confidence_is_said_in_words(probability: float, told: str) -> None:
    answer = replace(an_answer("Said."), mode="quotes", probability=probability)
    assert confidence(answer, ENGLISH) == ENGLISH(told)
    assert ENGLISH(told) in Skeleton(answer_html(answer, 0, ENGLISH)).text
    refused = replace(answer, refusal=Refusal("No."))
    assert ENGLISH(told) not in Skeleton(answer_html(refused, 0, ENGLISH)).text


def test_a_finished_answer_has_buttons_and_questions_to_go_on_with() -> None:
    answer = an_answer("Said.")
    complete = answer_html(answer, 4, ENGLISH, following=["Who else?", "When?"])
    for name in ("copy", "again", "link", "show", "good", "bad"):
        assert f'name="{name}" value="4"' in complete
    for ending in ("md", "html", "json"):
        assert f'name="export" value="4:{ending}"' in complete
    assert Skeleton(complete).text_of["li"] == ["Who else?", "When?"]
    assert "acts" not in answer_html(answer, 4, ENGLISH, complete=False)


COVERED = (date(2018, 1, 1), date(2018, 12, 31))


@pytest.mark.parametrize(
    ("refusal", "query", "told"),
    [
        (Refusal("Nothing.", missing=("cup",)), Query("?"), "Nothing."),
        (
            Refusal("R.", (), ("cup", "<b>"), COVERED),
            Query("?"),
            "The articles do not say. The nearest of them say nothing of “cup”, “<b>”."
            " The archive covers 1 January 2018 to 31 December 2018.",
        ),
        (
            Refusal("R.", (), (), COVERED),
            MARCH,
            "The articles do not say. The nearest of them use these words, but not to answer this."
            " The archive covers 1 January 2018 to 31 December 2018.",
        ),
        (
            Refusal("R.", (), (), COVERED),
            Query("?", since=date(2019, 5, 1)),
            "The articles do not say. The nearest of them use these words, but not to answer this."
            " The question is about another time: since 1 May 2019."
            " The archive covers 1 January 2018 to 31 December 2018.",
        ),
    ],
)
def test_a_refusal_is_told_in_the_words_of_the_page(refusal: Refusal, query: Query, told: str) -> None:
    assert Skeleton(answer_html(Answer("?", query, refusal=refusal), 0, ENGLISH)).text_of["p"][0] == told
    german = answer_html(Answer("?", query, refusal=refusal), 0, words_of("de"))
    assert ("Das steht nicht in den Artikeln." in german) == (refusal.covers is not None)


@pytest.mark.parametrize(
    ("query", "wider"),
    [
        (replace(MARCH, sources=("Desk",)), ["wider_any_time", "wider_filters"]),
        (MARCH, ["wider_any_time"]),
        (replace(MARCH, period=""), ["wider_filters"]),  # the visitor's own days
        (Query("?", sources=("Desk",)), ["wider_filters"]),
        (Query("?"), []),
    ],
)
def test_a_refusal_offers_to_ask_more_widely(query: Query, wider: Sequence[str]) -> None:
    refused = answer_html(Answer("?", query, refusal=Refusal("No.")), 1, ENGLISH)
    assert Skeleton(refused).text_of.get("li", []) == [ENGLISH(name) for name in wider]
    assert Skeleton(answer_html(Answer("?", query), 1, ENGLISH)).text_of.get("li") is None


def test_pointing_at_a_number_shows_its_quote() -> None:
    citation = Citation(1, "a", "Title", "Desk", None, date(2018, 2, 3), 0, 5, "Quote", 0.5)
    answer = Answer("?", Query("?"), sentences=(Sentence("Said.", (1, 2)),), citations=(citation,))
    html = answer_html(answer, 0, ENGLISH)
    assert 'title="“Quote” Title, Desk, 2018-02-03"' in html
    assert Skeleton(html).links == ["#evidence-0-1", "#evidence-0-2"]


def test_every_filter_has_a_button_that_removes_it() -> None:
    html = chips_html(["Desk", "Wire"], date(2018, 1, 1), date(2018, 2, 1), ENGLISH)
    shown = Skeleton(html).text_of["button"]
    assert shown == ["Desk ×", "Wire ×", "since 1 January 2018 ×", "until 1 February 2018 ×"]
    for value in ("source:Desk", "source:Wire", "since", "until"):
        assert f'name="drop" value="{value}"' in html
    assert Skeleton(chips_html([], None, None, ENGLISH)).elements == [("div", ("class",))]


@pytest.mark.parametrize("exact", [None, (0, 0), (3, 3), (5, 5), (0, 5), (9, 12)])
def test_no_word_of_a_quote_is_lost_whatever_is_bold(exact: tuple[int, int] | None) -> None:
    citation = Citation(1, "a", "Title", "", None, None, 0, 5, "Quote", 0.5, exact=exact)
    assert Skeleton(quote_html(citation)).text == "Quote"


def test_quotes_stand_each_by_itself_and_written_sentences_together() -> None:
    answer = Answer("?", Query("?"), sentences=(Sentence("One."), Sentence("Two.")))
    said = answer_html(answer, 0, ENGLISH, complete=False)
    assert Skeleton(said).text_of["p"] == ["One.", "Two."]
    written = Skeleton(answer_html(replace(answer, mode="written"), 0, ENGLISH, complete=False))
    assert written.text_of["p"][0] == "One. Two."
