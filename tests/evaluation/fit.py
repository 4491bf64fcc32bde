"""Fit the weights by which sentences are ranked and questions are refused.

    python -m tests.evaluation.fit --data ../shared/data

On the corpus's, the news and the SQuAD questions, of the last only those about articles that the reader was not
trained on. Each half is fitted and tried on the other; the weights that are printed are of both.
"""

import argparse
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from ingest import Embedder, Index, reindex
from qa.answer import Query
from qa.evaluate import Question, normalised, overlap, read_questions, same_article
from qa.quote import signals
from qa.rank import Candidate, rank
from qa.reader import WEIGHTS, Reader
from qa.retrieve import retrieve
from tests.evaluation.sets import question_sets

_SETS = ("corpus", "news", "news standalone", "squad")
_PASSAGES = 10
_FOREIGN = 40  # questions that one archive is asked of each other set
_COUNTS = {"unanswerable": 0.3, "foreign": 0.5}  # questions written to deceive are rare, and so are strangers'

Values = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question put to an archive: its sentences' features, which of them answer, and what a refusal looks at."""

    set: str
    kind: str
    answerable: bool
    features: Values
    right: Values
    signals: tuple[float, ...]


class Archive:
    """An index with what is needed to ask it."""

    def __init__(self, name: str, index: Index, reader: Reader) -> None:
        self._name = name
        self._embedder = index.embedder
        self._generation = index.current()
        self._reader = reader

    def ask(self, question: Question, *, foreign: bool = False) -> Asked | None:
        """What is found; None where nothing is."""
        query = Query(question.question)
        vector = self._embedder.embed_query(query.text)
        passages = retrieve(self._generation, query, vector, k=_PASSAGES)
        candidates = rank(query, passages, reader=self._reader, generation=self._generation)
        if not candidates:
            return None
        measured = signals(query, passages, candidates, vector=vector, generation=self._generation)
        return Asked(
            self._name,
            "foreign" if foreign else question.kind,
            question.answerable and not foreign,
            np.array([candidate.features for candidate in candidates]),
            np.array([not foreign and _answers(question, candidate) for candidate in candidates]),
            measured.values,
        )


def _answers(question: Question, candidate: Candidate) -> bool:
    """Whether a sentence is the gold one; where only the article is known, whether it has the answer."""
    chunk = candidate.passage.chunk
    said = f" {normalised(candidate.text)} "
    return any(
        same_article(chunk.article_id, gold.article_id)
        and (
            overlap(gold.quote, candidate.text) or overlap(candidate.text, gold.quote)
            if gold.quote
            else any(f" {normalised(answer)} " in said for answer in question.answers)
        )
        for gold in question.evidence
    )


def first_right(weights: Values, asked: list[Asked]) -> float:
    """The share of questions whose best sentence is right, of those that can be answered."""
    return float(np.mean([a.right[int((a.features @ weights).argmax())] for a in asked if a.answerable]))


def fit_ranking(asked: list[Asked]) -> Values:
    """The weights by which right sentences stand out among all of a question's (a softmax over them)."""
    lists = [(torch.tensor(a.features), torch.tensor(a.right)) for a in asked if a.right.any()]
    weights = torch.zeros(lists[0][0].shape[1], dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([weights], max_iter=100)

    def lost() -> torch.Tensor:
        optimizer.zero_grad()
        scores = [(features @ weights, right) for features, right in lists]
        value = torch.stack([s.logsumexp(0) - s[right].logsumexp(0) for s, right in scores]).mean()
        value = value + 0.001 * (weights**2).sum()
        torch.autograd.backward(value)
        return value

    optimizer.step(lost)  # type: ignore[no-untyped-call]
    return weights.detach().numpy()


def fit_refusal(asked: list[Asked]) -> LogisticRegression:
    """The weights by which a question that can be answered is told from one that cannot."""
    answerable = np.array([a.answerable for a in asked])
    counts = np.array([_COUNTS.get(a.kind, 1.0) for a in asked])
    return LogisticRegression(C=10).fit(np.array([a.signals for a in asked]), answerable, sample_weight=counts)


def report_refusal(model: LogisticRegression, asked: list[Asked]) -> str:
    """How each kind is told from what can be answered, and the cut that answers 0.93 of that."""
    sure = model.predict_proba(np.array([a.signals for a in asked]))[:, 1]
    answerable = np.array([a.answerable for a in asked])
    cut = float(np.quantile(sure[answerable], 0.07))
    kinds = np.array([a.kind for a in asked])
    told = []
    for kind in sorted({a.kind for a in asked if not a.answerable}):
        chosen = answerable | (kinds == kind)
        area = roc_auc_score(answerable[chosen], sure[chosen])
        told.append(f"{kind}: area {area:.3f}, refused {np.mean(sure[kinds == kind] < cut):.3f}")
    return f"cut {cut:.3f}; " + "; ".join(told)


def main() -> None:
    """Print both fits, and how each half's does on the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--work", type=Path, help="a folder to keep the indexes in")
    parser.add_argument("--reader", type=Path, default=WEIGHTS, help="its weights; default: those that are shipped")
    options = parser.parse_args()
    embedder, reader = Embedder.load(), Reader(options.reader)
    with tempfile.TemporaryDirectory() as temporary:
        work = options.work or Path(temporary)
        archives: dict[str, tuple[Archive, list[Question]]] = {}
        for chosen in question_sets(options.data, work, _SETS):
            index = Index.open(work / f"index-{chosen.archive}", create=True, embedder=embedder)
            reindex(chosen.articles, index)
            archives[chosen.name] = (Archive(chosen.name, index, reader), _alone(chosen.questions))
        asked = [a for archive, questions in archives.values() for q in questions if (a := archive.ask(q))]
        for name, (archive, _) in archives.items():
            for other, (_, questions) in archives.items():
                foreign = questions[:_FOREIGN] if other.split()[0] != name.split()[0] else []
                asked.extend(a for q in foreign if (a := archive.ask(q, foreign=True)))
    _report(asked)


def _alone(file: Path) -> list[Question]:
    return [question for question in read_questions(file) if not question.history]


def _report(asked: list[Asked]) -> None:
    halves = asked[::2], asked[1::2]
    for fitted, tried in (halves, halves[::-1]):
        weights, model = fit_ranking(fitted), fit_refusal(fitted)
        for name in dict.fromkeys(a.set for a in tried):
            sys.stdout.write(f"  {name}: first {first_right(weights, [a for a in tried if a.set == name]):.3f}\n")
        sys.stdout.write(f"  {report_refusal(model, tried)}\n")
    model = fit_refusal(asked)
    sys.stdout.write(f"ranking {fit_ranking(asked).round(2).tolist()}\n")
    sys.stdout.write(f"refusal: bias {model.intercept_[0]:.2f} weights {model.coef_[0].round(2).tolist()}\n")
    sys.stdout.write(f"  {report_refusal(model, asked)}\n")


if __name__ == "__main__":
    main()
