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
from sentence_transformers import SentenceTransformer

from ingest import Embedder, Index, reindex
from ingest.embed import packaged_folder
from qa import Assistant
from qa.evaluate import read_questions
from tests.benchmark.page import page_lines
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
        place = Path(work)
        lines = [*_ingest(place), *_questions(place, options.articles), *_commands(place)]
        lines += page_lines(place / "large", _asked(10), _line)
    sys.stdout.write("| what | median | spread |\n| --- | --- | --- |\n" + "\n".join(lines) + "\n")


def _ingest(work: Path) -> list[str]:
    """Articles indexed by us and by the usual LangChain recipe, in turns, with the same weights."""
    embedder = Embedder.load()
    plain = SentenceTransformer(str(packaged_folder()), device="cpu", local_files_only=True)
    ours, theirs = [], []
    for turn in range(3):
        folder = work / f"turn-{turn}"
        _archive(folder, 60, seed=turn)
        articles = [path.read_text("utf-8") for path in sorted(folder.iterdir())]
        volume = sum(map(len, articles))
        index = Index.open(work / f"ours-{turn}", create=True, embedder=embedder)
        theirs.append(volume / _timed(lambda: _recipe(articles, plain, work / f"theirs-{turn}")))  # noqa: B023
        ours.append(volume / _timed(lambda: reindex(folder, index)))  # noqa: B023
    ratio = statistics.median(a / b for a, b in zip(ours, theirs, strict=True))
    rows = (("`dateline ingest`", ours), ("the LangChain recipe", theirs))
    return [
        *(f"| {name}, characters a second | {statistics.median(rates):,.0f} | |" for name, rates in rows),
        f"| `dateline ingest` : the LangChain recipe | {ratio:.1f} | |",
    ]


def _recipe(articles: list[str], model: SentenceTransformer, folder: Path) -> None:
    """RecursiveCharacterTextSplitter, HuggingFaceEmbeddings, Chroma.from_documents, each with its defaults.

    The packages of the last two ask for a huggingface-hub that gradio 6 does not: these are the calls they make.
    """
    import chromadb
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200)
    texts = [text for article in articles for text in splitter.split_text(article)]
    vectors = model.encode([text.replace("\n", " ") for text in texts]).tolist()
    settings = chromadb.config.Settings(anonymized_telemetry=False)
    client = chromadb.PersistentClient(str(folder), settings=settings)
    collection = client.create_collection("langchain", embedding_function=None)
    ids = [str(number) for number in range(len(texts))]
    for start in range(0, len(texts), 5_000):
        part = slice(start, start + 5_000)
        collection.upsert(
            ids[part], embeddings=vectors[part], documents=texts[part], metadatas=[{"source": "a"}] * len(ids[part])
        )


def _questions(work: Path, articles: int) -> list[str]:
    """A question against the plain recipe (one vector, Chroma, the four nearest) on the same index, in turns."""
    _archive(work / "articles", articles)
    embedder = RandomDocuments.load()
    index = Index.open(work / "large", create=True, embedder=embedder)
    changes = reindex(work / "articles", index)
    assistant = Assistant(index)
    questions = _asked(40)

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


def _asked(n: int) -> list[str]:
    return [question.question for question in read_questions(QUESTIONS)][:n]


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


def _archive(folder: Path, articles: int, *, seed: int = 1) -> None:
    """Articles of shuffled sentences of the corpus."""
    folder.mkdir()
    sentences = [
        sentence.strip() + "."
        for path in sorted(CORPUS.glob("*.md"))
        for sentence in path.read_text("utf-8").rpartition("---")[2].split(". ")
    ]
    chance = random.Random(seed)
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
