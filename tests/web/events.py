"""Gradio's events, sent by hand."""

import html
import json
import re
import urllib.error
import urllib.request
import uuid
from typing import Any, Protocol


class Site(Protocol):
    """Where the page is served."""

    @property
    def address(self) -> str: ...


def post(site: Site, path: str, body: bytes, kind: str) -> tuple[int, bytes]:
    """Send something to gradio; the status and what it answers."""
    request = urllib.request.Request(f"{site.address}gradio_api/{path}", body, {"Content-Type": kind})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def config(site: Site) -> dict[str, Any]:
    """The page's components and events."""
    with urllib.request.urlopen(f"{site.address}config") as answer:
        loaded: dict[str, Any] = json.load(answer)
    return loaded


def component(site: Site, part: str) -> int:
    """The number of the component with an id."""
    [number] = (each["id"] for each in config(site)["components"] if each["props"].get("elem_id") == part)
    return int(number)


def event(site: Site, part: str, kind: str) -> int:
    """The number of an event of the component with an id."""
    target, events = [component(site, part), kind], config(site)["dependencies"]
    return next(int(each["id"]) for each in events if target in map(list, each["targets"]))


def call(site: Site, number: object, data: object, **more: object) -> tuple[int, str]:
    """Send an event as gradio's script does; the status, and all that the server says to it until it is complete."""
    session = uuid.uuid4().hex
    sent = {"data": data, "fn_index": number, "session_hash": session, **more}
    status, _ = post(site, "queue/join", json.dumps(sent).encode(), "application/json")
    if status != 200:
        return status, ""
    said = ""
    address = f"{site.address}gradio_api/queue/data?session_hash={session}"
    with urllib.request.urlopen(address, timeout=60) as messages:
        for line in messages:
            said += line.decode()
            if '"process_completed"' in said or '"close_stream"' in said:
                break
    return status, said


def kept(said: str) -> list[dict[str, Any]]:
    """The answers that the browser is told to keep, by what the server said when a question was asked."""
    [done] = (json.loads(line[5:]) for line in said.splitlines() if '"process_completed"' in line)
    [told] = (value for value in done["output"]["data"] if isinstance(value, str) and "&quot;answers&quot;" in value)
    answers: list[dict[str, Any]] = json.loads(html.unescape(re.sub("<[^>]*>", "", told)))["answers"]
    return answers
