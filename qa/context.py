"""How much a chat model can read: servers cut off what is too long, some without a word."""

from typing import TYPE_CHECKING, Any

from qa.failure import model_failures

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

UNKNOWN = 4_096  # tokens: what Ollama and others begin with
_BYTES = 3  # of text for each token: fewer than languages need on the average, so that there is room to spare
# What servers call it where they list their models: llama.cpp, vLLM and SGLang, LM Studio, OpenRouter and Together.
_NAMES = ("n_ctx", "max_model_len", "loaded_context_length", "context_length")
_SECONDS = 5.0
_CLOSING = {"Connection": "close"}
_said: dict[tuple[str, str], int] = {}  # by servers, of their models


def tokens(text: str) -> int:
    """About how many tokens a text has, rather more than less: every model counts in its own way."""
    return len(text.encode("utf-8", "replace")) // _BYTES + 1


def context_length(chat_model: "BaseChatModel") -> int:
    """How many tokens a chat model reads and writes at a time.

    What it was told to (Ollama), what LangChain knows of it, what its server says: the least of those that are
    known, `UNKNOWN` if none is. That a server is not there is no error here: that shows when it is asked.
    """
    profile = getattr(chat_model, "profile", None) or {}
    known = [getattr(chat_model, "num_ctx", None), profile.get("max_input_tokens"), _of_server(chat_model)]
    return min((length for length in known if length), default=UNKNOWN)


def _of_server(chat_model: "BaseChatModel") -> int | None:
    """What a server of one's own says, asked once."""
    server, model = getattr(chat_model, "openai_api_base", None), getattr(chat_model, "model_name", "")
    client = getattr(chat_model, "root_client", None)
    if not server or client is None:
        return None
    if (server, model) not in _said:
        try:
            # A connection that is kept would be one more to look after.
            models = client.with_options(timeout=_SECONDS, max_retries=0).models.list(extra_headers=_CLOSING)
            listed = {entry.id: entry.model_dump() for entry in models.data}
            entry = listed.get(model) or (listed.popitem()[1] if len(listed) == 1 else {})
        except model_failures():
            return None
        length = _length(entry)
        if not length:
            return None
        _said[server, model] = length
    return _said[server, model]


def _length(entry: dict[str, Any]) -> int | None:
    meta = entry.get("meta")
    told = entry | (meta if isinstance(meta, dict) else {})
    lengths = [told.get(name) for name in _NAMES]
    return min((length for length in lengths if isinstance(length, int) and length > 0), default=None)
