"""Answers of every form, to be drawn by hypothesis."""

from datetime import date

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from ingest.index import Chunk, Passage, Ranks
from qa.answer import Answer, Citation, Mode, Query, Refusal, Seconds, Sentence

PLAIN = st.text(max_size=30)
DAYS = st.none() | st.dates(min_value=date(1, 1, 1))
ADDRESSES = st.none() | st.sampled_from(["https://news.example/a?b=c&d=%20#e", "javascript:alert(1)", "/a"]) | PLAIN
_RANK = st.none() | st.integers(1, 99)
_SHARE = st.floats(0, 1)
_SECONDS = st.floats(0, 100)


@st.composite
def citations(draw: DrawFn, number: int = 1, texts: SearchStrategy[str] = PLAIN) -> Citation:
    """Draw a citation whose quote, and in it the words that answer, are where it says."""
    quote, start = draw(texts), draw(st.integers(0, 9_999))
    edges = st.integers(start, start + len(quote))
    first, last = sorted((draw(edges), draw(edges)))
    exact = draw(st.sampled_from([None, (first, last)]))
    also_in = tuple(draw(st.lists(texts, max_size=2)))
    names = (draw(texts), draw(texts), draw(texts), draw(ADDRESSES), draw(DAYS))
    return Citation(number, *names, start, start + len(quote), quote, draw(_SHARE), also_in, exact)


@st.composite
def passages(draw: DrawFn) -> Passage:
    """Draw a passage; its place among those of its article, which no JSON has, is 0."""
    text, start = draw(PLAIN), draw(st.integers(0, 9_999))
    named = (draw(PLAIN), draw(PLAIN), draw(ADDRESSES), draw(DAYS))
    chunk = Chunk(draw(PLAIN), 0, start, start + len(text), text, *named)
    ranks = Ranks(draw(_RANK), draw(_RANK), draw(_RANK))
    return Passage(chunk, draw(st.floats(-9, 99)), ranks, tuple(draw(st.lists(PLAIN, max_size=2))))


def refusals(texts: SearchStrategy[str], nearest: tuple[Citation, ...]) -> SearchStrategy[Refusal]:
    """Draw a refusal."""
    days = st.dates(min_value=date(1, 1, 1))
    covers = st.none() | st.tuples(days, days)
    return st.builds(Refusal, texts, st.just(nearest), st.lists(texts, max_size=2).map(tuple), covers)


@st.composite
def answers(draw: DrawFn, texts: SearchStrategy[str] = PLAIN) -> Answer:
    """Draw an answer: quoted, written or refused; in quotes its sentences are its quotes."""
    mode: Mode = draw(st.sampled_from(["quotes", "written"]))
    cited = tuple(draw(citations(number, texts)) for number in range(1, draw(st.integers(1, 4))))
    refused = draw(st.booleans())
    sentences: tuple[Sentence, ...] = ()
    if mode == "quotes":
        sentences = tuple(Sentence(citation.quote, (citation.number,), True) for citation in cited)
    else:
        numbers = st.sets(st.sampled_from(range(1, len(cited) + 1)), max_size=2) if cited else st.just(set())
        said = st.builds(Sentence, texts, numbers.map(tuple), st.sampled_from([True, False, None]))
        sentences = tuple(draw(st.lists(said, max_size=3)))
    return Answer(
        question=draw(texts),
        query=Query(
            draw(texts),
            draw(DAYS),
            draw(DAYS),
            tuple(draw(st.lists(texts, max_size=2))),
            draw(texts),
            draw(st.booleans()),
        ),
        mode=mode,
        model=draw(st.none() | texts),
        sentences=() if refused else sentences,
        citations=() if refused else cited,
        passages=tuple(draw(st.lists(passages(), max_size=2))),
        refusal=draw(refusals(texts, cited)) if refused else None,
        notes=tuple(draw(st.lists(texts, max_size=2))),
        probability=draw(_SHARE),
        index_generation=draw(st.integers(0, 99)),
        seconds=Seconds(draw(_SECONDS), draw(_SECONDS), draw(_SECONDS), draw(_SECONDS)),
    )
