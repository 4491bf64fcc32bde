"""The table in the README: its place, its rows, and what changed since."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.measures import Outcome, table_of
from tests.evaluation.__main__ import main
from tests.evaluation.report import BEGIN, END, differences, replaced, summary

README = Path(__file__).parents[2] / "README.md"
FACT = Outcome("fact", True, False, True, True, True, True, True, False, 1.0, 1.0, 0.9, 100, (True,))
WHEN = replace(FACT, kind="when", answer=False, words=(True, False))
ASIDE = Outcome("offtopic", False, True, None, None, None, None, None, None, None, None, 0.1, 100)
DAY = date(2018, 3, 1)


def test_the_readme_has_a_place_for_the_table() -> None:
    text = README.read_text("utf-8")
    assert "| set | kind | n |" in text.partition(BEGIN)[2].partition(END)[0]
    changed = replaced(text, "A table.")
    assert f"{BEGIN}\n\nA table.\n\n{END}\n" in changed
    assert changed.partition(BEGIN)[0] == text.partition(BEGIN)[0]
    assert changed.partition(END)[2] == text.partition(END)[2]


@given(st.text(), st.text(), st.text(), st.text())
def test_only_the_last_block_stays(before: str, after: str, first: str, last: str) -> None:
    text = f"{before}{BEGIN}\n{END}\n{after}"
    assert (
        replaced(replaced(text, first), last)
        == replaced(text, last)
        == f"{before}{BEGIN}\n\n{last}\n\n{END}\n{after}"
    )


@pytest.mark.parametrize(
    "text",
    ["", f"{BEGIN}\n", f"{END}\n{BEGIN}\n", f"{BEGIN}\n{BEGIN}\n{END}\n", f"{BEGIN}\n{END}\n{END}\n"],
    ids=["neither", "no end", "wrong way round", "two beginnings", "two ends"],
)
def test_without_its_two_lines_nothing_is_replaced(text: str) -> None:
    with pytest.raises(ValueError, match="put these two lines"):
        replaced(text, "A table.")


def test_a_row_for_each_kind_and_one_for_all_that_can_be_answered() -> None:
    tables = {"several": table_of([FACT, WHEN, ASIDE], k=5), "one": table_of([FACT, ASIDE], k=5)}
    assert summary(tables, command="make eval", day=DAY).splitlines() == [
        "Measured on 2018-03-01 by `make eval`, in quotes, without a language model:",
        "",
        "| set | kind | n | evidence@5 | answer | citation | citation@1 | answered | refused |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
        "| several | all | 3 | 1.000 | 0.500 | 1.000 | 0.000 | 1.000 | 1.000 |",
        "| several | fact | 1 | 1.000 | 1.000 | 1.000 | 0.000 | 1.000 |  |",
        "| several | when | 1 | 1.000 | 0.000 | 1.000 | 0.000 | 1.000 |  |",
        "| several | offtopic | 1 |  |  |  |  |  | 1.000 |",
        "| one | fact | 1 | 1.000 | 1.000 | 1.000 | 0.000 | 1.000 |  |",
        "| one | offtopic | 1 |  |  |  |  |  | 1.000 |",
        "",
        "Quotes and sentences that are their article's text, letter by letter: 3 of 4.",
    ]


def test_what_changed_is_told_by_kind() -> None:
    before, after = ({"set": table_of(outcomes, k=5).as_json()} for outcomes in ([FACT, WHEN], [FACT, FACT, ASIDE]))
    assert list(differences(before, after)) == [
        "set, all: questions 2.000 → 3.000 (+1.000)",
        "set, all: answer 0.500 → 1.000 (+0.500)",
        "set, fact: questions 1.000 → 2.000 (+1.000)",
    ]
    assert list(differences(after, after)) == list(differences({}, after)) == []


def test_a_set_is_measured_into_the_readme(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "data" / "multiturn"
    folder.mkdir(parents=True)
    passage = {"id": "p-1", "title": "Fishing", "text": "A permit for the lake costs 30 dollars a year."}
    (folder / "passages.jsonl").write_text(json.dumps(passage) + "\n", "utf-8")
    row = {"id": "1", "question": "What does a permit for the lake cost?", "history": [], "gold_passage_ids": ["p-1"]}
    (folder / "conversations-dev.jsonl").write_text(
        json.dumps({**row, "answerability": "ANSWERABLE"}) + "\n", "utf-8"
    )
    readme, before = tmp_path / "README.md", tmp_path / "before.json"
    readme.write_text(f"# How well\n\n{BEGIN}\nOld.\n{END}\n", "utf-8")
    before.write_text('{"multiturn": {"kinds": {"answerable": {"citation": 0.25}}}}', "utf-8")
    where = ["--data", str(tmp_path / "data"), "--work", str(tmp_path / "work"), "--set", "multiturn"]
    main([*where, "--json", "--readme", str(readme), "--before", str(before)])
    printed = capsys.readouterr()
    assert json.loads(printed.out)["multiturn"]["kinds"]["answerable"]["evidence@1"] == 1.0
    assert "- multiturn, answerable: citation 0.250 → 1.000 (+0.750)\n" in printed.err
    text = readme.read_text("utf-8")
    assert f"on {date.today()} by `python -m tests.evaluation --set multiturn`" in text
    assert "| multiturn | answerable | 1 | 1.000 |  | 1.000 | 1.000 | 1.000 |  |\n" in text
    assert "Old." not in text


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--readme", "CHANGELOG.md"], "put these two lines"),
        (["--before", "no.json"], "no.json"),
        (["--data", "nowhere", "--set", "squad"], "no folder"),
        (["--set", "none"], "invalid choice"),
    ],
    ids=["no place for the table", "no file", "no folder", "no such set"],
)
def test_what_is_wrong_is_said_before_the_work(
    arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(arguments)
    assert complaint in capsys.readouterr().err
