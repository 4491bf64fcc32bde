"""Fit the weights by which `qa.quote` decides to refuse.

    python -m tests.evaluation.fit_refusal --data ../shared/data

Answerable questions of every set against off-topic ones and questions asked of another set's archive. Near-miss and
SQuAD's unanswerable questions are left out: these signals do not tell them from answerable ones.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from ingest import Embedder, Index, reindex
from qa.evaluate import Question, read_questions
from qa.query import make_query
from qa.quote import measure, rank
from qa.retrieve import retrieve
from tests.evaluation.sets import question_sets

_MOST = 250  # questions of one set
_FOREIGN = 100  # questions that one archive is asked of each other set
_HARD = ("nearmiss", "unanswerable")


def signals(index: Index, question: Question) -> tuple[float, ...]:
    """What the refusal of one question is decided by."""
    generation, embedder = index.current(), index.embedder
    query = make_query(question.question, question.history)
    vector = embedder.embed_query(query.text)
    passages = retrieve(generation, query, vector, k=8)
    candidates = rank(query, passages, vector=vector, embedder=embedder, generation=generation)
    measured = measure(query, passages, candidates, vector=vector, generation=generation)
    return measured.similarity, measured.sentence, measured.covered, measured.named


def main() -> None:
    """Print bias and weights, and how many of each half's questions they get right."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    options = parser.parse_args()
    os.environ["HF_HUB_OFFLINE"] = "1"
    embedder = Embedder.load()
    with tempfile.TemporaryDirectory() as work:
        archives = {}
        for chosen in question_sets(options.data, Path(work)):
            if chosen.name == "news standalone":
                continue
            index = Index.open(Path(work) / f"index-{chosen.name}", create=True, embedder=embedder)
            reindex(chosen.articles, index)
            questions = [q for q in read_questions(chosen.questions) if q.kind not in _HARD]
            archives[chosen.name] = (index, questions[:: max(1, len(questions) // _MOST)])
        asked = [(index, q, q.answerable) for index, questions in archives.values() for q in questions]
        for name, (index, _) in archives.items():
            for other, (_, questions) in archives.items():
                foreign = [q for q in questions if not q.history][:_FOREIGN] if other != name else []
                asked.extend((index, question, False) for question in foreign)
        values = np.array([signals(index, question) for index, question, _ in asked])
    labels = np.array([answerable for *_, answerable in asked])
    first = np.arange(len(labels)) % 2 == 0
    for name, chosen_half in (("one half", first), ("the other half", ~first)):
        model = LogisticRegression(C=100, class_weight="balanced").fit(values[chosen_half], labels[chosen_half])
        share = model.score(values[~chosen_half], labels[~chosen_half])
        sys.stdout.write(f"fitted on {name}: right on the rest {share:.3f}\n")
    model = LogisticRegression(C=100, class_weight="balanced").fit(values, labels)
    sys.stdout.write(f"bias {model.intercept_[0]:.2f} weights {model.coef_[0].round(2).tolist()}\n")


if __name__ == "__main__":
    main()
