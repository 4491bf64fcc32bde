"""Passages → the sentences that answer, in the articles' own words, or a refusal."""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from langchain_core.embeddings import Embeddings

from ingest.index import Generation, Passage
from qa.answer import Citation, Query, Refusal, Sentence, cited
from qa.support import sentence_spans

MOST_SENTENCES = 3
READ = 6  # passages whose sentences are compared with the question
_LONGEST = 90  # words: more is a list or a table, not a sentence
_LONGEST_CHARACTERS = 900
_MARGIN = 0.20  # how far below the best a further sentence may be
_SAME = 0.75  # share of common words from which two sentences say the same
_WORD = re.compile(r"\w+")
_NAME = re.compile(r"(?<!^)(?<![.?!] )\b(?:[A-Z][\w’'-]*|\d[\d.,]*)")  # not the first word of a sentence

# What the words of a question ask for, and how a sentence shows that it has one.
_QUANTITY = (
    r"\bhow (?:much|many|long|old|big|large|far|high|tall|fast|often)\b|\bpercent|\b(?:cost|price|capacity|sum)\b"
)
_NUMBER = (
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|dozen|hundred|thousand|million|billion|half|third"
    r"|quarter)\b"
)
_TIME = (
    r"\b(?:1[5-9]\d\d|20\d\d|january|february|march|april|may|june|july|august|september|october|november|december|monday"
    r"|tuesday|wednesday|thursday|friday|saturday|sunday|century|ago|yesterday|today|week|month|year)s?\b"
)
_ASKS = (
    (re.compile(_QUANTITY, re.IGNORECASE), re.compile(_NUMBER, re.IGNORECASE)),
    (
        re.compile(r"\bwhen\b|\b(?:what|which) (?:date|day|year|month)\b", re.IGNORECASE),
        re.compile(_TIME, re.IGNORECASE),
    ),
    (
        re.compile(r"\bwho(?:se|m)?\b|\bwhere\b|\bwhich (?:company|city|country|person|firm|state)\b", re.IGNORECASE),
        re.compile(r"(?<=[a-z,;:“\"] )[A-Z]\w+"),
    ),
)

# Logistic regression over the signals below, by `python -m tests.evaluation.fit_refusal`; the bias is set for a cut
# at one half that answers at least 0.93 of what the news set can answer.
_BIAS = -9.67
_WEIGHTS = (6.82, 10.82, 2.11, 2.89)
_ANSWERED = 0.5


@dataclass(frozen=True, slots=True)
class Candidate:
    """One sentence of a passage, by its place in the article, and how well it fits the question."""

    passage: Passage
    start: int
    end: int
    text: str
    similarity: float
    score: float


@dataclass(frozen=True, slots=True)
class Signals:
    """What a refusal is decided by, each between 0 and 1.

    The best similarity of a passage and of a sentence to the query, and the shares of the query's words, and of its
    names and numbers, weighted by rarity, that one passage has. A similarity alone does not tell (private-gpt#1875:
    unanswerable questions sometimes score higher).
    """

    similarity: float
    sentence: float
    covered: float
    named: float

    @property
    def probability(self) -> float:
        """How likely it is that the passages are about what was asked."""
        values = (self.similarity, self.sentence, self.covered, self.named)
        return 1 / (1 + math.exp(-_BIAS - sum(w * v for w, v in zip(_WEIGHTS, values, strict=True))))


@dataclass(frozen=True, slots=True)
class Quotes:
    """The sentences that answer, or why there are none."""

    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    refusal: Refusal | None


def quote(
    query: Query,
    passages: Sequence[Passage],
    *,
    vector: Sequence[float],
    embedder: Embeddings,
    generation: Generation,
) -> Quotes:
    """One to three sentences of the passages, the one that answers first, each with its citation; or a refusal.

    `vector` is the embedded query, `generation` the state of the index that the passages come from.
    """
    candidates = rank(query, passages, vector=vector, embedder=embedder, generation=generation)
    if not candidates:
        return Quotes((), (), Refusal("The archive has nothing on this."))
    signals = measure(query, passages, candidates, vector=vector, generation=generation)
    if signals.probability < _ANSWERED:
        return Quotes((), (), _refuse(query, passages, candidates, generation))
    citations = tuple(_citation(number, chosen) for number, chosen in enumerate(_choose(candidates), 1))
    sentences = tuple(Sentence(c.quote, (c.number,), supported=True) for c in citations)
    return Quotes(sentences, citations, None)


