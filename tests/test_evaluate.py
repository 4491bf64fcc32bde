"""The measures of the contract, on cases worked out by hand."""

from pathlib import Path

import pytest

from qa.answer import Answer, Citation, Query, Refusal, Seconds, Sentence
from qa.evaluate import Gold, Question, judge, normalised, overlap, read_questions, same_article

GOLD = "The company agreed to pay 26.2 billion dollars in cash."


def citation(number: int, quote: str, article_id: str = "a.md") -> Citation:
    return Citation(number, article_id, "T", "", None, None, 0, len(quote), quote, 0.5)


def answer(*citations: Citation, refused: bool = False) -> Answer:
    sentences = tuple(Sentence(c.quote, (c.number,), supported=True) for c in citations)
    refusal = Refusal("The articles do not say.") if refused else None
    return Answer(
        "q", Query("q"), sentences=sentences, citations=citations, refusal=refusal, seconds=Seconds(total=0.1)
    )


@pytest.mark.parametrize(
    ("gold", "text", "expected"),
    [
        (GOLD, f"Before. {GOLD} After.", True),
        (GOLD, "the COMPANY agreed to   pay 26.2 billion", True),
        (GOLD, "The company agreed to something else: pay in cash, 26.2 billion.", False),
        (GOLD, "", False),
    ],
    ids=["whole", "more than half, case and space folded", "words not in one piece", "nothing"],
)
def test_overlap_is_half_of_the_words_in_one_piece(gold: str, text: str, expected: bool) -> None:
    assert overlap(gold, text) is expected


@pytest.mark.parametrize(
    ("article_id", "gold", "same"),
    [
        ("a.md", "a.md", True),
        ("a.md", "a", True),
        ("x/a.txt", "x/a", True),
        ("news.jsonl#a", "a", True),
        ("x/news.zip#a.md", "a", True),
        ("a.jsonl#b", "a", False),
        ("ab.md", "a", False),
        ("a.md", "b", False),
    ],
)
def test_a_gold_id_may_lack_the_file_s_ending_and_the_archive(article_id: str, gold: str, same: bool) -> None:
    assert same_article(article_id, gold) is same


def test_normalisation_is_squad_s() -> None:
    assert normalised("The  U.S. paid $1,000 for a dog!") == "us paid 1000 for dog"


def test_citations_are_judged_by_article_and_words() -> None:
    question = Question("1", "fact", "q", answers=("26.2 billion",), evidence=(Gold("a", GOLD),))
    wrong_first = judge(question, answer(citation(1, "Nothing of it."), citation(2, GOLD)), k=5)
    assert (wrong_first.citation, wrong_first.first_citation, wrong_first.precision) == (True, False, 1.0)
    assert wrong_first.answer is True
    other_article = judge(question, answer(citation(1, GOLD, "b.md")), k=5)
    assert (other_article.citation, other_article.precision) == (False, 0.0)


def test_a_comparison_needs_every_answer() -> None:
    question = Question("1", "compare", "q", answers=("26.2 billion", "30 billion"), evidence=(Gold("a", GOLD),))
    assert judge(question, answer(citation(1, GOLD)), k=5).answer is False
    assert judge(question, answer(citation(1, GOLD), citation(2, "Or 30 billion.")), k=5).answer is True


def test_part_of_a_word_is_no_answer() -> None:
    question = Question("1", "fact", "q", answers=("art",), evidence=())
    assert judge(question, answer(citation(1, "A party.")), k=5).answer is False


def test_a_refusal_counts_where_nothing_is_said() -> None:
    unanswerable = judge(Question("1", "offtopic", "q"), answer(refused=True), k=5)
    assert (unanswerable.answerable, unanswerable.refused, unanswerable.evidence) == (False, True, None)


@pytest.mark.parametrize(
    ("line", "complaint"),
    [('{"id": "1"}', "line 1: question"), ("not json", "line 1"), ('{"id": "1", "question": 3}', "line 1: question")],
)
def test_a_bad_row_is_named(tmp_path: Path, line: str, complaint: str) -> None:
    file = tmp_path / "set.jsonl"
    file.write_text(line, "utf-8")
    with pytest.raises(ValueError, match=complaint):
        read_questions(file)


def test_an_empty_set_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "set.jsonl"
    file.write_text("\n", "utf-8")
    with pytest.raises(ValueError, match="no questions"):
        read_questions(file)
