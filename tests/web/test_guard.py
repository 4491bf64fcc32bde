import json
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from qa.web.dropped import LARGEST_UPLOAD
from qa.web.guard import BODY_BYTES, Guard, content_security_policy, is_loopback, own_page

PAGE = """<html><head><meta property="og:image" content="https://elsewhere.example/a.jpg" />
<meta
    name="twitter:image"
    content="https://elsewhere.example/b.jpg"
/><link rel="manifest" href="/manifest.json" />
<script>window.config = "\\u003cscript>";</script>
<script type="module" src="./a.js"></script></head></html>"""


async def page(request: Request) -> HTMLResponse:
    assert "accept-encoding" not in request.headers
    return HTMLResponse(PAGE)


async def reached(request: Request) -> PlainTextResponse:
    return PlainTextResponse(f"reached with {len(await request.body())} bytes")


def client(
    host: str = "127.0.0.1", address: str = "http://127.0.0.1:7860", arrivals: Path | None = None
) -> TestClient:
    app = Starlette(
        routes=[Route("/", page), Route("/{path:path}", reached, methods=["GET", "POST", "OPTIONS"])],
    )
    return TestClient(Guard(app, host=host, arrivals=arrivals), base_url=address)


@pytest.mark.parametrize(
    ("host", "name", "status"),
    [
        ("127.0.0.1", "127.0.0.1:7860", 200),
        ("127.0.0.1", "localhost:7860", 200),
        ("127.0.0.1", "LOCALHOST", 200),
        ("127.0.0.1", "[::1]:7860", 200),
        ("127.0.0.1", "elsewhere.example", 403),
        ("127.0.0.1", "127.0.0.1.elsewhere.example:7860", 403),
        ("127.0.0.1", "localhost.elsewhere.example", 403),
        ("127.0.0.1", "elsewhere.example@localhost:7860", 403),
        ("127.0.0.1", "[broken", 403),
        ("127.0.0.1", "", 403),
        ("localhost", "elsewhere.example", 403),
        ("127.0.0.2", "127.0.0.2:7860", 200),
        ("0.0.0.0", "archive.example", 200),
    ],
)
def test_on_loopback_only_its_own_names_are_answered(host: str, name: str, status: int) -> None:
    assert client(host).get("/a", headers={"Host": name}).status_code == status


@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (None, 200),
        ("http://127.0.0.1:7860", 200),
        ("https://127.0.0.1:7860", 200),  # behind a server that speaks TLS for this one
        ("http://127.0.0.1:7861", 403),
        ("http://localhost:7860", 403),
        ("http://elsewhere.example", 403),
        ("http://127.0.0.1:7860.elsewhere.example", 403),
        ("null", 403),
        ("", 403),
    ],
)
def test_other_origins_are_refused(method: str, origin: str | None, status: int) -> None:
    headers = {} if origin is None else {"Origin": origin}
    assert client().request(method, "/a", headers=headers).status_code == status


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_other_origins_are_refused_wherever_it_listens(host: str) -> None:
    assert client(host).post("/a", headers={"Origin": "http://elsewhere.example"}).status_code == 403


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/gradio_api/queue/data", 200),
        ("/gradio_api/heartbeat/abc123", 200),
        ("/gradio_api/heartbeat/../file=x", 404),
        ("/assets/index.js", 200),
        ("/api/health", 200),
        ("/gradio_api/file=/etc/passwd", 404),
        ("/gradio_api/file/etc/passwd", 404),
        ("/gradio_api/proxy=http://127.0.0.1:1/", 404),
        ("/gradio_api/upload", 404),
        ("/gradio_api/run/predict", 404),
        ("/gradio_api/call/ask", 404),
        ("/gradio_api/openapi.json", 404),
        ("/gradio_api/component_server", 404),
        ("/gradio_api/queue/join/../../file=x", 404),
        ("/gradio_api//file=/etc/passwd", 404),
        ("/login", 404),
        ("/monitoring", 404),
        ("/manifest.json", 404),
    ],
)
def test_doors_that_the_page_does_not_need_are_closed(path: str, status: int) -> None:
    assert client().get(path).status_code == status


@pytest.mark.parametrize(("length", "status"), [(2, 200), (BODY_BYTES, 200), (BODY_BYTES + 1, 413)])
def test_the_body_of_a_request_is_limited_and_comes_through(length: int, status: int) -> None:
    answer = client().post("/gradio_api/queue/join", content=b"{}".ljust(length))
    assert answer.status_code == status
    assert status != 200 or answer.text == f"reached with {length} bytes"


