"""`make bench`: how long things take, side by side with the plain recipe, in one run on one machine."""

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from ingest import Embedder, Index, reindex
from qa import Assistant
from qa.evaluate import read_questions
from tests.evaluation.sets import CORPUS, QUESTIONS

_REPEATS = 5


class RandomDocuments(Embedder):
    """The packaged embedder for questions, random vectors for articles: an archive of any size in no time."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        if len(texts) <= 100:
            return super().embed_documents(texts)
        rows = np.random.default_rng(len(texts)).normal(size=(len(texts), self.dimension))
        vectors: list[list[float]] = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).tolist()
        return vectors


def main() -> None:
    """Print a table of medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=2_500, help="how many articles (about four chunks each)")
    options = parser.parse_args()
    os.environ["HF_HUB_OFFLINE"] = "1"
    with tempfile.TemporaryDirectory() as work:
        lines = [*_questions(Path(work), options.articles), *_commands(Path(work))]
    sys.stdout.write("| what | median | spread |\n| --- | --- | --- |\n" + "\n".join(lines) + "\n")


def _questions(work: Path, articles: int) -> list[str]:
    """A question against the plain recipe (one vector, Chroma, the four nearest) on the same index, in turns."""
    _archive(work / "articles", articles)
    embedder = RandomDocuments.load()
    index = Index.open(work / "large", create=True, embedder=embedder)
    changes = reindex(work / "articles", index)
    assistant = Assistant(index)
    questions = [question.question for question in read_questions(QUESTIONS)][:40]

    def plain(question: str) -> None:
        index.current().by_meaning(embedder.embed_query(question), 4)

    for question in questions[:5]:
        plain(question)
        assistant.ask(question)
    ours, theirs = [], []
    for question in questions:
        theirs.append(_timed(lambda: plain(question)))  # noqa: B023 - called at once
        ours.append(_timed(lambda: assistant.ask(question)))  # noqa: B023
    ratio = statistics.median(a / b for a, b in zip(ours, theirs, strict=True))
    return [
        _line(f"a question, {changes.chunks:,} chunks", ours),
        _line("the plain recipe on the same index", theirs),
        f"| a question : the plain recipe | {ratio:.1f} | |",
    ]


def _commands(work: Path) -> list[str]:
    """The commands as processes, cold."""
    index = str(work / "small")
    command = [sys.executable, "-m", "qa"]
    subprocess.run([*command, "ingest", "--index", index, str(CORPUS)], check=True, capture_output=True)
    asked = ["ask", "--index", index, "What does the Cortana integration involve?"]
    runs = {
        "dateline --help": ["--help"],
        "dateline ask": asked,
        "dateline ingest, nothing new": ["ingest", "--index", index],
    }
    return [
        _line(f"`{name}`", [_timed(lambda: _run([*command, *arguments])) for _ in range(_REPEATS)])  # noqa: B023
        for name, arguments in runs.items()
    ]


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True, capture_output=True)


def _archive(folder: Path, articles: int) -> None:
    """Articles of shuffled sentences of the corpus."""
    folder.mkdir()
    sentences = [
        sentence.strip() + "."
        for path in sorted(CORPUS.glob("*.md"))
        for sentence in path.read_text("utf-8").rpartition("---")[2].split(". ")
    ]
    chance = random.Random(1)
    for number in range(articles):
        text = " ".join(chance.choices(sentences, k=26))
        (folder / f"{number:06d}.md").write_text(f"---\ntitle: Article {number}\n---\n\n{text}\n", "utf-8")


def _timed(run: Callable[[], object]) -> float:
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


def _line(name: str, seconds: list[float]) -> str:
    unit, factor = ("ms", 1000) if statistics.median(seconds) < 1 else ("s", 1)
    low, middle, high = (value * factor for value in (min(seconds), statistics.median(seconds), max(seconds)))
    return f"| {name} | {middle:.3g} {unit} | {low:.3g}–{high:.3g} {unit} |"


if __name__ == "__main__":
    main()
