"""A model's file in this process: llama.cpp's own server, on loopback, for this process alone."""

import secrets
import threading
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import xllamacpp

_CONTEXT = 8_192  # tokens at most: a context takes memory, whether it is used or not
_MAGIC = b"GGUF"
_OPENING = threading.Lock()


class Served(NamedTuple):
    """Where a model's file is served in OpenAI's protocol, and the key that nobody else has."""

    url: str
    key: str


def serve(file: Path) -> Served:
    """Load a model's file and serve it until this process ends; a file that is served already is not loaded again.

    Raises ImportError without the extra `gguf`, OSError and ValueError for a file that is no model.
    """
    file = file.expanduser().resolve()
    with file.open("rb") as opened:
        if opened.read(len(_MAGIC)) != _MAGIC:
            raise ValueError("it is no GGUF file")
    with _OPENING:
        server, key = _start(file)
        return Served(f"{server.listening_address}/v1", key)


@cache
def _start(file: Path) -> "tuple[xllamacpp.Server, str]":
    import xllamacpp

    key = secrets.token_urlsafe(32)  # other users of this machine can reach loopback as well
    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(file)
    parameters.model_alias = {file.name}
    parameters.n_ctx = _CONTEXT  # or what the model was trained with, if that is less
    parameters.port = 0  # any free one
    parameters.api_keys = [key]
    parameters.ui = False
    parameters.cache_ram_mib = 0  # it would keep prompts of the past in gigabytes of memory
    parameters.verbosity = 0  # its log is not ours
    try:
        return xllamacpp.Server(parameters), key
    except RuntimeError:
        raise ValueError("llama.cpp cannot load it: is it whole, and is there memory enough?") from None
