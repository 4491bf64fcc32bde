"""A refusal says what is missing, what is nearest, and which days the archive covers."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import Index
from qa.answer import Query, cited
from qa.refuse import Signals, refuse
from qa.retrieve import retrieve


def reason(index: Index, query: Query) -> str:
    generation = index.current()
    passages = retrieve(
        generation, replace(query, since=None, until=None), index.embedder.embed_query(query.text), k=3
    )
    nearest = [cited(n, p, p.chunk.start, p.chunk.end, 0.5) for n, p in enumerate(passages, 1)]
    return refuse(query, passages, nearest, generation).reason


def test_it_names_the_words_that_no_passage_has(corpus_index: Index) -> None:
    said = reason(corpus_index, Query("Which sourdough does Xiaomi bake?"))
    assert said.startswith("The articles do not say.")
    assert "“sourdough”" in said
    assert "Xiaomi”" not in said.partition("They are about")[0]


def test_it_names_the_nearest_articles_with_their_days(corpus_index: Index) -> None:
    said = reason(corpus_index, Query("What does the Cortana integration cost?"))
    assert "They are about “" in said
    assert "(2018-02-23)" in said


@pytest.mark.parametrize(
    ("since", "until", "part"),
    [
        (date(2024, 1, 1), date(2024, 12, 31), "about the time 2024-01-01 to 2024-12-31"),
        (date(2024, 5, 1), date(2024, 5, 1), "about the time 2024-05-01;"),
        (date(2024, 5, 1), None, "the time since 2024-05-01"),
        (None, date(1999, 5, 1), "the time until 1999-05-01"),
    ],
)
def test_it_says_which_days_the_archive_covers(
    corpus_index: Index, since: date | None, until: date | None, part: str
) -> None:
    said = reason(corpus_index, Query("What did Xiaomi say?", since, until))
    assert part in said
    assert "the archive covers 2015-04-24 to 2019-10-26" in said


def test_within_its_days_only_what_is_covered_is_said(corpus_index: Index) -> None:
    said = reason(corpus_index, Query("What did Xiaomi say?", date(2018, 1, 1), date(2018, 2, 1)))
    assert said.endswith("The archive covers 2015-04-24 to 2019-10-26.")
    assert "The question is about" not in said


@given(st.lists(st.floats(-30, 30), min_size=5, max_size=5), st.integers(0, 4))
def test_each_signal_speaks_for_an_answer(values: Sequence[float], which: int) -> None:
    lower = Signals(*values)
    raised = [value + (number == which) for number, value in enumerate(values)]
    assert 0 <= lower.probability <= Signals(*raised).probability <= 1
