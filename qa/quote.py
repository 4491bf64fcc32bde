"""Passages → the sentences that answer, in the articles' own words, or a refusal."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.index import Generation, Passage
from qa.answer import Citation, Query, Refusal, Sentence, cited
from qa.choose import choose
from qa.rank import Candidate, rank, reordered
from qa.reader import Reader
from qa.refuse import ANSWERED, Signals, measure, refuse

_NEAREST = 3  # articles that a refusal shows
_SURE = 0.0  # the reader's log-odds from which the very words that answer are marked


@dataclass(frozen=True, slots=True)
class Quotes:
    """The sentences that answer, or why there are none; and the passages, those that answer best first.

    `probability`: how likely it is that the articles answer, 0 to 1.
    """

    sentences: tuple[Sentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    refusal: Refusal | None = None
    passages: tuple[Passage, ...] = ()
    probability: float = 0.0
    notes: tuple[str, ...] = ()


def quote(
    query: Query,
    passages: Sequence[Passage],
    *,
    vector: Sequence[float],
    reader: Reader,
    generation: Generation,
    asked: Sequence[str] = (),
) -> Quotes:
    """The sentences of the passages that answer, the best first, each with its citation; or a refusal.

    `vector` is the embedded query, `generation` the state of the index that the passages come from, `asked` the
    forms of the question that are read where the query has earlier turns in front, the bare question first.
    """
    candidates = rank(query, passages, reader=reader, generation=generation, asked=asked)
    if not candidates:
        return Quotes(refusal=Refusal("The archive has nothing on this."), passages=tuple(passages))
    probability = signals(query, passages, candidates, vector=vector, generation=generation).probability
    ordered = reordered(passages, candidates)
    if probability < ANSWERED:
        nearest: dict[str, Candidate] = {}
        for candidate in candidates:
            nearest.setdefault(candidate.passage.chunk.article_id, candidate)
        shown = [_citation(number, c) for number, c in enumerate(list(nearest.values())[:_NEAREST], 1)]
        return Quotes(refusal=refuse(query, passages, shown, generation), passages=ordered, probability=probability)
    chosen, note = choose(asked[0] if asked else query.text, candidates, newest_first=query.newest_first)
    citations = tuple(_citation(number, candidate) for number, candidate in enumerate(chosen, 1))
    sentences = tuple(Sentence(c.quote, (c.number,), supported=True) for c in citations)
    return Quotes(sentences, citations, None, ordered, probability, (note,) if note else ())


def signals(
    query: Query,
    passages: Sequence[Passage],
    candidates: Sequence[Candidate],
    *,
    vector: Sequence[float],
    generation: Generation,
) -> Signals:
    """What decides whether there is an answer."""
    return measure(
        query,
        passages,
        sentence=max(candidate.reading.score for candidate in candidates),
        span=max(candidate.reading.span for candidate in candidates),
        best=candidates[0].text,
        vector=vector,
        generation=generation,
    )


def _citation(number: int, candidate: Candidate) -> Citation:
    begin, reading = candidate.passage.chunk.start, candidate.reading
    exact = (begin + reading.first, begin + reading.last) if reading.span >= _SURE else None
    strength = 1 / (1 + math.exp(-candidate.score))
    return cited(number, candidate.passage, candidate.start, candidate.end, strength, exact=exact)
