"""Every public set in small: rows of its form become articles that are indexed and questions that are read."""

import gzip
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from ingest.index import Index
from ingest.reindex import reindex
from qa.evaluate import Question, read_questions, same_article
from tests.evaluation.sets import NAMES, question_sets
from tests.training.data import held_out

# Titles that are, and are not, of articles that the reader was trained on.
_TITLES = ("Ants", "Bees", "Crows", "Deer", "Eels", "Finches", "Goats", "Hares", "Ibises", "Jays")
UNSEEN = next(title for title in _TITLES if held_out(title))
SEEN = next(title for title in _TITLES if not held_out(title))
PUBLIC = NAMES[1:]
PAGE = "<html><head><title>The ferry</title></head><body><article><h1>The ferry</h1>{}</article></body></html>"
FERRY = "<p>The harbour council bought an electric ferry on Monday. It will carry 120 people to the island.</p>" * 3


def write(path: Path, rows: list[Mapping[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    content = "".join(f"{json.dumps(row)}\n" for row in rows).encode()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Write a folder of each set's form."""
    data = tmp_path / "data"
    write_news(data / "news")
    write_squad(data / "squad")
    write_realtimeqa(data / "realtimeqa")
    write_multiturn(data / "multiturn")
    write_multihop(data / "multihop-rag")
    return data


def write_news(folder: Path) -> None:
    write(folder / "articles.jsonl", [{"article_id": i, "english": i == "f00d"} for i in ("f00d", "cafe")])
    for article_id in ("f00d", "cafe"):
        page = folder / "html" / f"{article_id}.html.gz"
        page.parent.mkdir(exist_ok=True)
        page.write_bytes(gzip.compress(PAGE.format(FERRY).encode()))
    evidence = [{"article_id": "f00d", "quote": "It will carry 120 people to the island."}]
    asked = {
        "history": [{"question": "Who bought a ferry?", "answer": "The council"}],
        "standalone": "How big is it?",
    }
    rows: list[Mapping[str, Any]] = [
        {"id": "1", "kind": "fact", "question": "Who bought a ferry?", "answers": ["council"], "evidence": evidence},
        {"id": "2", "kind": "followup", "question": "How big?", "answers": ["120"], "evidence": evidence, **asked},
        {"id": "3", "kind": "offtopic", "question": "Who won the cup?", "answers": [], "evidence": []},
    ]
    write(folder / "questions.jsonl", rows)


def write_squad(folder: Path) -> None:
    texts = {"aa11": (UNSEEN, "They carry leaves home."), "bb22": (SEEN, "They carry honey home.")}
    write(folder / "passages.jsonl", [{"passage_id": i, "title": t, "text": w} for i, (t, w) in texts.items()])
    rows: list[Mapping[str, Any]] = [
        {
            "id": "1",
            "question": "What is carried?",
            "answers": ["leaves"],
            "passage_id": "aa11",
            "unanswerable": False,
        },
        {"id": "2", "question": "What is sold?", "answers": [], "passage_id": "aa11", "unanswerable": True},
        {
            "id": "3",
            "question": "What is carried?",
            "answers": ["honey"],
            "passage_id": "bb22",
            "unanswerable": False,
        },
    ]
    write(folder / "questions-dev.jsonl", [{**row, "title": texts[row["passage_id"]][0]} for row in rows])


def write_realtimeqa(folder: Path) -> None:
    texts = {"a1": "A whale came up the river.", "a2": "A whale came up the river.", "a3": "The fair opened."}
    rows: list[Mapping[str, Any]] = [
        {"id": i, "url": f"https://news.example/{i}", "title": i, "published_at": "2022-06-15", "body": text}
        for i, text in texts.items()
    ]
    write(folder / "articles.jsonl.gz", rows)
    rows = [
        {"id": "1", "date": "2022-06-17", "answers": ["A whale"], "gold_doc_ids": ["a1"], "is_impossible": False},
        {"id": "2", "date": "2025-06-20", "answers": [], "gold_doc_ids": [], "is_impossible": True},
    ]
    write(folder / "questions-dev.jsonl", [{**row, "question": "What came up the river this week?"} for row in rows])


def write_multiturn(folder: Path) -> None:
    write(folder / "passages.jsonl", [{"id": "p-1-20", "title": "", "text": "A permit costs 30 dollars."}])
    said = [{"role": role, "text": text} for role, text in (("user", "A"), ("user", "B"), ("assistant", "C"))]
    gold = {"ANSWERABLE": ["p-1-20"], "PARTIAL": ["p-1-20"], "UNANSWERABLE": [], "UNDERSPECIFIED": []}
    rows: list[Mapping[str, Any]] = [
        {"id": kind, "question": "What is it?", "history": said, "answerability": kind, "gold_passage_ids": ids}
        for kind, ids in gold.items()
    ]
    write(folder / "conversations-dev.jsonl", rows)


def write_multihop(folder: Path) -> None:
    texts: list[Mapping[str, Any]] = [
        {"id": "m1", "title": "One", "summary": "The mill reopened.", "body": None, "published_at": None},
        {
            "id": "m2",
            "title": "Two",
            "summary": "Not this.",
            "body": "The mill closed.",
            "published_at": "2023-10-02",
        },
    ]
    write(folder / "corpus.jsonl", texts)
    answers = {"inference": "The mill", "comparison": "Yes", "temporal": "no", "null": "Insufficient information."}
    rows: list[Mapping[str, Any]] = [
        {"id": kind, "question_type": f"{kind}_query", "answer": answer, "is_impossible": kind == "null"}
        for kind, answer in answers.items()
    ]
    write(
        folder / "queries-dev.jsonl",
        [{**row, "query": "Which?", "gold_doc_ids": [] if row["is_impossible"] else ["m1", "m2"]} for row in rows],
    )


def questions(data: Path, work: Path, name: str) -> dict[str, Question]:
    (chosen,) = question_sets(data, work, [name])
    return {question.id: question for question in read_questions(chosen.questions)}


@pytest.mark.parametrize("name", PUBLIC)
def test_the_evidence_is_among_the_articles(name: str, data: Path, tmp_path: Path, index: Index) -> None:
    (chosen,) = question_sets(data, tmp_path / "work", [name])
    assert not reindex(chosen.articles, index).failed
    articles = [article.id for article in index.articles()]
    gold = [gold.article_id for question in read_questions(chosen.questions) for gold in question.evidence]
    assert gold
    assert all(any(same_article(article_id, each) for article_id in articles) for each in gold)


@pytest.mark.parametrize("name", PUBLIC)
def test_a_kept_folder_of_articles_is_not_read_again(name: str, data: Path, tmp_path: Path, index: Index) -> None:
    work = tmp_path / "work"
    (chosen,) = question_sets(data, work, [name])
    reindex(chosen.articles, index)
    written = {path: path.stat().st_mtime_ns for path in work.glob("*/*")}
    (again,) = question_sets(data, work, [name])
    assert again == chosen
    assert {path: path.stat().st_mtime_ns for path in work.glob("*/*")} == written
    changes = reindex(again.articles, index)
    assert (changes.added, changes.changed, changes.removed) == ((), (), ())


def test_all_that_are_at_hand_are_there(data: Path, tmp_path: Path) -> None:
    assert [chosen.name for chosen in question_sets(data, tmp_path)] == list(NAMES)
    assert [chosen.name for chosen in question_sets(tmp_path / "none", tmp_path)] == ["corpus"]
    archives = [chosen.archive for chosen in question_sets(data, tmp_path)]
    assert archives == ["corpus", "news", "news", "squad", "realtimeqa", "multiturn", "multihop-rag"]


def test_a_set_that_is_not_at_hand_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"no folder .*realtimeqa .*--data"):
        list(question_sets(tmp_path, tmp_path, ["realtimeqa"]))


def test_only_english_pages_are_unpacked(data: Path, tmp_path: Path) -> None:
    (chosen,) = question_sets(data, tmp_path / "work", ["news"])
    assert [path.name for path in chosen.articles.iterdir()] == ["f00d.html"]


def test_followups_that_stand_alone_have_no_history(data: Path, tmp_path: Path) -> None:
    found = questions(data, tmp_path, "news standalone")
    assert [(each.question, each.history) for each in found.values()] == [("How big is it?", ())]


def test_squad_is_asked_about_unseen_articles(data: Path, tmp_path: Path) -> None:
    found = questions(data, tmp_path, "squad")
    assert {each.id: each.kind for each in found.values()} == {"1": "answerable", "2": "unanswerable"}
    assert not found["2"].answerable


def test_a_quiz_is_asked_on_its_day_and_copies_are_evidence(data: Path, tmp_path: Path) -> None:
    found = questions(data, tmp_path, "realtimeqa")
    assert [gold.article_id for gold in found["1"].evidence] == ["a1", "a2"]
    assert (str(found["1"].asked), found["1"].answers) == ("2022-06-17", ("A whale",))
    assert (str(found["2"].asked), found["2"].kind, found["2"].answerable) == (
        "2025-06-20",
        "after the archive",
        False,
    )


def test_a_conversation_becomes_turns(data: Path, tmp_path: Path) -> None:
    found = questions(data, tmp_path, "multiturn")
    kinds = {each.kind: each.answerable for each in found.values()}
    assert kinds == {"answerable": True, "partial": True, "unanswerable": False}
    assert [(turn.question, turn.answer) for turn in found["PARTIAL"].history] == [("A", ""), ("B", "C")]


def test_only_what_a_quote_can_say_is_an_answer(data: Path, tmp_path: Path) -> None:
    found = questions(data, tmp_path, "multihop-rag")
    assert {each.kind: each.answers for each in found.values()} == {
        "inference": ("The mill",),
        "comparison": (),
        "temporal": (),
        "unanswerable": (),
    }
    assert [each.kind for each in found.values() if not each.answerable] == ["unanswerable"]
