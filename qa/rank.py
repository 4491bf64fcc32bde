"""Passages → their sentences, by how well each answers the question."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import fmean

from ingest.index import Generation, Passage
from qa.answer import Query
from qa.kind import kind_of
from qa.reader import Reader, Reading, Text
from qa.support import sentence_spans

READ = 8  # passages that are read
_LONGEST = 90  # words: more is a list or a table, not a sentence
_LONGEST_CHARACTERS = 900
_NEAR = 10  # characters around the best words: a sign of a currency, a unit
_WORD = re.compile(r"\w+")

# What a sentence's score is made of, and by how much; by `python -m tests.evaluation.fit`.
_WEIGHTS = {
    "sentence": 0.22,  # the reader's log-odds that it answers
    "span": 0.35,  # and for the best words in it
    "passage": 4.04,  # its passage's score, 0 to 1
    "shared": 1.34,  # the share of the question's words in it, weighted by rarity, 0 to 1
    "kind": 1.07,  # whether it has the kind of thing asked for
    "exact": 0.2,  # whether its best words have
    "asks": -0.52,  # whether it is itself a question
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """One sentence of a passage, by its place in the article, and how well it answers.

    `score` is higher for a better one, about 0 where it is even whether it answers; `features` is what it is made of.
    `reading` is what the reader makes of it.
    """

    passage: Passage
    start: int
    end: int
    text: str
    score: float
    reading: Reading
    features: tuple[float, ...] = ()

    @property
    def exact(self) -> str:
        """The words that are most likely the answer."""
        return self.passage.chunk.text[self.reading.first : self.reading.last]


def rank(
    query: Query, passages: Sequence[Passage], *, reader: Reader, generation: Generation, asked: Sequence[str] = ()
) -> list[Candidate]:
    """The sentences of the passages by how well they answer, the best first.

    `asked` are the forms of the question that are read, where these are not the query's text; the first is the bare
    question. What the reader makes of them is averaged.
    """
    asked = asked or (query.text,)
    texts = [Text(p.chunk.title, p.chunk.text, tuple(_spans(p.chunk.text))) for p in passages[:READ]]
    rarity = generation.rarity(generation.terms(query.text))
    total = sum(rarity.values()) or 1.0
    kind = kind_of(asked[0])
    candidates = []
    for passage, text, readings in zip(passages, texts, _read(reader, asked, texts), strict=False):
        titled = set(generation.terms(text.title))
        for (start, end), reading in zip(text.sentences, readings, strict=True):
            if reading is None:
                continue
            sentence = text.text[start:end]
            shared = sum(rarity.get(term, 0.0) for term in titled.union(generation.terms(sentence))) / total
            near = text.text[max(start, reading.first - _NEAR) : min(end, reading.last + _NEAR)]
            shows = kind is not None and kind.in_text(sentence), kind is not None and kind.in_text(near)
            asks = sentence.rstrip("\"”' ").endswith("?")
            features = (reading.score, reading.span, passage.score, shared, *map(float, shows), float(asks))
            score = sum(weight * value for weight, value in zip(_WEIGHTS.values(), features, strict=True))
            begin = passage.chunk.start
            candidates.append(Candidate(passage, begin + start, begin + end, sentence, score, reading, features))
    return sorted(candidates, key=lambda candidate: (-candidate.score, candidate.start))


def _read(reader: Reader, asked: Sequence[str], texts: Sequence[Text]) -> Iterator[list[Reading | None]]:
    """For each text its sentences' readings: the mean of those for each form of the question."""
    for forms in zip(*(reader.read(question, texts) for question in asked), strict=True):
        yield [_mean([reading for reading in readings if reading]) for readings in zip(*forms, strict=True)]


def _mean(readings: Sequence[Reading]) -> Reading | None:
    """The words are those of the surest."""
    if not readings:
        return None
    surest = max(readings, key=lambda reading: reading.span)
    return replace(surest, score=fmean(r.score for r in readings), span=fmean(r.span for r in readings))


def reordered(passages: Sequence[Passage], candidates: Sequence[Candidate]) -> tuple[Passage, ...]:
    """The passages, those with the best sentences first; those that were not read stay behind."""
    best: dict[str, int] = {}
    for candidate in candidates:
        best.setdefault(candidate.passage.chunk.id, len(best) + 1)
    ordered = sorted(passages, key=lambda passage: best.get(passage.chunk.id, len(passages) + 1))
    return tuple(
        replace(passage, ranks=replace(passage.ranks, reranked=best.get(passage.chunk.id))) for passage in ordered
    )


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Where the sentences that can be quoted are in a text."""
    for start, end in sentence_spans(text):
        if 3 <= len(_WORD.findall(text, start, end)) <= _LONGEST and end - start <= _LONGEST_CHARACTERS:
            yield start, end
