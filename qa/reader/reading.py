"""Reader: how well each sentence of some passages answers a question.

It reads question and passage together, which no comparison of vectors does. What it is and how it was trained is in
`README.md` beside it.
"""

import os
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tokenizers import Tokenizer

    from qa.reader.network import Network

WEIGHTS = Path(__file__).parent / "reader.safetensors"


class ReaderError(ValueError):
    """The reader's weights are missing or not what they should be; the message says what mends it."""


@dataclass(frozen=True, slots=True)
class Text:
    """A passage's text with its title; `sentences` are the places of sentences in it, in order."""

    title: str
    text: str
    sentences: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """How well one sentence answers, and by which of its words.

    `score` is the log-odds that it answers; `first` to `last` is the place in the text of the words that are most
    likely the answer, `span` their score against the answer not being in this passage at all.
    """

    score: float
    first: int
    last: int
    span: float


class Reader:
    """The trained model, for all threads. The weights are read when they are first needed."""

    def __init__(self, weights: Path = WEIGHTS) -> None:
        self._weights = weights
        self._lock = threading.Lock()
        self._loaded: tuple[Network, Tokenizer] | None = None

    def read(self, question: str, texts: Sequence[Text]) -> list[list[Reading | None]]:
        """For each text its sentences' readings; None for those beyond the tokens that are read.

        Raises ReaderError, EmbedderError.
        """
        from qa.reader.network import read

        network, tokenizer = self._load()
        order = sorted(range(len(texts)), key=lambda place: len(texts[place].text))
        # Each thread reads its share by itself: threads that share a passage wait for each other at every step.
        shares = [share for first in range(_cores()) if (share := order[first :: _cores()])]
        found: list[list[Reading | None]] = [[] for _ in texts]
        with ThreadPoolExecutor(max(1, len(shares))) as pool:
            done = pool.map(lambda share: read(network, tokenizer, question, [texts[n] for n in share]), shares)
            for share, readings in zip(shares, done, strict=True):
                for place, of_text in zip(share, readings, strict=True):
                    found[place] = of_text
        return found

    def _load(self) -> "tuple[Network, Tokenizer]":
        with self._lock:
            if self._loaded is None:
                from qa.reader.network import tokenizer, trained

                if not self._weights.is_file():
                    raise ReaderError(f"{self._weights.name} is missing: install Dateline again")
                self._loaded = trained(self._weights), tokenizer()
            return self._loaded


def _cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
