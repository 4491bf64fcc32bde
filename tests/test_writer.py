"""What is in the index already is not embedded again."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from ingest.index import Generation, Index
from ingest.reindex import reindex
from tests.conftest import BagOfWords, MakeArticles

LONG = "\n\n".join(
    " ".join(f"Sentence {number} of paragraph {paragraph} is about the harbour." for number in range(12))
    for paragraph in range(6)
)


@pytest.fixture
def index(tmp_path: Path, bag_of_words: BagOfWords) -> Index:
    return Index.open(tmp_path / "index", create=True, embedder=bag_of_words, chunk_size=120)


def vectors(generation: Generation, article_id: str) -> list[tuple[str, Sequence[float]]]:
    return [(chunk.text, vector) for chunk, vector in generation.vectors(article_id)]


def assert_same(found: list[tuple[str, Sequence[float]]], expected: list[tuple[str, Sequence[float]]]) -> None:
    assert [text for text, _ in found] == [text for text, _ in expected]
    for (_, vector), (_, other) in zip(found, expected, strict=True):
        assert vector == pytest.approx(other)


def test_an_article_that_moved(
    index: Index, make_articles: MakeArticles, article_folder: Path, bag_of_words: BagOfWords
) -> None:
    make_articles({"a.md": LONG}, title="The harbour")
    reindex(article_folder, index)
    before = vectors(index.current(), "a.md")
    (article_folder / "old").mkdir()
    (article_folder / "a.md").rename(article_folder / "old" / "b.md")
    bag_of_words.embedded.clear()
    changes = reindex(article_folder, index)
    assert (changes.added, changes.removed, changes.articles) == (("old/b.md",), ("a.md",), 1)
    assert bag_of_words.embedded == []
    assert_same(vectors(index.current(), "old/b.md"), before)
    assert index.article("old/b.md").text == LONG
    assert {passage.chunk.article_id for passage in index.current().by_words("harbour", 50)} == {"old/b.md"}


@pytest.mark.parametrize(
    ("field", "value"),
    [("source", "The Desk"), ("author", "A desk"), ("url", "https://example.org/a"), ("published", "2018-02-23")],
)
def test_an_article_of_which_only_a_field_changed(
    index: Index, make_articles: MakeArticles, bag_of_words: BagOfWords, field: str, value: str
) -> None:
    folder = make_articles({"a.md": LONG}, title="The harbour")
    reindex(folder, index)
    before = vectors(index.current(), "a.md")
    make_articles({"a.md": LONG}, **{"title": "The harbour", field: value})
    bag_of_words.embedded.clear()
    assert reindex(folder, index).changed == ("a.md",)
    assert bag_of_words.embedded == []
    assert_same(vectors(index.current(), "a.md"), before)
    assert str(getattr(index.article("a.md"), field)) == value
    chunks = index.current().chunks("a.md")
    assert {str(getattr(chunk, field, value)) for chunk in chunks} == {value}


def test_another_title_is_embedded_with_every_chunk(
    index: Index, make_articles: MakeArticles, bag_of_words: BagOfWords
) -> None:
    folder = make_articles({"a.md": LONG}, title="The harbour")
    chunks = reindex(folder, index).chunks
    make_articles({"a.md": LONG}, title="The pier")
    bag_of_words.embedded.clear()
    reindex(folder, index)
    assert len(bag_of_words.embedded) == chunks > 3


def test_of_a_text_only_what_changed(index: Index, make_articles: MakeArticles, bag_of_words: BagOfWords) -> None:
    folder = make_articles({"a.md": LONG}, title="The harbour")
    chunks = reindex(folder, index).chunks
    changed = LONG.replace("Sentence 3 of paragraph 5", "Clause 3 of paragraph 5")
    make_articles({"a.md": changed}, title="The harbour")
    bag_of_words.embedded.clear()
    reindex(folder, index)
    assert len(bag_of_words.embedded) == 1 < chunks
    assert "Clause 3" in bag_of_words.embedded[0]
    assert index.article("a.md").text == changed
    anew = Index.open(index.path.parent / "anew", create=True, embedder=BagOfWords(), chunk_size=120)
    reindex(folder, anew)
    assert_same(vectors(index.current(), "a.md"), vectors(anew.current(), "a.md"))


def test_two_articles_that_change_places(index: Index, make_articles: MakeArticles, bag_of_words: BagOfWords) -> None:
    texts = {"a.md": LONG, "b.md": LONG.replace("harbour", "market")}
    folder = make_articles(texts, title="A place")
    reindex(folder, index)
    make_articles({"a.md": texts["b.md"], "b.md": texts["a.md"]}, title="A place")
    bag_of_words.embedded.clear()
    assert reindex(folder, index).changed == ("a.md", "b.md")
    assert bag_of_words.embedded == []
    assert {name: index.article(name).text for name in texts} == {"a.md": texts["b.md"], "b.md": LONG}
