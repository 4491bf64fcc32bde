"""What keeps questions from being answered beside the index: the chat model, the port."""

import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from ingest.doctor import Finding, examine_index
from qa.chat_model import ChatModelError, open_chat_model
from qa.failure import failure_reason, model_failures

_SECONDS = 15.0  # that a chat model may take to begin


def examine(index: Path, *, port: int, model: str | None = None, model_url: str | None = None) -> Iterator[Finding]:
    """Look at everything, one finding after another."""
    yield from examine_index(index)
    if model:
        yield examine_chat_model(model, url=model_url)
    yield examine_port(port)


def examine_chat_model(name: str, *, url: str | None = None) -> Finding:
    """Ask a chat model for the beginning of an answer. What it says of a failure may hold a key, and is not shown."""
    try:
        chat_model = open_chat_model(name, url=url, timeout=_SECONDS)
    except ChatModelError as error:
        return Finding("chat model", "problem", f"{name} cannot be used", str(error))
    stream = chat_model.stream([("human", "Say yes.")])
    try:
        next(stream, None)
    except model_failures() as error:
        cure = "mend that, or leave out --model (and unset DATELINE_MODEL) for answers in quotes"
        return Finding("chat model", "problem", f"{name}: {failure_reason(error)}", cure)
    finally:
        if hasattr(stream, "close"):
            stream.close()
    return Finding("chat model", "ok", f"{name} answers")


def examine_port(port: int) -> Finding:
    """Try whether the chat page could listen on a port of this machine."""
    try:
        with closing(socket.create_server(("127.0.0.1", port))):
            return Finding("port", "ok", f"{port} is free for the chat page")
    except OSError:
        message = f"{port} is in use, by a running chat or something else"
        return Finding("port", "warning", message, f"if it is something else:  dateline chat --port {port + 1}")
