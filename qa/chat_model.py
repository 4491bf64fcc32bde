"""A name → a LangChain chat model; asking it → pieces of text. The only place that knows providers."""

import re
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from qa.failure import WritingFailed
from qa.gguf import serve
from qa.stream import chunks

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessageChunk

__all__ = ["ChatModelError", "Piece", "WritingFailed", "ask_chat_model", "open_chat_model", "public_name"]

_CONNECT_SECONDS = 5.0  # a machine that is not there must not cost a whole time-out
_OLLAMA_CONTEXT = 8_192  # tokens; left alone it takes 4,096, and drops the beginning of what is longer
_NO_KEY = "not-needed"  # a server of one's own asks for none, but its client insists on one
_TEMPERATURE_MODELS = ("gpt-3", "gpt-4", "chatgpt-4", "ft:gpt-3", "ft:gpt-4")  # OpenAI's others refuse one
_PACKAGE = re.compile(r"pip install ([\w-]+)")
_STOP_KEYS = ("finish_reason", "stop_reason", "done_reason", "status")
_THOUGHT = ("<think>", "</think>")
_THOUGHT_CHARACTERS = 40_000
_LIMIT_REACHED = ("length", "max_tokens")
_FINISHED = ("", "stop", "end_turn", "stop_sequence", "eos", "completed", "load", "unload")


class ChatModelError(ValueError):
    """The chat model cannot be used; the message names the command that mends it, and holds no key."""


@dataclass(frozen=True, slots=True)
class Piece:
    """The next piece of a reply; `cut` on a last one: why the model stopped in the middle, a sentence for people."""

    text: str
    cut: str = ""


@dataclass(frozen=True, slots=True)
class _Provider:
    """What LangChain calls a provider, which of our extras brings it, and where it looks for its key."""

    name: str
    extra: str | None = None
    key: str | None = None


_PROVIDERS = {
    "openai": _Provider("openai", key="OPENAI_API_KEY"),
    "anthropic": _Provider("anthropic", extra="anthropic", key="ANTHROPIC_API_KEY"),
    "google": _Provider("google_genai", extra="google", key="GOOGLE_API_KEY"),
    "ollama": _Provider("ollama", extra="ollama"),
    "gguf": _Provider("openai", extra="gguf"),
}


def open_chat_model(name: str, *, url: str | None = None, timeout: float = 60.0) -> "BaseChatModel":
    """Open a chat model by its name, PROVIDER:MODEL; openai, anthropic, google, ollama or LangChain's others.

    `gguf:FILE` is run in this process. `url` is a server of one's own: all that speak OpenAI's protocol are
    `openai:MODEL`, and need no key.
    `timeout` is how many seconds a model may be silent; to Google's client, how many its answer may take. It is asked
    without retries, and at temperature 0 where it allows one. Raises ChatModelError; whether somebody is there is
    only known when it is asked.
    """
    provider_name, _, model = (part.strip() for part in name.partition(":"))
    if not (provider_name and model):
        raise ChatModelError(f"{name!r} is not PROVIDER:MODEL; say for example openai:gpt-4.1-mini")
    provider = _PROVIDERS.get(provider_name) or _Provider(provider_name.replace("-", "_"))
    try:
        if provider_name == "gguf":
            return _run(provider, model, url, timeout)
        chat_model = _init(provider, model, _options(provider, model, _checked(url, provider), timeout))
    except ImportError as error:
        raise ChatModelError(_install(provider_name, provider, str(error))) from None
    if provider.key and not _has_key(chat_model, provider.key):
        raise _no_key(provider.extra or provider.name, provider.key)
    return chat_model


def public_name(name: str) -> str:
    """A model's name as answers and pages show it: where its file lies is nobody's business."""
    provider_name, _, model = (part.strip() for part in name.partition(":"))
    return f"{provider_name}:{Path(model).name}" if provider_name == "gguf" else name


def ask_chat_model(chat_model: "BaseChatModel", instructions: str, request: str) -> Generator[Piece, None, None]:
    """Yield the reply in pieces; what goes wrong is a WritingFailed. Closing this ends the model's work.

    While the model is silent an empty piece comes twice a second, so that whoever waits can stop it. What a
    reasoning model writes between <think> and </think> before its reply is left out.
    """
    with closing(_pieces(chat_model, instructions, request)) as pieces:
        held = ""
        for piece in pieces:
            held += piece.text
            begun = held.lstrip()
            _, thought_through, said = begun.partition(_THOUGHT[1])
            if begun.startswith(_THOUGHT[0]):
                if thought_through:
                    yield Piece(said, piece.cut)
                    break
                if len(begun) > _THOUGHT_CHARACTERS:
                    raise WritingFailed("The language model thinks without end.")
            elif not _THOUGHT[0].startswith(begun):
                yield Piece(held, piece.cut)
                break
            yield Piece("")
        yield from pieces


