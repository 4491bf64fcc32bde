"""Names become chat models, and what goes wrong becomes a sentence without secrets."""

import socket
import subprocess
import sys
from contextlib import closing

import pytest
from langchain_core.exceptions import ModelAuthenticationError, ModelNotFoundError, ModelRateLimitError
from langchain_core.language_models import BaseChatModel
from langchain_openai import ChatOpenAI
from ollama import ResponseError
from openai import Timeout

from qa.chat_model import ChatModelError, Piece, WritingFailed, ask_chat_model, open_chat_model
from tests.language_model import (
    SECRET,
    BreakingModel,
    CharacterModel,
    ScriptedModel,
    SilentModel,
    StoppedModel,
)


@pytest.fixture(autouse=True)
def no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in (
        "OPENAI_API_KEY",
        "OPENAI_ADMIN_KEY",
        "OPENAI_API_BASE",
        "OPENAI_BASE_URL",
        "ANTHROPIC_API_KEY",
    ):
        monkeypatch.delenv(variable, raising=False)


def reply(chat_model: BaseChatModel) -> str:
    return "".join(piece.text for piece in ask_chat_model(chat_model, "Be brief.", "Go on."))


@pytest.mark.parametrize(
    ("name", "cure"),
    [
        ("", "is not PROVIDER:MODEL; say for example openai:gpt-4.1-mini"),
        ("gpt-4.1-mini", "is not PROVIDER:MODEL"),
        ("openai:", "is not PROVIDER:MODEL"),
        (":gpt-4.1-mini", "is not PROVIDER:MODEL"),
        ("gpt-nowhere:small", "there is no provider 'gpt_nowhere': use openai, anthropic, google, ollama"),
        ("openai:gpt-4.1-mini", "export OPENAI_API_KEY=…"),
    ],
)
def test_a_name_that_cannot_be_opened_says_what_mends_it(name: str, cure: str) -> None:
    with pytest.raises(ChatModelError) as refused:
        open_chat_model(name)
    assert cure in str(refused.value)


@pytest.mark.parametrize(
    ("name", "package", "cure"),
    [
        ("anthropic:claude", "langchain_anthropic", 'pip install "dateline-qa[anthropic]"'),
        ("google:gemini", "langchain_google_genai", 'pip install "dateline-qa[google]"'),
        ("mistralai:small", "langchain_mistralai", "pip install langchain-mistralai"),
    ],
)
def test_a_missing_package_is_named_with_its_command(
    name: str, package: str, cure: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)  # makes its import fail
    with pytest.raises(ChatModelError) as refused:
        open_chat_model(name)
    assert cure in str(refused.value)


@pytest.mark.parametrize(
    "url",
    [
        "127.0.0.1:8080",
        "ftp://127.0.0.1",
        "file:///etc/passwd",
        "http://",
        "http://[::1",
        f"http://:{SECRET}@:9",
    ],
)
def test_an_unusable_address_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(ChatModelError, match="looks like http://") as refused:
        open_chat_model("openai:any", url=url)
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080/v1"),
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8080/v1"),
        ("https://models.example/openai/v1", "https://models.example/openai/v1"),
    ],
)
def test_a_server_of_ones_own_needs_no_key(url: str, base: str) -> None:
    chat_model = open_chat_model("openai:any/thing:7b", url=url, timeout=7)
    assert isinstance(chat_model, ChatOpenAI)
    assert chat_model.openai_api_base == base
    assert chat_model.model_name == "any/thing:7b"
    assert chat_model.temperature == 0
    assert chat_model.max_retries == 0
    assert isinstance(chat_model.request_timeout, Timeout)
    assert (chat_model.request_timeout.connect, chat_model.request_timeout.read) == (5, 7)


def test_the_provider_reads_its_own_key_and_nothing_shows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    for url in (None, "http://127.0.0.1:9/v1"):
        chat_model = open_chat_model("openai:gpt-4.1-mini", url=url)
        assert isinstance(chat_model, ChatOpenAI)
        assert chat_model.root_client.api_key == SECRET
        assert SECRET not in repr(chat_model)


@pytest.mark.parametrize(
    ("model", "temperature"), [("gpt-4.1-mini", 0), ("o4-mini", None), ("gpt-5-nano", None), ("gpt-6", None)]
)
def test_no_temperature_for_models_that_refuse_one(
    model: str, temperature: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    chat_model = open_chat_model(f"openai:{model}")
    assert isinstance(chat_model, ChatOpenAI)
    assert chat_model.temperature == temperature


@pytest.mark.parametrize("module", ["qa.chat_model", "qa.prompts", "qa.support", "qa.write"])
def test_importing_is_cheap(module: str) -> None:
    heavy = (
        "{'langchain', 'langchain_core.language_models', 'openai', 'torch', 'chromadb', 'gradio', 'httpx', 'httpx2'}"
    )
    code = f"import sys, {module}; sys.exit(', '.join({heavy} & sys.modules.keys()) or None)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (run.stderr, run.returncode) == ("", 0)


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ("400", "The language model's server refused the request (400)."),
        ("401", "The language model's server refused the key."),
        ("403", "The language model's server does not allow this key to use the model."),
        ("404", "The language model's server does not know the model."),
        ("418", "The language model's server refused the request (418)."),
        (
            "429",
            "The language model's server takes no more requests for now: too many, or the account is used up.",
        ),
        ("503", "The language model's server had an error of its own (503)."),
        ("overflow", "The question and its passages are longer than the language model can read."),
        ("silent", "The language model did not answer in time."),
        ("page", "The language model's server sent something that is not an answer."),
        ("garbled", "The language model's server sent something that is not an answer."),
        ("list", "The language model's server sent something that is not an answer."),
        ("error", "The language model's server sent something that is not an answer."),
        ("nothing", "The language model's server sent something that is not an answer."),
        ("cut", "The language model's answer broke off in the middle."),
        ("broken", "The connection to the language model broke off in the middle of its answer."),
    ],
)
def test_what_a_server_does_wrong_becomes_a_reason(how: str, reason: str, misbehaving_url: str) -> None:
    address = misbehaving_url.replace("//", f"//reader:{SECRET}@")
    chat_model = open_chat_model("openai:any", url=f"{address}/{how}", timeout=0.5 if how == "silent" else 20)
    with pytest.raises(WritingFailed) as failed:
        reply(chat_model)
    assert failed.value.reason == str(failed.value) == reason
    assert failed.value.__cause__ is None  # it would be printed, and it holds what the server said
    assert failed.value.__suppress_context__ or failed.value.__context__ is None


