"""Fusion, near-identical passages, a few from each article."""

from datetime import date
from pathlib import Path

import pytest

from ingest import Embedder, Index, reindex
from ingest.index import Passage
from qa.answer import Query
from qa.evaluate import overlap, read_questions
from qa.retrieve import PER_ARTICLE, retrieve
from tests.evaluation.sets import QUESTIONS


def found(index: Index, query: Query, k: int = 8) -> list[Passage]:
    return retrieve(index.current(), query, index.embedder.embed_query(query.text), k=k)


def test_best_first_with_scores_between_0_and_1(corpus_index: Index) -> None:
    scores = [passage.score for passage in found(corpus_index, Query("Qualcomm and NXP"))]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_the_fusion_finds_no_less_than_either_leg(corpus_index: Index) -> None:
    generation = corpus_index.current()
    hits = {"fused": 0, "meaning": 0, "words": 0}
    for question in read_questions(QUESTIONS):
        if question.evidence and not question.history:
            query = Query(question.question)
            vector = corpus_index.embedder.embed_query(query.text)
            rankings = {
                "fused": retrieve(generation, query, vector, k=3),
                "meaning": generation.by_meaning(vector, 3),
                "words": generation.by_words(query.text, 3),
            }
            for name, passages in rankings.items():
                texts = [passage.chunk.text for passage in passages]
                hits[name] += any(overlap(gold.quote, text) for gold in question.evidence for text in texts)
    assert hits["fused"] >= max(hits["meaning"], hits["words"]) - 1
    assert hits["fused"] > min(hits["meaning"], hits["words"])


@pytest.mark.parametrize(
    ("query", "allowed"),
    [
        (Query("Xiaomi", since=date(2018, 3, 1)), lambda c: c.published >= date(2018, 3, 1)),
        (Query("Xiaomi", until=date(2017, 1, 1)), lambda c: c.published <= date(2017, 1, 1)),
        (Query("Google", sources=("Dateline Brussels Desk",)), lambda c: c.source == "Dateline Brussels Desk"),
    ],
    ids=["since", "until", "source"],
)
def test_filters_hold_for_every_passage(corpus_index: Index, query: Query, allowed: object) -> None:
    passages = found(corpus_index, query)
    assert passages
    assert callable(allowed)
    assert all(allowed(passage.chunk) for passage in passages)


def test_nothing_matches_an_empty_period(corpus_index: Index) -> None:
    assert found(corpus_index, Query("Xiaomi", since=date(2031, 1, 1))) == []


def test_the_same_text_counts_once_and_an_article_a_few_times(tmp_path: Path, embedder: Embedder) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    storm = "The storm closed the harbour of Westport on Monday. Ferries stayed in port until the evening. "
    (folder / "one.md").write_text(storm, "utf-8")
    (folder / "two.md").write_text(storm.replace("evening", "night"), "utf-8")
    long = "\n\n".join(f"In hour {n} of the storm the harbour sent away ship {n * 7}. " * 9 for n in range(12))
    (folder / "long.md").write_text(long, "utf-8")
    (folder / "other.md").write_text(
        "The harbour has a new crane, painted red, from a yard in the north. " * 3, "utf-8"
    )
    index = Index.open(tmp_path / "index", create=True, embedder=embedder)
    reindex(folder, index)
    ids = [passage.chunk.article_id for passage in found(index, Query("Which ships did the harbour send away?"), k=6)]
    assert ids.count("one.md") + ids.count("two.md") == 1
    assert ids.count("long.md") == PER_ARTICLE
    assert "other.md" in ids


def test_an_article_alone_is_not_cut_short(tmp_path: Path, embedder: Embedder) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    days = ["gold", "rain", "wheat", "steel", "horses", "music", "bridges", "salt"]
    (folder / "only.md").write_text(
        "\n\n".join(f"Day of {day}. " + f"All about {day} today. " * 25 for day in days), "utf-8"
    )
    index = Index.open(tmp_path / "index", create=True, embedder=embedder)
    reindex(folder, index)
    assert len(found(index, Query("steel and wheat"), k=6)) > PER_ARTICLE


def test_a_passage_says_where_it_was_found(corpus_index: Index) -> None:
    best = found(corpus_index, Query("Cortana Mi AI speaker"))[0]
    assert best.ranks.meaning is not None
    assert best.ranks.words is not None
    assert dict(best.ranks.items()) == {"meaning": best.ranks.meaning, "words": best.ranks.words, "reranked": None}
