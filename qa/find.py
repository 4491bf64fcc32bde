"""Queries → what the articles say: passages, and the quotes that answer; within the time that a question names."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from ingest.index import Generation, Passage
from qa.answer import Query, Refusal, span_of_days
from qa.follow import retrieve_all
from qa.period import Period
from qa.query import Weighted, forms_to_read
from qa.quote import Quotes, quote
from qa.reader import Reader
from qa.refuse import refuse
from qa.rerank import RERANKED, rerank
from qa.retrieve import retrieve

if TYPE_CHECKING:
    from langchain_core.cross_encoders import BaseCrossEncoder
    from langchain_core.embeddings import Embeddings

_TRUST = 0.2  # how much less likely an answer from the time that is named may be than one from all times
_ABOUT = 0.45  # the score from which a passage is about the event that a time counts from


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found for a query; `seconds` is what searching took, without reading."""

    query: Query
    quotes: Quotes
    seconds: float = 0.0
    notes: tuple[str, ...] = ()


class Finder:
    """Searches one state of an index, so that no answer mixes two."""

    def __init__(
        self,
        generation: Generation,
        embedder: "Embeddings",
        reader: Reader,
        *,
        k: int,
        reranker: "BaseCrossEncoder | None" = None,
    ) -> None:
        self.generation = generation
        self._embedder = embedder
        self._reader = reader
        self._reranker = reranker
        self._k = k

    def best_score(self, queries: Sequence[Weighted]) -> float:
        """How well the best passage fits the queries."""
        vectors = [self._embedder.embed_query(weighted.query.text) for weighted in queries]
        return max((p.score for p in retrieve_all(self.generation, queries, vectors, k=1)), default=0.0)

    def find(self, queries: Sequence[Weighted]) -> Finding:
        """What there is for the queries that stand for a question; the first of them is the one that is shown."""
        started = time.perf_counter()
        vectors = [self._embedder.embed_query(weighted.query.text) for weighted in queries]
        query = queries[0].query
        passages = self._passages(queries, vectors)
        searched = time.perf_counter()
        quotes = quote(
            query,
            passages,
            vector=vectors[0],
            reader=self._reader,
            generation=self.generation,
            asked=forms_to_read(queries),
        )
        return Finding(query, quotes, searched - started)

    def _passages(self, queries: Sequence[Weighted], vectors: Sequence[Sequence[float]]) -> list[Passage]:
        if self._reranker is None:
            return retrieve_all(self.generation, queries, vectors, k=self._k)
        found = retrieve_all(self.generation, queries, vectors, k=max(self._k, RERANKED))
        return rerank(queries[0].query.text, found, self._reranker, k=self._k)

    def find_in(self, period: Period, queries: Sequence[Weighted]) -> Finding:
        """The same for a question that names a time: from the articles of that time where they answer as well.

        An article may tell of a time long before it was published, so all of them are asked too, and the better
        evidence wins. Of a time after the newest article nothing can be known.
        """
        if period.newest_first:
            return self.find([_with(weighted, period, None, None) for weighted in queries])
        since, until, notes = period.since, period.until, tuple[str, ...]()
        if period.event:
            found = self._day_of(period.event)
            if found is None:
                return self.find(queries)
            day, title = found
            since, until = (None, day) if period.until_event else (day, None)
            notes = (f"“{period.event}” is taken to be of {day} (“{title}”).",)
        dated = [_with(weighted, period, since, until) for weighted in queries]
        everything = self.find(queries)
        if self._is_beyond(since, period, everything.quotes):
            nearest = everything.quotes.citations or (everything.quotes.refusal or Refusal("")).nearest
            refusal = refuse(dated[0].query, everything.quotes.passages, nearest, self.generation)
            quotes = replace(everything.quotes, sentences=(), citations=(), refusal=refusal, probability=0.0)
            return Finding(dated[0].query, quotes, everything.seconds)
        finding = self.find(dated)
        answers, otherwise = finding.quotes, everything.quotes
        as_well = answers.refusal is None and answers.probability >= otherwise.probability - _TRUST
        if as_well or (otherwise.refusal is not None and answers.passages):
            return replace(finding, notes=notes)
        told = f"No article published {span_of_days(since, until)} answers this; all were asked."
        return replace(everything, notes=(told,))

    def _is_beyond(self, since: date | None, period: Period, quotes: Quotes) -> bool:
        """Whether a time lies after the newest article, and is not one that an article looks ahead to."""
        newest = max((a.published for a in self.generation.articles() if a.published), default=None)
        if newest is None or since is None or since <= newest:
            return False
        foretold = any(str(since.year) in sentence.text for sentence in quotes.sentences)
        return period.relative or not foretold

    def _day_of(self, event: str) -> tuple[date, str] | None:
        """The day of the article that is most about an event, and its title; None where none is clearly."""
        vector = self._embedder.embed_query(event)
        for passage in retrieve(self.generation, Query(event), vector, k=1):
            if passage.score >= _ABOUT and passage.chunk.published:
                return passage.chunk.published, passage.chunk.title
        return None


def _with(weighted: Weighted, period: Period, since: date | None, until: date | None) -> Weighted:
    query = replace(weighted.query, since=since, until=until, period=period.words, newest_first=period.newest_first)
    return replace(weighted, query=query)