def _pieces(chat_model: "BaseChatModel", instructions: str, request: str) -> Generator[Piece, None, None]:
    provider, stopped = "", ""
    with closing(chunks(chat_model, [("system", instructions), ("human", request)])) as arriving:
        for chunk in arriving:
            if chunk is not None:
                provider = provider or str(chunk.response_metadata.get("model_provider", ""))
                stopped = stopped or _stop(chunk)
            yield Piece(str(chunk.text) if chunk is not None else "")
    # A connection that is closed early looks like an end; but these always say why they stop.
    if not stopped and provider in {known.name for known in _PROVIDERS.values()}:
        raise WritingFailed("The language model's answer broke off in the middle.")
    yield Piece("", _cut(stopped))


def _cut(stopped: str) -> str:
    if stopped in _LIMIT_REACHED:
        return "The language model reached its limit of length and stopped in the middle."
    return "" if stopped in _FINISHED else "The language model's answer was stopped by its provider."


def _stop(chunk: "AIMessageChunk") -> str:
    reasons = (chunk.response_metadata.get(key) for key in _STOP_KEYS)
    return next((str(reason).casefold() for reason in reasons if reason), "")


def _run(provider: _Provider, file: str, url: str | None, timeout: float) -> "BaseChatModel":
    if url:
        raise ChatModelError("gguf runs a file in this process: leave --model-url out")
    try:
        served = serve(Path(file))
    except (OSError, ValueError) as error:
        raise ChatModelError(f"{file}: {getattr(error, 'strerror', None) or error}") from None
    options = _options(provider, file, served.url, timeout) | {"api_key": served.key}
    return _init(provider, Path(file).name, options)


def _init(provider: _Provider, model: str, options: dict[str, Any]) -> "BaseChatModel":
    from langchain.chat_models import init_chat_model
    from openai import OpenAIError

    try:
        return cast("BaseChatModel", init_chat_model(model, model_provider=provider.name, **options))
    except OpenAIError:  # raised for one thing only before a question is asked: no key
        if provider.name != "openai" or "base_url" not in options or "api_key" in options:
            raise _no_key(provider.extra or provider.name, provider.key) from None
        return _init(provider, model, options | {"api_key": _NO_KEY})
    except ValueError as error:  # its text may quote the key, so it is not passed on
        if "Unsupported provider" in str(error):
            known = f"{', '.join(_PROVIDERS)}, or another that LangChain's init_chat_model knows"
            raise ChatModelError(f"there is no provider {provider.name!r}: use {known}") from None
        raise _no_key(provider.extra or provider.name, provider.key) from None


def _options(provider: _Provider, model: str, url: str | None, timeout: float) -> dict[str, Any]:
    options: dict[str, Any] = {"base_url": url} if url else {}
    match provider.name:
        case "openai":
            from openai import Timeout

            options |= {"max_retries": 0, "timeout": Timeout(timeout, connect=min(timeout, _CONNECT_SECONDS))}
            if url or model.startswith(_TEMPERATURE_MODELS):
                options["temperature"] = 0
        case "anthropic":
            options |= {"max_retries": 0, "timeout": timeout}  # no temperature: the newest models refuse it
        case "google_genai":
            options |= {
                "max_retries": 1,
                "timeout": timeout,
            }  # counts the first try; 0: its default
        case "ollama":
            options |= {"client_kwargs": {"timeout": timeout}, "temperature": 0, "num_ctx": _OLLAMA_CONTEXT}
    return options


def _checked(url: str | None, provider: _Provider) -> str | None:
    if not url:
        return None
    try:
        parts = urlsplit(url.strip())
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise ChatModelError("the address of a model's server looks like http://127.0.0.1:8080/v1")
    if provider.name == "openai" and parts.path in {"", "/"}:
        parts = parts._replace(path="/v1")  # where all servers have it that speak OpenAI's protocol
    return parts.geturl()


def _has_key(chat_model: "BaseChatModel", variable: str) -> bool:
    from pydantic import SecretStr

    fields = [field for field, name in chat_model.lc_secrets.items() if name == variable]
    keys = [getattr(chat_model, field, None) for field in fields]
    return not fields or any(key.get_secret_value() if isinstance(key, SecretStr) else key for key in keys)


def _no_key(provider: str, variable: str | None) -> ChatModelError:
    if variable is None:
        return ChatModelError(
            f"{provider} lacks a setting: its LangChain documentation names the variables to export"
        )
    return ChatModelError(f"{provider} needs a key: export {variable}=…")


def _install(provider_name: str, provider: _Provider, message: str) -> str:
    package = _PACKAGE.search(message)
    wanted = f'"dateline-qa[{provider.extra}]"' if provider.extra else package and package.group(1)
    return f"{provider_name} is not installed: pip install {wanted or 'its LangChain package'}"
