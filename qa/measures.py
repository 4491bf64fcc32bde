"""What became of the questions of a set → the measures of the contract, overall and by kind."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from qa.reliability import Judged, Reliability, reliability


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one question; None where a measure does not apply."""

    kind: str
    answerable: bool
    refused: bool
    first_article: bool | None
    first_evidence: bool | None
    evidence: bool | None
    answer: bool | None
    citation: bool | None
    first_citation: bool | None
    precision: float | None
    supported: float | None
    probability: float
    milliseconds: float
    words: tuple[bool, ...] = ()  # of each quote and sentence whether it is article text


@dataclass(frozen=True, slots=True)
class Row:
    """The measures over some questions; shares are between 0 and 1, None where nothing was to be measured."""

    kind: str
    questions: int
    first_article: float | None
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
    """The measures overall and by kind, and how refusals, probabilities and time came out."""

    k: int
    rows: tuple[Row, ...]
    refusal_precision: float | None
    refusal_recall: float | None
    p50: float
    p95: float
    reliability: Reliability
    quotes: int  # quotes and sentences that were compared with their articles
    verbatim: int  # of those, how many are the article's text

    def as_json(self) -> dict[str, Any]:
        """The table as one JSON object."""
        return {
            "k": self.k,
            "kinds": {row.kind: _row_json(row, self.k) for row in self.rows},
            "refusal": {"precision": self.refusal_precision, "recall": self.refusal_recall},
            "reliability": self.reliability.as_json(),
            "verbatim": {"quotes": self.quotes, "equal": self.verbatim},
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
        quotes = f"quotes and sentences that are their article's text: {self.verbatim:,} of {self.quotes:,}"
        return f"{table}\n\n{summary}\n{quotes}\n\n{self.reliability}"


def table_of(outcomes: Sequence[Outcome], *, k: int) -> Table:
    """The measures of some questions, at least one, over all of them and by kind, as the kinds first come."""
    kinds = dict.fromkeys(outcome.kind for outcome in outcomes)
    times = sorted(outcome.milliseconds for outcome in outcomes)
    words = [same for outcome in outcomes for same in outcome.words]
    return Table(
        k,
        (_row("all", outcomes), *(_row(kind, [o for o in outcomes if o.kind == kind]) for kind in kinds)),
        refusal_precision=_mean([not outcome.answerable for outcome in outcomes if outcome.refused]),
        refusal_recall=_mean([outcome.refused for outcome in outcomes if not outcome.answerable]),
        p50=statistics.median(times),
        p95=times[min(len(times) - 1, int(len(times) * 0.95))],
        reliability=reliability([Judged(o.kind, o.answerable, o.probability) for o in outcomes]),
        quotes=len(words),
        verbatim=sum(words),
    )


def _row(kind: str, outcomes: Sequence[Outcome]) -> Row:
    return Row(
        kind,
        len(outcomes),
        first_article=_mean([o.first_article for o in outcomes]),
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
        "article@1": row.first_article,
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
