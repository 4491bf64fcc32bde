"""The question sets to measure with: the corpus's own, and public ones where a folder of them is at hand."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.training.data import held_out

CORPUS = Path("corpus")
QUESTIONS = Path(__file__).parent / "questions.jsonl"


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """A folder of articles and the questions about them."""

    name: str
    articles: Path
    questions: Path


def question_sets(data: Path, work: Path) -> Iterator[QuestionSet]:
    """The corpus's own set and those found in `data`, their articles written into `work`."""
    yield QuestionSet("corpus", CORPUS, QUESTIONS)
    if (data / "news").is_dir():
        english = [row["article_id"] for row in _rows(data / "news" / "articles.jsonl") if row["english"]]
        _unpack(data / "news" / "html", work / "news", english)
        yield QuestionSet("news", work / "news", data / "news" / "questions.jsonl")
        yield QuestionSet("news standalone", work / "news", _standalone(data / "news" / "questions.jsonl", work))
    if (data / "squad").is_dir():
        passages = _rows(data / "squad" / "passages.jsonl")
        _write(work / "squad", [(row["passage_id"], row["title"], row["text"]) for row in passages])
        yield QuestionSet("squad", work / "squad", _squad(data / "squad" / "questions-dev.jsonl", work))


def _unpack(pages: Path, folder: Path, article_ids: list[str]) -> None:
    """The pages as they were fetched."""
    folder.mkdir(parents=True, exist_ok=True)
    for article_id in article_ids:
        (folder / f"{article_id}.html").write_bytes(gzip.decompress((pages / f"{article_id}.html.gz").read_bytes()))


def _standalone(questions: Path, work: Path) -> Path:
    """The follow-ups alone, each as the question that its history makes of it."""
    rows = [
        {**row, "question": row["standalone"], "history": []} for row in _rows(questions) if row["kind"] == "followup"
    ]
    return _write_rows(work / "news-standalone.jsonl", rows)


def _squad(questions: Path, work: Path) -> Path:
    """SQuAD's questions about articles that the reader was not trained on.

    The paragraph is the article, and any of its words are evidence.
    """
    rows = [
        {
            "id": row["id"],
            "kind": "unanswerable" if row["unanswerable"] else "answerable",
            "question": row["question"],
            "answers": row["answers"],
            "evidence": [] if row["unanswerable"] else [{"article_id": row["passage_id"], "quote": ""}],
        }
        for row in _rows(questions)
        if held_out(row["title"])
    ]
    return _write_rows(work / "squad.jsonl", rows)


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").split("\n") if line]


def _write_rows(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def _write(folder: Path, articles: list[tuple[str, str, str]]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for article_id, title, text in articles:
        (folder / f"{article_id}.md").write_text(f"---\ntitle: {json.dumps(title)}\n---\n\n{text}\n", "utf-8")
