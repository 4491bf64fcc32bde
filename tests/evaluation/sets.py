"""The question sets to measure with: the corpus's own, and public ones where a folder of them is at hand.

What the ordinary readers can read is given to them as it is; questions are put into the form of `dateline eval`.
"""

import gzip
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.training.data import held_out

CORPUS = Path("corpus")
QUESTIONS = Path(__file__).parent / "questions.jsonl"

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Articles, in a folder or a file, and the questions about them."""

    name: str
    articles: Path
    questions: Path

    @property
    def archive(self) -> str:
        """What the articles are called: several sets may ask the same ones."""
        return (self.articles.parent if self.articles.is_file() else self.articles).name


def question_sets(data: Path, work: Path, names: Collection[str] = ()) -> Iterator[QuestionSet]:
    """The corpus's own set and those whose folder is in `data`, or only those named.

    What has to be written for them is written into `work`; articles that are there already are left as they are.
    Raises ValueError for a name whose folder is missing.
    """
    work.mkdir(parents=True, exist_ok=True)
    if not names or "corpus" in names:
        yield QuestionSet("corpus", CORPUS, QUESTIONS)
    for name, (folder, make) in _SETS.items():
        if names and name not in names:
            continue
        if (data / folder).is_dir():
            yield make(name, data / folder, work)
        elif names:
            raise ValueError(f"there is no folder {data / folder} for the set {name}: name its parent with --data")


def _news(name: str, data: Path, work: Path) -> QuestionSet:
    """News pages as they were fetched."""
    folder = work / "news"
    folder.mkdir(exist_ok=True)
    for row in _rows(data / "articles.jsonl"):
        if row["english"]:
            page = data / "html" / f"{row['article_id']}.html.gz"
            _keep(folder / page.stem, gzip.decompress(page.read_bytes()))
    return QuestionSet(name, folder, data / "questions.jsonl")


def _news_standalone(name: str, data: Path, work: Path) -> QuestionSet:
    """The follow-ups alone, each as the question that its history makes of it."""
    rows = [
        {**row, "question": row["standalone"], "history": []}
        for row in _rows(data / "questions.jsonl")
        if row["kind"] == "followup"
    ]
    return QuestionSet(name, _news(name, data, work).articles, _write(work / "news-standalone.jsonl", rows))


def _squad(name: str, data: Path, work: Path) -> QuestionSet:
    """Questions about articles that the reader was not trained on; each paragraph is an article."""
    folder = work / "squad"
    folder.mkdir(exist_ok=True)
    for row in _rows(data / "passages.jsonl"):
        text = f"---\ntitle: {json.dumps(row['title'])}\n---\n\n{row['text']}\n"
        _keep(folder / f"{row['passage_id']}.md", text.encode())
    questions = [
        _question(row, "unanswerable")
        if row["unanswerable"]
        else _question(row, "answerable", answers=row["answers"], evidence=[row["passage_id"]])
        for row in _rows(data / "questions-dev.jsonl")
        if held_out(row["title"])
    ]
    return QuestionSet(name, folder, _write(work / "squad.jsonl", questions))


def _realtimeqa(name: str, data: Path, work: Path) -> QuestionSet:
    """Quiz questions about the week's news, each asked on the day of its quiz, also of years after the archive."""
    articles = data / "articles.jsonl.gz"
    same = defaultdict(list)  # some articles stand there under several addresses
    for row in _rows(articles):
        same[row["body"]].append(row["id"])
    copies = {article_id: ids for ids in same.values() for article_id in ids}
    questions = []
    for row in _rows(data / "questions-dev.jsonl"):
        if row["is_impossible"]:
            questions.append(_question(row, "after the archive", asked=row["date"]))
        else:
            gold = dict.fromkeys(copy for article_id in row["gold_doc_ids"] for copy in copies[article_id])
            asked = _question(row, "answerable", answers=row["answers"], evidence=gold, asked=row["date"])
            questions.append(asked)
    return QuestionSet(name, articles, _write(work / "realtimeqa.jsonl", questions))


def _multiturn(name: str, data: Path, work: Path) -> QuestionSet:
    """The last turns of conversations, by whether the passages answer.

    Questions that leave open what is asked for have no passages and are passed over.
    """
    questions = [
        _question(row, row["answerability"].lower(), evidence=row["gold_passage_ids"], history=_turns(row["history"]))
        for row in _rows(data / "conversations-dev.jsonl")
        if row["gold_passage_ids"] or row["answerability"] == "UNANSWERABLE"
    ]
    return QuestionSet(name, data / "passages.jsonl", _write(work / "multiturn.jsonl", questions))


def _multihop(name: str, data: Path, work: Path) -> QuestionSet:
    """Queries that need several articles. What all but the inference queries ask for, yes or no, no quote says."""
    questions = []
    for row in _rows(data / "queries-dev.jsonl"):
        kind = row["question_type"].removesuffix("_query")
        answers = [row["answer"]] if kind == "inference" else []
        asked = {**row, "question": row["query"]}
        questions.append(
            _question(asked, "unanswerable")
            if row["is_impossible"]
            else _question(asked, kind, answers=answers, evidence=row["gold_doc_ids"])
        )
    return QuestionSet(name, data / "corpus.jsonl", _write(work / "multihop-rag.jsonl", questions))


# Each with the folder that it is made from.
_SETS = {
    "news": ("news", _news),
    "news standalone": ("news", _news_standalone),
    "squad": ("squad", _squad),
    "realtimeqa": ("realtimeqa", _realtimeqa),
    "multiturn": ("multiturn", _multiturn),
    "multihop-rag": ("multihop-rag", _multihop),
}
NAMES = ("corpus", *_SETS)


def _question(row: Row, kind: str, *, evidence: Iterable[str] = (), **fields: object) -> Row:
    """A row for `dateline eval`; of an article that is evidence all words are."""
    gold = [{"article_id": article_id, "quote": ""} for article_id in evidence]
    return {"id": row["id"], "kind": kind, "question": row["question"], "evidence": gold, **fields}


def _turns(history: Iterable[Row]) -> list[Row]:
    """Questions with their answers, some without; an answer before all questions is left out."""
    turns: list[Row] = []
    for said in history:
        if said["role"] == "user":
            turns.append({"question": said["text"], "answer": ""})
        elif turns:
            turns[-1]["answer"] = said["text"]
    return turns


def _keep(path: Path, content: bytes) -> None:
    """Write an article, unless it is there: one that is written again is read again."""
    if not path.exists():
        path.write_bytes(content)


def _rows(path: Path) -> list[Row]:
    read = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return [json.loads(line) for line in read.decode("utf-8").split("\n") if line]


def _write(path: Path, rows: Iterable[Row]) -> Path:
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), "utf-8")
    return path
