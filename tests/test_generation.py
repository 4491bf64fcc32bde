"""One state of the index: what goes in comes out, by meaning and by words, in both stores alike."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from ingest import generation as module
from ingest.article import EVERYTHING, Article, Filter
from ingest.card import Card
from ingest.chunk import Chunk, split
from ingest.generation import Generation
from ingest.passage import Ranks
from tests.conftest import BagOfWords
from tests.test_chunk import ARTICLES

bag = BagOfWords()
VERSIONS = {"dateline-qa": "0"}

SPEAKER = Article(
    "speaker.md",
    "Speaker",
    "Cortana comes to a speaker.",
    "Desk",
    "A. Writer",
    "https://example.org/s",
    date(2018, 2, 23),
)
COURT = Article("court.md", "Court", "Judges heard Microsoft about a warrant.", "Wire", published=date(2018, 2, 27))
BID = Article("a/bid.md", "Bid", "Broadcom offered billions for Qualcomm.", "Wire", published=date(2017, 11, 7))
UNDATED = Article("undated.md", "Undated", "Somebody said something about Cortana.")
ALL = (SPEAKER, COURT, BID, UNDATED)


def put(generation: Generation, *articles: Article, size: int = 64) -> None:
    for article in articles:
        chunks = split(article, bag.token_counts, size=size)
        generation.replace([(article, chunks, bag.embed_documents([chunk.embedded_text for chunk in chunks]))])


def commit(generation: Generation) -> None:
    generation.commit(built="2018-02-23T12:00:00+00:00", versions=VERSIONS)


def new(folder: Path, dimension: int = bag.dimension) -> Generation:
    return Generation(folder, 1, create=Card(bag.name, bag.weights, dimension, 64))


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Generation]:
    generation = new(tmp_path / "gen-000001")
    yield generation
    generation.close()


@pytest.fixture
def generation(empty: Generation) -> Generation:
    put(empty, *ALL)
    commit(empty)
    return empty


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ARTICLES)
def test_what_is_read_back_is_what_was_written(empty: Generation, article: Article) -> None:
    chunks = split(article, bag.token_counts, size=32)
    put(empty, article, size=32)
    assert empty.chunks(article.id) == chunks
    assert empty.article(article.id) == article
    empty.remove([article.id])
    assert empty.count() == 0


def test_articles_are_listed_without_their_texts(generation: Generation) -> None:
    assert generation.articles() == [replace(article, text="") for article in (BID, COURT, SPEAKER, UNDATED)]


def test_lists_longer_than_a_page(empty: Generation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PAGE", 3)
    articles = [Article(f"{n}.md", f"Title {n}", "Words and more words. " * (10 * n)) for n in range(1, 10)]
    put(empty, *articles, size=32)
    commit(empty)
    assert [article.id for article in empty.articles()] == [article.id for article in articles]
    assert [empty.article(article.id) for article in articles] == articles
    assert len(empty.by_words("words", 100)) == empty.count() > 30


def test_an_article_of_more_chunks_than_chroma_takes_at_once(tmp_path: Path) -> None:
    generation = new(tmp_path / "gen", dimension=2)
    chunks = [Chunk("long.md", n, n, n + 1, "x", "Long") for n in range(5_500)]
    generation.replace([(Article("long.md", "Long", "x" * 5_500), chunks, [[1.0, 0.0]] * 5_500)])
    commit(generation)
    assert generation.chunks("long.md") == chunks
    generation.remove(["long.md"])
    commit(generation)
    assert (generation.count(), generation.card.chunks, generation.card.articles) == (0, 0, 0)
    generation.close()


@pytest.mark.parametrize("article_id", ["gone.md", "speaker.md#0", "", "speaker.md#0#0"])
def test_an_article_that_is_not_there(generation: Generation, article_id: str) -> None:
    with pytest.raises(KeyError):
        generation.article(article_id)
    with pytest.raises(KeyError):
        generation.chunks(article_id)


def test_ids_that_look_like_the_ids_of_chunks_do_not_meet(empty: Generation) -> None:
    articles = [Article(article_id, "Title", "Words. " * 40) for article_id in ("a", "a#0", "a#0#0", "#", "a#")]
    put(empty, *articles, size=16)
    empty.remove(["a"])
    commit(empty)
    assert [article.id for article in empty.articles()] == ["#", "a#", "a#0", "a#0#0"]
    assert empty.article("a#0") == articles[1]


@pytest.mark.parametrize("text", ["Short now.", "Words. " * 20, "Words. " * 300], ids=["shorter", "same", "longer"])
def test_an_article_is_replaced_whole(empty: Generation, text: str) -> None:
    put(empty, COURT, Article("a.md", "Old", "Words of old. " * 20, "Desk", "A. Writer"), size=16)
    commit(empty)
    article = Article("a.md", "New", text)  # without the author of the old one
    put(empty, article, size=16)
    commit(empty)
    assert empty.article("a.md") == article
    assert empty.card.articles == 2
    assert empty.by_words("old", 1000) == []
    assert all("old" not in passage.chunk.text for passage in empty.by_meaning(bag.embed_query("old"), 1000))


def test_what_is_removed_is_found_no_more(generation: Generation) -> None:
    generation.remove(["speaker.md"])
    generation.remove(["never there"])
    commit(generation)
    passages = [*generation.by_words("Cortana", 10), *generation.by_meaning(bag.embed_query("Cortana"), 10)]
    assert {passage.chunk.article_id for passage in passages} == {"court.md", "a/bid.md", "undated.md"}
    with pytest.raises(KeyError):
        generation.article("speaker.md")


def test_similarities_are_those_of_the_vectors(generation: Generation) -> None:
    query = bag.embed_query("Judges heard Microsoft")
    expected = {}
    for article in ALL:
        (chunk,) = split(article, bag.token_counts, size=64)
        (vector,) = bag.embed_documents([chunk.embedded_text])
        expected[chunk.id] = sum(a * b for a, b in zip(query, vector, strict=True))
    passages = generation.by_meaning(query, 10)
    assert [passage.chunk.article_id for passage in passages[:1]] == ["court.md"]
    assert {passage.chunk.id: passage.score for passage in passages} == pytest.approx(expected, abs=1e-5)
    assert generation.similarities(list(expected), query) == pytest.approx(expected, abs=1e-5)
    assert generation.similarities([], query) == {}


def test_passages_are_ranked_from_1_best_first(generation: Generation) -> None:
    by_meaning = generation.by_meaning(bag.embed_query("Cortana speaker"), 10)
    by_words = generation.by_words("Cortana speaker", 10)
    assert [passage.ranks for passage in by_meaning] == [Ranks(meaning=rank) for rank in range(1, 5)]
    assert [passage.ranks for passage in by_words] == [Ranks(words=rank) for rank in range(1, 3)]
    for passages in (by_meaning, by_words):
        assert passages[0].chunk == generation.chunks("speaker.md")[0]
        scores = [passage.score for passage in passages]
        assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize("limit", [-1, 0, 1, 3, 4, 100])
def test_no_more_than_the_limit(generation: Generation, limit: int) -> None:
    assert len(generation.by_meaning(bag.embed_query("Cortana"), limit)) == max(0, min(limit, 4))
    assert len(generation.by_words("Cortana", limit)) == max(0, min(limit, 2))


def test_nothing_is_found_in_an_empty_generation(empty: Generation) -> None:
    assert empty.by_meaning(bag.embed_query("Cortana"), 5) == []
    assert empty.by_words("Cortana", 5) == []
    assert empty.articles() == []
    assert empty.count() == 0


@pytest.mark.parametrize(
    ("only", "expected"),
    [
        (Filter(since=date(2018, 2, 23)), {SPEAKER, COURT}),
        (Filter(since=date(2018, 2, 24)), {COURT}),
        (Filter(until=date(2018, 2, 23)), {SPEAKER, BID}),
        (Filter(since=date(2018, 2, 23), until=date(2018, 2, 23)), {SPEAKER}),
        (Filter(since=date(2018, 3, 1), until=date(2018, 1, 1)), set()),
        (Filter(sources=("Wire",)), {COURT, BID}),
        (Filter(sources=("Wire", "Desk", "Nowhere")), {SPEAKER, COURT, BID}),
        (Filter(since=date(2018, 1, 1), sources=("Wire",)), {COURT}),
        (Filter(until=date(2018, 1, 1), sources=("Desk",)), set()),
        (EVERYTHING, set(ALL)),
    ],
    ids=lambda value: str(value) if isinstance(value, Filter) else f"{len(value)} found",
)
def test_both_searches_keep_to_the_filter(generation: Generation, only: Filter, expected: set[Article]) -> None:
    ids = {article.id for article in expected}
    words = "Cortana warrant Qualcomm"
    assert {passage.chunk.article_id for passage in generation.by_meaning(bag.embed_query(words), 10, only)} == ids
    assert {passage.chunk.article_id for passage in generation.by_words(words, 10, only)} == ids


def test_a_copy_is_changed_alone(generation: Generation, tmp_path: Path) -> None:
    copy = generation.copy(tmp_path / "gen-000002", 2)
    put(copy, replace(SPEAKER, text="Alexa instead.", content_hash=""))
    copy.remove(["court.md"])
    commit(copy)
    for one, ids, text in (
        (generation, ["a/bid.md", "court.md", "speaker.md", "undated.md"], SPEAKER.text),
        (copy, ["a/bid.md", "speaker.md", "undated.md"], "Alexa instead."),
    ):
        assert [article.id for article in one.articles()] == ids
        assert one.article("speaker.md").text == text
        assert len(one.by_words("Cortana", 10)) == (2 if one is generation else 1)
        assert len(one.by_meaning(bag.embed_query("Cortana"), 10)) == len(ids)
    copy.close()


def test_the_card_says_what_is_in_it(generation: Generation) -> None:
    put(generation, replace(BID, origin="/news"), replace(COURT, origin="/archive"))
    commit(generation)
    card = Card.read(generation.folder)
    assert card == generation.card
    assert (card.model, card.weights, card.dimension, card.chunk_size) == (bag.name, bag.weights, 64, 64)
    assert (card.articles, card.chunks, card.normalised) == (4, 4, True)
    assert card.origins == ("", "/archive", "/news")
    assert (card.built, card.versions) == ("2018-02-23T12:00:00+00:00", VERSIONS)


def test_stores_that_disagree_are_not_finished(generation: Generation) -> None:
    generation._words.add("stray#0", "stray", "Stray", "A chunk that only one store has.")
    with pytest.raises(RuntimeError, match="the stores disagree: 4 chunks by meaning, 5 by words"):
        commit(generation)


def test_vectors_that_cannot_be_found_are_not_finished(empty: Generation) -> None:
    (chunk,) = split(SPEAKER, bag.token_counts, size=64)
    empty.replace([(SPEAKER, [chunk], [[0.0] * bag.dimension])])
    with pytest.raises(RuntimeError, match="stored vectors only 0 find themselves"):
        commit(empty)


def test_what_was_deleted_is_left_behind_when_it_is_most(tmp_path: Path, empty: Generation) -> None:
    """Deleted vectors stay in Chroma's graph; a copy with more of them than living ones is made anew."""
    articles = [Article(f"{n}.md", f"Number {n}", f"Words of {n}. " * 30) for n in range(20)]
    deleted = []
    generation = empty
    for turn in range(6):
        put(generation, *(replace(article, author=f"Turn {turn}") for article in articles), size=16)
        commit(generation)
        deleted.append(generation.card.deleted)
        before, generation = generation, generation.copy(tmp_path / f"gen-{turn + 10:06}", turn + 10)
        assert generation.card.articles == 20
        assert [generation.article(a.id) for a in articles] == [before.article(a.id) for a in articles]
        assert [generation.vectors(a.id) for a in articles] == [before.vectors(a.id) for a in articles]
        assert generation.count() == before.count()
        before.close()
    chunks = generation.count()
    assert deleted == [0, chunks, 2 * chunks, chunks, 2 * chunks, chunks]
    generation.close()


def test_a_missing_generation_is_not_created(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Generation(tmp_path / "gen-000001", 1)
    assert list(tmp_path.iterdir()) == []


def test_the_names_of_the_rankings() -> None:
    assert dict(Ranks(meaning=1, words=3).items()) == {"meaning": 1, "words": 3, "reranked": None}
