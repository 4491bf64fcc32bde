"""A short form of `make stress`."""

from pathlib import Path

import pytest

from tests.stress.runs import Stress


@pytest.mark.filterwarnings("ignore:resource_tracker")
def test_runs_that_are_killed_and_two_at_once_leave_a_good_index(tmp_path: Path) -> None:
    stress = Stress(tmp_path, seed=7)
    stress.run(kills=4, races=1)
    assert stress.faults == []
    assert stress.counts["killed before it switched"]
    assert stress.counts["questions asked"] > 5
    assert stress.counts["generations looked through"] > 1
