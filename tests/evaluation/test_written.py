"""What the model said is kept and said again; what a person judges is the model's own."""

import json
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from langchain_core.language_models import BaseChatModel

from qa.answer import Answer, Citation, Query, Sentence
from qa.chat_model import ask_chat_model
from qa.complete import completed
from qa.evaluate import Question
from qa.quote import Quotes
from tests.evaluation.written import recorded, sentences_of
from tests.language_model import ScriptedModel


def reply(model: BaseChatModel, question: str) -> str:
    return "".join(piece.text for piece in ask_chat_model(model, "Answer.", question))


def test_a_reply_is_asked_for_once_and_kept_though_nobody_wants_its_end(tmp_path: Path) -> None:
    file = tmp_path / "replies.jsonl"
    model = ScriptedModel(replies=[["One. ", "Two. ", "Three."], ["Four."]])
    with closing(ask_chat_model(recorded(model, file), "Answer.", "a question")) as pieces:
        assert [next(pieces).text, next(pieces).text] == ["One. ", "Two. "]
    assert reply(recorded(model, file), "a second one") == "Four."
    again = recorded(ScriptedModel(replies=[]), file)
    assert reply(again, "a question") == "One. Two. "
    assert reply(again, "a second one") == "Four."
    assert again.invoke([("system", "Answer."), ("human", "a second one")]).content == "Four."
    assert model.replies == []


def test_a_person_judges_what_the_model_wrote_and_not_what_was_added() -> None:
    quote = "Amazon paid $970 million for Twitch."
    citation = Citation(1, "a.md", "T", "S", None, None, 0, len(quote), quote, 0.9, exact=(12, 24))
    own = Sentence("Amazon bought Twitch.", (1,), supported=True)
    written = Answer(
        "Why?", Query("Why?"), mode="written", sentences=(own, Sentence("Cats purr.")), citations=(citation,)
    )
    question = Question("q1", "fact", "Why?")
    whole = completed(written, Quotes((Sentence(quote, (1,), supported=True),), (citation,)))
    assert len(whole.sentences) == 3
    for answer in (written, whole):
        (row,) = sentences_of(question, answer)
        assert (row["question"], row["sentence"], row["quotes"][0]["quote"]) == ("q1", own.text, quote)
    assert list(sentences_of(question, replace(whole, mode="quotes"))) == []


def test_the_readme_says_what_a_person_found_of_the_sentences_shown_as_supported() -> None:
    lines = Path(__file__).with_name("verdicts.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    assert all(row["sentence"] and row["quotes"] and row["borne_out"] is not bool(row.get("why")) for row in rows)
    assert len({(row["k"], row["question"], row["sentence"]) for row in rows}) == len(rows) >= 150
    borne_out = sum(row["borne_out"] for row in rows)
    readme = " ".join((Path(__file__).parents[2] / "README.md").read_text("utf-8").split())
    assert f"Of {len(rows)} sentences" in readme
    assert f"{borne_out} are ({borne_out / len(rows):.0%};" in readme
