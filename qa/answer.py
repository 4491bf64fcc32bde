"""The values that travel: Query, Citation, Sentence, Refusal, Answer, Turn; and their one JSON form."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from ingest.index import Passage
from qa.instructions import instructions

Mode = Literal["quotes", "written"]


@dataclass(frozen=True, slots=True)
class Turn:
    """One question with its answer's text."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Query:
    """What is searched for: a text that stands alone, and filters that every passage meets.

    `since` and `until` are publication dates, both inclusive; `sources` are names of outlets, empty for all. `period`
    are the words of the question that the dates were read from, empty where they were given or there are none.
    """

    text: str
    since: date | None = None
    until: date | None = None
    sources: tuple[str, ...] = ()
    period: str = ""
    newest_first: bool = False

    def __str__(self) -> str:
        parts = [self.text]
        if self.since or self.until:
            parts.append(f"published {span_of_days(self.since, self.until)}")
        parts.extend(["the newest first"] if self.newest_first else [])
        parts.extend([f"in {', '.join(self.sources)}"] if self.sources else [])
        return "; ".join(parts)

    def as_json(self) -> dict[str, Any]:
        """The query as in the contract."""
        return {
            "text": self.text,
            "since": _iso(self.since),
            "until": _iso(self.until),
            "sources": list(self.sources),
            "period": self.period or None,
            "newest_first": self.newest_first,
        }


@dataclass(frozen=True, slots=True)
class Citation:
    """A number in the answer, with the exact words it stands for: `article.text[start:end] == quote`.

    `score` is the strength of the evidence, from 0 to 1, higher is better; `also_in` are the other outlets that ran
    the same story. `exact` is the place in the article of the words that answer, where the reader is sure of them.
    """

    number: int
    article_id: str
    title: str
    source: str
    url: str | None
    published: date | None
    start: int
    end: int
    quote: str
    score: float
    also_in: tuple[str, ...] = ()
    exact: tuple[int, int] | None = None

    def as_json(self) -> dict[str, Any]:
        """The citation as in the contract."""
        return {
            "number": self.number,
            "article_id": self.article_id,
            "title": self.title,
            "source": self.source,
            "url": self.url,
            "published": _iso(self.published),
            "start": self.start,
            "end": self.end,
            "quote": self.quote,
            "score": round(self.score, 4),
            "also_in": list(self.also_in),
            "exact": list(self.exact) if self.exact else None,
        }

    @property
    def parts(self) -> tuple[str, str, str]:
        """The quote in three: what comes before the words that answer, those words, what comes after them."""
        first, last = self.exact or (self.end, self.end)
        first, last = max(first, self.start) - self.start, min(last, self.end) - self.start
        return self.quote[:first], self.quote[first:last], self.quote[last:]

    def __str__(self) -> str:
        origin = ", ".join(part for part in (self.title, self.source, _iso(self.published)) if part)
        others = f" (also in {', '.join(self.also_in)})" if self.also_in else ""
        return f"[{self.number}] {origin}{others}\n    “{self.quote}”"


def cited(
    number: int,
    passage: Passage,
    start: int,
    end: int,
    score: float,
    *,
    exact: tuple[int, int] | None = None,
) -> Citation:
    """The citation of a passage's words from `start` to `end`, which count from the beginning of its article."""
    chunk = passage.chunk
    return Citation(
        number=number,
        article_id=chunk.article_id,
        title=chunk.title,
        source=chunk.source,
        url=chunk.url,
        published=chunk.published,
        start=start,
        end=end,
        quote=chunk.text[start - chunk.start : end - chunk.start],
        score=score,
        also_in=passage.also_in,
        exact=exact,
    )


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an answer and the numbers of the citations it relies on.

    `supported` says whether those quotes bear it out; None: nobody has checked.
    """

    text: str
    citations: tuple[int, ...] = ()
    supported: bool | None = None

    def __str__(self) -> str:
        marks = "".join(f"[{number}]" for number in self.citations)
        return f"{self.text} {marks}" if marks else self.text


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why there is no answer, and the nearest that the articles have.

    `missing`: words of the question that these do not have. `covers`: the days of the oldest and the newest article.
    """

    reason: str
    nearest: tuple[Citation, ...] = ()
    missing: tuple[str, ...] = ()
    covers: tuple[date, date] | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the contract's object."""
        covers = self.covers and [day.isoformat() for day in self.covers]
        nearest = [citation.as_json() for citation in self.nearest]
        return {"reason": self.reason, "nearest": nearest, "missing": list(self.missing), "covers": covers}


