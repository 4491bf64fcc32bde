import http.client
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest

from tests.web.browser import ROOT, Site, Visit, serving

pytestmark = pytest.mark.web


def status(site: Site, method: str, path: str, **headers: str) -> int:
    connection = http.client.HTTPConnection(urlsplit(site.address).netloc)
    connection.request(method, path, headers=headers)
    response = connection.getresponse()
    connection.close()
    return response.status


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("origin", ["http://elsewhere.example", "null"])
def test_other_sites_are_refused(site: Site, method: str, origin: str) -> None:
    assert status(site, method, "/gradio_api/queue/join", Origin=origin) == 403


def test_other_names_for_this_machine_are_refused(site: Site) -> None:
    assert status(site, "GET", "/", Host="elsewhere.example") == 403


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/file=pyproject.toml",
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/file=http://127.0.0.1/",
        "/gradio_api/upload",
        "/gradio_api/info",
        "/gradio_api/run/ask",
        "/docs",
        "/openapi.json",
        "/manifest.json",
        "/static/%2e%2e/%2e%2e/%2e%2e/routes.py",
        "/assets/..%2f..%2f..%2froutes.py",
    ],
)
def test_nothing_but_the_page_is_served(site: Site, path: str) -> None:
    assert status(site, "GET", path) in (403, 404)


def test_the_page_as_served_names_no_other_host(site: Site) -> None:
    connection = http.client.HTTPConnection(urlsplit(site.address).netloc)
    connection.request("GET", "/")
    response = connection.getresponse()
    page = response.read().decode()
    connection.close()
    assert set(re.findall(r"https?://[^/\"'\s\\]+", page)) <= {site.address.rstrip("/")}
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]
    assert "unsafe-eval" not in response.headers["Content-Security-Policy"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "no-referrer"


def test_ctrl_c_ends_it_at_once_and_quietly_though_a_page_is_open(
    site: Site, visit_of: Callable[[str], Visit]
) -> None:
    with serving(site.index) as other:
        visit_of(other.address)
        other.process.send_signal(signal.SIGINT)
        assert other.process.wait(timeout=60) == 0
    said = other.log.read_text()
    assert said.count(other.address) == 1
    assert "Traceback" not in said
    assert "ERROR" not in said


def test_a_port_in_use_is_told_with_the_cure(site: Site) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = str(listener.getsockname()[1])
        command = [sys.executable, "-m", "qa", "chat", "--index", str(site.index), "--port", port]
        ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert ended.returncode != 0
    assert f"port {port}" in ended.stderr
    assert "--port" in ended.stderr
    assert "Traceback" not in ended.stderr
