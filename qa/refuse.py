"""Whether the passages answer, as a probability; and when they do not, what the refusal says."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ingest.index import Generation, Passage
from qa.answer import Citation, Query, Refusal, span_of_days
from qa.kind import kind_of

ANSWERED = 0.38  # the probability from which there is an answer: 0.93 of what news articles answer is above
_COVERING = 3  # passages among which the question's words are looked for
_MISSING = 4  # words that a refusal names as missing
_WORD = re.compile(r"\w+")
_NAME = re.compile(r"(?<!^)(?<![.?!] )\b(?:[A-Z][\w’'-]*|\d[\d.,]*)")  # not the first word of a sentence

# Logistic regression over the signals below, by `python -m tests.evaluation.fit`.
_BIAS = -2.47
_WEIGHTS = (5.79, 0.15, 0.07, 0.53, 0.1)


@dataclass(frozen=True, slots=True)
class Signals:
    """What a refusal is decided by.

    `similarity`: the best passage's to the query, 0 to 1. `sentence` and `span`: the reader's log-odds for the best
    sentence and for the best words. `named`: the share of the query's names and numbers, of its words where it has
    none, weighted by rarity, that one passage has. `kind`: whether the best sentence has the kind of thing that is
    asked for, one half where the question does not tell. A similarity alone does not tell (private-gpt#1875:
    unanswerable questions sometimes score higher).
    """

    similarity: float
    sentence: float
    span: float
    named: float
    kind: float

    @property
    def values(self) -> tuple[float, ...]:
        """The signals as they are weighted."""
        return (self.similarity, self.sentence, self.span, self.named, self.kind)

    @property
    def probability(self) -> float:
        """How likely it is that the articles answer."""
        return 1 / (1 + math.exp(-_BIAS - sum(w * v for w, v in zip(_WEIGHTS, self.values, strict=True))))


def measure(
    query: Query,
    passages: Sequence[Passage],
    *,
    sentence: float,
    span: float,
    best: str,
    vector: Sequence[float],
    generation: Generation,
) -> Signals:
    """How well what was found fits the query: `sentence` and `span` are the reader's highest, `best` is quoted."""
    kind = kind_of(query.text)
    found = [set(generation.terms(f"{p.chunk.title} {p.chunk.text}")) for p in passages[:_COVERING]]
    names = {term for name in _NAME.findall(query.text) for term in generation.terms(name)}
    return Signals(
        similarity=max(generation.similarities([p.chunk.id for p in passages], vector).values()),
        sentence=sentence,
        span=span,
        named=_share(names or set(generation.terms(query.text)), found, generation),
        kind=float(kind.in_text(best)) if kind else 0.5,
    )


def refuse(query: Query, passages: Sequence[Passage], nearest: Sequence[Citation], generation: Generation) -> Refusal:
    """What is missing, and the nearest articles, each by the sentence of it that comes closest."""
    found = set().union(*(generation.terms(f"{p.chunk.title} {p.chunk.text}") for p in passages))
    words = dict.fromkeys(word for word in _WORD.findall(query.text) if generation.terms(word))
    missing = [word for word in words if not found.intersection(generation.terms(word))][:_MISSING]
    said = ["The articles do not say."]
    if missing:
        said.append(f"The nearest of them say nothing of {', '.join(f'“{word}”' for word in missing)}.")
    else:
        said.append("The nearest of them use these words, but not to answer this.")
    if nearest:
        named = dict.fromkeys(_named(citation) for citation in nearest)
        said.append(f"They are about {'; '.join(named)}.")
    days = [article.published for article in generation.articles() if article.published]
    covers = (min(days), max(days)) if days else None
    said.append(_covered(query, covers) if covers else "")
    return Refusal(" ".join(said).strip(), tuple(nearest), tuple(missing), covers)


def _covered(query: Query, covers: tuple[date, date]) -> str:
    """Which days the archive covers, and those asked of where they lie beyond."""
    told = f"the archive covers {covers[0]} to {covers[1]}."
    if is_beyond(query, covers):
        return f"The question is about the time {span_of_days(query.since, query.until)}; {told}"
    return told.capitalize()


def is_beyond(query: Query, covers: tuple[date, date]) -> bool:
    """Whether a query asks of days that the archive does not cover."""
    first, last = covers
    return bool((query.since and query.since > last) or (query.until and query.until < first))


def _named(citation: Citation) -> str:
    day = f" ({citation.published})" if citation.published else ""
    return f"“{citation.title}”{day}"


def _share(terms: set[str], found: Sequence[set[str]], generation: Generation) -> float:
    """The largest share of the terms, weighted by rarity, that one of the passages has."""
    rarity = generation.rarity(terms)
    total = sum(rarity.values()) or 1.0
    return max(sum(rarity[term] for term in terms & words) / total for words in found)
