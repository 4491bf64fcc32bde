"""Passage: a chunk that the index returned for a query, with its score and where it stood."""

from collections.abc import Iterator
from dataclasses import dataclass

from ingest.chunk import Chunk


@dataclass(frozen=True, slots=True)
class Ranks:
    """Where a passage stood in each ranking it came from, counted from 1; None: it was not in that one."""

    meaning: int | None = None
    words: int | None = None
    reranked: int | None = None

    def items(self) -> Iterator[tuple[str, int | None]]:
        """The rankings by name."""
        return iter((("meaning", self.meaning), ("words", self.words), ("reranked", self.reranked)))


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk the index returned for a query; a higher score is better.

    The score is the cosine similarity for a search by meaning, BM25 for one by words, and the fusion of both, from
    0 to 1, in what `qa` makes of them. `also_in` are the other outlets that ran the same story.
    """

    chunk: Chunk
    score: float
    ranks: Ranks = Ranks()
    also_in: tuple[str, ...] = ()
