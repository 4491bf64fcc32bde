"""Which sentences are quoted: the one that answers first, further ones only when they add something."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise

from qa.rank import Candidate
from qa.support import sentence_spans

MOST_SENTENCES = 4
MOST_STEPS = 6  # of a timeline
_MARGIN = 4.0  # how far below the best a further sentence may score
_DISPUTED = 3.0  # the same for one that contradicts it
_NEWER = 1.5  # the same for a newer one, where the latest is asked for
_BESIDE = 2.5  # the same for a sentence next to the one that is quoted
_APART = 2  # characters between sentences that follow each other, in one paragraph or on from one to the next
_LONGEST_GROWN = 80  # words of a quote of several sentences
_OTHER_SIDE = 6.0  # the same for the other side of a comparison
_STEP = -1.0  # the score that a step of a timeline has at least
_SAME = 0.75  # share of common words from which two sentences say the same
_SAME_THING = 0.35  # share from which two sentences that give different figures speak of the same thing
_LONGEST_QUOTE = 600  # characters that a quote may be widened to
_WORD = re.compile(r"\w+")
_ITEM = re.compile(r"[-–•*·]\s|\d{1,2}[.)]\s")  # of a list
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")

_COMPARES = re.compile(
    r"\b(?:[Bb]oth|[Cc]ompar\w+|differ\w*|agree|disagree|versus|vs|respectively|two (?:figures|numbers|views))\b"
    r"|\bthe same\b|\beach (?:report|say)|\b(?:against|than) [A-Z]"
    r"|\b(?:according to|[Dd]o|[Dd]id|in|by|of) (?:the )?[A-Z][\w.' ]*,? and (?:(?:by|in|of|according to) )?(?:the )?"
    r"[A-Z]",
)
_DEVELOPS = re.compile(
    r"\btimeline\b|\bover (?:time|the years)\b|\bhistory of\b"
    r"|\bhow (?:has|have|did) .+ (?:develop|evolve|change|unfold)"
    r"|\bwhat (?:has )?happened (?:since|after|next)\b|\bcourse of events\b|\bstep by step\b",
    re.IGNORECASE,
)
# What a sentence begins with that is about something named before it.
_LEANS = re.compile(
    r"[“\"'‘(]?(?:(?:But|And|So|Yet|Still|Also|However,?|Then|Instead,?|Meanwhile,?) )?(?:He|She|It|They|His|Her|Its"
    r"|Their|This|That|These|Those|There|Both|Such|The (?:company|firm|group|bank|deal|agreement|move|decision|pair"
    r"|two|latter|former|court|agency|ministry|plan|law|bill|report|study|site|app|device|man|woman|team))\b",
    re.IGNORECASE,
)


def choose(
    question: str, candidates: Sequence[Candidate], *, newest_first: bool = False
) -> tuple[list[Candidate], str | None]:
    """What to quote, the best first, or of what answers alike well the newest; and a note where articles differ.

    Sentences that follow each other and answer alike well are one quote. A question about how something developed
    gets the steps in the order of their dates; one that compares gets a quote from each side.
    """
    if _DEVELOPS.search(question):
        steps = _steps(candidates)
        if len(steps) > 2:
            return steps, None
    best = candidates[0]
    if newest_first:
        nearly = [c for c in candidates if c.score >= best.score - _NEWER]
        best = max(nearly, key=lambda c: c.passage.chunk.published or date.min)
    other = _contradicting(best, candidates)
    note = f"The articles give different figures: {_said(best)}; {_said(other)}." if other else None
    if other is None and _COMPARES.search(question):
        other = next(iter(_elsewhere(best, candidates)), None)
    good = [c for c in candidates if c.score >= candidates[0].score - _MARGIN and c not in (best, other)]
    quoted: list[Candidate] = []
    for candidate in (best, *([other] if other else []), *good):
        if len(quoted) == MOST_SENTENCES:
            break
        if candidate is other or not any(
            _within(candidate, c) or _says_the_same(candidate.text, c.text) for c in quoted
        ):
            free = [c for c in candidates if not any(_within(c, q) for q in quoted)]
            quoted.append(_widened(_grown(candidate, free)))
    return quoted, note


def _steps(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The best sentence of each article that has a day, in the order of days."""
    steps: dict[str, Candidate] = {}
    for candidate in candidates:
        chunk = candidate.passage.chunk
        if chunk.published and candidate.score >= _STEP and len(steps) < MOST_STEPS:
            steps.setdefault(chunk.article_id, candidate)
    return [
        _widened(c) for c in sorted(steps.values(), key=lambda c: (c.passage.chunk.published or date.min, c.start))
    ]


