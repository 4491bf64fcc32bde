"""How much a chat model can read is known before it is asked, wherever that can be known."""

import json
import threading
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from langchain_core.language_models import BaseChatModel
from langchain_ollama import ChatOllama
from langchain_openai import ChatOpenAI

from qa.chat_model import open_chat_model
from qa.context import UNKNOWN, context_length, tokens
from tests.conftest import CORPUS
from tests.language_model import CONTEXT, ScriptedModel

LISTS: dict[str, Any] = {
    "llama.cpp": {"data": [{"id": "/m.gguf", "object": "model", "meta": {"n_ctx": 6144, "n_ctx_train": 8192}}]},
    "vllm": {"data": [{"id": "m", "object": "model", "max_model_len": 16384}]},
    "router": {"data": [{"id": "other", "context_length": 2}, {"id": "m", "context_length": 131072}]},
    "several": {"data": [{"id": "a", "context_length": 2}, {"id": "b", "context_length": 3}]},
    "silent": {"data": [{"id": "m", "object": "model"}]},
    "none": {"data": []},
    "words": {"data": [{"id": "m", "context_length": "many", "meta": [1]}]},
    "negative": {"data": [{"id": "m", "context_length": -1}]},
    "nonsense": [1, 2],
}


class _Lists(BaseHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass

    def do_GET(self) -> None:
        body = json.dumps(LISTS.get(self.path.split("/")[1])).encode()
        self.send_response(200 if body != b"null" else 404)
        self.send_header("content-type", "application/json")
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture(scope="module")
def lists_url() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Lists) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("how", "length"),
    [
        ("llama.cpp", 6144),
        ("vllm", 16384),
        ("router", 131072),
        *((how, UNKNOWN) for how in ("several", "silent", "none", "words", "negative", "nonsense", "missing")),
    ],
)
def test_what_servers_say(how: str, length: int, lists_url: str) -> None:
    chat_model = open_chat_model("openai:m", url=f"{lists_url}/{how}/v1")
    assert context_length(chat_model) == context_length(chat_model) == length


def test_a_server_that_is_not_there_is_asked_again(lists_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert context_length(open_chat_model("openai:m", url="http://127.0.0.1:9/v1")) == UNKNOWN
    url = f"{lists_url}/later/v1"
    assert context_length(open_chat_model("openai:m", url=url)) == UNKNOWN
    monkeypatch.setitem(LISTS, "later", LISTS["vllm"])
    assert context_length(open_chat_model("openai:m", url=url)) == 16384


@pytest.mark.parametrize(
    ("chat_model", "length"),
    [
        (ChatOpenAI(model="gpt-4.1-mini", api_key="-"), 1_047_576),  # type: ignore[arg-type]
        (ChatOllama(model="llama3.2", num_ctx=2048), 2048),
        (ChatOllama(model="llama3.2"), UNKNOWN),
        (ScriptedModel(replies=[]), UNKNOWN),
    ],
    ids=["a profile", "told", "Ollama", "nothing"],
)
def test_what_is_known_without_asking(chat_model: BaseChatModel, length: int) -> None:
    assert context_length(chat_model) == length


def test_ollama_is_told_to_read_more_than_it_would() -> None:
    assert context_length(open_chat_model("ollama:llama3.2")) == 8192


@pytest.mark.model
def test_the_real_servers(language_model: ChatOpenAI) -> None:
    served_here = "gguf" in language_model.model_name
    assert context_length(language_model) == (8192 if served_here else CONTEXT)


@pytest.mark.model
def test_texts_are_counted_with_room_to_spare(language_model_url: str) -> None:
    for file in sorted(CORPUS.glob("**/*.md"))[:5]:
        text = file.read_text("utf-8")[:4000]
        asked = json.dumps({"content": text}).encode()
        request = urllib.request.Request(language_model_url.replace("/v1", "/tokenize"), asked)
        with urllib.request.urlopen(request) as reply:
            assert 100 < len(json.load(reply)["tokens"]) <= tokens(text)
