"""Fusion, near-identical passages, a few from each article."""

from datetime import date
from pathlib import Path

import pytest

from ingest import Embedder, Index, reindex
from ingest.index import Filter, Generation, Passage
from qa.answer import Query
from qa.assistant import Assistant
from qa.evaluate import overlap, read_questions
from qa.retrieve import CANDIDATES, PER_ARTICLE, retrieve
from tests.conftest import MakeArticles
from tests.evaluation.sets import QUESTIONS

WHARF = """The wharf of Westport is to be rebuilt in stone, the harbour office said on Monday. Work begins in spring
and takes three years. The old wharf, made of oak, was damaged in two storms last winter. Ferries will land at the
northern pier until then, and fishing boats at the lock. The town pays half of the cost, the province the rest."""
OWN = "The mayor of Eastport called the plan a waste of money and asked for a bridge instead of the wharf."


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


@pytest.fixture
def syndicated(index: Index, make_articles: MakeArticles) -> Index:
    """One story in four outlets, the first on 1 March, one with a paragraph of its own, and something else."""
    for day, outlet in enumerate(("Wire", "Post", "Desk"), 1):
        make_articles({f"{outlet}.md": WHARF}, source=outlet, title="Wharf", published=f"2018-03-0{day}")
    make_articles({"Echo.md": f"{WHARF}\n\n{OWN * 9}"}, source="Echo", title="Wharf", published="2018-03-04")
    folder = make_articles({"other.md": "Ferries cost more from May. " * 9}, source="Post", published="2018-03-01")
    assert len(reindex(folder, index).duplicates) == 3
    return index


@pytest.mark.parametrize(
    ("query", "article_id", "also_in"),
    [
        (Query("Who pays for the wharf of Westport?"), "Wire.md", ("Desk", "Echo", "Post")),
        (Query("What did the mayor of Eastport ask for?"), "Echo.md", ("Desk", "Post", "Wire")),
        (Query("Who pays for the wharf of Westport?", sources=("Desk",)), "Desk.md", ("Echo", "Post", "Wire")),
        (Query("Who pays for the wharf of Westport?", since=date(2018, 3, 4)), "Echo.md", ("Desk", "Post", "Wire")),
    ],
    ids=["the original", "a copy that has more to say", "the source asked for", "the period asked for"],
)
def test_a_story_counts_once_and_says_where_else_it_ran(
    syndicated: Index, query: Query, article_id: str, also_in: tuple[str, ...]
) -> None:
    passages = found(syndicated, query)
    told = {passage.chunk.article_id: passage.also_in for passage in passages if passage.chunk.title == "Wharf"}
    assert told == {article_id: also_in}
    assert passages[0].chunk.article_id == article_id
    assert all(passage.also_in == () for passage in passages if passage.chunk.article_id == "other.md")


def test_an_answer_says_where_else_its_story_ran(syndicated: Index) -> None:
    answer = Assistant(syndicated).ask("Which wharf of Westport is to be rebuilt in stone?")
    cited = answer.refusal.nearest if answer.refusal else answer.citations
    assert cited[0].also_in == ("Desk", "Echo", "Post")
    assert "Wire, 2018-03-01 (also in Desk, Echo, Post)" in str(answer)


def test_copies_do_not_crowd_out_other_stories(index: Index, make_articles: MakeArticles) -> None:
    for town, outlets in (("Northport", 100), ("Southport", 90), ("Westport", 1)):
        story = "wharf " * (1 + outlets // 10) + " ".join(f"{town}{n}" for n in range(50))
        folder = make_articles({f"{town}/{outlet}.md": story for outlet in range(outlets)})
    reindex(folder, index)
    passages = found(index, Query("wharf"), k=3)
    assert [len(passage.also_in) for passage in passages] == [99, 89, 0]


def test_without_copies_each_leg_is_asked_once(corpus_index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    limits: list[int] = []
    by_meaning = Generation.by_meaning

    def counted(self: Generation, vector: list[float], limit: int, only: Filter) -> list[Passage]:
        limits.append(limit)
        return by_meaning(self, vector, limit, only)

    monkeypatch.setattr(Generation, "by_meaning", counted)
    found(corpus_index, Query("Xiaomi"), k=100)
    assert limits == [CANDIDATES]
