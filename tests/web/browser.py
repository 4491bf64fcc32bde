"""A real server on a real index, and a real browser that notes what it loads and says."""

import contextlib
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Request, expect, sync_playwright

from qa.assistant import Assistant

ROOT = Path(__file__).parents[2]
CORTANA = "What does the Cortana integration involve?"
FOOTBALL = "Who won the 2018 football world cup?"  # the sample articles do not say
QUALCOMM = "What is reported about Qualcomm?"  # several do
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass(slots=True)
class Visit:
    """One visitor with a browser of their own: the page, and what it loaded and said."""

    page: Page
    address: str
    requests: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)

    def open(self, query: str = "") -> None:
        """Go to the page, and wait until it can be used."""
        self.page.goto(f"{self.address}{query}")
        self.wait()

    def wait(self) -> None:
        """Wait until the page can be used: the server has opened it, and its script runs."""
        self.page.locator("#spoken .value").wait_for(state="attached")
        self.page.locator("#stored").wait_for()

    def another(self) -> "Visit":
        """Open the page once more in the same browser."""
        other = Visit(self.page.context.new_page(), self.address, self.requests, self.messages)
        other.open()
        return other

    def ask(self, question: str) -> None:
        """Ask, and wait until the answer is complete."""
        box = self.page.locator("#question textarea")
        box.fill(question)
        self.page.keyboard.press("Enter")
        expect(box).to_have_value("")  # taken: from here on until the end the button says Stop
        self.answered()

    def answered(self) -> None:
        """Wait until no answer is coming any more."""
        expect(self.page.get_by_role("button", name="Ask", exact=True)).to_be_visible()

    def fails(self, question: str, told: str) -> None:
        """Ask what is not answered, and wait until the page says why."""
        box = self.page.locator("#question textarea")
        box.fill(question)
        self.page.keyboard.press("Enter")
        expect(self.page.locator("#chat .problem")).to_contain_text(told)
        self.answered()
        expect(box).to_have_value(question.strip())  # to be asked again

    def foreign(self) -> list[str]:
        """List what was asked of other hosts."""
        own = urlsplit(self.address).netloc
        return [
            address
            for address in self.requests
            if urlsplit(address).netloc != own and not address.startswith(("data:", "blob:"))
        ]

    def failures(self) -> list[str]:
        """List what axe-core calls serious or critical on the page as it is now."""
        self.page.evaluate(
            "Promise.all(document.getAnimations().map(each => each instanceof CSSTransition && each.finished))"
        )
        options = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
        found: list[dict[str, Any]] = Axe().run(self.page, options=options).response["violations"]
        return [
            f"{rule['id']}: {node['target']} {node['html'][:200]}"
            for rule in found
            if rule["impact"] in ("serious", "critical")
            for node in rule["nodes"]
        ]

    def errors(self) -> list[str]:
        """List what the browser's console says: nothing of it is for visitors."""
        return self.messages


@dataclass(frozen=True, slots=True)
class Site:
    """A running `dateline chat`."""

    address: str
    index: Path
    process: subprocess.Popen[bytes]
    log: Path


def indexed(articles: Path, index: Path) -> Path:
    """Index a folder of articles as the command line does."""
    command = [sys.executable, "-m", "ingest", "--index", str(index), str(articles)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=600)
    return index


@contextlib.contextmanager
def serving(index: Path, *, allow_upload: bool = False) -> Iterator[Site]:
    """Run the chat page on an index as the command line does."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    command = [sys.executable, "-m", "qa", "chat", "--index", str(index), "--port", str(port)]
    command += ["--allow-upload"] if allow_upload else []
    log = index.with_name(f"chat-{port}.log")
    with (
        log.open("wb") as output,
        subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=output) as process,
    ):
        site = Site(f"http://127.0.0.1:{port}/", index, process, log)
        try:
            _wait_for(site)
            yield site
        finally:
            process.terminate()


@contextlib.contextmanager
def answering(assistant: Assistant) -> Iterator[str]:
    """Run the chat page for an assistant of this process; yield its address."""
    from qa.web.server import web_app

    server = uvicorn.Server(uvicorn.Config(web_app(assistant), port=0, log_level="error", ws="none"))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        finally:
            server.should_exit = True
            thread.join()


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """Start the system's Chromium without a window."""
    found = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if found is None:
        pytest.fail("These tests drive a real Chromium. Install one: apt-get install chromium", pytrace=False)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=QUIET)
        yield browser
        browser.close()


@contextlib.contextmanager
def visiting(
    browser: Browser, address: str, *, width: int = 1280, height: int = 800, locale: str = "en-US"
) -> Iterator[Visit]:
    """Open the page as a new visitor would, and wait until it can be used."""
    with browser.new_context(viewport={"width": width, "height": height}, locale=locale) as context:
        requests: list[str] = []
        messages: list[str] = []

        def note(request: Request) -> None:
            requests.append(request.url)

        def listen(page: Page) -> None:
            page.on("websocket", lambda socket: requests.append(socket.url))
            page.on("console", lambda message: messages.append(f"{message.type}: {message.text}"))
            page.on("pageerror", lambda error: messages.append(f"error: {error}"))

        context.on("request", note)
        context.on("page", listen)
        visit = Visit(context.new_page(), address, requests, messages)
        visit.open()
        yield visit


def _wait_for(site: Site) -> None:
    deadline = time.monotonic() + 120
    while site.process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(urllib.error.URLError), urllib.request.urlopen(site.address):
            return
        time.sleep(0.1)
    pytest.fail(f"The server did not start. It said:\n{site.log.read_text(errors='replace')}", pytrace=False)
