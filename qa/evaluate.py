"""Question sets → a table of numbers."""

import re
import statistics
import string
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from qa.answer import Answer, Citation, Turn
from qa.assistant import Assistant
from qa.reliability import Judged, Reliability, reliability

_WORD = re.compile(r"\w+")
_ARTICLES = re.compile(r"\b(a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation)

Progress = Callable[[int, int, int], None]


class _Row(BaseModel):
    """A line of a question set, as the contract has it; other fields are notes and are passed over."""

    model_config = ConfigDict(extra="ignore")

    class Turn(BaseModel):
        question: str
        answer: str = ""

    class Evidence(BaseModel):
        article_id: str
        quote: str = ""

    id: str
    kind: str = "question"
    question: str
    history: list[Turn] = []
    answers: list[str] = []
    evidence: list[Evidence] = []


@dataclass(frozen=True, slots=True)
class Gold:
    """An article that answers, and its words that do; no words: any of the article's passages will do."""

    article_id: str
    quote: str


@dataclass(frozen=True, slots=True)
class Question:
    """One row of a question set; without answers and evidence the articles do not say."""

    id: str
    kind: str
    question: str
    history: tuple[Turn, ...] = ()
    answers: tuple[str, ...] = ()
    evidence: tuple[Gold, ...] = ()

    @property
    def answerable(self) -> bool:
        """Whether the articles say it."""
        return bool(self.answers or self.evidence)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one question; None where a measure does not apply."""

    kind: str
    answerable: bool
    refused: bool
    first_evidence: bool | None
    evidence: bool | None
    answer: bool | None
    citation: bool | None
    first_citation: bool | None
    precision: float | None
    supported: float | None
    probability: float
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Row:
    """The measures over some questions; shares are between 0 and 1, None where nothing was to be measured."""

    kind: str
    questions: int
    first_evidence: float | None
    evidence: float | None
    answer: float | None
    citation: float | None
    first_citation: float | None
    precision: float | None
    answered: float | None
    refused: float | None
    supported: float | None


@dataclass(frozen=True, slots=True)
class Table:
    """The measures overall and by kind, and how refusals and time came out."""

    k: int
    rows: tuple[Row, ...]
    refusal_precision: float | None
    refusal_recall: float | None
    p50: float
    p95: float
    reliability: Reliability

    def as_json(self) -> dict[str, Any]:
        """The table as one JSON object."""
        return {
            "k": self.k,
            "kinds": {row.kind: _row_json(row, self.k) for row in self.rows},
            "refusal": {"precision": self.refusal_precision, "recall": self.refusal_recall},
            "reliability": self.reliability.as_json(),
            "milliseconds": {"p50": round(self.p50, 1), "p95": round(self.p95, 1)},
        }

    def __str__(self) -> str:
        measures = ("answer", "citation", "citation@1", "precision", "answered", "refused", "supported")
        head = ("kind", "n", "evidence@1", f"evidence@{self.k}", *measures)
        lines = [head, tuple("---" for _ in head)]
        for row in self.rows:
            cited = (row.citation, row.first_citation, row.precision)
            values = (row.first_evidence, row.evidence, row.answer, *cited, row.answered, row.refused, row.supported)
            lines.append((row.kind, str(row.questions), *("" if v is None else f"{v:.3f}" for v in values)))
        widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
        table = "\n".join(
            "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |"
            for line in lines
        )
        refusal = " / ".join("–" if v is None else f"{v:.3f}" for v in (self.refusal_precision, self.refusal_recall))
        summary = f"refusal precision / recall {refusal}; {self.p50:.0f} ms p50, {self.p95:.0f} ms p95"
        return f"{table}\n\n{summary}\n\n{self.reliability}"


def read_questions(file: Path) -> list[Question]:
    """The rows of a question set. Raises ValueError with the line that is wrong, OSError."""
    questions = []
    for number, line in enumerate(file.read_text("utf-8").split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = _Row.model_validate_json(line)
        except ValidationError as error:
            wrong = error.errors()[0]
            place = ".".join(str(part) for part in wrong["loc"]) or "the row"
            raise ValueError(f"{file}, line {number}: {place}: {wrong['msg']}") from error
        questions.append(
            Question(
                row.id,
                row.kind,
                row.question,
                tuple(Turn(turn.question, turn.answer) for turn in row.history),
                tuple(row.answers),
                tuple(Gold(gold.article_id, gold.quote) for gold in row.evidence),
            )
        )
    if not questions:
        raise ValueError(f"{file} has no questions")
    return questions


def evaluate(
    assistant: Assistant, questions: Sequence[Question], *, k: int = 5, progress: Progress | None = None
) -> Table:
    """Ask every question and measure the answers."""
    outcomes = []
    for number, question in enumerate(questions, 1):
        outcomes.append(
            judge(question, assistant.ask(question.question, question.history, k=max(k, assistant.k)), k=k)
        )
        if progress is not None:
            progress(number, len(questions), 0)
    kinds = list(dict.fromkeys(outcome.kind for outcome in outcomes))
    rows = [_row("all", outcomes), *(_row(kind, [o for o in outcomes if o.kind == kind]) for kind in kinds)]
    refused = [outcome for outcome in outcomes if outcome.refused]
    times = sorted(outcome.milliseconds for outcome in outcomes)
    return Table(
        k,
        tuple(rows),
        refusal_precision=_mean([not outcome.answerable for outcome in refused]),
        refusal_recall=_mean([outcome.refused for outcome in outcomes if not outcome.answerable]),
        p50=statistics.median(times),
        p95=times[min(len(times) - 1, int(len(times) * 0.95))],
        reliability=reliability([Judged(o.kind, o.answerable, o.probability) for o in outcomes]),
    )


def judge(question: Question, answer: Answer, *, k: int) -> Outcome:
    """Compare one answer with what a question set expects of it (measures: see the contract)."""
    cited = answer.citations
    found = [
        any(
            same_article(chunk.article_id, gold.article_id) and (not gold.quote or overlap(gold.quote, chunk.text))
            for gold in question.evidence
        )
        for chunk in (passage.chunk for passage in answer.passages[:k])
    ]
    right = [_bears_out(citation, question.evidence) for citation in cited]
    in_gold = [any(same_article(c.article_id, gold.article_id) for gold in question.evidence) for c in cited]
    shown = [sentence.supported is True for sentence in answer.sentences]
    wanted = all if question.kind == "compare" else any
    said = normalised(answer.text) if answer.refusal is None else ""
    return Outcome(
        kind=question.kind,
        answerable=question.answerable,
        refused=answer.refusal is not None,
        first_evidence=any(found[:1]) if question.evidence else None,
        evidence=any(found) if question.evidence else None,
        answer=wanted(f" {normalised(a)} " in f" {said} " for a in question.answers) if question.answers else None,
        citation=any(right) if question.evidence else None,
        first_citation=bool(right and right[0]) if question.evidence else None,
        precision=sum(in_gold) / len(in_gold) if in_gold and question.evidence else None,
        supported=sum(shown) / len(shown) if shown else None,
        probability=answer.probability,
        milliseconds=answer.seconds.total * 1000,
    )


def overlap(gold: str, text: str) -> bool:
    """Whether a text contains a quote, or at least half of its words in one piece (case and punctuation folded)."""
    words = _words(gold)
    return bool(words) and 2 * _longest_run(words, _words(text)) >= len(words)


def same_article(article_id: str, gold_id: str) -> bool:
    """Whether an id is the gold one; a question set may leave out a file's ending, and the archive of a row."""
    row = article_id.rpartition("#")[2]
    return gold_id in (article_id, row, row.rpartition(".")[0])


def normalised(text: str) -> str:
    """Case, punctuation, a / an / the and white space folded, as SQuAD's own evaluation does."""
    return " ".join(_ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION)).split())