def rank(
    query: Query,
    passages: Sequence[Passage],
    *,
    vector: Sequence[float],
    embedder: Embeddings,
    generation: Generation,
) -> list[Candidate]:
    """The sentences of the best passages by how well they answer: by meaning, words, kind and place."""
    spans = [(passage, *span) for passage in passages[:READ] for span in _spans(passage)]
    texts = [passage.chunk.text[start:end] for passage, start, end in spans]
    rarity = generation.rarity(generation.terms(query.text))
    total = sum(rarity.values()) or 1.0
    wanted = [shows for asks, shows in _ASKS if asks.search(query.text)]
    # The title in front says what "it" and "the company" are.
    vectors = embedder.embed_documents([f"{s[0].chunk.title}\n{text}" for s, text in zip(spans, texts, strict=True)])
    candidates = []
    for (passage, start, end), text, embedded in zip(spans, texts, vectors, strict=True):
        similarity = sum(a * b for a, b in zip(embedded, vector, strict=True))
        shared = sum(rarity.get(term, 0.0) for term in set(generation.terms(f"{passage.chunk.title} {text}"))) / total
        kind = any(shows.search(text) for shows in wanted)
        asks = text.rstrip("\"”' ").endswith("?")
        score = similarity + 0.2 * shared + 0.2 * kind + passage.score - 0.15 * asks
        offset = passage.chunk.start
        candidates.append(Candidate(passage, offset + start, offset + end, text, similarity, score))
    return sorted(candidates, key=lambda candidate: (-candidate.score, candidate.start))


def measure(
    query: Query,
    passages: Sequence[Passage],
    candidates: Sequence[Candidate],
    *,
    vector: Sequence[float],
    generation: Generation,
) -> Signals:
    """How well the best that was found fits the question."""
    found = [set(generation.terms(f"{p.chunk.title} {p.chunk.text}")) for p in passages[: READ // 2]]
    covered = _share(set(generation.terms(query.text)), found, generation)
    names = {term for name in _NAME.findall(query.text) for term in generation.terms(name)}
    return Signals(
        similarity=max(generation.similarities([p.chunk.id for p in passages], vector).values()),
        sentence=max(candidate.similarity for candidate in candidates),
        covered=covered,
        named=_share(names, found, generation) if names else covered,
    )


def _share(terms: set[str], found: Sequence[set[str]], generation: Generation) -> float:
    """The largest share of the terms, weighted by rarity, that one of the passages has."""
    rarity = generation.rarity(terms)
    total = sum(rarity.values()) or 1.0
    return max(sum(rarity[term] for term in terms & words) / total for words in found)


def _spans(passage: Passage) -> Iterator[tuple[int, int]]:
    """Where the passage's sentences are in its text, without the white space around them."""
    text = passage.chunk.text
    for start, end in sentence_spans(text):
        if 3 <= len(_WORD.findall(text, start, end)) <= _LONGEST and end - start <= _LONGEST_CHARACTERS:
            yield start, end


def _choose(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The best, and further ones that are nearly as good and say something else; those in article order."""
    best = candidates[0]
    chosen = [best]
    for candidate in candidates[1:]:
        if len(chosen) == MOST_SENTENCES or candidate.score < best.score - _MARGIN:
            break
        if not any(_says_the_same(candidate.text, other.text) for other in chosen):
            chosen.append(candidate)
    further = sorted(
        chosen[1:],
        key=lambda c: (
            c.passage.chunk.article_id != best.passage.chunk.article_id,
            -c.passage.score,
            c.start,
        ),
    )
    return [best, *further]


def _says_the_same(one: str, other: str) -> bool:
    first, second = set(_WORD.findall(one.lower())), set(_WORD.findall(other.lower()))
    return len(first & second) >= _SAME * min(len(first), len(second))


def _citation(number: int, candidate: Candidate) -> Citation:
    score = min(max(candidate.score / 2, 0.0), 1.0)
    return cited(number, candidate.passage, candidate.start, candidate.end, score)


def _refuse(
    query: Query, passages: Sequence[Passage], candidates: Sequence[Candidate], generation: Generation
) -> Refusal:
    """What is missing, and the nearest articles, each by the sentence of it that comes closest."""
    nearest: dict[str, Candidate] = {}
    for candidate in candidates:
        nearest.setdefault(candidate.passage.chunk.article_id, candidate)
    found = set().union(*(generation.terms(f"{p.chunk.title} {p.chunk.text}") for p in passages))
    words = dict.fromkeys(word for word in _WORD.findall(query.text) if generation.terms(word))
    absent = [word for word in words if not found.intersection(generation.terms(word))]
    reason = "The articles do not say."
    if absent:
        named = ", ".join(f"“{word}”" for word in absent[:4])
        reason += f" The nearest of them say nothing of {named}."
    else:
        reason += " The nearest of them use these words, but not to answer this."
    cited = [_citation(number, c) for number, c in enumerate(list(nearest.values())[:3], 1)]
    return Refusal(reason, tuple(cited))
