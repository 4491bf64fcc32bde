"""Queries that stand for one question → their passages, in one ranking."""

from collections.abc import Sequence
from dataclasses import replace

from ingest.index import Generation, Passage
from qa.query import Weighted
from qa.retrieve import distinct, retrieve

_DEEPER = 5  # times the passages wanted: one that is low for each query can be high for all of them


def retrieve_all(
    generation: Generation, queries: Sequence[Weighted], vectors: Sequence[Sequence[float]], *, k: int
) -> list[Passage]:
    """The k passages that fit the queries best, best first; `vectors` are the embedded queries, in their order.

    One query is retrieved as it is. Raises ValueError when there is none.
    """
    if not queries:
        raise ValueError("there is no query")
    if len(queries) == 1:
        return retrieve(generation, queries[0].query, vectors[0], k=k)
    found = [
        retrieve(generation, weighted.query, vector, k=_DEEPER * k)
        for weighted, vector in zip(queries, vectors, strict=True)
    ]
    return distinct(fuse(found, [weighted.weight for weighted in queries]), generation.copies, k=k)


def fuse(found: Sequence[Sequence[Passage]], weights: Sequence[float]) -> list[Passage]:
    """All the passages found by several queries, each with the weighted mean of its scores.

    Where a query did not find one, it would have scored no better than the last that was found, and that is taken.
    Its ranks are those of the first query that found it.
    """
    total = sum(weights) or 1.0
    lowest = [min((passage.score for passage in passages), default=0.0) for passages in found]
    scores = [{passage.chunk.id: passage.score for passage in passages} for passages in found]
    firsts = {passage.chunk.id: passage for passages in reversed(found) for passage in passages}
    fused = [
        replace(
            passage,
            score=sum(weight * of.get(chunk_id, low) for weight, of, low in zip(weights, scores, lowest, strict=True))
            / total,
        )
        for chunk_id, passage in firsts.items()
    ]
    return sorted(fused, key=lambda passage: (-passage.score, passage.chunk.id))
