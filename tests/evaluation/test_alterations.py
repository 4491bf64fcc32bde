"""The judge on the sample articles: what of altered sentences it has to catch, and of true ones to let pass."""

from collections import defaultdict
from pathlib import Path

import pytest

from tests.evaluation.alterations import ALTERED, TRUE, cases, corpus_articles, table

CORPUS = Path(__file__).parent.parent.parent / "corpus"
FLOORS = {"negation": 0.93, "opposite": 0.93, "name": 0.9, "swapped": 0.8, "certainty": 0.85}


@pytest.fixture(scope="module")
def verdicts() -> dict[str, list[bool]]:
    """Whether the judge is right, by kind."""
    right = defaultdict(list)
    for case in cases(corpus_articles(CORPUS), most=5):
        right[case.kind].append(case.supported == (case.kind in TRUE))
    return right


def test_true_sentences_pass(verdicts: dict[str, list[bool]]) -> None:
    passed = [right for kind in TRUE for right in verdicts[kind]]
    assert len(passed) > 300
    assert sum(passed) / len(passed) >= 0.98


@pytest.mark.parametrize("kind", ALTERED)
def test_altered_ones_are_caught(verdicts: dict[str, list[bool]], kind: str) -> None:
    assert len(verdicts[kind]) >= 10
    assert sum(verdicts[kind]) / len(verdicts[kind]) >= FLOORS.get(kind, 0.97)


def test_the_cases_are_the_same_each_time() -> None:
    first, second = ([case.sentence for case in cases(corpus_articles(CORPUS))] for _ in range(2))
    assert first == second


def test_the_table_counts_by_kind_and_half() -> None:
    judged = [(case, case.supported) for case in cases(list(corpus_articles(CORPUS))[:4])]
    lines = table(judged).splitlines()
    assert {line.split("|")[1].strip() for line in lines[2:]} == {*TRUE, *ALTERED, "TRUE", "ALTERED"}
