"""What a request brings: counted as it comes, and naming no files but those that were sent to this server."""

import json
from pathlib import Path
from typing import Any

from starlette.types import Message, Receive


async def whole(receive: Receive, limit: int) -> bytes | None:
    """The body of a request, whatever length was stated; None when it is longer than `limit`, or never ends."""
    body = b""
    while len(body) <= limit:
        message = await receive()
        if message["type"] != "http.request":
            return None
        body += message.get("body", b"")
        if not message.get("more_body", False):
            return body if len(body) <= limit else None
    return None


def again(body: bytes, receive: Receive) -> Receive:
    """Give a body that was read already to whoever comes next."""
    first: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive_again() -> Message:
        return first.pop() if first else await receive()

    return receive_again


def counted(receive: Receive, limit: int) -> Receive:
    """Hang up when a body is longer than `limit`, whatever length was stated."""
    left = limit

    async def receive_counted() -> Message:
        nonlocal left
        message = await receive()
        left -= len(message.get("body", b""))
        return message if left >= 0 else {"type": "http.disconnect"}

    return receive_counted


def names_only_files_in(folder: Path | None, body: bytes) -> bool:
    """Whether all files that an event names lie in `folder`; without a folder: whether it names none.

    gradio takes any object with a `path` for a file, wherever it stands: it would copy one of this machine, or fetch
    an address. Every `path` counts, since of two with one name each parser could take another. False for what is
    no JSON, too.
    """
    paths: list[Any] = []

    def note(pairs: list[tuple[str, Any]]) -> None:
        paths.extend(value for name, value in pairs if name == "path")

    try:
        json.loads(body.decode("utf-8"), object_pairs_hook=note)
        return all(_is_in(folder, path) for path in paths if path is not None)
    except (ValueError, RecursionError):  # ValueError: also a path with a NUL
        return False


def with_event(body: bytes) -> bytes:
    """Name no event where none is named: gradio's page ends what it has no number of yet, and gradio takes no null.

    Only for what is JSON.
    """
    told = json.loads(body)
    if isinstance(told, dict) and told.get("event_id", "") is None:
        return json.dumps({**told, "event_id": ""}).encode()
    return body


def _is_in(folder: Path | None, path: object) -> bool:
    if folder is None or not isinstance(path, str):
        return False
    return Path(path).is_absolute() and Path(path).resolve().is_relative_to(folder.resolve())
