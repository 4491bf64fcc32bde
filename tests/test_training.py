"""The reader's training: where answers are, that it learns, and that it goes on where it stopped."""

import json
import random
from collections.abc import Sequence
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer

from qa.reader import Text
from qa.reader import network as reader
from tests.training.__main__ import Training, average, batches, confirm
from tests.training.data import Example, Group, Set, held_out, squad
from tests.training.encode import encode

PASSAGES = (
    ("Harbour", "The harbour was built in 1874. Its pier is 300 metres long. Ferries leave for Norway twice a day."),
    ("Harbour", "In winter the harbour freezes. Mayor Ada Berg ordered an icebreaker. It is called Nansen."),
    ("Library", "The library opened in 1901. It holds 40,000 books. Children read there for nothing."),
)
QUESTIONS: tuple[tuple[str, list[str], int], ...] = (
    ("When was the harbour built?", ["1874"], 0),
    ("How long is the pier?", ["300 metres"], 0),
    ("Who ordered an icebreaker?", ["Ada Berg", "Mayor Ada Berg"], 1),
    ("How many books does the library hold?", ["40,000"], 2),
    ("Who painted the library?", [], 2),
)


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return reader.tokenizer()


@pytest.fixture
def groups(tmp_path: Path) -> list[Group]:
    passages = [{"passage_id": str(n), "title": title, "text": text} for n, (title, text) in enumerate(PASSAGES)]
    questions = [
        {"question": question, "answers": answers, "passage_id": str(passage), "unanswerable": not answers}
        for question, answers, passage in QUESTIONS
    ]
    for name, rows in (("passages", passages), ("questions", questions)):
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    seen, unseen = squad(tmp_path, seed=1)
    assert all(held_out(e.passage.title) for group in unseen for e in group.examples[:1])
    assert not any(held_out(e.passage.title) for group in seen for e in group.examples[:1])
    return [*seen, *unseen]


def test_every_answer_is_where_a_group_says(groups: Sequence[Group]) -> None:
    by_question = {group.examples[0].question: group for group in groups}
    for question, answers, _ in QUESTIONS:
        group = by_question[question]
        assert group.answerable == bool(answers)
        first, *others = group.examples
        assert {first.passage.text[slice(*span)] for span in first.spans or ()} == set(answers)
        assert all(not other.sentences and not other.spans for other in others)
        for number in first.sentences:
            assert any(answer in first.passage.text[slice(*first.passage.sentences[number])] for answer in answers)


def test_a_question_about_another_name_has_no_answer() -> None:
    rows = [
        {
            "title": PASSAGES[n][0],
            "context": PASSAGES[n][1],
            "question": asked,
            "answers": answers,
            "unanswerable": False,
        }
        for asked, answers, n in (
            ("Who ordered an icebreaker called Nansen?", ["Ada Berg"], 1),
            ("What is how long by 1874?", ["300 metres"], 0),
            ("Which people read there in 1901?", ["Children"], 2),
        )
    ]
    altered = [group for group in Set("x", rows, seed=1).groups(altered=1.0) if group.source == "x, altered"]
    assert len(altered) == 3
    for row, group in zip(rows, altered, strict=True):
        (example,) = group.examples
        assert example.question != row["question"]
        assert not group.answerable
        assert not example.spans
        new = set(example.question.strip("?").split()) - set(str(row["question"]).strip("?").split())
        assert new
        assert not any(word in example.passage.text for word in new)


def test_the_tokens_that_are_marked_are_the_answer(groups: Sequence[Group], tokenizer: Tokenizer) -> None:
    batch = encode(tokenizer, groups)
    for row, example in enumerate(example for group in groups for example in group.examples):
        starts, ends = batch.starts[row].nonzero().flatten(), batch.ends[row].nonzero().flatten()
        if not example.spans:
            assert (starts.tolist(), ends.tolist()) == ([0], [0])
            continue
        read = tokenizer.decode(batch.tokens[row, int(starts.min()) : int(ends.max()) + 1].tolist()).replace(" ", "")
        assert read in {example.passage.text[slice(*s)].lower().replace(" ", "") for s in example.spans}
        assert set(batch.members[row, starts].tolist()) == set(example.sentences)
        assert batch.right[row].nonzero().flatten().tolist() == list(example.sentences)


def test_what_is_cut_off_is_neither_right_nor_wrong(tokenizer: Tokenizer) -> None:
    text = "Words without end " * 200 + "and at last 1874."
    passage = Text("Long", text, ((0, 3_600), (3_600, len(text))))
    place = text.index("1874")
    batch = encode(tokenizer, [Group("x", (Example("When?", passage, ((place, place + 4),), (1,)),))])
    assert not batch.right.any()
    assert not batch.spanned.any()


def test_it_learns_and_goes_on_where_it_stopped(
    groups: Sequence[Group], tokenizer: Tokenizer, tmp_path: Path
) -> None:
    run = Training(reader.untrained().eval(), steps=400, rate=4e-4)
    first = run.learn(tokenizer, groups)
    for _ in range(40):
        run.learn(tokenizer, groups)
    run.save(tmp_path / "state.pt")
    resumed = Training(reader.untrained().eval(), steps=400, rate=4e-4)
    resumed.resume(tmp_path / "state.pt")
    assert resumed.step == run.step
    again = [other.learn(tokenizer, groups) for other in (run, resumed)]
    assert again[0] == pytest.approx(again[1], rel=1e-3)
    assert again[0] < first / 2
    assert confirm(run.network, tokenizer, groups)["first"] == 1.0
    assert not run.network.encoder.embeddings.word_embeddings.weight.requires_grad


def test_batches_have_every_group_once(groups: Sequence[Group]) -> None:
    drawn = list(batches(groups, 2, random.Random(1)))
    assert sorted(id(group) for batch in drawn for group in batch) == sorted(id(group) for group in groups)
    assert {len(batch) for batch in drawn} <= {1, 2}


def test_a_scorer_chooses_the_passage_that_deceives_it() -> None:
    rows = [
        {"title": "Harbour", "context": text, "question": question, "answers": answers, "unanswerable": False}
        for text, question, answers in (
            ("The pier is 300 metres long. Ferries leave twice a day.", "How long is the pier?", ["300 metres"]),
            ("The pier has a lamp. It was lit in 1880.", "When was the lamp of the pier lit?", ["1880"]),
            ("The pier has a clock. It was wound up daily.", "How often was the clock wound up?", ["daily"]),
        )
    ]

    def likes_clocks(question: str, passages: Sequence[Text]) -> list[float]:
        return [float("clock" in passage.text) for passage in passages]

    groups = Set("s", rows, seed=1, scorer=likes_clocks).groups()
    wrong = [other.passage.text for group in groups[:2] for other in group.examples[1:]]
    assert wrong == [rows[2]["context"]] * 2


def test_the_mean_lies_between_two_networks() -> None:
    one, other = reader.untrained(), reader.untrained()
    before, its = one.span.weight.clone(), other.span.weight.clone()
    assert not torch.equal(before, its)
    average(one, other)
    assert torch.allclose(one.span.weight, (before + its) / 2)
    assert torch.equal(other.span.weight, its)