def _bears_out(citation: Citation, evidence: Sequence[Gold]) -> bool:
    quoted = _words(citation.quote)
    for gold in evidence:
        words = _words(gold.quote)
        shorter = min(len(quoted), len(words))
        if same_article(citation.article_id, gold.article_id) and 2 * _longest_run(words, quoted) >= shorter:
            return True
    return False


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def _longest_run(one: Sequence[str], other: Sequence[str]) -> int:
    return SequenceMatcher(None, one, other, autojunk=False).find_longest_match().size


def _row(kind: str, outcomes: Sequence[Outcome]) -> Row:
    return Row(
        kind,
        len(outcomes),
        first_evidence=_mean([o.first_evidence for o in outcomes]),
        evidence=_mean([o.evidence for o in outcomes]),
        answer=_mean([o.answer for o in outcomes]),
        citation=_mean([o.citation for o in outcomes]),
        first_citation=_mean([o.first_citation for o in outcomes]),
        precision=_mean([o.precision for o in outcomes]),
        answered=_mean([not o.refused for o in outcomes if o.answerable]),
        refused=_mean([o.refused for o in outcomes if not o.answerable]),
        supported=_mean([o.supported for o in outcomes]),
    )


def _mean(values: Sequence[float | None]) -> float | None:
    known = [float(value) for value in values if value is not None]
    return round(statistics.fmean(known), 4) if known else None


def _row_json(row: Row, k: int) -> dict[str, Any]:
    return {
        "questions": row.questions,
        "evidence@1": row.first_evidence,
        f"evidence@{k}": row.evidence,
        "answer": row.answer,
        "citation": row.citation,
        "citation@1": row.first_citation,
        "citation precision": row.precision,
        "answered": row.answered,
        "refused": row.refused,
        "supported": row.supported,
    }
