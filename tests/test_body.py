"""What a request brings, read as the server gives it."""

import asyncio
import json
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import pytest
from starlette.types import Message, Receive

from qa.web.body import again, counted, names_only_files_in, whole, with_event

T = TypeVar("T")


def result(running: Coroutine[Any, Any, T]) -> T:
    """Run it in a thread of its own: in this one a browser's loop may be running."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, running).result()


def receiving(*parts: bytes, end: bool = True) -> Receive:
    left: list[Message] = [{"type": "http.request", "body": part, "more_body": True} for part in parts]
    left.append({"type": "http.request", "body": b"", "more_body": False} if end else {"type": "http.disconnect"})

    async def receive() -> Message:
        return left.pop(0)

    return receive


def file(path: object, **more: object) -> dict[str, Any]:
    return {"path": path, "meta": {"_type": "gradio.FileData"}, **more}


@pytest.mark.parametrize(
    ("parts", "end", "body"),
    [
        ([b"ab", b"cd"], True, b"abcd"),
        ([], True, b""),
        ([b"ab", b"cde"], True, None),
        ([b"abcdefgh"], True, None),
        ([b"ab"], False, None),
    ],
)
def test_a_body_is_read_to_its_end_or_to_the_limit(parts: list[bytes], end: bool, body: bytes | None) -> None:
    assert result(whole(receiving(*parts, end=end), 4)) == body


def test_a_body_that_was_read_is_given_again() -> None:
    async def both() -> tuple[Message, Message]:
        receive = again(b"abc", receiving(end=False))
        return await receive(), await receive()

    first, second = result(both())
    assert (first["body"], first["more_body"]) == (b"abc", False)
    assert second["type"] == "http.disconnect"


def test_what_is_too_long_is_hung_up_on() -> None:
    async def parts() -> list[Message]:
        receive = counted(receiving(b"ab", b"cd", b"e"), 4)
        return [await receive() for _ in range(3)]

    assert [message["type"] for message in result(parts())] == [
        "http.request",
        "http.request",
        "http.disconnect",
    ]


@pytest.mark.parametrize(
    ("event", "may_be"),
    [
        ({"data": ["a question", None]}, True),
        ({"data": [[file("HERE/abc/a.md")]]}, True),
        ({"data": [[file("HERE/abc/a.md"), file("/etc/passwd")]]}, False),
        ({"data": [[file("HERE/../secret.md")]]}, False),
        ({"data": [[file("HERE/out/secret.md")]]}, False),  # by a link
        ({"data": [[file("HEREABOUTS/a.md")]]}, False),
        ({"data": [[file("abc/a.md")]]}, False),
        ({"data": [[file("http://127.0.0.1/a.md")]]}, False),
        ({"data": [[file("")]]}, False),
        ({"data": [[file("HERE/a\0.md")]]}, False),
        ({"data": [[file(["HERE/a.md"])]]}, False),
        ({"data": [{"deep": [[{"er": file("/etc/passwd")}]]}]}, False),
        ({"data": [{"path": "/etc/passwd"}]}, False),
        ({"data": [], "event_data": {"value": file("/etc/passwd")}}, False),
        ({"data": [json.dumps(file("/etc/passwd"))]}, True),  # text, and stays text
    ],
)
def test_only_files_that_were_sent_here_may_be_named(tmp_path: Path, event: dict[str, Any], may_be: bool) -> None:
    here = tmp_path / "here"
    here.mkdir()
    (here / "out").symlink_to(tmp_path)
    body = json.dumps(event).replace("HERE", str(here)).encode()
    assert names_only_files_in(here, body) is may_be
    assert names_only_files_in(None, body) is (may_be and b'{"path"' not in body)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"x",
        b"\xff",
        b"[" * 100_000,
        '{"data": []}'.encode("utf-16"),
        b'{"path": "/etc/passwd", "path": "HERE/a.md"}',
        b'{"path": "HERE/a.md", "path": "/etc/passwd"}',
        b'{"\\u0070ath": "/etc/passwd"}',
    ],
)
def test_no_parser_is_left_a_choice(tmp_path: Path, body: bytes) -> None:
    assert not names_only_files_in(tmp_path, body.replace(b"HERE", str(tmp_path).encode()))


@pytest.mark.parametrize(
    ("body", "passed_on"),
    [
        (b'{"event_id": null, "fn_index": 1}', b'{"event_id": "", "fn_index": 1}'),
        (b'{"event_id": "a"}', b'{"event_id": "a"}'),
        (b"{}", b"{}"),
        (b"[null]", b"[null]"),
        (b"null", b"null"),
    ],
)
def test_an_event_that_has_no_number_yet_is_named_by_none(body: bytes, passed_on: bytes) -> None:
    assert with_event(body) == passed_on
