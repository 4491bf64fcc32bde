"""Sentences by how well they answer: what the reader says, and beside it their passage's score and words."""

import pytest

from ingest import Index
from ingest.index import Passage
from qa.answer import Query
from qa.rank import READ, Candidate, rank, reordered
from qa.reader import Reader
from qa.retrieve import retrieve

QUESTION = "What does the Cortana integration involve?"


def ranked(index: Index, question: str, k: int = 8) -> tuple[list[Passage], list[Candidate]]:
    query = Query(question)
    passages = retrieve(index.current(), query, index.embedder.embed_query(question), k=k)
    return passages, rank(query, passages, reader=Reader(), generation=index.current())


def test_every_candidate_is_a_sentence_of_its_article(corpus_index: Index) -> None:
    _, candidates = ranked(corpus_index, QUESTION)
    assert len(candidates) > 10
    for candidate in candidates:
        article = corpus_index.article(candidate.passage.chunk.article_id)
        assert article.text[candidate.start : candidate.end] == candidate.text
        assert candidate.exact
        assert candidate.exact in candidate.text
    assert [c.score for c in candidates] == sorted((c.score for c in candidates), reverse=True)


@pytest.mark.parametrize(
    ("question", "part"),
    [
        (QUESTION, "Mi AI speaker"),
        ("How many patents did Xiaomi buy from Microsoft?", "1,500"),
        ("Who blocked Broadcom's bid for Qualcomm?", "Trump"),
    ],
)
def test_the_sentence_that_answers_comes_first(corpus_index: Index, question: str, part: str) -> None:
    assert part in ranked(corpus_index, question)[1][0].text


def test_passages_follow_their_best_sentence(corpus_index: Index) -> None:
    passages, candidates = ranked(corpus_index, QUESTION, k=READ + 4)
    ordered = reordered(passages, candidates)
    assert sorted(p.chunk.id for p in ordered) == sorted(p.chunk.id for p in passages)
    assert ordered[0].chunk.id == candidates[0].passage.chunk.id
    assert [p.ranks.reranked for p in ordered[:READ]] == list(range(1, READ + 1))
    # What was not read stays behind, in the order it had.
    assert [p.chunk.id for p in ordered[READ:]] == [p.chunk.id for p in passages[READ:]]
    assert all(p.ranks.reranked is None for p in ordered[READ:])