def test_nobody_there() -> None:
    with pytest.raises(WritingFailed, match=r"^The language model could not be reached\.$"):
        reply(open_chat_model("openai:any", url="http://127.0.0.1:9"))


def test_a_good_stream_and_one_that_reached_the_limit(misbehaving_url: str) -> None:
    assert reply(open_chat_model("openai:any", url=f"{misbehaving_url}/good")) == "Fine so far. And done."
    pieces = list(ask_chat_model(open_chat_model("openai:any", url=f"{misbehaving_url}/full"), "", ""))
    assert [piece.cut for piece in pieces][-1]


@pytest.mark.parametrize(
    ("chat_model", "reason"),
    [
        (SilentModel(), "The language model did not answer in time."),
        (BreakingModel(replies=[["Half an answer."]]), "broke off in the middle"),
        (ScriptedModel(replies=[[ConnectionRefusedError(SECRET)]]), "could not be reached"),
        (ScriptedModel(replies=[[]]), "sent something that is not an answer"),
    ],
)
def test_other_failures(chat_model: BaseChatModel, reason: str) -> None:
    with pytest.raises(WritingFailed, match=reason) as failed:
        reply(chat_model)
    assert SECRET not in str(failed.value)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ModelAuthenticationError(SECRET), "refused the key"),
        (ModelNotFoundError(SECRET), "does not know the model"),
        (ModelRateLimitError(SECRET), "takes no more requests"),
        (ResponseError(SECRET), "sent something that is not an answer"),  # its status is -1
    ],
    ids=lambda value: type(value).__name__,
)
def test_errors_that_carry_no_status(error: Exception, reason: str) -> None:
    with pytest.raises(WritingFailed, match=reason) as failed:
        reply(ScriptedModel(replies=[[error]]))
    assert SECRET not in str(failed.value)


@pytest.mark.parametrize(("stopped", "cut"), [("stop", False), ("length", True), ("content_filter", True)])
def test_what_was_stopped_in_the_middle_is_told(stopped: str, cut: bool) -> None:
    *_, last = ask_chat_model(StoppedModel(replies=[["Half a"]], stopped=stopped), "", "")
    assert bool(last.cut) is cut


def test_whoever_waits_for_a_thought_can_stop_it() -> None:
    chat_model = ScriptedModel(replies=[["<think>", *["and then "] * 1_000]])
    with closing(ask_chat_model(chat_model, "", "")) as pieces:
        assert next(pieces).text == ""
    assert len(chat_model.sent) == 1


def test_a_mistake_of_our_own_is_not_swallowed() -> None:
    with pytest.raises(ZeroDivisionError):
        reply(ScriptedModel(replies=[[ZeroDivisionError()]]))


def test_what_is_asked() -> None:
    chat_model = ScriptedModel(replies=[["Yes."]])
    assert reply(chat_model) == "Yes."
    assert [(message.type, message.content) for message in chat_model.prompts[0]] == [
        ("system", "Be brief."),
        ("human", "Go on."),
    ]


@pytest.mark.parametrize("kind", [ScriptedModel, CharacterModel])
@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("<think>Hm, [1]?</think>\n\nYes.", "\n\nYes."),
        ("\n<think>\n\n</think>Yes.", "Yes."),
        ("<thinking> is fine.", "<thinking> is fine."),
        ("Yes. <think>No.</think>", "Yes. <think>No.</think>"),
        ("<think>without end", ""),
    ],
)
def test_thoughts_are_left_out(said: str, heard: str, kind: type[ScriptedModel]) -> None:
    assert reply(kind(replies=[[said]])) == heard


def test_endless_thoughts_are_stopped() -> None:
    chat_model = ScriptedModel(replies=[["<think>", *["and then "] * 100_000]])
    with pytest.raises(WritingFailed, match="thinks without end"):
        reply(chat_model)
    assert len(chat_model.sent) < 10_000
    assert chat_model.closed == 1


def test_closing_ends_the_work_at_the_model() -> None:
    chat_model = CharacterModel(replies=[["A long answer."]])
    with closing(ask_chat_model(chat_model, "", "")) as pieces:
        assert next(pieces).text == "A"
    assert (chat_model.closed, chat_model.sent) == (1, ["A"])


def test_closing_in_the_middle_of_a_silence_ends_the_work_too() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with closing(ask_chat_model(open_chat_model("openai:any", url=url), "", "")) as pieces:
            assert next(pieces) == Piece("")
            connection, _ = listener.accept()
        with connection:
            connection.settimeout(20)  # of the 60 seconds that a model may be silent
            while connection.recv(65_536):  # what was asked, and then the end
                pass
