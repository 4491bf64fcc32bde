"""Shared by all tests: the real embedder, a small one to work out by hand, indexes, and articles in folders."""

import math
import multiprocessing
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
from hypothesis import settings

from ingest.embed import Embedder
from ingest.index import Index
from ingest.reindex import reindex

pytest_plugins = ["tests.language_model"]

ROOT = Path(__file__).parents[1]
CORPUS = ROOT / "corpus"

# Nothing here is about time, and the machine may be busy.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

_WORD = re.compile(r"\w+")
MakeArticles = Callable[..., Path]


class BagOfWords(Embedder):
    """Counts words: a text is a vector with one dimension for every hash of a word, of length 1.

    The similarity of two texts without words that share a hash is that of their word counts. One dimension is the
    same in all texts, so that a text without words has a direction too. It remembers what it embedded.
    """

    def __init__(self, name: str = "bag of words", *, dimension: int = 64, max_tokens: int = 256) -> None:
        self.name = name
        self.weights = f"{crc32(name.encode()):064x}"
        self.dimension = dimension
        self.max_tokens = max_tokens
        self.embedded: list[str] = []

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Count the words of each text."""
        self.embedded.extend(texts)
        return [self._vector(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        """Count the words of a query."""
        return self._vector(text)

    def token_counts(self, texts: Sequence[str]) -> list[int]:
        """Count words as tokens, and each character that is neither a word's nor white space."""
        return [len(re.findall(r"\w+|[^\w\s]", text)) for text in texts]

    def _vector(self, text: str) -> list[float]:
        counts = [0.1] + [0.0] * (self.dimension - 1)
        for word in _WORD.findall(text.lower()):
            counts[1 + crc32(word.encode("utf-8", "surrogatepass")) % (self.dimension - 1)] += 1.0
        length = math.hypot(*counts)
        return [count / length for count in counts]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the slow files first: two run at a time, and one that comes last would keep the other process waiting."""
    items.sort(key=lambda item: not any(item.iter_markers("web")))


@dataclass(frozen=True, slots=True)
class Child:
    """A process and the line to it."""

    process: BaseProcess
    line: "Connection[Any, Any]"

    def ask(self, question: object = None) -> Any:  # noqa: ANN401 - whatever the process sends
        """Send it something, and wait for what it sends back."""
        self.line.send(question)
        return self.line.recv()

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        self.process.kill()
        self.process.join()
        self.line.close()

    def end(self) -> None:
        """Tell it to go on to its end."""
        self.line.send(None)
        self.process.join()
        assert self.process.exitcode == 0


Start = Callable[..., Child]


def pytest_make_parametrize_id(val: object) -> str | None:
    """Name packed bytes by their length: the time is in them, and two processes have to name tests alike."""
    return f"{len(val)} packed bytes" if isinstance(val, bytes) and val.startswith(b"\x1f\x8b\x08") else None


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    """Load the packaged model, once for all tests."""
    return Embedder.load()


@pytest.fixture(scope="session")
def corpus_index(embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Index:
    """Index the sample articles with the packaged model, once for all tests. For reading only."""
    index = Index.open(tmp_path_factory.mktemp("corpus") / "index", create=True, embedder=embedder)
    assert not reindex(CORPUS, index).failed
    return index


@pytest.fixture
def bag_of_words() -> BagOfWords:
    """Count words instead of running a model; fresh for each test."""
    return BagOfWords()


@pytest.fixture
def index(tmp_path: Path, bag_of_words: BagOfWords) -> Index:
    """Open an index that is not there yet, to be written with the bag of words."""
    return Index.open(tmp_path / "index", create=True, embedder=bag_of_words)


@pytest.fixture
def article_folder(tmp_path: Path) -> Path:
    """Make an empty folder for articles."""
    folder = tmp_path / "articles"
    folder.mkdir()
    return folder


@pytest.fixture
def make_articles(article_folder: Path) -> MakeArticles:
    """Write articles as Markdown, `make_articles({"a.md": "Text."}, title="A")`, each with the same front matter."""

    def make(texts: Mapping[str, str], *, folder: Path = article_folder, **fields: str) -> Path:
        for name, text in texts.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            header = "".join(f"{field}: {value}\n" for field, value in fields.items())
            path.write_text(f"---\n{header}---\n\n{text}\n" if fields else f"{text}\n", "utf-8")
        return folder

    return make


@pytest.fixture
def start() -> Iterator[Start]:
    """Start functions of a test module, `start(function, …)`, as processes that know nothing of this one.

    The function gets a connection and the arguments. What still runs after the test is killed.
    """
    # From a process that has imported what takes long, and opened nothing.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["chromadb", "ingest.embed", "ingest.reindex", "tests.conftest"])
    started: list[Child] = []

    def run(function: Callable[..., None], *arguments: object) -> Child:
        here, there = context.Pipe()
        process = context.Process(target=function, args=(there, *arguments), daemon=True)
        process.start()
        there.close()
        started.append(Child(process, here))
        return started[-1]

    yield run
    for child in started:
        child.kill()
