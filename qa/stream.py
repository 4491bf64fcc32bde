"""A chat model's reply as it arrives, and its silences: whoever waits can stop it at any time."""

import asyncio
import threading
from collections.abc import Generator
from concurrent.futures import wait
from functools import cache
from typing import TYPE_CHECKING, cast

from qa.failure import WritingFailed, failure_reason, model_failures

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessageChunk

PATIENCE = 0.5
"""Seconds of silence after which whoever waits may stop a model."""

_THREAD = "chat models"
_STARTING = threading.Lock()


def chunks(
    chat_model: "BaseChatModel", messages: list[tuple[str, str]]
) -> Generator["AIMessageChunk | None", None, None]:
    """Yield what arrives, and None in between for half a second of silence. What goes wrong is a WritingFailed.

    Closing it closes the connection: also in the middle of a silence, which a blocking read would have to sit out.
    """
    stream = cast("AsyncGenerator[AIMessageChunk, None]", chat_model.astream(messages))
    begun = False

    async def following() -> "AIMessageChunk | WritingFailed | None":
        try:
            return await anext(stream, None)
        except model_failures() as error:  # what it says may hold a key; and it keeps alive what it came through
            reason = failure_reason(error, begun=begun)
        return WritingFailed(reason)

    coming = asyncio.run_coroutine_threadsafe(following(), _loop())
    try:
        while True:
            if not wait([coming], PATIENCE).done:
                yield None
                continue
            chunk = coming.result()
            if isinstance(chunk, WritingFailed):
                raise chunk
            if chunk is None:
                return
            begun = begun or bool(chunk.text)
            yield chunk
            coming = asyncio.run_coroutine_threadsafe(following(), _loop())
    finally:
        if not coming.cancel():  # nothing was being waited for
            closing = asyncio.run_coroutine_threadsafe(stream.aclose(), _loop())
            # What nobody holds any more may be closed in any thread, in that of the loop too, which cannot wait.
            if threading.current_thread().name != _THREAD:
                wait([closing], PATIENCE)


def _loop() -> asyncio.AbstractEventLoop:
    """The one loop that all models are asked in: their clients keep connections, which belong to a loop."""
    with _STARTING:
        return _start_loop()


@cache
def _start_loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name=_THREAD, daemon=True).start()
    return loop
