"""Bins, error and areas, reckoned by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.reliability import Bin, Judged, area, reliability

JUDGED = [
    Judged("fact", True, 0.9),
    Judged("fact", True, 0.8),
    Judged("fact", False, 1.0),
    Judged("fact", True, 0.1),
    Judged("offtopic", False, 0.1),
    Judged("offtopic", False, 0.1),
    Judged("nearmiss", False, 0.85),
]


def test_bins_and_error() -> None:
    found = reliability(JUDGED)
    assert found.bins == (Bin(3, 0.1, 0.3333), Bin(4, 0.8875, 0.5))
    assert found.error == pytest.approx((3 * (1 / 3 - 0.1) + 4 * (0.8875 - 0.5)) / 7, abs=1e-4)


def test_areas_by_kind() -> None:
    # 0.9, 0.8 and 0.1 against 0.1 twice; against 0.85; against 1.0.
    assert reliability(JUDGED).areas == {"fact": 0.0, "offtopic": round(5 / 6, 4), "nearmiss": round(1 / 3, 4)}


def test_it_is_shown_as_a_table() -> None:
    shown = str(reliability(JUDGED))
    assert "| 0.10 | 3 | 0.33 |" in shown
    assert "offtopic 0.833; nearmiss 0.333" in shown
    assert reliability(JUDGED).as_json()["bins"][0] == {"questions": 3, "probability": 0.1, "answerable": 0.3333}


def test_a_set_without_unanswerable_questions_has_no_areas() -> None:
    assert reliability([Judged("fact", True, 0.5)]).areas == {}
    assert reliability([Judged("fact", False, 0.5)]).areas == {}


@given(st.lists(st.floats(0, 1), min_size=1), st.lists(st.floats(0, 1), min_size=1))
def test_areas_the_other_way_round_add_up_to_one(one: list[float], other: list[float]) -> None:
    assert area(one, other) + area(other, one) == pytest.approx(1, abs=1e-3)


@given(st.lists(st.builds(Judged, st.just("x"), st.booleans(), st.floats(0, 1)), min_size=1))
def test_every_question_is_in_a_bin(judged: list[Judged]) -> None:
    found = reliability(judged)
    assert sum(each.questions for each in found.bins) == len(judged)
    assert 0 <= found.error <= 1
