"""Queries that stand for one question are searched together."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.index import Chunk, Index, Passage, Ranks
from ingest.reindex import reindex
from qa.answer import Query, Turn
from qa.follow import fuse, retrieve_all
from qa.query import Weighted, make_queries
from qa.retrieve import PER_ARTICLE, retrieve
from tests.conftest import BagOfWords, MakeArticles


def _passage(name: str, score: float) -> Passage:
    return Passage(Chunk(name, 0, 0, 4, "text", name), score)


found = st.lists(
    st.dictionaries(st.sampled_from("abcdef"), st.floats(0, 1), max_size=6).map(
        lambda scores: [_passage(name, score) for name, score in sorted(scores.items(), key=lambda item: -item[1])]
    ),
    min_size=1,
    max_size=3,
)


def test_what_is_good_for_both_beats_what_is_best_for_one() -> None:
    bare = [_passage("other", 0.6), _passage("both", 0.5), _passage("last", 0.1)]
    told = [_passage("earlier", 0.8), _passage("both", 0.6), _passage("least", 0.2)]
    fused = fuse([told, bare], [1.0, 1.0])
    assert [(p.chunk.article_id, round(p.score, 3)) for p in fused] == [
        ("both", 0.55),
        ("earlier", 0.45),
        ("other", 0.4),
        ("last", 0.15),
        ("least", 0.15),
    ]


def test_a_query_of_little_weight_only_breaks_ties() -> None:
    bare = [_passage("a", 0.5), _passage("b", 0.49), _passage("c", 0.1)]
    told = [_passage("c", 0.9), _passage("b", 0.8), _passage("a", 0.6)]
    assert [p.chunk.article_id for p in fuse([bare, told], [1.0, 0.1])] == ["b", "a", "c"]


def test_the_ranks_are_those_of_the_first_query() -> None:
    first, other = (replace(_passage("a", 0.5), ranks=Ranks(meaning=rank)) for rank in (1, 7))
    assert [p.ranks.meaning for p in fuse([[first], [other]], [1.0, 1.0])] == [1]


@given(found, st.data())
def test_every_passage_is_there_once_with_a_score_between_its_scores(
    found: list[list[Passage]], data: st.DataObject
) -> None:
    weights = [data.draw(st.floats(0.1, 2)) for _ in found]
    fused = fuse(found, weights)
    assert sorted(p.chunk.id for p in fused) == sorted({p.chunk.id for passages in found for p in passages})
    assert [p.score for p in fused] == sorted((p.score for p in fused), reverse=True)
    best = max((p.score for passages in found for p in passages), default=0.0)
    assert all(0 <= p.score <= best + 1e-9 for p in fused)


@pytest.fixture
def firms(index: Index, make_articles: MakeArticles) -> Index:
    reindex(
        make_articles(
            {
                "coty.md": "Coty bought the cosmetics firm of Jenner. Coty paid 600 million dollars for the stake.",
                "linkedin.md": "Microsoft bought LinkedIn. Microsoft paid 26 billion dollars for the network.",
                "weather.md": "It rained in Oslo, and the river rose by two metres.",
                "football.md": "Spain won the cup, and meets Croatia next.",
            }
        ),
        index,
    )
    return index


@pytest.mark.parametrize(
    ("question", "article"),
    [
        ("And how much did they pay?", "linkedin.md"),
        ("How much did Coty pay for Jenner's cosmetics firm?", "coty.md"),
        ("Who meets Croatia next after they won the cup in Spain?", "football.md"),
    ],
)
def test_a_follow_up_finds_its_article(firms: Index, bag_of_words: BagOfWords, question: str, article: str) -> None:
    queries = make_queries(question, [Turn("Who bought LinkedIn?", "Microsoft.")])
    vectors = [bag_of_words.embed_query(weighted.query.text) for weighted in queries]
    passages = retrieve_all(firms.current(), queries, vectors, k=2)
    assert passages[0].chunk.article_id == article
    assert len(passages) == 2


def test_one_query_is_retrieved_as_it_is(firms: Index, bag_of_words: BagOfWords) -> None:
    query = Query("Who bought LinkedIn?")
    vector = bag_of_words.embed_query(query.text)
    alone = retrieve(firms.current(), query, vector, k=3)
    assert retrieve_all(firms.current(), [Weighted(query)], [vector], k=3) == alone
    assert alone[0].ranks == Ranks(meaning=1, words=1)


def test_a_long_article_leaves_room_for_others(
    index: Index, bag_of_words: BagOfWords, make_articles: MakeArticles
) -> None:
    day = "The court of Oslo heard {0} witnesses on day {0}, and adjourned the trial until the river had fallen. "
    texts = {"trial.md": "\n\n".join(f"# Day {n}\n\n" + day.format(n) * 8 for n in range(9))}
    texts |= {f"other-{n}.md": f"The weather of week {n} was mild, with {n} hours of sun." for n in range(6)}
    reindex(make_articles(texts), index)
    queries = make_queries("And which witnesses did it hear?", [Turn("What did the court adjourn?", "The trial.")])
    vectors = [bag_of_words.embed_query(weighted.query.text) for weighted in queries]
    passages = retrieve_all(index.current(), queries, vectors, k=7)
    assert len(passages) == 7
    assert Counter(passage.chunk.article_id for passage in passages)["trial.md"] == PER_ARTICLE


def test_without_a_query_there_is_nothing_to_do(firms: Index) -> None:
    with pytest.raises(ValueError, match="no query"):
        retrieve_all(firms.current(), [], [], k=3)
