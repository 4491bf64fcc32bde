"""The same questions give JSON of one shape: in quotes and written, by Python, command line, page and its export."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from ingest import Embedder, Index
from qa import Assistant
from qa.chat_model import open_chat_model
from qa.cli import app
from qa.evaluate import Question, read_questions
from qa.export import FORMATS
from qa.saved import answer_from_json
from tests.web.browser import answering
from tests.web.events import call, event, kept

QUESTIONS = read_questions(Path(__file__).with_name("evaluation") / "questions.jsonl")[::5][:20]

Shape = dict[str, Any] | list[Any] | tuple[type, ...] | type
OPTIONAL_TEXT: Shape = (str, type(None))
CITATION: Shape = {
    **dict.fromkeys(("article_id", "title", "source", "quote"), str),
    **dict.fromkeys(("number", "start", "end"), int),
    "url": OPTIONAL_TEXT,
    "published": OPTIONAL_TEXT,
    "score": float,
    "also_in": [dict],
    "exact": (list, type(None)),
}
ANSWER: Shape = {
    "question": str,
    "query": {
        "text": str,
        "since": OPTIONAL_TEXT,
        "until": OPTIONAL_TEXT,
        "sources": [str],
        "period": OPTIONAL_TEXT,
        "newest_first": bool,
    },
    "mode": str,
    "model": OPTIONAL_TEXT,
    "text": str,
    "refused": bool,
    "refusal": (dict, type(None)),
    "sentences": [{"text": str, "citations": [int], "supported": bool}],
    "citations": [CITATION],
    "passages": [
        {
            **dict.fromkeys(("article_id", "title", "source", "text"), str),
            **dict.fromkeys(("start", "end"), int),
            "url": OPTIONAL_TEXT,
            "published": OPTIONAL_TEXT,
            "score": float,
            "ranks": dict,
            "also_in": [dict],
            "instructions": [list],
        }
    ],
    "as_of": OPTIONAL_TEXT,
    "notes": [str],
    "probability": float,
    "index_generation": int,
    "seconds": dict.fromkeys(("query", "retrieve", "answer", "total"), float),
}
REFUSAL: Shape = {"reason": str, "nearest": [CITATION], "missing": [str], "covers": (list, type(None))}


def differences(value: object, shape: Shape, place: str = "") -> list[str]:
    """Where a value does not have a shape."""
    if isinstance(shape, dict):
        if not isinstance(value, dict) or value.keys() != shape.keys():
            return [f"{place}: {sorted(value) if isinstance(value, dict) else value}"]
        return [found for key in shape for found in differences(value[key], shape[key], f"{place}.{key}")]
    if isinstance(shape, list):
        if not isinstance(value, list):
            return [f"{place}: {value}"]
        return [found for entry in value for found in differences(entry, shape[0], f"{place}[]")]
    number = shape is float and type(value) is int
    return [] if number or isinstance(value, shape) else [f"{place}: {value!r}"]


@pytest.fixture(scope="module", params=["quotes", "written"])
def model_url(request: pytest.FixtureRequest) -> str | None:
    return f"{request.getfixturevalue('misbehaving_url')}/echo/v1" if request.param == "written" else None


@pytest.fixture(scope="module")
def assistant(corpus_index: Index, model_url: str | None) -> Assistant:
    chat_model = open_chat_model("openai:echo", url=model_url) if model_url else None
    return Assistant(corpus_index, chat_model=chat_model, model_name="openai:echo")


@dataclass(frozen=True, slots=True)
class Served:
    address: str


@pytest.fixture(scope="module")
def page(assistant: Assistant) -> Iterator[Served]:
    with answering(assistant) as address:
        yield Served(address)


def shown(page: Served, question: str, mode: str) -> dict[str, Any]:
    """What the page has of an answer, but for what is kept beside it."""
    _, said = call(page, event(page, "question", "submit"), [question, "", None, "en", mode, 8, [], "", ""])
    [answer] = kept(said)
    return {key: value for key, value in answer.items() if key not in ("k", "asked", "judged")}


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.id)
def test_same_shape(
    question: Question,
    assistant: Assistant,
    page: Served,
    model_url: str | None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Embedder, "load", lambda *_: assistant.index.embedder)  # loaded once is enough
    history = tmp_path / "history.json"
    history.write_text(json.dumps([{"question": turn.question, "answer": turn.answer} for turn in question.history]))
    options = ["--index", str(assistant.index.path), "--json", "--history", str(history)]
    if model_url:
        options += ["--model", "openai:echo", "--model-url", model_url]
    called = CliRunner().invoke(app, ["ask", question.question, *options])
    assert called.exit_code == 0, called.output
    answer = assistant.ask(question.question, question.history)
    exported = json.loads(FORMATS["json"].write([answer], datetime.now(UTC)))["turns"][0]
    assert answer_from_json(exported).as_json() == exported
    on_page = shown(page, question.question, "written" if model_url else "quotes")
    for found in (answer.as_json(), json.loads(called.stdout), exported, on_page):
        assert differences(found, ANSWER) == []
        assert found["refusal"] is None or differences(found["refusal"], REFUSAL) == []
        assert found["mode"] == ("written" if model_url and not found["refused"] else "quotes")
        assert found["sentences"] or found["refused"]


def test_a_different_shape_is_seen(assistant: Assistant) -> None:
    found = assistant.ask(QUESTIONS[0].question).as_json()
    assert differences(found | {"new": 1}, ANSWER)
    assert differences(found | {"text": None}, ANSWER)
    assert differences(found | {"sentences": [{"text": "A.", "citations": ["1"], "supported": True}]}, ANSWER)
