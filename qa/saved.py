"""Saved answers: an Answer from its JSON, which came back from a browser or a file, and may be anybody's."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from ingest.index import Chunk, Passage, Ranks
from qa.answer import Answer, Citation, Mode, Query, Refusal, Seconds, Sentence

_LONGEST_NAME = 5_000  # characters of a title, an outlet, an id, an address: a path has up to 4,096, the others fewer
_LONGEST_TEXT = 50_000  # characters: a passage has about 4,000 at most; what a chat model writes may be longer
_MOST = 1_000  # of one kind in an answer: at most 100 passages are asked for, and each may be in many outlets
_LARGEST = 2**53 - 1  # the largest whole number that JavaScript keeps as it is
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def answer_from_json(fields: object) -> Answer:
    """The answer that `Answer.as_json` wrote, with or without its passages.

    What follows from the rest (`text`, `refused`, `as_of`, `instructions`) and unknown fields are passed over. The
    place of a passage among those of its article is not in the JSON: it comes back as 0. Raises ValueError, with
    the field that is wrong.
    """
    if not isinstance(fields, dict):
        raise ValueError("this is no saved answer: it is not a JSON object")
    try:
        return _Answer.model_validate(fields).answer()
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in wrong["loc"]) or "the whole"
        raise ValueError(f"this is no saved answer: {place}: {wrong['msg']}") from None


def compact(answer: Answer) -> dict[str, Any]:
    """The JSON of an answer without its passages, a few kB: what a browser keeps of a conversation."""
    fields = replace(answer, passages=()).as_json()
    del fields["passages"]
    return fields


def _day(value: object) -> object:
    if isinstance(value, str):
        if not _DAY.fullmatch(value):
            raise ValueError("a day is written as 2018-02-23")
        return date.fromisoformat(value)
    return value


_Name = Annotated[str, Field(max_length=_LONGEST_NAME)]
_Text = Annotated[str, Field(max_length=_LONGEST_TEXT)]
_Place = Annotated[int, Field(ge=0, le=_LARGEST)]
_Number = Annotated[int, Field(ge=1, le=_LARGEST)]
_Share = Annotated[float, Field(ge=0, le=1)]
_Duration = Annotated[float, Field(ge=0)]
_Day = Annotated[date, BeforeValidator(_day)]
# Not strict, so that a list becomes a tuple; what is in it is strict all the same.
_Many = Field(default=(), strict=False, max_length=_MOST)


class _Saved(BaseModel):
    """Exactly the types of the contract's JSON: "1" is no number, and neither is NaN."""

    model_config = ConfigDict(extra="ignore", strict=True, allow_inf_nan=False)


class _Query(_Saved):
    text: _Text
    since: _Day | None = None
    until: _Day | None = None
    sources: tuple[_Name, ...] = _Many
    period: _Text | None = None
    newest_first: bool = False

    def query(self) -> Query:
        return Query(**self.model_dump() | {"period": self.period or ""})


class _Citation(_Saved):
    number: _Number
    article_id: _Name
    title: _Name
    source: _Name
    url: _Name | None = None
    published: _Day | None = None
    start: _Place
    end: _Place
    quote: _Text
    score: _Share
    also_in: tuple[_Name, ...] = _Many
    exact: Annotated[tuple[_Place, _Place], Field(strict=False)] | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        _check_length(self.start, self.end, self.quote)
        first, last = self.exact or (self.start, self.end)
        if not (first <= last and first <= self.end and last >= self.start):
            raise ValueError("the exact words are not in the quote")
        return self

    def citation(self) -> Citation:
        return Citation(**self.model_dump())


class _Sentence(_Saved):
    text: _Text
    citations: tuple[_Number, ...] = _Many
    supported: bool | None = None

    def sentence(self) -> Sentence:
        return Sentence(**self.model_dump())


class _Ranks(_Saved):
    meaning: _Number | None = None
    words: _Number | None = None
    reranked: _Number | None = None


class _Passage(_Saved):
    article_id: _Name
    title: _Name
    source: _Name = ""
    url: _Name | None = None
    published: _Day | None = None
    start: _Place
    end: _Place
    text: _Text
    score: float
    ranks: _Ranks = _Ranks()
    also_in: tuple[_Name, ...] = _Many

    @model_validator(mode="after")
    def _fits(self) -> Self:
        _check_length(self.start, self.end, self.text)
        return self

    def passage(self) -> Passage:
        fields = self.model_dump(exclude={"score", "ranks", "also_in"})
        return Passage(Chunk(position=0, **fields), self.score, Ranks(**self.ranks.model_dump()), self.also_in)


class _Refusal(_Saved):
    reason: _Text
    nearest: tuple[_Citation, ...] = _Many
    missing: tuple[_Name, ...] = _Many
    covers: Annotated[tuple[_Day, _Day], Field(strict=False)] | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        _numbers(self.nearest)
        return self

    def refusal(self) -> Refusal:
        nearest = tuple(citation.citation() for citation in self.nearest)
        return Refusal(self.reason, nearest, self.missing, self.covers)


class _Seconds(_Saved):
    query: _Duration = 0.0
    retrieve: _Duration = 0.0
    answer: _Duration = 0.0
    total: _Duration = 0.0


class _Answer(_Saved):
    question: _Text
    query: _Query
    mode: Mode
    model: _Name | None = None
    refusal: _Refusal | None = None
    sentences: tuple[_Sentence, ...] = _Many
    citations: tuple[_Citation, ...] = _Many
    passages: tuple[_Passage, ...] = _Many
    notes: tuple[_Text, ...] = _Many
    probability: _Share = 0.0
    index_generation: _Place = 0
    seconds: _Seconds = _Seconds()

    @model_validator(mode="after")
    def _fits(self) -> Self:
        known = _numbers(self.citations)
        unknown = {number for sentence in self.sentences for number in sentence.citations} - known
        if unknown:
            raise ValueError(f"a sentence cites [{min(unknown)}], which is not among the citations")
        return self

    def answer(self) -> Answer:
        return Answer(
            question=self.question,
            query=self.query.query(),
            mode=self.mode,
            model=self.model,
            sentences=tuple(sentence.sentence() for sentence in self.sentences),
            citations=tuple(citation.citation() for citation in self.citations),
            passages=tuple(passage.passage() for passage in self.passages),
            refusal=self.refusal.refusal() if self.refusal is not None else None,
            notes=self.notes,
            probability=self.probability,
            index_generation=self.index_generation,
            seconds=Seconds(**self.seconds.model_dump()),
        )


def _check_length(start: int, end: int, text: str) -> None:
    if end - start != len(text):
        raise ValueError(f"from {start} to {end} is not as long as its text, which has {len(text)} characters")


def _numbers(citations: Iterable[_Citation]) -> set[int]:
    numbers = [citation.number for citation in citations]
    if len(set(numbers)) < len(numbers):
        raise ValueError("two citations have the same number")
    return set(numbers)
