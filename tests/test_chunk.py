"""Chunks are exact slices, on borders a reader would choose, and never too long for the embedder."""

import re

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from ingest.article import Article
from ingest.chunk import Chunk, TokenCounts, split
from ingest.embed import Embedder
from tests.conftest import BagOfWords

WORDS = [
    "Azure",
    "the",
    "U.S.",
    "Mr.",
    "phone",
    "4.5",
    "naïve",
    "x" * 300,
    "微软和小米宣布合作",
    "😀",
    "각",
    "e\u0301",
]
ENDS = [". ", "! ", "? ", ".\n", "\n\n", "\n", " ", "  ", "; ", ", ", "", "。", ".” ", "…", "\r\n", "\u2028"]
PROSE = st.builds(
    lambda pairs, times: "".join(word + end for word, end in pairs) * times,
    st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(ENDS)), max_size=40),
    st.integers(1, 20),
)
TEXTS = PROSE | st.text(max_size=2000)
NAMES = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=40)
ARTICLES = st.builds(
    Article,
    id=NAMES.filter(bool),
    title=NAMES,
    text=TEXTS.filter(bool),
    source=NAMES,
    author=st.none() | NAMES.filter(bool),
    url=st.none() | NAMES.filter(bool),
    published=st.none() | st.dates(),
    origin=NAMES,
)
bag = BagOfWords()

PARAGRAPHS = [
    "Microsoft and Xiaomi signed a memorandum of understanding in February 2018. It covers cloud and phones.",
    "One project brings Cortana to the Mi AI speaker. Azure is to store the data of users.",
    "IDC had Xiaomi fifth among the makers of phones. It shipped 92.4 million of them.",
    "The U.S. Supreme Court heard the case of a warrant. The mails are kept in Dublin.",
]


def of(text: str, title: str = "Title") -> Article:
    return Article("a.md", title, text)


def check_slices(article: Article, chunks: list[Chunk]) -> None:
    assert "".join(chunk.text for chunk in chunks) == article.text
    assert [chunk.position for chunk in chunks] == list(range(len(chunks)))
    assert [0, *(chunk.end for chunk in chunks)] == [*(chunk.start for chunk in chunks), len(article.text)]
    for chunk in chunks:
        assert chunk.text
        assert article.text[chunk.start : chunk.end] == chunk.text


@given(TEXTS, st.integers(16, 120))
@example("", 16)
@example("😀 U.S.  Azure" * 12, 16)
@example(" \n\t ", 16)
@example("x" * 5000, 16)
@example("\n\n  Text with white space at its ends. \n ", 16)
@example("no end of a sentence " * 200, 20)
@example("a.b.c." * 500, 16)
@example("words  with  two  spaces  between  " * 20, 16)
def test_chunks_are_slices_that_rebuild_the_text(text: str, size: int) -> None:
    article = of(text)
    check_slices(article, split(article, bag.token_counts, size=size))


def longest(article: Article, token_counts: TokenCounts, size: int) -> int:
    chunks = split(article, token_counts, size=size)
    return max(token_counts([chunk.embedded_text for chunk in chunks]), default=0) + 2  # the two ends


@given(TEXTS, st.integers(16, 120))
@example("word " * 500, 16)
def test_no_chunk_is_too_long_counted_in_words(text: str, size: int) -> None:
    assert longest(of(text, "A short title"), bag.token_counts, size) <= size


@given(TEXTS, NAMES, st.integers(32, 250))
@example("antidisestablishmentarianism" * 100, "", 200)
@example("word " * 2000, "A title", 200)
@example(("x" * 300 + " ") * 300, "", 200)
@example("각" * 3000, "", 200)
@example("微" * 3000, "微软", 200)
def test_no_chunk_is_too_long_for_the_real_embedder(embedder: Embedder, text: str, title: str, size: int) -> None:
    assume(embedder.token_counts([title])[0] + 3 <= size // 2)
    assert longest(of(text, title), embedder.token_counts, size) <= size


@pytest.mark.parametrize("title", ["word " * 1000, "w" * 100_000], ids=["words", "one word"])
def test_a_title_without_end_leaves_room_for_the_text(title: str) -> None:
    article = of(" ".join(PARAGRAPHS), title)
    chunks = split(article, bag.token_counts, size=64)
    check_slices(article, chunks)
    for chunk in chunks:
        assert chunk.text.strip() in chunk.embedded_text
        assert bag.token_counts([chunk.text])[0] >= 16
        assert len(chunk.embedded_text) < 1000


def test_an_article_that_fits_is_one_chunk_in_its_own_words() -> None:
    article = of("\n\n".join(PARAGRAPHS))
    (chunk,) = split(article, bag.token_counts, size=200)
    assert chunk.text == article.text
    assert chunk.embedded_text == f"Title\n{article.text}"


@given(st.permutations(PARAGRAPHS * 2), st.integers(50, 90))
def test_cuts_are_at_the_ends_of_sentences(paragraphs: list[str], size: int) -> None:
    chunks = split(of("\n\n".join(paragraphs)), bag.token_counts, size=size)
    assert len(chunks) > 1
    for chunk in chunks:
        assert re.search(r"(?<!U\.S)\.\s*$", chunk.text)


def test_a_paragraph_is_kept_whole_where_it_can_be() -> None:
    chunks = split(of("\n\n".join(PARAGRAPHS)), bag.token_counts, size=48)
    assert [chunk.text.strip() for chunk in chunks] == [
        "\n\n".join(PARAGRAPHS[:2]),
        "\n\n".join(PARAGRAPHS[2:]),
    ]


def sentence(tokens: int) -> str:
    return f"Word{' word' * (tokens - 2)}."


@pytest.mark.parametrize("border", ["\n\n", " "], ids=["paragraphs", "one paragraph"])
def test_the_end_of_a_paragraph_is_worth_a_less_equal_cut(border: str) -> None:
    first, second, third = " ".join([sentence(10)] * 3), sentence(6), " ".join([sentence(17)] * 2)
    chunks = split(of(f"{first}{border}{second} {third}"), bag.token_counts, size=54)
    assert len(chunks) == 2
    assert chunks[0].text.strip() == (first if border == "\n\n" else f"{first} {second}")


def test_chunks_are_of_about_equal_length() -> None:
    chunks = split(of("One short sentence of words. " * 40), bag.token_counts, size=100)
    counts = bag.token_counts([chunk.text for chunk in chunks])
    assert max(counts) - min(counts) <= 12


@given(ARTICLES)
def test_a_chunk_knows_its_article(article: Article) -> None:
    for chunk in split(article, bag.token_counts, size=32):
        assert chunk.id == f"{article.id}#{chunk.position}"
        for name in ("title", "source", "url", "published"):
            assert getattr(chunk, name) == getattr(article, name)
