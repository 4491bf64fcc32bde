"""What goes wrong when a chat model is asked → why, in a sentence for people."""

import sys

_FAILURES = (
    ("openai", "OpenAIError"),
    ("httpx", "HTTPError"),
    ("httpx2", "HTTPError"),
    ("aiohttp", "ClientError"),
    ("anthropic", "AnthropicError"),
    ("ollama", "ResponseError"),
    ("google.genai.errors", "APIError"),
)


class WritingFailed(RuntimeError):  # noqa: N818 - named for what happened, as it reads in `except`
    """The chat model gave no usable text. `reason` is a sentence for people: no key, no address."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def model_failures() -> tuple[type[Exception], ...]:
    """List what asking can raise: LangChain's, the system's and the loaded providers' own exceptions.

    And the four that a client trips over when a server speaks nonsense: bad JSON, other types, other fields.
    """
    from langchain_core.exceptions import LangChainException

    loaded = [getattr(sys.modules[module], name) for module, name in _FAILURES if module in sys.modules]
    return (LangChainException, OSError, *loaded, ValueError, TypeError, AttributeError, LookupError)


def failure_reason(error: Exception, *, begun: bool = False) -> str:
    """Say why a chat model did not answer, in our own words: the exception's could hold a key."""
    from langchain_core import exceptions as langchain

    status = getattr(error, "status_code", None) or getattr(error, "code", None)
    known = (code for kind, code in _kinds() if isinstance(error, kind))
    if not isinstance(status, int) or status < 100:  # Ollama's -1 is none
        status = next(known, None)
    timeouts = (TimeoutError, langchain.ModelTimeoutError)
    unreachable = (ConnectionError, OSError, langchain.ModelConnectionError)
    if isinstance(error, langchain.ContextOverflowError) or (status in {400, 413} and _says_too_long(error)):
        return "The question and its passages are longer than the language model can read."
    if isinstance(error, timeouts) or "Timeout" in type(error).__name__:
        return "The language model did not answer in time."
    if isinstance(status, int):
        return _STATUS_REASONS.get(status) or (
            f"The language model's server had an error of its own ({status})."
            if status >= 500
            else f"The language model's server refused the request ({status})."
        )
    if isinstance(error, unreachable) or type(error).__module__.startswith(("httpx", "httpcore", "aiohttp")):
        return (
            "The connection to the language model broke off in the middle of its answer."
            if begun
            else "The language model could not be reached."
        )
    return "The language model's server sent something that is not an answer."


def _kinds() -> tuple[tuple[type[Exception], int], ...]:
    """LangChain's own errors, with the status that each stands for."""
    from langchain_core import exceptions as langchain

    return (
        (langchain.ModelAuthenticationError, 401),
        (langchain.ModelPermissionDeniedError, 403),
        (langchain.ModelNotFoundError, 404),
        (langchain.ModelRateLimitError, 429),
    )


_STATUS_REASONS = {
    401: "The language model's server refused the key.",
    403: "The language model's server does not allow this key to use the model.",
    404: "The language model's server does not know the model.",
    429: "The language model's server takes no more requests for now: too many, or the account is used up.",
}


def _says_too_long(error: Exception) -> bool:
    said = str(error).casefold()
    return "context" in said or "too long" in said or "too large" in said