@dataclass(frozen=True, slots=True)
class Seconds:
    """How long each step took, in seconds."""

    query: float = 0.0
    retrieve: float = 0.0
    answer: float = 0.0
    total: float = 0.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What the articles say to a question, and all that it rests on.

    While it is streamed, each Answer is the whole of it so far. `probability`: how likely it is that the articles
    answer, 0 to 1. `index_generation` is the state of the index that every passage and quote comes from.
    """

    question: str
    query: Query
    mode: Mode = "quotes"
    model: str | None = None
    sentences: tuple[Sentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    passages: tuple[Passage, ...] = ()
    refusal: Refusal | None = None
    notes: tuple[str, ...] = ()
    probability: float = 0.0
    index_generation: int = 0
    seconds: Seconds = field(default_factory=Seconds)

    @property
    def as_of(self) -> date | None:
        """The day of the newest article cited: later news is not in the answer."""
        return max((c.published for c in self.citations if c.published), default=None)

    @property
    def text(self) -> str:
        """The answer as prose with its [n]; what is known to be unsupported is left out."""
        if self.refusal is not None:
            return self.refusal.reason
        return " ".join(str(sentence) for sentence in self.sentences if sentence.supported is not False)

    def __str__(self) -> str:
        cited = self.refusal.nearest if self.refusal is not None else self.citations
        parts = [self.text]
        if str(self.query) != self.question:
            parts.append(f"Searched for: {self.query}")
        if cited:
            parts.append("Nearest:" if self.refusal is not None else "")
            parts.extend(str(citation) for citation in cited)
        if self.as_of:
            parts.append(f"As of {self.as_of}, the day of the newest article cited.")
        parts.extend(f"Note: {note}" for note in self.notes)
        return "\n".join(parts)

    def marked(self, mark: Callable[[str], str]) -> str:
        """The text of `str`, in it the words that answer as `mark` writes them."""
        text = str(self)
        for citation in self.citations:
            before, exact, after = citation.parts
            text = text.replace(citation.quote, f"{before}{mark(exact)}{after}") if exact else text
        return text

    def as_json(self) -> dict[str, Any]:
        """The answer as in the contract: the same for the command line, HTTP and exports."""
        return {
            "question": self.question,
            "query": self.query.as_json(),
            "mode": self.mode,
            "model": self.model,
            "text": self.text,
            "refused": self.refusal is not None,
            "refusal": self.refusal and self.refusal.as_json(),
            "sentences": [
                {"text": s.text, "citations": list(s.citations), "supported": s.supported} for s in self.sentences
            ],
            "citations": [citation.as_json() for citation in self.citations],
            "passages": [passage_as_json(passage) for passage in self.passages],
            "as_of": _iso(self.as_of),
            "notes": list(self.notes),
            "probability": round(self.probability, 4),
            "index_generation": self.index_generation,
            "seconds": {name: round(getattr(self.seconds, name), 4) for name in Seconds.__slots__},
        }


def passage_as_json(passage: Passage) -> dict[str, Any]:
    """A passage as in the contract, with the ranks that it came from.

    `instructions` are the places in the article that read like instructions to a machine.
    """
    chunk = passage.chunk
    return {
        "article_id": chunk.article_id,
        "title": chunk.title,
        "source": chunk.source,
        "url": chunk.url,
        "published": _iso(chunk.published),
        "start": chunk.start,
        "end": chunk.end,
        "text": chunk.text,
        "score": round(passage.score, 4),
        "ranks": {name: rank for name, rank in passage.ranks.items() if rank is not None},
        "also_in": list(passage.also_in),
        "instructions": [[chunk.start + start, chunk.start + end] for start, end in instructions(chunk.text)],
    }


def span_of_days(since: date | None, until: date | None) -> str:
    """Some days in words: "2018-03-01 to 2018-03-31", "since 2018-03-01", "until 2018-03-31"."""
    if since and until:
        return str(since) if since == until else f"{since} to {until}"
    return f"since {since}" if since else f"until {until}"


def turns_from_json(rows: object) -> tuple[Turn, ...]:
    """A history from JSON: a list of {"question", "answer"}. Raises ValueError when it is anything else."""
    if not isinstance(rows, list):
        raise ValueError('a history is a JSON list of {"question": "…", "answer": "…"}')
    turns = []
    for row in rows:
        if not (isinstance(row, Mapping) and isinstance(row.get("question"), str)):
            raise ValueError('each turn of a history is {"question": "…", "answer": "…"}')
        turns.append(Turn(row["question"], str(row.get("answer") or "")))
    return tuple(turns)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
