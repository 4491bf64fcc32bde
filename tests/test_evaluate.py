"""The measures of the contract, on cases worked out by hand."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from ingest.index import Article, Chunk, Index, Passage, Ranks
from qa import Assistant
from qa.answer import Answer, Citation, Query, Refusal, Seconds, Sentence, Turn
from qa.evaluate import Gold, Question, evaluate, judge, normalised, overlap, read_questions, same_article, verbatim

GOLD = "The company agreed to pay 26.2 billion dollars in cash."


def citation(number: int, quote: str, article_id: str = "a.md") -> Citation:
    return Citation(number, article_id, "T", "", None, None, 0, len(quote), quote, 0.5)


def passage(text: str, article_id: str) -> Passage:
    return Passage(Chunk(article_id, 0, 0, len(text), text, "T", ""), 0.5, Ranks(meaning=1))


def answer(*citations: Citation, refused: bool = False, passages: tuple[Passage, ...] = ()) -> Answer:
    sentences = tuple(Sentence(c.quote, (c.number,), supported=True) for c in citations)
    refusal = Refusal("The articles do not say.") if refused else None
    return Answer(
        "q",
        Query("q"),
        sentences=sentences,
        citations=citations,
        passages=passages,
        refusal=refusal,
        probability=0.25,
        seconds=Seconds(total=0.1),
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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The  U.S. paid $1,000 for a dog!", "us paid 1000 for dog"),
        ("“Squid Game” isn’t back…", "squid game isnt back"),
        ("Toronto—and 2018–19", "toronto and 201819"),
    ],
    ids=["as SQuAD's", "typographic quotes", "dashes"],
)
def test_normalisation_folds_punctuation(text: str, expected: str) -> None:
    assert normalised(text) == expected


def test_evidence_is_looked_for_in_the_first_passages() -> None:
    question = Question("1", "fact", "q", evidence=(Gold("a", GOLD),))
    found = (passage("Another part of it.", "a.md"), passage(GOLD, "b.md"), passage(GOLD, "a.md"))
    judged = judge(question, answer(passages=found), k=3)
    assert (judged.first_article, judged.first_evidence, judged.evidence) == (True, False, True)
    assert judge(question, answer(passages=found), k=2).evidence is False
    assert judge(question, answer(passages=found[1:]), k=2).first_article is False
    any_words = Question("1", "fact", "q", evidence=(Gold("a", ""),))
    assert judge(any_words, answer(passages=found), k=3).first_evidence is True


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


def test_the_number_of_a_citation_is_no_answer() -> None:
    question = Question("1", "fact", "q", answers=("1",))
    assert judge(question, answer(citation(1, "A party.")), k=5).answer is False
    assert judge(question, answer(citation(2, "It has 1 guest.")), k=5).answer is True


def test_what_a_refusal_would_have_said_is_no_answer() -> None:
    question = Question("1", "fact", "q", answers=("26.2 billion",), evidence=(Gold("a", GOLD),))
    assert judge(question, answer(citation(1, GOLD), refused=True), k=5).answer is False


def test_quotes_and_sentences_are_compared_with_their_article() -> None:
    texts = {"a.md": Article("a.md", "T", f"{GOLD} More."), "b.md": Article("b.md", "T", "Else.")}
    said = answer(citation(1, GOLD), citation(2, GOLD, "b.md"))
    assert verbatim(said, texts.__getitem__) == (True, False, True, True)  # the second sentence is the first quote's
    invented = replace(said, sentences=(Sentence("It paid.", (1,)),))
    assert verbatim(invented, texts.__getitem__) == (True, False, False)
    assert verbatim(replace(invented, mode="written"), texts.__getitem__) == (True, False)
    refused = replace(said, refusal=Refusal("No.", (citation(1, "Nowhere."),)), sentences=())
    assert verbatim(refused, texts.__getitem__) == (False,)


def test_a_refusal_counts_where_nothing_is_said() -> None:
    unanswerable = judge(Question("1", "offtopic", "q"), answer(refused=True), k=5)
    assert (unanswerable.answerable, unanswerable.refused, unanswerable.evidence) == (False, True, None)
    assert unanswerable.probability == 0.25


def test_a_question_is_asked_on_its_day(corpus_index: Index) -> None:
    about = "What did Microsoft and Xiaomi sign last week?"
    gold = (Gold("2018-02-23-microsoft-xiaomi", ""),)
    asked = {kind: date.fromisoformat(day) for kind, day in (("then", "2018-02-26"), ("later", "2020-02-24"))}
    questions = [Question(kind, kind, about, evidence=gold, asked=day) for kind, day in asked.items()]
    table = evaluate(Assistant(corpus_index), questions)
    assert {row.kind: row.answered for row in table.rows} == {"all": 0.5, "then": 1.0, "later": 0.0}


def test_rows_are_read(tmp_path: Path) -> None:
    file = tmp_path / "set.jsonl"
    rows = [
        '{"id": "1", "question": "Who?", "note": "not read"}',
        '{"id": "2", "kind": "when", "question": "When?", "asked": "2018-03-01", "history": [{"question": "Who?"}],'
        ' "answers": ["now"], "evidence": [{"article_id": "a"}]}',
    ]
    file.write_text("\n".join(rows), "utf-8")
    gold = (Gold("a", ""),)
    assert read_questions(file) == [
        Question("1", "question", "Who?"),
        Question("2", "when", "When?", (Turn("Who?", ""),), ("now",), gold, date(2018, 3, 1)),
    ]


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ('{"id": "1"}', "line 1: question"),
        ("not json", "line 1"),
        ('{"id": "1", "question": 3}', "line 1: question"),
        ('{"id": "1", "question": "q", "asked": "last week"}', "line 1: asked"),
        ('{"id": "1", "question": "q", "asked": 20180301}', "line 1: asked"),
    ],
)
def test_a_bad_row_is_named(tmp_path: Path, line: str, complaint: str) -> None:
    file = tmp_path / "set.jsonl"
    file.write_text(line, "utf-8")
    with pytest.raises(ValueError, match=complaint):
        read_questions(file)


@pytest.mark.parametrize("skip", ["true", '"no right answer is known"'])
def test_a_row_to_be_skipped_is_no_question_to_refuse(tmp_path: Path, skip: str) -> None:
    file = tmp_path / "set.jsonl"
    rows = [
        f'{{"id": "1", "question": "Who?", "skip": {skip}}}',
        '{"id": "2", "question": "Why?", "skip": false}',
        '{"id": "3", "question": "When?", "skip": ""}',
    ]
    file.write_text("\n".join(rows), "utf-8")
    assert [question.id for question in read_questions(file)] == ["2", "3"]


@pytest.mark.parametrize("text", ["\n", '{"id": "1", "question": "Who?", "skip": true}'], ids=["empty", "skipped"])
def test_an_empty_set_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "set.jsonl"
    file.write_text(text, "utf-8")
    with pytest.raises(ValueError, match="no questions"):
        read_questions(file)