@pytest.mark.parametrize("path", ["/gradio_api/queue/join", "/gradio_api/cancel", "/gradio_api/reset"])
@pytest.mark.parametrize("place", ["/etc/passwd", "http://127.0.0.1:1/x", "ARRIVALS/../a.md"])
def test_an_event_that_names_a_file_from_elsewhere_is_refused(tmp_path: Path, path: str, place: str) -> None:
    file = {"path": place.replace("ARRIVALS", str(tmp_path)), "meta": {"_type": "gradio.FileData"}}
    for arrivals in (tmp_path, None):
        assert client(arrivals=arrivals).post(path, json={"data": [[file]]}).status_code == 403


def test_an_event_may_name_what_was_sent_here(tmp_path: Path) -> None:
    file = {"path": str(tmp_path / "abc" / "a.md"), "meta": {"_type": "gradio.FileData"}}
    event = {"data": [[file]]}
    answer = client(arrivals=tmp_path).post("/gradio_api/queue/join", json=event)
    assert answer.text == f"reached with {len(json.dumps(event, separators=(',', ':')))} bytes"
    assert client().post("/gradio_api/queue/join", json=event).status_code == 403


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/gradio_api/upload?upload_id=abc", 200),
        ("GET", "/gradio_api/upload_progress?upload_id=abc", 200),
        ("GET", "/gradio_api/file=ARRIVALS/abc/a.md", 404),
        ("GET", "/gradio_api/file/ARRIVALS/abc/a.md", 404),
        ("GET", "/gradio_api/upload/../file=ARRIVALS/abc/a.md", 404),
        ("GET", "/gradio_api/uploads", 404),
        ("GET", "/gradio_api/stream/abc", 404),
    ],
)
def test_files_may_be_sent_where_that_is_allowed_and_never_read(
    tmp_path: Path, method: str, path: str, status: int
) -> None:
    (tmp_path / "abc").mkdir()
    (tmp_path / "abc" / "a.md").touch()
    path = path.replace("ARRIVALS", str(tmp_path))
    assert client(arrivals=tmp_path).request(method, path).status_code == status
    assert client().request(method, path).status_code == 404


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content-Length": str(LARGEST_UPLOAD + 1)}, 413),
        ({"Content-Length": "-1"}, 411),
        ({"Content-Length": "10"}, 200),
        ({"Origin": "http://elsewhere.example", "Content-Length": "10"}, 403),
    ],
)
def test_what_is_sent_is_looked_at_before_it_is_read(tmp_path: Path, headers: dict[str, str], status: int) -> None:
    answer = client(arrivals=tmp_path).post("/gradio_api/upload", content=b"0123456789", headers=headers)
    assert answer.status_code == status


def test_an_upload_of_unknown_length_is_refused(tmp_path: Path) -> None:
    assert client(arrivals=tmp_path).post("/gradio_api/upload", content=iter([b"x"])).status_code == 411


def test_more_than_there_is_room_for_is_refused(tmp_path: Path) -> None:
    with (tmp_path / "waiting").open("wb") as file:
        file.truncate(2_000_000_000)  # takes no space
    assert client(arrivals=tmp_path).post("/gradio_api/upload", content=b"x").status_code == 507


def test_a_body_of_unknown_length_is_refused() -> None:
    assert client().post("/gradio_api/queue/join", content=iter([b"x"])).status_code == 411


@pytest.mark.parametrize("path", ["/", "/a", "/login"])
def test_every_response_says_what_may_load(path: str) -> None:
    headers = client().get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy


def test_the_policy_names_no_other_host_and_no_eval() -> None:
    policy = content_security_policy("abc")
    assert "http" not in policy
    assert "*" not in policy
    assert "unsafe-eval" not in policy
    assert "script-src 'self' 'nonce-abc';" in policy


def test_the_page_names_no_other_host_and_its_scripts_carry_the_nonce() -> None:
    first, second = client().get("/"), client().get("/")
    assert "elsewhere" not in first.text
    assert "manifest" not in first.text
    assert first.text.count('<script nonce="') == 4  # the page's two, and our own
    nonce = first.text.split('nonce="')[1].split('"')[0]
    assert f"'nonce-{nonce}'" in first.headers["Content-Security-Policy"]
    assert nonce not in second.text
    assert int(first.headers["Content-Length"]) == len(first.content)


def test_the_page_gets_our_style_once() -> None:
    page = own_page(PAGE, "abc")
    assert page.count('rel="stylesheet"') == 1
    assert page.index("/idle.js") == page.index("src=") + len('src="')  # before all other scripts


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.168.0.1", False),
        ("archive.example", False),
    ],
)
def test_loopback(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback
