"""Which sentences are quoted: what answers first, then only what adds; both sides, steps, what contradicts."""

from datetime import date
from itertools import pairwise

import pytest

from ingest.index import Chunk, Passage
from qa.choose import MOST_SENTENCES, choose
from qa.rank import Candidate
from qa.reader import Reading
from qa.support import sentence_spans


def candidates(text: str, *scores: float, article: str = "a.md", day: date | None = None) -> list[Candidate]:
    """One for each sentence of an article that begins at 100; the reader sees its figures as the answer."""
    passage = Passage(Chunk(article, 0, 100, 100 + len(text), text, f"On {article}", article, None, day), 0.5)
    made = []
    for (start, end), score in zip(sentence_spans(text), scores, strict=True):
        figure = next((place for place in range(start, end) if text[place].isdigit()), start)
        reading = Reading(score, figure, text.find(" ", figure) if " " in text[figure:] else end, score)
        made.append(Candidate(passage, 100 + start, 100 + end, text[start:end], score, reading))
    return made


def best_first(*several: list[Candidate]) -> list[Candidate]:
    return sorted((c for part in several for c in part), key=lambda c: -c.score)


def texts(question: str, *several: list[Candidate]) -> list[str]:
    chosen, _ = choose(question, best_first(*several))
    for candidate in chosen:
        chunk = candidate.passage.chunk
        assert chunk.text[candidate.start - chunk.start : candidate.end - chunk.start] == candidate.text
    return [candidate.text for candidate in chosen]


def test_the_best_comes_first_and_what_is_far_behind_does_not_come() -> None:
    text = "Ferries cost ten euros. The harbour was built long ago. Children travel for nothing. It rained."
    chosen = texts("What do ferries cost?", candidates(text, 2.0, -9.0, 1.0, -9.0))
    assert chosen == ["Ferries cost ten euros.", "Children travel for nothing."]


def test_sentences_that_follow_each_other_are_one_quote() -> None:
    text = "It rained. Ferries cost ten euros. Children travel for nothing. The harbour was built long ago."
    chosen = texts("What do ferries cost?", candidates(text, -9.0, 2.0, 1.0, -9.0))
    assert chosen == ["Ferries cost ten euros. Children travel for nothing."]


def test_a_quote_of_several_sentences_stays_short_and_quotes_never_overlap() -> None:
    words = ["leaves", "the", "old", "harbour", "of", "Kiel", "for", "some", "port", "in", "the", "far", "north"]
    text = " ".join(f"Ferry{n} {' '.join(f'{word}{n}' for word in words)}." for n in range(30))
    chosen, _ = choose("Which ferries?", best_first(candidates(text, *[2.0 - n % 3 / 10 for n in range(30)])))
    assert len(chosen) == MOST_SENTENCES
    assert all(40 < len(quote.text.split()) <= 80 for quote in chosen)
    chosen.sort(key=lambda quote: quote.start)
    assert all(one.end <= other.start for one, other in pairwise(chosen))


def test_no_more_than_three() -> None:
    told = ["One pier is red.", "Another ferry is blue.", "Some boats are green.", "Few trains look grey."]
    parts = [candidates(text, 2.0, article=f"{n}.md") for n, text in enumerate(told)]
    assert len(texts("Which colours?", *parts)) == MOST_SENTENCES


def test_the_same_is_not_said_twice() -> None:
    one = candidates("The harbour froze in January this year.", 2.0)
    other = candidates("This year the harbour froze in January.", 1.9, article="b.md")
    assert texts("When did the harbour freeze?", one, other) == ["The harbour froze in January this year."]


@pytest.mark.parametrize(
    ("before", "leaning"),
    [
        ("Ada Berg leads the town.", "She ordered an icebreaker."),
        ("The firm builds ships.", "But it has no dock."),
        ("Nansen Lines bought a ferry.", "The company paid two million."),
        ("Kiel has a new quay.", "“There we wait,” the captain said."),
    ],
)
def test_a_quote_that_leans_takes_the_sentence_before_along(before: str, leaning: str) -> None:
    assert texts("What is said?", candidates(f"{before} {leaning}", -9.0, 2.0)) == [f"{before} {leaning}"]


def test_a_quote_never_reaches_into_another_paragraph() -> None:
    assert texts("What?", candidates("Ada Berg leads the town.\n\nShe ordered an icebreaker.", -9.0, 2.0)) == [
        "She ordered an icebreaker."
    ]


def test_a_list_belongs_to_the_quote_that_introduces_it() -> None:
    listed = "The ferry stops three times:\n\n- in Kiel\n\n- in Oslo\n\n- in Bergen"
    text = f"{listed}\n\nThe quay is new."
    assert texts("Where does the ferry stop?", candidates(text, 2.0, -9.0, -9.0, -9.0, -9.0)) == [listed]


@pytest.mark.parametrize(
    "question",
    [
        "What do the Post and the Courier say about the ferry?",
        "Compare how both papers see the ferry.",
        "How do the papers differ on the ferry?",
        "What is said of the ferry in the Post and in the Courier?",
        "What does the Post report against Courier?",
    ],
)
def test_a_comparison_has_both_sides(question: str) -> None:
    liked, hated = "The ferry pleases everybody here.", "Nobody wanted such boats, sailors complain."
    told = candidates(liked, 3.0), candidates(hated, -1.5, article="b.md")
    assert texts(question, *told) == [liked, hated]
    assert texts("Who likes the ferry?", *told) == [liked]


def test_articles_that_contradict_each_other_stand_side_by_side_dated() -> None:
    one = candidates("The ferry carries 300 people across.", 3.0, day=date(2018, 1, 2))
    other = candidates("The ferry carries 450 people across.", 2.0, article="b.md", day=date(2019, 3, 4))
    chosen, note = choose("How many people does the ferry carry?", best_first(one, other))
    assert [c.passage.chunk.article_id for c in chosen] == ["a.md", "b.md"]
    assert note == "The articles give different figures: “300” (a.md, 2018-01-02); “450” (b.md, 2019-03-04)."


def test_other_figures_of_other_things_do_not_contradict() -> None:
    one = candidates("The ferry carries 300 people across.", 3.0)
    other = candidates("Bread rose by 450 percent during winter.", 2.0, article="b.md")
    assert choose("How many people does the ferry carry?", best_first(one, other))[1] is None


def test_a_question_of_development_gets_steps_in_the_order_of_days() -> None:
    days = {"c.md": date(2019, 5, 1), "a.md": date(2017, 1, 1), "b.md": date(2018, 2, 2)}
    told = {"a.md": "Kiel plans a quay.", "b.md": "Builders began the quay.", "c.md": "The quay was opened."}
    parts = [candidates(told[name], 1.0 + n, article=name, day=day) for n, (name, day) in enumerate(days.items())]
    for question in ("How has the quay project developed?", "Give me a timeline of the quay."):
        assert texts(question, *parts) == [told["a.md"], told["b.md"], told["c.md"]]
    assert texts("Who opened the quay?", *parts)[0] == told["b.md"]


def test_the_latest_is_taken_of_what_answers_alike_well() -> None:
    old = candidates("The ferry costs ten euros.", 3.0, day=date(2017, 1, 1))
    new = candidates("A ticket now is twelve euros.", 2.0, article="b.md", day=date(2019, 1, 1))
    poor = candidates("Nobody knows of any other fare.", -9.0, article="c.md", day=date(2020, 1, 1))
    chosen, _ = choose("What is the latest fare?", best_first(old, new, poor), newest_first=True)
    assert [c.passage.chunk.article_id for c in chosen] == ["b.md", "a.md"]