def _grown(candidate: Candidate, candidates: Iterable[Candidate]) -> Candidate:
    """With the sentences next to it, as long as they are nearly as good and the quote stays short."""
    chunk = candidate.passage.chunk
    beside = [c for c in candidates if c.passage is candidate.passage and c.score >= candidate.score - _BESIDE]
    start, end = candidate.start, candidate.end
    for other in sorted(beside, key=lambda c: abs(c.start - candidate.start)):
        first, last = min(start, other.start), max(end, other.end)
        touches = 0 <= other.start - end <= _APART or 0 <= start - other.end <= _APART
        if touches and len(chunk.text[first - chunk.start : last - chunk.start].split()) <= _LONGEST_GROWN:
            start, end = first, last
    return replace(candidate, start=start, end=end, text=chunk.text[start - chunk.start : end - chunk.start])


def _within(candidate: Candidate, other: Candidate) -> bool:
    """Whether a sentence is in a quote already."""
    same = candidate.passage.chunk.article_id == other.passage.chunk.article_id
    return same and other.start <= candidate.start and candidate.end <= other.end


def _elsewhere(best: Candidate, candidates: Iterable[Candidate]) -> Iterable[Candidate]:
    """Sentences of other articles that are about as good."""
    for candidate in candidates:
        if candidate.score < best.score - _OTHER_SIDE:
            return
        if candidate.passage.chunk.article_id != best.passage.chunk.article_id:
            yield candidate


def _contradicting(best: Candidate, candidates: Sequence[Candidate]) -> Candidate | None:
    """A sentence of another article that answers with another figure, said of the same thing."""
    figures = _FIGURE.findall(best.exact)
    if not figures or best.reading.span < 0:
        return None
    for candidate in _elsewhere(best, candidates):
        others = _FIGURE.findall(candidate.exact)
        if (
            others
            and candidate.reading.span > 0
            and candidate.score > best.score - _DISPUTED
            and not set(others) & set(_FIGURE.findall(best.text))
            and not set(figures) & set(_FIGURE.findall(candidate.text))
            and _common(candidate.text, best.text) >= _SAME_THING
        ):
            return candidate
    return None


def _said(candidate: Candidate) -> str:
    chunk = candidate.passage.chunk
    origin = ", ".join(part for part in (chunk.source or chunk.title, str(chunk.published or "")) if part)
    return f"“{candidate.exact}” ({origin})"


def _widened(candidate: Candidate) -> Candidate:
    """With the sentence before it where it begins with "he" or "the company", and the list that it introduces."""
    chunk = candidate.passage.chunk
    start, end = candidate.start - chunk.start, candidate.end - chunk.start
    for before, after in pairwise(sentence_spans(chunk.text)):
        if after[0] == start and _LEANS.match(candidate.text) and "\n\n" not in chunk.text[before[0] : start]:
            start = before[0]
        introduced = before[0] < candidate.end - chunk.start or _ITEM.match(chunk.text, after[0])
        if candidate.text.endswith(":") and before[1] == end and introduced:
            end = after[1]
    if end - start > _LONGEST_QUOTE:
        return candidate
    return replace(candidate, start=chunk.start + start, end=chunk.start + end, text=chunk.text[start:end])


def _says_the_same(one: str, other: str) -> bool:
    return _common(one, other) >= _SAME


def _common(one: str, other: str) -> float:
    """The share of words that two sentences have in common, of the shorter one's."""
    first, second = set(_WORD.findall(one.lower())), set(_WORD.findall(other.lower()))
    return len(first & second) / (min(len(first), len(second)) or 1)
