"""Query → Passages: meaning and words fused, each story and each passage once, a few from one article."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from ingest.index import Copies, Filter, Generation, Passage
from qa.answer import Query

CANDIDATES = 40  # passages taken from each leg
_MOST = 640  # where nearly all of them are copies
WORDS_WEIGHT = 0.4  # of the word score beside a cosine similarity; 0.25 to 0.5 are equally good, see tests/evaluation
PER_ARTICLE = 4
_CLEARLY = 0.05  # how much better than the original a copy must fit to stand for the story
_SAME = 0.8  # share of common shingles from which two passages are one
_SHINGLE = 4  # words
_WORD = re.compile(r"\w+")


def retrieve(generation: Generation, query: Query, vector: Sequence[float], *, k: int) -> list[Passage]:
    """The k passages that fit the query best, best first; scores are between 0 and 1.

    `vector` is the embedded query. A passage's score is its cosine similarity plus a share of its BM25 score, divided
    by the rarity of all the query's words: both mean the same for every query, so that nothing depends on which other
    candidates there are. (Reciprocal ranks and min-max scores were both worse on the question sets.)
    """
    return distinct(_candidates(generation, query, vector, k, CANDIDATES), generation.copies, k=k)


def distinct(passages: Sequence[Passage], copies: Copies, *, k: int) -> list[Passage]:
    """The first k of passages that are in order, of each story and each text one, and a few from each article."""
    return _few_from_each(_once(_without_copies(passages, copies), k * 3), k)


def _candidates(generation: Generation, query: Query, vector: Sequence[float], k: int, limit: int) -> list[Passage]:
    """The best of both legs, of each story those of one article; from further down where copies leave less than k."""
    only = Filter(query.since, query.until, query.sources)
    by_meaning = generation.by_meaning(vector, limit, only)
    by_words = generation.by_words(query.text, limit, only)
    fused = _fuse(generation, query, vector, by_meaning, by_words)
    kept = _without_copies(fused, generation.copies)
    if len(kept) < min(k, len(fused)) and len(by_meaning) == limit < _MOST:
        return _candidates(generation, query, vector, k, 4 * limit)
    return kept


def _fuse(
    generation: Generation,
    query: Query,
    vector: Sequence[float],
    by_meaning: Sequence[Passage],
    by_words: Sequence[Passage],
) -> list[Passage]:
    possible = sum(generation.rarity(generation.terms(query.text)).values()) or 1.0
    words = {passage.chunk.id: passage for passage in by_words}
    found = {passage.chunk.id: passage for passage in by_meaning}
    only_words = [chunk_id for chunk_id in words if chunk_id not in found]
    cosines = {chunk_id: passage.score for chunk_id, passage in found.items()}
    cosines.update(generation.similarities(only_words, vector))
    fused = []
    for chunk_id, passage in {**words, **found}.items():
        worded = words.get(chunk_id)
        score = max(cosines[chunk_id], 0.0) + WORDS_WEIGHT * min(worded.score / possible if worded else 0.0, 2.0)
        ranks = replace(passage.ranks, words=worded.ranks.words if worded else None)
        fused.append(Passage(passage.chunk, score / (1 + 2 * WORDS_WEIGHT), ranks))
    return sorted(fused, key=lambda passage: (-passage.score, passage.chunk.id))


def _without_copies(passages: Sequence[Passage], copies: Copies) -> list[Passage]:
    """Of each story the passages of one article: its original's, unless a copy fits clearly better."""
    chosen: dict[str, str] = {}
    for passage in sorted(passages, key=lambda p: (p.chunk.article_id in copies.of) * _CLEARLY - p.score):
        article_id = passage.chunk.article_id
        chosen.setdefault(copies.of.get(article_id, article_id), article_id)
    counted = set(chosen.values())
    return [
        replace(passage, also_in=copies.also_in(passage.chunk.article_id))
        for passage in passages
        if passage.chunk.article_id in counted
    ]


def _once(passages: Sequence[Passage], limit: int) -> list[Passage]:
    """Without those that say the same as a better one, in nearly the same words."""
    kept: list[tuple[Passage, frozenset[tuple[str, ...]]]] = []
    for passage in passages:
        shingles = _shingles(passage.chunk.text)
        if not any(len(shingles & other) > _SAME * min(len(shingles), len(other)) for _, other in kept):
            kept.append((passage, shingles))
        if len(kept) == limit:
            break
    return [passage for passage, _ in kept]


def _shingles(text: str) -> frozenset[tuple[str, ...]]:
    words = _WORD.findall(text.lower())
    return frozenset(tuple(words[i : i + _SHINGLE]) for i in range(max(1, len(words) - _SHINGLE + 1)))


def _few_from_each(passages: Sequence[Passage], k: int) -> list[Passage]:
    """At most a few passages of one article, as long as there are others to take."""
    taken: Counter[str] = Counter()
    first: list[Passage] = []
    rest: list[Passage] = []
    for passage in passages:
        taken[passage.chunk.article_id] += 1
        (first if taken[passage.chunk.article_id] <= PER_ARTICLE else rest).append(passage)
    return sorted((first + rest)[:k], key=lambda passage: -passage.score)
